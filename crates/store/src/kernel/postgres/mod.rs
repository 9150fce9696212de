//! PostgreSQL: one writing session per process, a few reading ones, one that listens.
//!
//! The crate `postgres` is synchronous: everything here runs on threads that may block, as it does
//! for the embedded database. Start reading at [`batch`].

pub(crate) mod batch;
pub(crate) mod error;
mod line;
pub(crate) mod listen;
pub(crate) mod marker;
mod memory;
pub(crate) mod migrate;
pub(crate) mod read;
pub(crate) mod session;
pub(crate) mod tls;
pub(crate) mod url;
pub(crate) mod value;
