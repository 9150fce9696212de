//! The machinery under the areas: connections, group commit, migrations, backup.

pub(crate) mod backup;
pub(crate) mod db;
pub(crate) mod error;
pub(crate) mod migrate;
pub(crate) mod readers;
pub(crate) mod sql;
pub(crate) mod topic;
pub(crate) mod writer;
