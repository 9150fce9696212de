//! What tests and benches need and the shop does not: the load generator, the crash proof, a large
//! maker's ROM, the lists of a large staff area.
//!
//! Nothing here is part of the product. Start reading at [`load`] and [`crash`].

pub mod crash;
pub mod desk;
pub mod installs;
pub mod load;
pub mod publish;
