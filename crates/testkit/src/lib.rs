//! What tests and benches need and the shop does not: the load generator, the crash proof, a large
//! maker's ROM.
//!
//! Nothing here is part of the product. Start reading at [`load`] and [`crash`].

pub mod crash;
pub mod installs;
pub mod load;
pub mod publish;
