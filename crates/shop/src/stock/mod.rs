//! Stock: receiving goods, moving quotas, and freeing what was held for too long.

mod expire;
mod hold;
mod receive;

pub use expire::expire_holds;
pub(crate) use hold::{claim, give_back, hold_lines};
pub use receive::{Receipt, receive_in};
