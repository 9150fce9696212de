//! What tests and benches need and the shop does not: the load generator.
//!
//! Nothing here is part of the product. Start reading at [`load`].

pub mod load;
