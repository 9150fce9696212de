//! What can fail below the rules, told apart by what the operator can do about it.

use std::sync::Arc;

/// A fault of the store. Cheap to clone: one failed commit answers every closure of its batch.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// More writes wait than the queue takes; try again shortly.
    #[error("the store is overloaded: too many writes are waiting")]
    Overloaded,
    /// The store is shutting down or its writer has died.
    #[error("the store is closed")]
    Closed,
    /// The disk is full: nothing of the batch was kept.
    #[error("the disk is full: free some space where the database lies, nothing was lost")]
    DiskFull,
    /// The file is not a database or is damaged.
    #[error("the database is damaged or not a database: restore a backup ({0})")]
    Damaged(Arc<str>),
    /// The database server does not answer.
    #[error(
        "the database server at {server} cannot be reached: {problem}; check that it runs and that \
         `database` names it"
    )]
    Unreachable {
        /// Host and port.
        server: Arc<str>,
        /// What the system said.
        problem: Arc<str>,
    },
    /// The database server does not let this user in.
    #[error("the database server at {server} refuses: {problem}; {advice}")]
    Refused {
        /// Host and port.
        server: Arc<str>,
        /// What the server said.
        problem: Arc<str>,
        /// What to do.
        advice: &'static str,
    },
    /// The connection to the database server was lost before the commit: nothing was kept.
    #[error("the connection to the database server was lost, nothing was changed: try again")]
    Lost,
    /// Other transactions were in the way again and again: nothing was kept.
    #[error("other nodes write the same rows all the time, nothing was changed: try again shortly")]
    Conflict,
    /// The connection to the database server was lost during the commit, and no server could be
    /// asked in time. The same request with the same key finds out what became of it.
    #[error(
        "the connection to the database server was lost during a commit, which may have happened: \
         ask again with the same key"
    )]
    OutcomeUnknown,
    /// Another process holds the database.
    #[error("the database is in use by another process")]
    Locked,
    /// The database was written by a newer release.
    #[error(
        "the database has schema {found}, this release knows only up to {known}: use the newer release"
    )]
    NewerSchema {
        /// The version in the file.
        found: i64,
        /// The newest version that this binary knows.
        known: i64,
    },
    /// The database has not been migrated yet and migration was not asked for.
    #[error("the database has schema {found}, this release needs {needed}: run `kontor migrate`")]
    OlderSchema {
        /// The version in the file.
        found: i64,
        /// The version that this binary needs.
        needed: i64,
    },
    /// A row does not have the form that this release writes.
    #[error("a row of {table} cannot be read: {problem}")]
    BadRow {
        /// The table.
        table: &'static str,
        /// What is wrong.
        problem: Arc<str>,
    },
    /// A closure panicked; its changes were rolled back.
    #[error("a transaction ({name}) panicked and was rolled back")]
    Panicked {
        /// The name of the transaction.
        name: &'static str,
    },
    /// Anything else that the database said.
    #[error("could not run {what}: {problem}")]
    Fault {
        /// What was attempted.
        what: Arc<str>,
        /// What the database said.
        problem: Arc<str>,
    },
}

impl StoreError {
    /// Wraps what the embedded database said, told apart by what can be done about it.
    pub(crate) fn from_sqlite(what: &str, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let code = error.sqlite_error_code();
        match code {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string().into())
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            _ => Self::Fault { what: what.into(), problem: error.to_string().into() },
        }
    }

    /// A row that cannot be read.
    pub(crate) fn bad_row(table: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::BadRow { table, problem: problem.to_string().into() }
    }

    /// Whether the error ends the outer transaction of a batch, so that no closure in it may be
    /// acknowledged.
    pub(crate) const fn ends_batch(&self) -> bool {
        matches!(
            self,
            Self::DiskFull
                | Self::Damaged(_)
                | Self::Closed
                | Self::Lost
                | Self::Unreachable { .. }
                | Self::OutcomeUnknown
        )
    }
}
