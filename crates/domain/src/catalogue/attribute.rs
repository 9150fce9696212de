//! The attributes of a variant, which clearance predicates test. What is not stated is *unknown*,
//! and unknown is never "no": a rule that depends on it refuses.

use std::collections::BTreeMap;
use std::fmt;

use kontor_base::Wrong;
use serde::{Deserialize, Serialize};

/// What kind of value an attribute takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `yes` or `no`.
    Flag,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// A whole number with the unit in the attribute's name.
    Number,
}

/// An attribute that a variant can state.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Its name in data and predicates.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it means.
    pub meaning: &'static str,
}

const fn flag(name: &'static str, meaning: &'static str) -> Attribute {
    Attribute { name, kind: Kind::Flag, meaning }
}

/// Every attribute there is; the list is closed, so that a typing error in a rule or a product is
/// found when it is read and not when a phone is sold.
pub const ATTRIBUTES: &[Attribute] = &[
    flag("radio.ble", "Bluetooth Low Energy or classic Bluetooth"),
    flag("radio.wifi", "Wi-Fi"),
    flag("radio.cellular", "2G to 5G modem"),
    flag("radio.uwb", "ultra-wideband"),
    flag("radio.nfc", "near-field communication"),
    Attribute {
        name: "battery",
        kind: Kind::Word(&["none", "lithium", "coin", "other"]),
        meaning: "the kind of battery inside",
    },
    Attribute { name: "battery.mwh", kind: Kind::Number, meaning: "battery energy, mWh" },
    flag("battery.removable", "the battery can be taken out by its user"),
    flag("battery.charger", "charges a battery, its own or another's"),
    flag("mains", "plugs into 50 to 1000 V AC"),
    flag("electronic", "works with electric current"),
    flag("digital", "contains digital logic above 9 kHz"),
    Attribute {
        name: "internet",
        kind: Kind::Word(&["no", "indirect", "direct"]),
        meaning: "how it reaches the internet",
    },
    flag("personal_data", "processes personal data"),
    flag("wearable", "worn on the body"),
    flag("display_tv", "a television display"),
    flag("wired_charging", "is charged by cable"),
    flag("encryption", "uses encryption beyond authentication"),
    flag("android", "runs Android"),
    flag("codec", "implements licensed audio or video codecs"),
    flag("hdmi", "has an HDMI port"),
    flag("usb_logo", "carries the USB logo"),
    flag("packaging", "comes in sales packaging"),
    flag("consumer", "meant for consumers"),
    flag("charging_case", "comes with a charging case"),
    flag("phone_battery", "is a spare phone battery"),
    flag("telecom_terminal", "connects to a public telecom network"),
    flag("cpsc_rule", "falls under a product-specific US CPSC rule"),
    Attribute {
        name: "produced_in",
        kind: Kind::Word(&["CN", "IN", "BR", "US", "VN", "ID"]),
        meaning: "the country of assembly",
    },
];

/// A stated value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// `yes` or `no`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A word.
    Word(String),
}

/// A stated attribute is unknown, or its value is not of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// There is no such attribute.
    #[error("there is no attribute {0:?}")]
    UnknownAttribute(String),
    /// The value does not fit.
    #[error("{value:?} is not a value of the attribute {name:?} ({expected})")]
    BadValue {
        /// The attribute.
        name: String,
        /// The value.
        value: String,
        /// What would have been good.
        expected: String,
    },
    /// Not of the form `name=value`.
    #[error("{0:?} is not of the form name=value")]
    NotAPair(String),
}

impl From<ValueError> for Wrong {
    fn from(error: ValueError) -> Self {
        match error {
            ValueError::UnknownAttribute(name) => Self::NoAttribute { name },
            ValueError::BadValue { name, value, expected } => {
                Self::NotValue { value, name, expected }
            }
            ValueError::NotAPair(cell) => Self::NotPair { cell },
        }
    }
}

/// The stated attributes of a variant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes(BTreeMap<String, Value>);

impl Attributes {
    /// Reads `name=value` pairs separated by spaces, as in the catalogue's CSV.
    ///
    /// # Errors
    ///
    /// See [`ValueError`].
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let mut attributes = Self::default();
        for pair in text.split_whitespace() {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| ValueError::NotAPair(pair.to_owned()))?;
            attributes.state(name, value)?;
        }
        Ok(attributes)
    }

    /// States one attribute.
    ///
    /// # Errors
    ///
    /// See [`ValueError`].
    pub fn state(&mut self, name: &str, value: &str) -> Result<(), ValueError> {
        let attribute = ATTRIBUTES
            .iter()
            .find(|attribute| attribute.name == name)
            .ok_or_else(|| ValueError::UnknownAttribute(name.to_owned()))?;
        let bad = |expected: String| ValueError::BadValue {
            name: name.to_owned(),
            value: value.to_owned(),
            expected,
        };
        let value = match attribute.kind {
            Kind::Flag => match value {
                "yes" => Value::Flag(true),
                "no" => Value::Flag(false),
                _ => return Err(bad("yes or no".to_owned())),
            },
            Kind::Number => {
                Value::Number(value.parse().map_err(|_| bad("a whole number".to_owned()))?)
            }
            Kind::Word(words) if words.contains(&value) => Value::Word(value.to_owned()),
            Kind::Word(words) => return Err(bad(words.join(", "))),
        };
        self.0.insert(name.to_owned(), value);
        Ok(())
    }

    /// The stated value, or `None` where nothing is known.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Every stated attribute, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.0.iter().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            match value {
                Value::Flag(true) => write!(f, "{gap}{name}=yes")?,
                Value::Flag(false) => write!(f, "{gap}{name}=no")?,
                Value::Number(number) => write!(f, "{gap}{name}={number}")?,
                Value::Word(word) => write!(f, "{gap}{name}={word}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        let text = "battery=lithium battery.mwh=160 radio.ble=yes radio.wifi=no";
        let attributes = Attributes::parse(text).expect("good attributes");
        assert_eq!(attributes.to_string(), text);
        assert_eq!(attributes.get("radio.cellular"), None, "not stated is unknown, not no");
    }

    #[test]
    fn typing_errors_are_found() {
        for bad in ["radio.bel=yes", "radio.ble=maybe", "battery=plutonium", "battery.mwh=x", "x"] {
            assert!(Attributes::parse(bad).is_err(), "{bad}");
        }
    }
}
