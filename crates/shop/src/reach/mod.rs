//! Reading what has left against what is seen: devices carried abroad, and a reseller's devices
//! outside its territory.
//!
//! Where devices are seen is the count's knowledge, which is another crate's: whoever calls gives a
//! function from a device to its sighting.

mod carried;
mod units;

pub use carried::{
    Active, EstimateRow, OutsideRow, OutsideUnits, Seen, carried_abroad, carried_of, estimates,
    sold,
};
pub use units::KeptUnits;
