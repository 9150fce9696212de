//! Three-valued logic (Kleene): what is not known stays unknown until it cannot matter.

use serde::{Deserialize, Serialize};

/// Whether something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It is not.
    No,
    /// Nobody has said.
    Unknown,
    /// It is.
    Yes,
}

impl Truth {
    /// All three.
    pub const ALL: [Self; 3] = [Self::No, Self::Unknown, Self::Yes];

    /// Both: a single no decides.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Either: a single yes decides.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth;

    #[test]
    fn the_laws_of_kleene_hold() {
        for a in Truth::ALL {
            assert_eq!(!!a, a);
            assert_eq!(a.and(a), a);
            assert_eq!(a.or(a), a);
            assert_eq!(a.and(Truth::Yes), a);
            assert_eq!(a.or(Truth::No), a);
            for b in Truth::ALL {
                assert_eq!(a.and(b), b.and(a));
                assert_eq!(a.or(b), b.or(a));
                assert_eq!(!a.and(b), (!a).or(!b), "De Morgan");
                assert_eq!(a.and(a.or(b)), a, "absorption");
                for c in Truth::ALL {
                    assert_eq!(a.and(b).and(c), a.and(b.and(c)));
                    assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)), "distribution");
                }
            }
        }
        // The law that does *not* hold, and the reason for three values: "x or not x" is no
        // certainty while x is unknown.
        assert_eq!(Truth::Unknown.or(!Truth::Unknown), Truth::Unknown);
    }
}
