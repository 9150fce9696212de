//! The words by which enums are stored and shown: one text form for database, logs and JSON.
//!
//! An enum lists its values in `ALL` and names each in `as_str`; [`text_form!`] derives the rest.

/// A stored word is not one of those that its column knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known {what}")]
pub struct UnknownWord {
    /// What the word should have been, such as `stock state`.
    pub what: &'static str,
}

/// Implements `Display`, `FromStr` and `Serialize` for an enum with `ALL` and `as_str`.
macro_rules! text_form {
    ($name:ident, $what:literal) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::word::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .into_iter()
                    .find(|value| value.as_str() == word)
                    .ok_or($crate::word::UnknownWord { what: $what })
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use text_form;
