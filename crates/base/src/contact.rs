//! How a person can be reached. Personal data: `Debug` never prints it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::text::{Line, TextError};

/// An e-mail address: one `@`, a host with a dot, at most 254 characters (RFC 5321), no spaces.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// See [`TextError`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let line = Line::<254>::parse(text)?;
        let text = line.as_str();
        let (local, host) = text.rsplit_once('@').ok_or(TextError::Malformed)?;
        let label_is_good = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let good = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
            && host.contains('.')
            && host.split('.').all(label_is_good);
        if good { Ok(Self(text.to_owned())) } else { Err(TextError::Malformed) }
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two spellings of one address are the same person: lower case, without
    /// a `+tag`.
    #[must_use]
    pub fn normalised(&self) -> String {
        let lower = self.0.to_lowercase();
        let (local, host) = lower.rsplit_once('@').unwrap_or((&lower, ""));
        let local = local.split_once('+').map_or(local, |(before, _)| before);
        format!("{local}@{host}")
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A telephone number: an optional `+` and 6 to 15 digits (ITU-T E.164); spaces, dashes, dots,
/// slashes and brackets are dropped.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Reads a number.
    ///
    /// # Errors
    ///
    /// See [`TextError`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let line = Line::<40>::parse(text)?;
        let kept: String = line
            .as_str()
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')'))
            .collect();
        let digits = kept.strip_prefix('+').unwrap_or(&kept);
        let good = (6..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if good { Ok(Self(kept)) } else { Err(TextError::Malformed) }
    }

    /// The number without separators.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b.co", "first.last+tag@shop.example", "müller@bücher.example"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "a@b", "@b.co", "a@@b.co", "a b@c.de", "a@b..co", ".a@b.co", "a@-b.co"]
        {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        let tagged = Email::parse("Ada+Shop@Example.org").expect("a good address");
        assert_eq!(tagged.normalised(), "ada@example.org");
        assert_eq!(format!("{tagged:?}"), "Email(…)");
    }

    #[test]
    fn numbers() {
        let number = Phone::parse("+49 (30) 1234-567").expect("a good number");
        assert_eq!(number.as_str(), "+49301234567");
        for bad in ["", "12345", "+1234567890123456", "12ab5678", "+"] {
            assert!(Phone::parse(bad).is_err(), "{bad}");
        }
    }
}
