//! The cart: lines of variants with a version that grows with every effective change.

mod ops;
mod types;

pub use ops::CartRefusal;
pub use types::{Cart, CartLine};
