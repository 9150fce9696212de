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

/// The answer that the same request had before; none if it never had one.
///
/// # Errors
///
/// [`Failure::KeyReused`] when the key was used for another body; a fault of the store.
pub(crate) fn answered_before<T: DeserializeOwned, R>(
    tx: &mut Tx<'_>,
    request: Option<&Once>,
) -> Outcome<Option<T>, R> {
    let Some(Once { request, body }) = request else { return Ok(None) };
    match idempotency::look(tx, request, body)? {
        Seen::OtherBody => Err(Failure::KeyReused),
        Seen::Answered(answer) => {
            Ok(Some(serde_json::from_str(&answer).map_err(|error| unreadable(&error))?))
        }
        Seen::Never => Ok(None),
    }
}

/// Keeps the answer of a request that had none, in the transaction that had its effect.
///
/// # Errors
///
/// When the database cannot be written.
pub(crate) fn keep_answer<T: Serialize>(
    tx: &mut Tx<'_>,
    once: &Once,
    answer: &T,
    at: Instant,
) -> Result<(), StoreError> {
    let kept = serde_json::to_string(answer).map_err(|error| unreadable(&error))?;
    idempotency::remember(tx, &once.request, &once.body, &kept, at)
}

/// Keeps the answer of a request unless it has one: whoever was first has said what counts.
///
/// # Errors
///
/// When the database cannot be written.
pub(crate) fn keep_first_answer<T: Serialize>(
    tx: &mut Tx<'_>,
    once: &Once,
    answer: &T,
    at: Instant,
) -> Result<(), StoreError> {
    let kept = serde_json::to_string(answer).map_err(|error| unreadable(&error))?;
    idempotency::remember_first(tx, &once.request, &once.body, &kept, at)
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
    if let Some(answer) = answered_before(tx, request)? {
        return Ok(Replayed { answer, replayed: true });
    }
    let answer = effect(tx)?;
    if let Some(request) = request {
        keep_answer(tx, request, &answer, at)?;
    }
    Ok(Replayed { answer, replayed: false })
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::BadRow { table: "idempotency", problem: error.to_string().into() }
}
