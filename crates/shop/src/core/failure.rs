//! How a use case ends when it does not succeed: a refusal that its caller can act on, or a fault.

use kontor_store::{AsFault, StoreError};

/// The answer of a use case that may refuse with `R`.
pub type Outcome<T, R> = Result<T, Failure<R>>;

/// Why a use case did not do what was asked.
#[derive(Clone, Debug)]
pub enum Failure<R> {
    /// Expected and typed: the caller is told what to do.
    Refused(R),
    /// The idempotency key has been used for another request.
    KeyReused,
    /// Something is broken; the operator is told.
    Fault(StoreError),
}

impl<R> Failure<R> {
    /// The same failure with the refusal turned into another.
    pub fn map<S>(self, turn: impl FnOnce(R) -> S) -> Failure<S> {
        match self {
            Self::Refused(refusal) => Failure::Refused(turn(refusal)),
            Self::KeyReused => Failure::KeyReused,
            Self::Fault(fault) => Failure::Fault(fault),
        }
    }
}

impl<R> From<StoreError> for Failure<R> {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault)
    }
}

impl<R> AsFault for Failure<R> {
    fn as_fault(&self) -> Option<&StoreError> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Refused(_) | Self::KeyReused => None,
        }
    }
}

/// Turns a pure rule's refusal into a use case's failure: `rule(…).refuse()?`.
pub(crate) trait Refuse<T, R> {
    fn refuse(self) -> Outcome<T, R>;
}

impl<T, E, R: From<E>> Refuse<T, R> for Result<T, E> {
    fn refuse(self) -> Outcome<T, R> {
        self.map_err(|refusal| Failure::Refused(refusal.into()))
    }
}
