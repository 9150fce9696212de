//! Carts: changing them and reading them with what the shop knows of each line today.

mod change;
mod offer;
mod refused;
mod show;

pub use change::{Change, Changed, Command, Refusal, change};
pub use offer::{Offer, offer};
pub(crate) use refused::{RefusedCart, forget_refused, note_refused};
pub use show::{LineNow, ShownCart, show};
