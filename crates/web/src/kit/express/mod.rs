//! The express lane: questions that devices ask by the hundred million are answered from memory
//! before the router is asked.
//!
//! An entry of the lane stands beside its route ([`super::routes::Routes::add_express`]) and gives the
//! same answer as the route's handler, or none: then the request takes the ordinary way. So nothing
//! exists in the lane alone, and a test can compare the ways. Only reads that anybody may make and
//! that wait for nothing belong here: a guard has nothing to do for them but to count.
//!
//! There are two doors to it. A connection begins in the [`lane`], where a plain request is answered
//! from the bytes that came; its first other request hands it to the HTTP library for good. Behind that
//! the [`front`] asks the entries once more before the router. See ADR 0019.

mod entries;
mod front;
mod heads;
mod lane;
mod ready;

pub(super) use entries::Entry;
pub use entries::{Answer, Express, Question, pairs};
pub use front::{Answering, Front};
pub use heads::Heads;
pub use lane::{Lane, Ordinary};
pub use ready::Ready;
