//! The record replayed: two million people, each with an own ticket and an own idempotency key,
//! who all want one unit of the same item.
//!
//! [`ground`] prepares a shop with a sale and lets the people enter it; [`script`] writes their
//! requests and reads the answers; [`swarm`] sends them from few threads over many connections;
//! [`prove`] compares every answer with what is on disk. Start reading at [`ground`].

pub mod files;
pub mod ground;
pub mod prove;
pub mod purchase;
pub mod script;
pub mod swarm;

/// Why a run failed; one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RushError(String);

impl RushError {
    /// An error of some other kind, with what was attempted.
    #[must_use]
    pub fn at(what: &str, error: impl std::fmt::Display) -> Self {
        Self(format!("could not {what}: {error}"))
    }

    /// Something is not as it must be.
    #[must_use]
    pub fn wrong(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}
