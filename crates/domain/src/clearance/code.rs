//! The names of clearance facts: short codes in capitals that people say to each other
//! (`US-FCC-CERT`) and that stand in data files, reasons and order lines.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kontor_base::{Cell, Wrong};
use serde::{Deserialize, Serialize};

use crate::market::MarketCode;

/// The longest code, in characters.
pub(super) const CODE_CHARS_MAX: usize = 60;

/// The text is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code: capital letters, digits and single inner dashes, 2 to 60 characters")]
pub struct CodeError;

macro_rules! code_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        // Shared text, because every verdict names the facts it relied on.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = CodeError;

            fn from_str(text: &str) -> Result<Self, CodeError> {
                let good = (2..=CODE_CHARS_MAX).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
                    && !text.starts_with('-')
                    && !text.ends_with('-')
                    && !text.contains("--");
                if good { Ok(Self(text.into())) } else { Err(CodeError) }
            }
        }

        impl Cell for $name {
            fn wrong(cell: &str, _: &CodeError) -> Wrong {
                Wrong::NotCode { cell: cell.to_owned(), max: CODE_CHARS_MAX.to_string() }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

code_type!(
    /// The name of a clearance, that is, of the rule that demands it: `US-FCC-CERT`.
    ClearanceCode
);
code_type!(
    /// The name of a piece of evidence: `US-FCC-BAND`.
    GrantCode
);
code_type!(
    /// The name of an order of a court or authority: `IN-DHC-2014-12-16`.
    AuthorityOrderCode
);
code_type!(
    /// The name of a review: `REVIEW-US-2026`.
    ReviewCode
);

impl AuthorityOrderCode {
    /// How the codes of the maker's own withdrawals begin; orders of courts and authorities have
    /// other ones.
    pub const WITHDRAWN: &str = "WITHDRAWN-";

    /// Whether the maker gave the order itself, by withdrawing something from a market.
    #[must_use]
    pub fn is_withdrawal(&self) -> bool {
        self.as_str().starts_with(Self::WITHDRAWN)
    }
}

/// Which fact a verdict relied on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "code", rename_all = "snake_case")]
pub enum FactRef {
    /// A rule.
    Rule(ClearanceCode),
    /// A piece of evidence.
    Grant(GrantCode),
    /// An order of a court or authority.
    Order(AuthorityOrderCode),
    /// A review of a country's rules.
    Review(ReviewCode),
    /// How the maker stands in a market.
    Presence(MarketCode),
    /// What a market has opened with.
    Assortment(MarketCode),
}

impl FactRef {
    /// The word for the kind, as the store keeps it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Rule(_) => "rule",
            Self::Grant(_) => "grant",
            Self::Order(_) => "order",
            Self::Review(_) => "review",
            Self::Presence(_) => "presence",
            Self::Assortment(_) => "assortment",
        }
    }

    /// The code of the fact, unique within its kind.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Rule(code) => code.as_str(),
            Self::Grant(code) => code.as_str(),
            Self::Order(code) => code.as_str(),
            Self::Review(code) => code.as_str(),
            Self::Presence(market) | Self::Assortment(market) => market.as_str(),
        }
    }
}

impl fmt::Display for FactRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.code())
    }
}
