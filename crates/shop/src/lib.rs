//! What the shop does: one folder per area, one file per use case.
//!
//! A use case reads what it needs, asks the pure rule, writes what the rule decided and queues
//! what follows, in one named transaction. Pages, the JSON API, jobs and commands all call the
//! same ones. Start with [`core`] (what each is given), then [`order`] (how a cart becomes an
//! order).

pub mod audit;
pub mod cart;
pub mod core;
pub mod customer;
pub mod exchange;
pub mod hook;
pub mod keepers;
pub mod mail;
pub mod opening;
pub mod order;
pub mod payment;
pub mod planning;
pub mod reach;
pub mod reseller;
pub mod sale;
pub mod staff;
pub mod stock;

pub use core::{
    BankAccount, Failure, Keys, Known, Level, Once, Outcome, Policy, Replayed, Share, Shop,
    Snapshot,
};
