//! Tries to break a lot: by seed, commands come twice, batches are lost before and after their
//! commit, holds end, the clock jumps, and a second owner takes the lease while the first one does
//! not know. A naive model decides the same commands beside it; every answer, every row on disk and
//! every rebuilt owner is compared with it.
//!
//! A run that fails names its seed; the same seed fails again at the same step. That the simulator
//! notices what it should is tested by lots that are broken on purpose ([`Flaw`]).

mod disk;
mod generate;
mod model;
mod run;
#[cfg(test)]
mod tests;

pub use run::{Failure, Summary, run};

/// A way in which a lot or its owner can be broken on purpose, in tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A repeated request is taken for a new one.
    ForgetsRequests,
    /// Nobody counts what a person has.
    NoLimit,
    /// Somebody new gets units before those who stand in line.
    JumpsTheLine,
    /// Units that were given up come back without the claim knowing.
    ReleasesTwice,
    /// Somebody gives up units that are being paid.
    GivesUpWhatIsPaid,
    /// A hold ends a second before its end.
    ExpiresEarly,
    /// A hold is made longer again and again.
    ExtendsAlways,
    /// A quota falls below what is taken.
    ShrinksBelowTaken,
    /// A batch that was not written stays in memory.
    KeepsWhatWasRolledBack,
    /// A batch is written without looking at the lease.
    IgnoresTheFence,
    /// People are told before the batch is on disk.
    AnswersBeforeTheCommit,
    /// An owner that starts again does not read the line.
    ForgetsTheLine,
    /// Somebody who has left the line gets what comes back.
    OffersToWhoLeft,
    /// Somebody in line gets what comes back after the end.
    OffersAfterTheEnd,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: [Self; 14] = [
        Self::ForgetsRequests,
        Self::NoLimit,
        Self::JumpsTheLine,
        Self::ReleasesTwice,
        Self::GivesUpWhatIsPaid,
        Self::ExpiresEarly,
        Self::ExtendsAlways,
        Self::ShrinksBelowTaken,
        Self::KeepsWhatWasRolledBack,
        Self::IgnoresTheFence,
        Self::AnswersBeforeTheCommit,
        Self::ForgetsTheLine,
        Self::OffersToWhoLeft,
        Self::OffersAfterTheEnd,
    ];
}
