//! Customers, so far guests: the waiting list.

mod sign_up;

pub use sign_up::{Command, Refusal, sign_up};
