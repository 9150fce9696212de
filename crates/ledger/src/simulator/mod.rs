//! Tries to break a stock ledger: random requests, repeated ones, crashes and a clock that jumps,
//! all from one seed, each step checked against a model that is too simple to be wrong.
//!
//! [`run`] tries the decisions of this crate on a store in memory. Another crate drives its own
//! store through [`run_on`] by implementing [`Subject`]. A failure names seed and step; the same
//! seed gives the same run. Nothing here is for use outside of tests and benches.

mod command;
mod generate;
mod memory;
mod model;
mod run;
#[cfg(test)]
mod tests;

pub use command::{Answer, Command, Crash, GoodsMove, HOLD_UNKNOWN, Request, Subject};
pub use memory::MemoryStore;
pub use run::{Failure, Summary, Tally, run, run_on};
