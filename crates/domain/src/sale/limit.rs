//! The limits of a sale that turn people away: counted as answers, by way in, without anybody's data.

use serde::{Deserialize, Serialize};

/// Where a limit was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetAt {
    /// When somebody wanted to enter: there is no entry.
    Entry,
    /// When an entry wanted units, or a place in the waiting list. What is met at payment is told of each
    /// entry ([`Outcome::Limited`](super::Outcome::Limited), [`Outcome::Refused`](super::Outcome::Refused)).
    Claim,
}

impl MetAt {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Entry, Self::Claim];

    /// The word in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Claim => "claim",
        }
    }

    /// The place with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|at| at.word() == word)
    }
}

/// A rule that keeps somebody from units whatever their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The person, or somebody with the same address or telephone number, has as many as one may have.
    Person,
    /// The person is kept out: a reseller, for instance.
    Excluded,
    /// The item may not be sold to the country.
    NotCleared,
    /// The person has entered by another way, or in another market.
    OtherWay,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 4] = [Self::Person, Self::Excluded, Self::NotCleared, Self::OtherWay];

    /// The word in data and on pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Excluded => "excluded",
            Self::NotCleared => "not_cleared",
            Self::OtherWay => "other_way",
        }
    }

    /// The limit with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.word() == word)
    }
}

/// How often a limit turned somebody away. Answers are counted, not people: whoever tries again is counted
/// again, and nobody is kept for having been counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitMet {
    /// Where.
    pub at: MetAt,
    /// Which.
    pub limit: Limit,
    /// How often; never zero.
    pub times: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for at in MetAt::ALL {
            assert_eq!(MetAt::from_word(at.word()), Some(at));
            assert_eq!(serde_json::to_value(at).ok(), Some(at.word().into()));
        }
        for limit in Limit::ALL {
            assert_eq!(Limit::from_word(limit.word()), Some(limit));
            assert_eq!(serde_json::to_value(limit).ok(), Some(limit.word().into()));
        }
        assert_eq!(Limit::from_word("other"), None);
    }
}
