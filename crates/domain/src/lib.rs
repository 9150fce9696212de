//! The rules of every area, as pure functions over values: no I/O, no clock, no async.
//!
//! One module per area, in the order of the house (`market`, `catalogue`, `clearance`, `price`,
//! …): a module may use those above it, never those below. Start with [`clearance`], which is what
//! Kontor exists for.

pub mod build;
pub mod cart;
pub mod catalogue;
pub mod channel;
pub mod clearance;
pub mod customer;
pub mod device;
pub mod hook;
pub mod install;
pub mod market;
pub mod opening;
pub mod order;
pub mod payment;
pub mod planning;
pub mod price;
pub mod reach;
pub mod reseller;
pub mod rollout;
pub mod sale;
pub mod staff;
