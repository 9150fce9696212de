//! Who counts as the same person: keyed hashes over account, e-mail, telephone and delivery
//! address, and the rule that any match counts.
//!
//! The hashes are made with a key of the installation, so that a copied table tells nobody who
//! took part. They never appear in the public report.

use kontor_base::secret::equal;
use kontor_base::{Country, Email, KeyedHash, Phone, SecretKey};

/// What a person can be known by, in the order of a ticket's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trait {
    /// The account, if there is one.
    Account,
    /// The e-mail address.
    Email,
    /// The telephone number.
    Phone,
    /// Where the parcel goes.
    Address,
}

impl Trait {
    /// Every trait.
    pub const ALL: [Self; 4] = [Self::Account, Self::Email, Self::Phone, Self::Address];

    /// The word in codes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
        }
    }
}

/// The keyed hashes of one person; what is not known is not there. `Debug` does not print them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PersonKeys {
    keys: [Option<KeyedHash>; 4],
}

impl std::fmt::Debug for PersonKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = Trait::ALL.into_iter().filter(|which| self.get(*which).is_some());
        f.debug_set().entries(known.map(Trait::word)).finish()
    }
}

impl PersonKeys {
    /// The key of a trait.
    #[must_use]
    pub const fn get(&self, which: Trait) -> Option<KeyedHash> {
        self.keys[which as usize]
    }

    /// With one trait more.
    #[must_use]
    pub const fn with(mut self, which: Trait, key: KeyedHash) -> Self {
        self.keys[which as usize] = Some(key);
        self
    }

    /// The keys that there are.
    pub fn iter(&self) -> impl Iterator<Item = (Trait, KeyedHash)> + '_ {
        Trait::ALL.into_iter().filter_map(|which| Some((which, self.get(which)?)))
    }

    /// Whether the two are the same person: any trait that both have is the same.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.shared(other).next().is_some()
    }

    /// In which traits the two agree.
    pub fn shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Trait> + 'a {
        self.iter().filter_map(|(which, own)| {
            other.get(which).is_some_and(|theirs| equal(&own, &theirs)).then_some(which)
        })
    }
}

/// A delivery address, as far as it tells households apart.
#[derive(Clone, Copy)]
pub struct Household<'a> {
    /// Street and number.
    pub line1: &'a str,
    /// Flat, floor, company; empty if there is none.
    pub line2: &'a str,
    /// The postcode; empty where there are none.
    pub postcode: &'a str,
    /// The city.
    pub city: &'a str,
    /// The country.
    pub country: Country,
}

impl Household<'_> {
    /// The form under which spellings of one address are the same: lower case, letters and digits
    /// only, words that are written in several ways in one of them, sorted. The name is left out:
    /// the limit is one of a household, and the rules of the sale say so. Where there is a
    /// postcode the city is left out, because its spelling varies more.
    #[must_use]
    pub fn normalised(&self) -> String {
        let place = if self.postcode.trim().is_empty() { self.city } else { self.postcode };
        let mut words: Vec<String> = [self.line1, self.line2]
            .iter()
            .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .map(|word| one_spelling(&word.to_lowercase()).to_owned())
            .filter(|word| !word.is_empty())
            .collect();
        words.sort_unstable();
        let place: String = place.chars().filter(|c| c.is_alphanumeric()).collect();
        format!("{}/{}/{}", self.country, place.to_lowercase(), words.join(" "))
    }
}

/// Words of addresses that are written in several ways: each with the one that counts. An empty
/// one is left out, as people do.
const SPELLINGS: &[(&str, &str)] = &[
    ("street", "st"),
    ("str", "st"),
    ("straße", "st"),
    ("strasse", "st"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("road", "rd"),
    ("boulevard", "blvd"),
    ("drive", "dr"),
    ("lane", "ln"),
    ("place", "pl"),
    ("court", "ct"),
    ("square", "sq"),
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
    ("apartment", ""),
    ("apt", ""),
    ("flat", ""),
    ("unit", ""),
    ("suite", ""),
    ("ste", ""),
    ("no", ""),
    ("nr", ""),
    ("floor", "fl"),
];

fn one_spelling(word: &str) -> &str {
    SPELLINGS.iter().find(|(from, _)| *from == word).map_or(word, |(_, to)| to)
}

/// Makes person keys. The same key for all sales, or a limit over several sales would not hold.
#[derive(Clone, Debug)]
pub struct PersonHasher {
    key: SecretKey,
}

impl PersonHasher {
    /// From the installation's key.
    #[must_use]
    pub fn new(installation: &SecretKey) -> Self {
        Self { key: installation.derive("kontor sale person 1") }
    }

    /// The key of an account's id.
    #[must_use]
    pub fn account(&self, id: &[u8; 16]) -> KeyedHash {
        self.hash(Trait::Account, id)
    }

    /// The key of an e-mail address in its normal form.
    #[must_use]
    pub fn email(&self, email: &Email) -> KeyedHash {
        self.hash(Trait::Email, email.normalised().as_bytes())
    }

    /// The key of a telephone number: its last nine digits, because the same number is written
    /// with and without country code and leading zero. Two people of different countries whose
    /// numbers end alike are rare and can appeal; the other way round the limit would be void.
    #[must_use]
    pub fn phone(&self, phone: &Phone) -> KeyedHash {
        let digits: Vec<u8> = phone.as_str().bytes().filter(u8::is_ascii_digit).collect();
        self.hash(Trait::Phone, &digits[digits.len().saturating_sub(9)..])
    }

    /// The key of a household.
    #[must_use]
    pub fn address(&self, household: Household<'_>) -> KeyedHash {
        self.hash(Trait::Address, household.normalised().as_bytes())
    }

    /// The trait goes in first, so that a number that serves as account and as telephone does not
    /// match across.
    fn hash(&self, which: Trait, message: &[u8]) -> KeyedHash {
        let mut framed = Vec::with_capacity(message.len() + 1);
        framed.push(which as u8);
        framed.extend_from_slice(message);
        self.key.hash(&framed)
    }
}

/// An earlier claim that counts towards the limit.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// Who claimed.
    pub person: &'a PersonKeys,
    /// Units that were claimed or are held.
    pub units: u32,
}

/// How many units a person has: every earlier claim that matches in any trait, each once, over all
/// sales that count together.
#[must_use]
pub fn units_of<'a>(person: &PersonKeys, earlier: impl IntoIterator<Item = Counted<'a>>) -> u64 {
    earlier
        .into_iter()
        .filter(|claim| person.matches(claim.person))
        .map(|claim| u64::from(claim.units))
        .sum()
}

/// Whether a person who has `units` already may take `wanted` more.
///
/// # Errors
///
/// [`OverLimit`] with what would still be possible.
pub fn within_limit(units: u64, wanted: u32, per_person: u32) -> Result<(), OverLimit> {
    let left = u64::from(per_person).saturating_sub(units);
    if u64::from(wanted) <= left {
        Ok(())
    } else {
        Err(OverLimit { left: u32::try_from(left).unwrap_or(u32::MAX) })
    }
}

/// The person has as much as one may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("over the limit of one person; {left} more are possible")]
pub struct OverLimit {
    /// Units that the person may still take.
    pub left: u32,
}

impl OverLimit {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "sale.person_limit"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hasher() -> PersonHasher {
        PersonHasher::new(&SecretKey::from_bytes([9; 32]))
    }

    fn email(text: &str) -> KeyedHash {
        hasher().email(&Email::parse(text).expect("a good address"))
    }

    fn phone(text: &str) -> KeyedHash {
        hasher().phone(&Phone::parse(text).expect("a good number"))
    }

    fn home(line1: &str, line2: &str, postcode: &str, city: &str) -> String {
        let country = "US".parse().expect("a country");
        Household { line1, line2, postcode, city, country }.normalised()
    }

    #[test]
    fn spellings_of_one_person_are_one() {
        assert_eq!(email("Ada+Sale@Shop.example"), email("ada@shop.example"));
        assert_eq!(phone("+49 (30) 123456789"), phone("030 123456789"));
        let a = home("1 Market Street", "Apt 4", "94105", "San Francisco");
        assert_eq!(a, home("1, Market St.", "#4", "94105", "S. Francisco"));
        assert_eq!(a, home("Apartment 4, 1 MARKET STREET", "", "941 05", ""));
        assert_ne!(a, home("1 Market Street", "Apt 5", "94105", "San Francisco"));
        assert_ne!(a, home("1 Market Street", "Apt 4", "94106", "San Francisco"));
        assert_ne!(
            home("1 Queen's Road", "", "", "Central"),
            home("1 Queen's Road", "", "", "Aberdeen"),
            "without a postcode the city counts"
        );
    }

    #[test]
    fn a_hash_of_one_trait_is_none_of_another() {
        let household = Household {
            line1: "a",
            line2: "",
            postcode: "",
            city: "",
            country: "US".parse().expect("a country"),
        };
        let account = hasher().account(b"0123456789abcdef");
        assert_ne!(account, hasher().hash(Trait::Email, b"0123456789abcdef"));
        assert_ne!(hasher().address(household), hasher().hash(Trait::Phone, b"US//a"));
    }

    #[test]
    fn any_match_counts_and_nothing_known_matches_nobody() {
        let ada = PersonKeys::default()
            .with(Trait::Email, email("ada@shop.example"))
            .with(Trait::Phone, phone("030 123456"));
        let same_phone = PersonKeys::default()
            .with(Trait::Email, email("bob@shop.example"))
            .with(Trait::Phone, phone("030 123456"));
        let stranger = PersonKeys::default().with(Trait::Email, email("eve@shop.example"));
        assert!(ada.matches(&same_phone) && !ada.matches(&stranger));
        assert_eq!(ada.shared(&same_phone).collect::<Vec<_>>(), [Trait::Phone]);
        assert!(!PersonKeys::default().matches(&PersonKeys::default()));
        assert_eq!(format!("{ada:?}"), r#"{"email", "phone"}"#);
    }

    #[test]
    fn the_limit_is_over_everything_that_matches() {
        let key = |byte| [byte; 16];
        let ada = PersonKeys::default().with(Trait::Email, key(1)).with(Trait::Phone, key(2));
        let by_email = PersonKeys::default().with(Trait::Email, key(1));
        let by_both = ada;
        let by_phone = PersonKeys::default().with(Trait::Phone, key(2)).with(Trait::Email, key(8));
        let other = PersonKeys::default().with(Trait::Email, key(9));
        let earlier = [(&by_email, 1), (&by_both, 2), (&by_phone, 1), (&other, 5)];
        let counted = earlier.map(|(person, units)| Counted { person, units });
        // A claim that matches twice counts once.
        assert_eq!(units_of(&ada, counted), 4);
        assert_eq!(within_limit(4, 1, 5), Ok(()));
        assert_eq!(within_limit(4, 2, 5), Err(OverLimit { left: 1 }));
        assert_eq!(within_limit(9, 1, 5), Err(OverLimit { left: 0 }));
    }

    proptest! {
        #[test]
        fn matching_is_mutual(a in prop::array::uniform4(0u8..3), b in prop::array::uniform4(0u8..3)) {
            let person = |values: [u8; 4]| {
                Trait::ALL.into_iter().zip(values).fold(PersonKeys::default(), |p, (which, v)| {
                    if v == 0 { p } else { p.with(which, [v; 16]) }
                })
            };
            prop_assert_eq!(person(a).matches(&person(b)), person(b).matches(&person(a)));
        }

        #[test]
        fn the_limit_is_never_exceeded(takes in prop::collection::vec(1u32..5, 0..30), limit in 1u32..20) {
            let mut units = 0u64;
            for take in takes {
                if within_limit(units, take, limit).is_ok() {
                    units += u64::from(take);
                }
            }
            prop_assert!(units <= u64::from(limit));
        }
    }
}
