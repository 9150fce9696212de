//! A sale that cannot oversell: the pure state machine of one *lot* (units of one item that one
//! owner gives out), and the simulator that tries to break it.
//!
//! An owner keeps a [`Lot`] in memory, applies a batch of commands to it, writes what
//! [`Lot::staged`] says in one transaction, and then confirms the batch or rolls it back whole.
//! Nothing is answered before it is confirmed. Nothing in here touches a disk, a clock or a thread.
//!
//! Start reading in [`command`] (what can be asked), then [`lot`] (the decisions); [`index`] is how
//! two million people fit into memory; [`simulator`] is the proof.

pub mod claim;
pub mod command;
pub mod index;
pub mod lot;
mod share;
pub mod simulator;
mod stage;
#[cfg(test)]
mod tests;
mod waiting;

pub use claim::{CLAIM_TABLE, Claim, ClaimState, ClaimStep};
pub use command::{Command, Outcome, Refusal, Take, Taken};
pub use lot::{Lot, LotRules, Standing};
pub use share::{LotSeen, Move, share};
pub use stage::{Counted, LotHead, Staged};
pub use waiting::{PlaceState, Waiting};
