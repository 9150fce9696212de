//! Counting installations exactly, for a hundred million devices in one process.
//!
//! Every device has a dense number. Columns say when each was first and last seen and what it last
//! said; one bitmap per day says who was there; a cube of cells answers every breakdown of the
//! present without looking at a device. What changes something is in an append-only log, on disk,
//! before it is answered. What must not happen here: SQL, HTTP, or a device's own identifier.
//!
//! Start reading with [`Book::apply`], which is what a report does; then [`Counter`], which makes
//! it durable; then [`recount`], which proves both by counting again in the plainest way.

mod book;
mod changed;
mod column;
mod counter;
mod cube;
mod days;
mod dictionary;
mod error;
mod fold;
mod index;
mod log;
mod mix;
mod present;
mod record;
mod recount;
mod snapshot;

pub use book::{Applied, Book, Breakdown};
pub use counter::{Answer, Counter, Options, Tally, copy, read_only};
pub use error::CountError;
pub use fold::{Folded, fold};
pub use present::{Close, Position, PositionError, Present, Slice, WINDOW_DAYS_MAX, WINDOWS};
pub use recount::{Recount, recount, recount_until};
