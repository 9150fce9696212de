//! Why a client does not believe what it was given. Every refusal names the role it concerns.

use kontor_base::Instant;
use thiserror::Error;

/// A reason not to trust a document or a file. [`Rejected::code`] is stable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Rejected {
    /// Not JSON, not the expected document, or out of bounds.
    #[error("malformed metadata: {what}")]
    Malformed {
        /// What is wrong with it.
        what: String,
    },
    /// Not signed by enough of the keys that speak for the role.
    #[error("{role} is signed by {have} of the {need} keys it needs")]
    Threshold {
        /// The role.
        role: String,
        /// Distinct trusted keys with a valid signature.
        have: usize,
        /// The threshold.
        need: usize,
    },
    /// An older version than one already seen.
    #[error("{role} went back from version {had} to {got}")]
    Rollback {
        /// The role.
        role: String,
        /// The version that was trusted before.
        had: u64,
        /// The version that came.
        got: u64,
    },
    /// Not the version that the document above it names.
    #[error("{role} is version {got}, not {expected}")]
    Mixed {
        /// The role.
        role: String,
        /// The version that was vouched for.
        expected: u64,
        /// The version that came.
        got: u64,
    },
    /// A document that was listed before is no longer listed.
    #[error("{role} is no longer listed")]
    Vanished {
        /// The role.
        role: String,
    },
    /// Too old to say anything about today.
    #[error("{role} expired at {at}")]
    Expired {
        /// The role.
        role: String,
        /// When it ended.
        at: Instant,
    },
    /// Longer or shorter than vouched for, or than a client reads at all.
    #[error("{name} is not of the expected length of {expected} bytes")]
    Length {
        /// The document or target.
        name: String,
        /// The vouched-for or greatest length in bytes.
        expected: u64,
    },
    /// Other bytes than vouched for.
    #[error("{name} has other contents than the signed hash")]
    Hash {
        /// The document or target.
        name: String,
    },
    /// A genuine offer that speaks to other devices: those of another model, channel or build, or of
    /// another part of the rollout.
    #[error("the offer speaks to other devices")]
    OtherAudience,
    /// No trusted role vouches for this target.
    #[error("nobody vouches for {name}")]
    UnknownTarget {
        /// The target.
        name: String,
    },
}

impl Rejected {
    /// A malformed document.
    #[must_use]
    pub fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed { what: what.into() }
    }

    /// The stable code, for logs and feedback.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "signing.malformed",
            Self::Threshold { .. } => "signing.threshold",
            Self::Rollback { .. } => "signing.rollback",
            Self::Mixed { .. } => "signing.mixed",
            Self::Vanished { .. } => "signing.vanished",
            Self::Expired { .. } => "signing.expired",
            Self::Length { .. } => "signing.length",
            Self::Hash { .. } => "signing.hash",
            Self::OtherAudience => "signing.other_audience",
            Self::UnknownTarget { .. } => "signing.unknown_target",
        }
    }
}
