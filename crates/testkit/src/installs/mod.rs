//! A hundred million devices: what it takes to count them, and whether the counts are right.
//!
//! Start reading with [`fill::Filled`]; [`sketch`] is the comparison with an estimate.

pub mod fill;
pub mod sketch;
