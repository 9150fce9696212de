//! Where a tax is owed: a country, or a state of a country whose tax is the states' matter.

use std::fmt;
use std::str::FromStr;

use kontor_base::{Cell, Country, Wrong};
use serde::{Deserialize, Serialize, Serializer};

/// The two capital letters of a state, such as `CA` for California.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region([u8; 2]);

/// The text names no jurisdiction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JurisdictionError {
    /// Not two capital letters.
    #[error("not a region (two capital letters)")]
    Region,
    /// Not a country, or a country, a dash and a region.
    #[error("not a jurisdiction such as DE or US-CA")]
    Jurisdiction,
}

impl Region {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("codes are ASCII")
    }
}

impl FromStr for Region {
    type Err = JurisdictionError;

    fn from_str(code: &str) -> Result<Self, JurisdictionError> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(JurisdictionError::Region),
        }
    }
}

/// Where a parcel goes, as far as tax asks: a country and, where states levy the tax, the state.
/// Its text is `DE` or `US-CA`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jurisdiction {
    /// The country.
    pub country: Country,
    /// The state; only for countries without a national rate ([`Jurisdiction::by_state`]).
    pub region: Option<Region>,
}

impl Jurisdiction {
    /// The whole country.
    #[must_use]
    pub const fn of_country(country: Country) -> Self {
        Self { country, region: None }
    }

    /// A state of the country.
    #[must_use]
    pub const fn of_region(country: Country, region: Region) -> Self {
        Self { country, region: Some(region) }
    }

    /// Whether the country's sales taxes are the states' matter, so that a country alone has no
    /// rate. Local rates of counties and cities are not known here, so every such tax is an
    /// estimate.
    #[must_use]
    pub fn by_state(country: Country) -> bool {
        matches!(country.code(), "US")
    }
}

/// The 50 states of the USA and the District of Columbia, by code.
pub const US_STATES: [(&str, &str); 51] = [
    ("AK", "Alaska"),
    ("AL", "Alabama"),
    ("AR", "Arkansas"),
    ("AZ", "Arizona"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DC", "District of Columbia"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("IA", "Iowa"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("MA", "Massachusetts"),
    ("MD", "Maryland"),
    ("ME", "Maine"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MO", "Missouri"),
    ("MS", "Mississippi"),
    ("MT", "Montana"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("NE", "Nebraska"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NV", "Nevada"),
    ("NY", "New York"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VA", "Virginia"),
    ("VT", "Vermont"),
    ("WA", "Washington"),
    ("WI", "Wisconsin"),
    ("WV", "West Virginia"),
    ("WY", "Wyoming"),
];

/// The state that a person means by its code or its name, in any case: `ca`, `California`.
#[must_use]
pub fn us_state(text: &str) -> Option<Region> {
    US_STATES
        .iter()
        .find(|(code, name)| text.eq_ignore_ascii_case(code) || text.eq_ignore_ascii_case(name))
        .and_then(|(code, _)| code.parse().ok())
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

impl FromStr for Jurisdiction {
    type Err = JurisdictionError;

    fn from_str(text: &str) -> Result<Self, JurisdictionError> {
        let (country, region) = match text.split_once('-') {
            Some((country, region)) => (country, Some(region.parse()?)),
            None => (text, None),
        };
        let country = country.parse().map_err(|_| JurisdictionError::Jurisdiction)?;
        Ok(Self { country, region })
    }
}

impl Cell for Jurisdiction {
    fn wrong(cell: &str, _: &JurisdictionError) -> Wrong {
        Wrong::NotJurisdiction { cell: cell.to_owned() }
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.region {
            Some(region) => write!(f, "{}-{region}", self.country),
            None => self.country.fmt(f),
        }
    }
}

impl fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Jurisdiction {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Jurisdiction {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_found_by_code_or_name_and_jurisdictions_round_trip() {
        assert!(US_STATES.is_sorted_by_key(|(code, _)| *code));
        for (code, name) in US_STATES {
            assert_eq!(us_state(code), code.parse().ok());
            assert_eq!(us_state(&name.to_uppercase()), code.parse().ok());
        }
        for bad in ["", "XX", "Puerto Rico", "C", "CAL"] {
            assert_eq!(us_state(bad), None, "{bad}");
        }
        for good in ["DE", "US-CA"] {
            let jurisdiction: Jurisdiction = good.parse().expect("a good jurisdiction");
            assert_eq!(jurisdiction.to_string(), good);
        }
        for bad in ["", "UK", "US-", "US-ca", "US-CAL", "-CA"] {
            assert!(bad.parse::<Jurisdiction>().is_err(), "{bad:?}");
        }
    }
}
