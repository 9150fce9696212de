//! Where a parcel goes.

use kontor_base::{Country, Line};
use serde::{Deserialize, Serialize};

use crate::price::{Jurisdiction, us_state};

use super::field::{FieldError, FieldProblem, collect};
use super::postcode;
use super::rules::{AddressRules, RegionRule, address_rules};

/// Where a parcel goes. Made by [`AddressForm::parse`]; read back from the store without a second
/// check of the country's rules, so that an old order survives a change of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Who receives it.
    pub name: Line<80>,
    /// Street and number.
    pub line1: Line<100>,
    /// What else the carrier needs, if anything.
    pub line2: Option<Line<100>>,
    /// The city.
    pub city: Line<80>,
    /// The state or province; in the USA its two letters.
    pub region: Option<Line<80>>,
    /// The postcode in its usual form; `None` where there are none.
    pub postcode: Option<Line<12>>,
    /// The country.
    pub country: Country,
}

impl Address {
    /// Where tax is owed for a parcel to this address.
    #[must_use]
    pub fn jurisdiction(&self) -> Jurisdiction {
        let region = self.region.as_ref().filter(|_| Jurisdiction::by_state(self.country));
        Jurisdiction {
            country: self.country,
            region: region.and_then(|region| region.as_str().parse().ok()),
        }
    }
}

/// An address as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct AddressForm {
    /// Who receives the parcel.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// What else the carrier needs, or empty.
    pub line2: String,
    /// The city; may stay empty in a city state.
    pub city: String,
    /// The state or province, by code or name.
    pub region: String,
    /// The postcode.
    pub postcode: String,
    /// The country's code.
    pub country: String,
}

impl AddressForm {
    /// Reads the form for a market that ships to `countries`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, in the order of the fields (`address.name`, `address.line1`, …,
    /// `address.country`). When the country is wrong, region and postcode are not judged: their
    /// rules depend on it.
    pub fn parse(&self, countries: &[Country]) -> Result<Address, Vec<FieldError>> {
        let mut errors = Vec::new();
        let country = self.country(countries);
        let rules = country.ok().and_then(address_rules);
        let name = collect(&mut errors, "address.name", Line::parse(&self.name));
        let line1 = collect(&mut errors, "address.line1", Line::parse(&self.line1));
        let line2 = collect(&mut errors, "address.line2", optional(&self.line2));
        let city = collect(&mut errors, "address.city", self.city(rules));
        let (mut region, mut postcode) = (None, None);
        if country.is_ok() {
            region = collect(&mut errors, "address.region", self.region(rules)).flatten();
            let read = self.postcode(rules);
            postcode = collect(&mut errors, "address.postcode", read).flatten();
        }
        let country = collect(&mut errors, "address.country", country);
        match (name, line1, line2, city, country) {
            (Some(name), Some(line1), Some(line2), Some(city), Some(country))
                if errors.is_empty() =>
            {
                Ok(Address { name, line1, line2, city, region, postcode, country })
            }
            _ => Err(errors),
        }
    }

    fn country(&self, countries: &[Country]) -> Result<Country, FieldProblem> {
        let code = self.country.trim();
        if code.is_empty() {
            return Err(FieldProblem::Missing);
        }
        let country: Country =
            code.to_ascii_uppercase().parse().map_err(|_| FieldProblem::Unknown)?;
        if countries.contains(&country) { Ok(country) } else { Err(FieldProblem::NotServed) }
    }

    fn city(&self, rules: Option<&AddressRules>) -> Result<Line<80>, FieldProblem> {
        let typed = optional(&self.city)?;
        let only_city = rules.and_then(|rules| rules.only_city);
        match (typed, only_city) {
            (Some(city), _) => Ok(city),
            (None, Some(city)) => Ok(Line::parse(city)?),
            (None, None) => Err(FieldProblem::Missing),
        }
    }

    fn region(&self, rules: Option<&AddressRules>) -> Result<Option<Line<80>>, FieldProblem> {
        let typed = optional::<80>(&self.region)?;
        match (rules.map_or(RegionRule::Optional, |rules| rules.region), typed) {
            (RegionRule::UsState | RegionRule::Required, None) => Err(FieldProblem::Missing),
            (RegionRule::UsState, Some(text)) => {
                let state = us_state(text.as_str()).ok_or(FieldProblem::Unknown)?;
                Ok(Some(Line::parse(state.as_str())?))
            }
            (RegionRule::Required | RegionRule::Optional, typed) => Ok(typed),
        }
    }

    fn postcode(&self, rules: Option<&AddressRules>) -> Result<Option<Line<12>>, FieldProblem> {
        let kept = postcode::parse(&self.postcode, rules)?;
        Ok(kept.map(|text| Line::parse(&text)).transpose()?)
    }
}

/// A line, or nothing where nothing was typed.
fn optional<const MAX: usize>(text: &str) -> Result<Option<Line<MAX>>, FieldProblem> {
    if text.trim().is_empty() { Ok(None) } else { Ok(Some(Line::parse(text)?)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn countries(codes: &[&str]) -> Vec<Country> {
        codes.iter().map(|code| code.parse().expect("a country")).collect()
    }

    fn form() -> AddressForm {
        AddressForm {
            name: "Ada Lovelace".to_owned(),
            line1: "1 Market Street".to_owned(),
            line2: String::new(),
            city: "San Francisco".to_owned(),
            region: "california".to_owned(),
            postcode: "94105".to_owned(),
            country: "us".to_owned(),
        }
    }

    fn codes(form: &AddressForm, served: &[&str]) -> Vec<String> {
        let errors = form.parse(&countries(served)).expect_err("the form is wrong");
        errors.iter().map(FieldError::code).collect()
    }

    #[test]
    fn a_good_address_knows_its_jurisdiction() {
        let address = form().parse(&countries(&["US"])).expect("a good address");
        assert_eq!(address.region.as_ref().map(Line::as_str), Some("CA"));
        assert_eq!(address.jurisdiction().to_string(), "US-CA");
        assert!(address.line2.is_none());
        let german = AddressForm {
            region: "Berlin".to_owned(),
            postcode: "10115".to_owned(),
            country: "DE".to_owned(),
            ..form()
        };
        let address = german.parse(&countries(&["DE", "AT"])).expect("a good address");
        // A German state is kept for the parcel and means nothing for the tax.
        assert_eq!(address.jurisdiction().to_string(), "DE");
    }

    #[test]
    fn a_city_state_needs_no_city() {
        let hong_kong = AddressForm {
            city: String::new(),
            region: String::new(),
            country: "HK".to_owned(),
            ..form()
        };
        let address = hong_kong.parse(&countries(&["HK"])).expect("a good address");
        assert_eq!(address.city.as_str(), "Hong Kong");
        assert!(address.postcode.is_none(), "Hong Kong has no postcodes");
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let nothing = AddressForm { country: "US".to_owned(), ..AddressForm::default() };
        assert_eq!(
            codes(&nothing, &["US"]),
            [
                "address.name.missing",
                "address.line1.missing",
                "address.city.missing",
                "address.region.missing",
                "address.postcode.missing",
            ]
        );
        let hostile = AddressForm {
            name: "P\u{0430}ypal".to_owned(),
            line1: "x".repeat(101),
            line2: "a\u{202E}b".to_owned(),
            city: "a\nb".to_owned(),
            region: "Atlantis".to_owned(),
            postcode: "9410".to_owned(),
            country: "US".to_owned(),
        };
        assert_eq!(
            codes(&hostile, &["US"]),
            [
                "address.name.mixed_scripts",
                "address.line1.too_long",
                "address.line2.control_character",
                "address.city.control_character",
                "address.region.unknown",
                "address.postcode.malformed",
            ]
        );
    }

    #[test]
    fn the_country_decides_first() {
        for (country, code) in [
            ("", "address.country.missing"),
            ("XX", "address.country.unknown"),
            ("United States", "address.country.unknown"),
            ("CA", "address.country.not_served"),
        ] {
            let form = AddressForm { country: country.to_owned(), ..form() };
            assert_eq!(codes(&form, &["US"]), [code]);
        }
    }

    #[test]
    fn regions_where_they_are_needed() {
        for (country, postcode, needed) in [
            ("IN", "560001", true),
            ("CN", "100085", true),
            ("BR", "01310100", true),
            ("FR", "75001", false),
        ] {
            let form = AddressForm {
                region: " ".to_owned(),
                postcode: postcode.to_owned(),
                country: country.to_owned(),
                ..form()
            };
            assert_eq!(form.parse(&countries(&[country])).is_err(), needed, "{country}");
        }
    }
}
