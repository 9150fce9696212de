//! Stock: receiving goods, moving quotas, and freeing what was held for too long.

mod expire;
mod hold;
mod receive;

pub use expire::expire_holds;
pub(crate) use hold::{claim, end_if_due, give_back, hold_key, hold_lines};
pub use receive::{Receipt, receive_in};
