//! The only crate with SQL. [`Db`] runs named, measured transactions over the embedded database or PostgreSQL;
//! one module per area holds that area's statements.
//!
//! What must not happen here: business rules (they are in `kontor-domain` and `kontor-ledger`),
//! network calls, asking the machine for time or randomness.
//!
//! Start reading at [`Db`], then the area you are after.

pub mod build;
pub mod cart;
pub mod catalogue;
pub mod channel;
pub mod clearance;
pub mod customer;
pub mod delta;
pub mod device;
pub mod fact;
pub mod hook;
pub mod idempotency;
pub mod install;
pub mod job;
mod kernel;
pub mod mail;
pub mod market;
pub mod money;
pub mod opening;
pub mod order;
pub mod payment;
pub mod planning;
#[cfg(test)]
mod plans;
pub mod price;
pub mod reach;
pub mod reseller;
pub mod rollout;
pub mod sale;
pub mod setting;
pub mod signing;
pub mod staff;
pub mod stock;
pub mod terms;

pub use kernel::db::{AsFault, Db, Versions};
pub use kernel::error::StoreError;
pub use kernel::migrate::{MIGRATIONS, Migration};
pub use kernel::place::{BeforeCommit, Options, Place, schema_version};
pub use kernel::postgres::url::{PostgresUrl, PostgresUrlError};
pub use kernel::sql::{Changed, Effort, Row, Tx, Value};
pub use kernel::sqlite::backup::{BackupError, backup, restore};
pub use kernel::topic::Topic;
