//! The double-entry ledger: stock with its holds, and the money of orders.
//!
//! Everything in here is a pure rule. A caller reads balances and holds from wherever they are
//! kept, asks a decision function, and writes the transfers and the new hold that it answers, in
//! one transaction. Nothing in here touches a disk, a clock or a connection; time comes in as
//! [`kontor_base::Instant`], randomness as [`kontor_base::Random`].
//!
//! Start reading in [`stock`] (accounts, causes, transfers), then [`hold`] (what happens to stock
//! between a checkout and an order) and [`warehouse`] (everything else that moves goods). The
//! same for money: [`money`], then [`posting`]. [`mod@audit`] and [`money_audit`] prove a ledger
//! from its entries; [`simulator`] tries to break one. [`sale`] is the other machine in here: units of
//! a scarce item, given out from memory.

pub mod audit;
pub mod book;
pub mod hold;
pub mod key;
pub mod money;
pub mod money_audit;
pub mod posting;
pub mod refusal;
pub mod sale;
#[cfg(test)]
mod samples;
pub mod simulator;
pub mod stock;
pub mod warehouse;
mod word;

pub use audit::{AuditReport, Auditor, Finding, audit};
pub use book::{Book, BookRefusal};
pub use hold::{Extended, Hold, HoldLine, HoldPlan, HoldState, HoldStep, PlaceHold, WantedLine};
pub use key::{ItemKey, JurisdictionKey, MarketKey, ProviderKey, Site};
pub use money::{MoneyAccount, MoneyAccountKind, MoneyCause, MoneyTransfer};
pub use money_audit::{
    DepositMoney, MoneyAuditReport, MoneyAuditor, MoneyFinding, OrderMoney, audit_money,
};
pub use posting::deposit::DepositStanding;
pub use posting::{MoneyRefusal, OrderStanding, SaleParts};
pub use refusal::{Shortage, StockRefusal};
pub use stock::{Balances, Cause, Reference, StockAccount, StockKey, StockState, Transfer};
pub use warehouse::Movement;
pub use word::UnknownWord;
