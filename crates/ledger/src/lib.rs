//! The double-entry ledger: stock with its holds, and the money of orders.
//!
//! Everything in here is a pure rule. A caller reads balances and holds from wherever they are
//! kept, asks a decision function, and writes the transfers and the new hold that it answers, in
//! one transaction. Nothing in here touches a disk, a clock or a connection; time comes in as
//! [`kontor_base::Instant`], randomness as [`kontor_base::Random`].
//!
//! Start reading in [`stock`] (accounts, causes, transfers), then [`hold`] (what happens to stock
//! between a checkout and an order) and [`warehouse`] (everything else that moves goods).

pub mod hold;
pub mod key;
pub mod refusal;
pub mod stock;
pub mod warehouse;
mod word;

pub use hold::{Extended, Hold, HoldLine, HoldPlan, HoldState, HoldStep, PlaceHold, WantedLine};
pub use key::{ItemKey, MarketKey, Site};
pub use refusal::{Shortage, StockRefusal};
pub use stock::{Balances, Cause, Reference, StockAccount, StockKey, StockState, Transfer};
pub use word::UnknownWord;
