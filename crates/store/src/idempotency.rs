//! Answers to requests that carried an idempotency key, so that the same request twice has one
//! effect and one answer.

use kontor_base::{Instant, KeyedHash, limits};

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Never heard of.
    Never,
    /// The same request was answered with this.
    Answered(String),
    /// The key was used for another body.
    OtherBody,
}

/// Looks a key up. `request` is the hash of scope and key, `body` that of the request's body.
///
/// # Errors
///
/// When the database cannot be read.
pub fn look(tx: &mut Tx<'_>, request: &KeyedHash, body: &KeyedHash) -> Result<Seen, StoreError> {
    let found = tx.optional(LOOK, values![request], |row| Ok((row.bytes16(0)?, row.text(1)?)))?;
    Ok(match found {
        None => Seen::Never,
        Some((seen, answer)) if seen == *body => Seen::Answered(answer),
        Some(_) => Seen::OtherBody,
    })
}

const LOOK: &str = "SELECT body, answer FROM idempotency WHERE request = $1";

/// Asks a server already now for [`look`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn look_ahead(tx: &mut Tx<'_>, request: &KeyedHash) -> Result<(), StoreError> {
    tx.ahead(LOOK, values![request])
}

/// Remembers the answer unless there is one already: whoever was first has said what counts.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remember_first(
    tx: &mut Tx<'_>,
    request: &KeyedHash,
    body: &KeyedHash,
    answer: &str,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO idempotency (request, body, answer, answered_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (request) DO NOTHING",
        values![request, body, answer, at],
    )?;
    Ok(())
}

/// Remembers the answer, in the transaction that had the effect.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remember(
    tx: &mut Tx<'_>,
    request: &KeyedHash,
    body: &KeyedHash,
    answer: &str,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO idempotency (request, body, answer, answered_at) VALUES ($1, $2, $3, $4)",
        values![request, body, answer, at],
    )?;
    Ok(())
}

/// Forgets up to `limit` answers that are older than a day; gives how many.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget_old(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM idempotency WHERE request IN (
             SELECT request FROM idempotency WHERE answered_at < $1
             ORDER BY answered_at, request LIMIT $2)",
        values![now.plus_seconds(-limits::IDEMPOTENCY_KEPT_S), limit],
    )?
    .rows()
}
