//! What an address needs in each country: the forms of its postcode and whether a region belongs
//! to it. Sources: the Universal Postal Union's addressing sheets and CLDR's former postcode
//! table, from memory (M); only the *form* is checked, never whether the place exists.

use kontor_base::Country;

/// Whether a region (state, province) belongs to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionRule {
    /// One of the 50 states of the USA or DC, kept as its two letters; the tax depends on it.
    UsState,
    /// A parcel does not arrive without it.
    Required,
    /// Taken as typed, or left out.
    Optional,
}

/// What an address needs in one country.
#[derive(Clone, Copy, Debug)]
pub struct AddressRules {
    /// The country's code.
    pub country: &'static str,
    /// The forms of a postcode as they are kept: `9` a digit, `1` a digit from 1 to 9, `A` a
    /// letter; spaces and dashes stand where they belong and need not be typed. Empty: the country
    /// has no postcodes, and whatever is typed is dropped.
    pub postcodes: &'static [&'static str],
    /// Whether a region belongs to it.
    pub region: RegionRule,
    /// The city of a city state, where the field may stay empty.
    pub only_city: Option<&'static str>,
}

const fn rules(
    country: &'static str,
    postcodes: &'static [&'static str],
    region: RegionRule,
    only_city: Option<&'static str>,
) -> AddressRules {
    AddressRules { country, postcodes, region, only_city }
}

/// The countries whose addresses are checked closely, by code. Elsewhere a postcode is any text
/// of up to 12 letters, digits, spaces and dashes, or left out.
pub const ADDRESS_RULES: &[AddressRules] = &[
    rules("BR", &["99999-999"], RegionRule::Required, None),
    rules("CN", &["999999"], RegionRule::Required, None),
    rules("DE", &["99999"], RegionRule::Optional, None),
    rules("FR", &["99999"], RegionRule::Optional, None),
    rules(
        "GB",
        &["A9 9AA", "A99 9AA", "A9A 9AA", "AA9 9AA", "AA99 9AA", "AA9A 9AA"],
        RegionRule::Optional,
        None,
    ),
    rules("HK", &[], RegionRule::Optional, Some("Hong Kong")),
    rules("ID", &["99999"], RegionRule::Optional, None),
    rules("IN", &["199999"], RegionRule::Required, None),
    rules("MY", &["99999"], RegionRule::Optional, None),
    rules("PH", &["9999"], RegionRule::Optional, None),
    rules("SG", &["999999"], RegionRule::Optional, Some("Singapore")),
    rules("TW", &["999", "99999", "999999"], RegionRule::Optional, None),
    rules("US", &["99999", "99999-9999"], RegionRule::UsState, None),
];

/// The rules of a country, where they are known.
#[must_use]
pub fn address_rules(country: Country) -> Option<&'static AddressRules> {
    ADDRESS_RULES.iter().find(|rules| rules.country == country.code())
}
