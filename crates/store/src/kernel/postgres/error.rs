//! What PostgreSQL says, told apart by what can be done about it.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

use super::tls::TlsProblem;
use super::url::PostgresUrl;
use crate::kernel::error::StoreError;

/// What a failed statement means for the transaction that it was in.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// Another transaction was in the way: all of it may be run again.
    Conflict,
    /// The connection is gone, and the transaction with it.
    Lost,
    /// The statement is at fault.
    Fault(StoreError),
}

impl Failure {
    /// Tells the failures apart. `closed` says whether the client knows that its connection ended.
    pub(crate) fn of(what: &str, error: &Error, closed: bool) -> Self {
        let Some(said) = error.as_db_error() else {
            let on_the_wire = error.source().is_some_and(|source| source.is::<std::io::Error>());
            return if closed || on_the_wire || error.is_closed() {
                Self::Lost
            } else {
                Self::Fault(StoreError::from_postgres(what, error))
            };
        };
        match *said.code() {
            SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::LOCK_NOT_AVAILABLE => Self::Conflict,
            // The session was ended: by an operator, a restart, a failover.
            _ if matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) => {
                Self::Lost
            }
            _ => Self::Fault(StoreError::from_postgres(what, error)),
        }
    }

    pub(crate) fn into_error(self) -> StoreError {
        match self {
            Self::Conflict => StoreError::Conflict,
            Self::Lost => StoreError::Lost,
            Self::Fault(fault) => fault,
        }
    }
}

impl StoreError {
    /// Wraps what the server said about a statement. Never with the details, which can hold a row.
    pub(crate) fn from_postgres(what: &str, error: &Error) -> Self {
        let fault = |problem: String| Self::Fault { what: what.into(), problem: problem.into() };
        let Some(said) = error.as_db_error() else {
            let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
            return fault(format!("{error}{source}"));
        };
        match *said.code() {
            SqlState::DISK_FULL => Self::DiskFull,
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => {
                Self::Damaged(said.message().into())
            }
            SqlState::READ_ONLY_SQL_TRANSACTION => {
                fault(format!("{}: name the primary in `database`, not a replica", said.message()))
            }
            SqlState::INSUFFICIENT_PRIVILEGE => fault(format!(
                "{}: make the user the owner of the database (ALTER DATABASE … OWNER TO …) or \
                 grant it CREATE and USAGE on the schema",
                said.message()
            )),
            SqlState::INVALID_SCHEMA_NAME => {
                fault(format!("{}: make the schema that the search path names", said.message()))
            }
            _ => fault(format!("{} ({})", said.message(), said.code().code())),
        }
    }

    /// Wraps why a connection cannot be encrypted as its address wants it.
    pub(crate) fn no_encryption(url: &PostgresUrl, problem: &TlsProblem) -> Self {
        let advice = problem.advice();
        let problem = problem.to_string().into();
        Self::Refused { server: url.server().into(), problem, advice }
    }

    /// Wraps why a connection did not come about.
    pub(crate) fn not_connected(url: &PostgresUrl, error: &Error) -> Self {
        let server: std::sync::Arc<str> = url.server().into();
        let Some(said) = error.as_db_error() else {
            let source = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            if source.contains("password missing") || source.contains("user missing") {
                return Self::Refused {
                    server,
                    problem: source.into(),
                    advice: "write user and password into `database`",
                };
            }
            if source.contains("certificate") {
                return Self::Refused {
                    server,
                    problem: source.into(),
                    advice: "name the authority that signed it in sslrootcert, and the host as the \
                             certificate does",
                };
            }
            if source.contains("does not support TLS") {
                return Self::Refused {
                    server,
                    problem: source.into(),
                    advice: "turn ssl on at the server, or leave sslmode out of `database`",
                };
            }
            return Self::Unreachable { server, problem: source.into() };
        };
        let problem: std::sync::Arc<str> = said.message().into();
        let advice = match *said.code() {
            SqlState::INVALID_PASSWORD => "check the user and the password in `database`",
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                "check the user in `database`, and whether the server's pg_hba.conf lets it in from \
                 here; where it wants encryption, add ?sslmode=verify-full"
            }
            SqlState::INVALID_CATALOG_NAME => "make it with `createdb`, or name another",
            SqlState::TOO_MANY_CONNECTIONS => {
                "raise max_connections of the server, or lower server.readers here"
            }
            _ => return Self::Unreachable { server, problem },
        };
        Self::Refused { server, problem, advice }
    }
}
