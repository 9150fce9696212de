//! Customers, so far guests: the waiting list, from a typed address to a confirmed one and off again.

mod guest;
mod link;
mod sign_up;
mod waiting;

pub(crate) use guest::keep_invited_in;
pub use guest::{GuestRefusal, LetIn, let_in};
pub use link::{Confirming, LinkRefusal, confirm, confirmation, leave, leaving};
pub use sign_up::{Command, Refusal, sign_up};
pub use waiting::keep_waiting;
pub(crate) use waiting::stop_waiting_in;
