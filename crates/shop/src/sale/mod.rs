//! Sales of scarce items: set up, opened by the clock, claimed by everybody in the same second,
//! settled, reported.
//!
//! [`board`] is what runs in memory; each lot on it has an [`owner`] on a thread of its own, which
//! decides batches in memory and writes each in one transaction. [`claim`] is the hot path: no
//! other database work, no network, nothing but a ticket's signature, a look at the snapshot and the
//! owner's answer. Start reading there.

mod answer;
mod board;
mod claim;
mod enter;
mod keep;
mod owner;
mod set_up;
mod settle;
mod show;
mod sieve;

pub use answer::SaleRefusal;
pub use board::{LiveSale, Sales};
pub use claim::{Claimed, Placed, Wish, claim, give_up, wait};
pub use enter::{Enter, Entered, enter};
pub use keep::advance;
pub(crate) use keep::keep_sales;
pub use owner::{Answer, LotOwner, OwnerRefusal};
pub use set_up::{SetUp, SetUpRefusal, halt, resume, set_up};
pub use show::{
    Place, ShownClaim, ShownSale, WaySeen, claim_shown, entry_of, list, open_claim, place, shown,
    tallies,
};
