//! The machinery under the areas: connections, group commit, migrations, backup.
//!
//! [`db`] is what the house sees. Behind it are two back ends with the same shape, [`sqlite`] and
//! [`postgres`]; [`sql`] is the seam between them and the statements of the areas.

pub(crate) mod db;
pub(crate) mod error;
pub(crate) mod migrate;
pub(crate) mod place;
pub(crate) mod pool;
pub(crate) mod postgres;
pub(crate) mod row;
pub(crate) mod sql;
pub(crate) mod sqlite;
pub(crate) mod topic;
pub(crate) mod value;
pub(crate) mod writer;
