//! Clearance: verdicts and why they are so.

mod reason;
pub(super) mod show;
mod verdict;

pub(super) use reason::{ObligationBody, ReasonBody};
pub(super) use verdict::VerdictBody;
