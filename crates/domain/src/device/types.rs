//! A model with its codename, the other names under which its devices announce themselves, and its
//! hardware revisions.

use std::fmt;
use std::str::FromStr;

use kontor_base::Line;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::catalogue::Slug;

/// The most names and revisions of one model.
const NAMES_MAX: usize = 16;

/// The name by which a device knows its own model (`ro.product.device`): 1 to 40 letters, digits,
/// `_`, `-` and `.`, beginning with a letter or digit. It stands in URLs and file names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Codename(String);

impl Codename {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a model was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// The codename has other characters, or too many.
    #[error(
        "a codename is 1 to 40 letters, digits, '_', '-' and '.', beginning with a letter or digit"
    )]
    Codename,
    /// More names or revisions than a model may have.
    #[error("a model has at most {NAMES_MAX} other names and {NAMES_MAX} revisions")]
    TooMany,
    /// A name or a revision is there twice.
    #[error("a name or a hardware revision is there twice")]
    Twice,
}

impl DeviceError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Codename => "device.codename",
            Self::TooMany => "device.too_many",
            Self::Twice => "device.twice",
        }
    }
}

impl FromStr for Codename {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        let rest = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        if first && text.len() <= 40 && text.bytes().all(rest) {
            Ok(Self(text.to_owned()))
        } else {
            Err(DeviceError::Codename)
        }
    }
}

impl fmt::Display for Codename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Codename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Codename {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Codename {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Whose devices they are. A rollout can begin with the maker's own: there the maker can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maker {
    /// Made by the maker of the ROM.
    Own,
    /// Made by others; the ROM was brought to them.
    Other,
}

impl Maker {
    /// The word in files and pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Other => "other",
        }
    }
}

/// A hardware revision, as the device tells it (`ro.boot.hwrev`, say).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The device's word for it.
    pub code: Codename,
    /// What is different.
    pub note: Option<Line<200>>,
}

/// A model that builds are published for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceModel {
    /// Its codename.
    pub codename: Codename,
    /// What people call it.
    pub name: Line<80>,
    /// Who makes it.
    pub brand: Line<80>,
    /// Whose devices they are.
    pub maker: Maker,
    /// Other codenames whose devices run the same builds.
    #[serde(default)]
    pub also: Vec<Codename>,
    /// Hardware revisions that differ for the ROM.
    #[serde(default)]
    pub revisions: Vec<Revision>,
    /// The product in the shop, if it is sold there.
    #[serde(default)]
    pub product: Option<Slug>,
    /// The name of its drawing.
    #[serde(default)]
    pub picture: Option<Slug>,
}

impl DeviceModel {
    /// Whether devices that call themselves `name` run this model's builds.
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        self.codename.as_str() == name || self.also.iter().any(|also| also.as_str() == name)
    }

    /// Checks what the types cannot.
    ///
    /// # Errors
    ///
    /// [`DeviceError::TooMany`], [`DeviceError::Twice`].
    pub fn check(&self) -> Result<(), DeviceError> {
        if self.also.len() > NAMES_MAX || self.revisions.len() > NAMES_MAX {
            return Err(DeviceError::TooMany);
        }
        let mut names: Vec<&Codename> = self.also.iter().chain([&self.codename]).collect();
        let mut revisions: Vec<&Codename> = self.revisions.iter().map(|r| &r.code).collect();
        for list in [&mut names, &mut revisions] {
            list.sort();
            if list.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(DeviceError::Twice);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codenames_cannot_leave_their_folder() {
        for good in ["one", "FP4", "X00TD", "mi-note", "a", "k50.2_g"] {
            assert_eq!(good.parse::<Codename>().map(|c| c.to_string()).as_deref(), Ok(good));
        }
        let long = "a".repeat(41);
        for bad in ["", ".", "..", "../x", "a/b", "-x", "a b", "ä", "a\n", &long] {
            assert_eq!(bad.parse::<Codename>(), Err(DeviceError::Codename), "{bad:?}");
        }
    }

    #[test]
    fn a_model_answers_to_its_names_and_names_nothing_twice() {
        let line = |text: &str| Line::parse(text).expect("a line");
        let name = |text: &str| text.parse::<Codename>().expect("a codename");
        let mut model = DeviceModel {
            codename: name("one"),
            name: line("One"),
            brand: line("Example"),
            maker: Maker::Own,
            also: vec![name("one_in")],
            revisions: vec![Revision { code: name("p2"), note: None }],
            product: None,
            picture: None,
        };
        assert_eq!(model.check(), Ok(()));
        assert!(model.answers_to("one") && model.answers_to("one_in") && !model.answers_to("two"));
        model.also.push(name("one"));
        assert_eq!(model.check(), Err(DeviceError::Twice));
        model.also = (0..20).map(|i| name(&format!("n{i}"))).collect();
        assert_eq!(model.check(), Err(DeviceError::TooMany));
    }
}
