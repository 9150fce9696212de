//! How a use case ends when it does not succeed.

use kontor_store::{AsFault, StoreError};

use super::files::FilesError;

/// The answer of a use case that may refuse with `R`.
pub type Outcome<T, R> = Result<T, Failure<R>>;

/// Why a use case did not do what was asked.
#[derive(Debug)]
pub enum Failure<R> {
    /// Expected and typed: the caller is told what to do.
    Refused(R),
    /// The database failed.
    Fault(StoreError),
    /// The store of files failed.
    Files(FilesError),
}

impl<R: std::fmt::Display> std::fmt::Display for Failure<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Fault(fault) => fault.fmt(f),
            Self::Files(fault) => fault.fmt(f),
        }
    }
}

impl<R> From<StoreError> for Failure<R> {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault)
    }
}

impl<R> From<FilesError> for Failure<R> {
    fn from(fault: FilesError) -> Self {
        Self::Files(fault)
    }
}

impl<R> AsFault for Failure<R> {
    fn as_fault(&self) -> Option<&StoreError> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Refused(_) | Self::Files(_) => None,
        }
    }
}
