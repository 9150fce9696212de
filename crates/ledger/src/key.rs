//! The names by which the ledger knows places, goods and markets.
//!
//! They wrap text that other areas own (a SKU, a market code): the ledger checks only that the
//! text is short and free of separators, so that the text form of an account stays unambiguous.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kontor_base::TextError;
use serde::{Serialize, Serializer};

/// The longest key, in characters.
pub const KEY_CHARS_MAX: usize = 64;

/// Reads a key: 1 to [`KEY_CHARS_MAX`] ASCII letters, digits, `.`, `_`, `-` or `+`, the first one
/// a letter or digit. Case is kept and counts.
fn parse(text: &str) -> Result<Arc<str>, TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > KEY_CHARS_MAX {
        return Err(TextError::TooLong { max: KEY_CHARS_MAX });
    }
    let first_is_plain = text.as_bytes()[0].is_ascii_alphanumeric();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+');
    if !first_is_plain || !text.bytes().all(plain) {
        return Err(TextError::Malformed);
    }
    Ok(text.into())
}

/// Declares a key type. A macro because the types differ in nothing but their name; the text is
/// shared (`Arc`), because accounts are copied on every decision.
macro_rules! key {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads a key: 1 to [`KEY_CHARS_MAX`] ASCII letters, digits, `.`, `_`, `-`, `+`,
            /// the first one a letter or digit. Case is kept and counts.
            ///
            /// # Errors
            ///
            /// [`TextError::Empty`], [`TextError::TooLong`] or [`TextError::Malformed`].
            pub fn parse(text: &str) -> Result<Self, TextError> {
                parse(text).map(Self)
            }

            /// The text, as stored.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }
    };
}

key!(
    /// A place where goods lie: a warehouse, a partner's store room.
    Site
);
key!(
    /// What lies there: the SKU of a variant.
    ItemKey
);
key!(
    /// The market whose quota the goods belong to.
    MarketKey
);
key!(
    /// A payment provider.
    ProviderKey
);
key!(
    /// An authority that tax is collected for, such as `US-CA` or `DE`.
    JurisdictionKey
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_free_of_separators() {
        for good in ["us", "US", "mi-band-1s_black.v2", "4711", "a+b"] {
            assert_eq!(ItemKey::parse(good).expect("a good key").as_str(), good);
        }
        let cases = [
            ("", TextError::Empty),
            ("-", TextError::Malformed),
            ("-us", TextError::Malformed),
            ("a/b", TextError::Malformed),
            ("a b", TextError::Malformed),
            ("a\n", TextError::Malformed),
            ("bänd", TextError::Malformed),
            (&"x".repeat(KEY_CHARS_MAX + 1), TextError::TooLong { max: KEY_CHARS_MAX }),
        ];
        for (bad, error) in cases {
            assert_eq!(ItemKey::parse(bad), Err(error), "{bad:?}");
        }
    }
}
