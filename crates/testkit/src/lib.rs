//! What tests and benches need and the shop does not: the load generator and the crash proof.
//!
//! Nothing here is part of the product. Start reading at [`load`] and [`crash`].

pub mod crash;
pub mod installs;
pub mod load;
