//! The same request twice has one effect and one answer.

use kontor_base::{Instant, KeyedHash};
use kontor_store::idempotency::{self, Seen};
use kontor_store::{StoreError, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::{Failure, Outcome};

/// The identity of a request: who asked for what under which key (hashed), and the body (hashed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    /// The hash of scope and key.
    pub request: KeyedHash,
    /// The hash of the body.
    pub body: KeyedHash,
}

/// An answer, and whether it was given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed<T> {
    /// The answer.
    pub answer: T,
    /// The effect had happened before; this request did nothing.
    pub replayed: bool,
}

/// Asks a server already now whether the request was answered before.
///
/// # Errors
///
/// When the database has refused something before it.
pub(crate) fn once_ahead(tx: &mut Tx<'_>, request: Option<&Once>) -> Result<(), StoreError> {
    request.map_or(Ok(()), |once| idempotency::look_ahead(tx, &once.request))
}

/// Runs `effect` unless the same request had its effect already; then gives the answer of then.
/// Effect and answer are kept in the same transaction. A refusal is not kept: the request had no
/// effect, so that it may be tried again with the same key.
///
/// # Errors
///
/// What `effect` gives; [`Failure::KeyReused`] when the key was used for another body.
pub fn once<T, R>(
    tx: &mut Tx<'_>,
    request: Option<&Once>,
    at: Instant,
    effect: impl FnOnce(&mut Tx<'_>) -> Outcome<T, R>,
) -> Outcome<Replayed<T>, R>
where
    T: Serialize + DeserializeOwned,
{
    let Some(Once { request, body }) = request else {
        return effect(tx).map(|answer| Replayed { answer, replayed: false });
    };
    let unreadable = |error: serde_json::Error| StoreError::BadRow {
        table: "idempotency",
        problem: error.to_string().into(),
    };
    match idempotency::look(tx, request, body)? {
        Seen::OtherBody => Err(Failure::KeyReused),
        Seen::Answered(answer) => {
            let answer = serde_json::from_str(&answer).map_err(unreadable)?;
            Ok(Replayed { answer, replayed: true })
        }
        Seen::Never => {
            let answer = effect(tx)?;
            let kept = serde_json::to_string(&answer).map_err(unreadable)?;
            idempotency::remember(tx, request, body, &kept, at)?;
            Ok(Replayed { answer, replayed: false })
        }
    }
}
