//! The embedded database: one file, one writer thread, a few reading connections.

pub(crate) mod backup;
pub(crate) mod batch;
pub(crate) mod connect;
pub(crate) mod migrate;
pub(crate) mod statement;
