//! A report: what one device says of itself at one moment.

use std::fmt;
use std::str::FromStr;

use kontor_base::{Country, SecretKey};

use super::Day;

/// A device in the count: 64 bits of a keyed hash of what the device calls itself.
///
/// Two of 100 million devices share a key with a probability of about n²/2⁶⁵ = 2.7·10⁻⁴, so a
/// count is exact in every practical sense. Without the server's key nobody can go back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceKey(pub u64);

/// What the key of devices is derived for: the count and whoever has to find a device in it by its
/// serial number derive the same key.
pub const DEVICE_PURPOSE: &str = "install device";

impl DeviceKey {
    /// The key of the device that calls itself `id`. `key` is derived for this purpose alone.
    #[must_use]
    pub fn new(key: &SecretKey, id: &[u8]) -> Self {
        let hash = key.hash(id);
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hash[..8]);
        Self(u64::from_le_bytes(bytes))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(…)") // a pseudonym is personal data: never in logs
    }
}

/// The name of a model or of a version as a device says it: 1 to 64 of `A-Z a-z 0-9 . _ - + ( )`
/// and the space, beginning with a letter or digit (so that no cell of a table is a formula).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

/// The text is not a [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 to 64 of A-Z a-z 0-9 . _ - + ( ) and space, beginning with a letter or digit")]
pub struct NameError;

impl Name {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b" ._-+()".contains(&b);
        let begins = text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
        if !begins || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(NameError);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$case:meta])* $name:ident = $number:literal, $word:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $type { $($(#[$case])* $name = $number,)* }

        impl $type {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in addresses and tables.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The one with this word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// The channel that a device follows.
    Channel {
        /// It does not say.
        Unknown = 0, "unknown";
        /// Releases.
        Stable = 1, "stable";
        /// Releases to come.
        Beta = 2, "beta";
        /// Every night's build.
        Nightly = 3, "nightly";
        /// Somebody else's build.
        Unofficial = 4, "unofficial";
    }
}

words! {
    /// Whether the device has shown that it is the one that asked on an earlier day.
    Standing {
        /// Anybody could have invented it.
        Anonymous = 0, "anonymous";
        /// It brought a credential that this server gave it on an earlier day.
        Credentialed = 1, "credentialed";
    }
}

words! {
    /// What the report tells.
    Kind {
        /// "I am here": an update check, a daily report.
        Check = 0, "check";
        /// "I have installed this version."
        Install = 1, "install";
    }
}

/// What one device says of itself at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which device.
    pub device: DeviceKey,
    /// The day that the report says it is from; none: now.
    pub day: Option<Day>,
    /// The country in which the device is seen, if it says one.
    pub country: Option<Country>,
    /// The model.
    pub model: Name,
    /// The version that runs.
    pub version: Name,
    /// The channel.
    pub channel: Channel,
    /// How far it can be believed.
    pub standing: Standing,
    /// What it tells.
    pub kind: Kind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_never_formulas() {
        for good in ["cancro", "Mi Note", "23.2-20261001-NIGHTLY-one", "V6.3.5.0(KXDMIBL)", "7"] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        let long = "x".repeat(65);
        for bad in ["", " a", "=1+1", "-x", "a\n", "a,b", "ä", "a\"", long.as_str()] {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn devices_are_known_by_a_keyed_hash_that_never_prints() {
        let key = SecretKey::from_bytes([1; 32]);
        let other = SecretKey::from_bytes([2; 32]);
        assert_eq!(DeviceKey::new(&key, b"a"), DeviceKey::new(&key, b"a"));
        assert_ne!(DeviceKey::new(&key, b"a"), DeviceKey::new(&other, b"a"));
        assert_ne!(DeviceKey::new(&key, b"a"), DeviceKey::new(&key, b"b"));
        assert_eq!(format!("{:?}", DeviceKey(7)), "DeviceKey(…)");
        assert_eq!(Channel::from_word("beta"), Some(Channel::Beta));
        assert_eq!(Channel::from_word("gold"), None);
    }
}
