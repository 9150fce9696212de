//! The job queue: work that a transaction caused and that happens after it.

use kontor_base::Instant;
use kontor_base::id::JobId;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx};
use crate::kernel::topic::Topic;
use crate::values;

/// A queued job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done, as `area.verb`.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What it needs to know, as JSON.
    pub body: String,
}

/// Queues a job, in the transaction that causes it.
///
/// # Errors
///
/// When the database cannot be written.
pub fn queue(
    tx: &mut Tx<'_>,
    id: JobId,
    kind: &'static str,
    body: &str,
    due_at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO job (id, kind, state, due_at, attempts, body, last_error)
         VALUES ($1, $2, 'waiting', $3, 0, $4, NULL)",
        values![id.bytes(), kind, due_at, body],
    )?;
    tx.touch(Topic::Job)
}

/// Jobs that are due, the longest waiting first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn due(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<Job>, StoreError> {
    tx.query(
        "SELECT id, kind, attempts, body FROM job
         WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        values![now, limit],
        |row| {
            Ok(Job {
                id: JobId::from_bytes(row.bytes16(0)?),
                kind: row.text(1)?,
                attempts: row.int(2)?,
                body: row.text(3)?,
            })
        },
    )
}

/// Marks a job as done, in the transaction that wrote what it achieved.
///
/// # Errors
///
/// When the database cannot be written.
pub fn finish(tx: &mut Tx<'_>, id: JobId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM job WHERE id = $1", values![id.bytes()])?;
    Ok(())
}

/// Puts a job back until `due_at` after a failed try, or gives it up when `due_at` is `None`.
///
/// # Errors
///
/// When the database cannot be written.
pub fn fail(
    tx: &mut Tx<'_>,
    id: JobId,
    error: &str,
    due_at: Option<Instant>,
) -> Result<(), StoreError> {
    let state = if due_at.is_some() { "waiting" } else { "given_up" };
    tx.execute(
        "UPDATE job SET state = $2, due_at = coalesce($3, due_at), attempts = attempts + 1,
             last_error = $4 WHERE id = $1",
        values![id.bytes(), state, due_at, error],
    )?;
    Ok(())
}

/// So many jobs of a state are counted; where there are more, this is the answer.
pub const COUNTED_MAX: i64 = 10_000;

/// How many jobs wait and how many were given up, each up to [`COUNTED_MAX`].
///
/// # Errors
///
/// When the database cannot be read.
pub fn counts(tx: &mut Tx<'_>) -> Result<(i64, i64), StoreError> {
    let counts = tx.optional(
        "SELECT
             (SELECT count(*) FROM (SELECT 1 FROM job WHERE state = 'waiting' LIMIT $1) AS waits),
             (SELECT count(*) FROM (SELECT 1 FROM job WHERE state = 'given_up' LIMIT $1) AS given_up)",
        values![COUNTED_MAX],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    Ok(counts.unwrap_or((0, 0)))
}

/// A job as a person looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptJob {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// `waiting` or `given_up`.
    pub state: String,
    /// When it is tried next, or was tried last.
    pub due_at: Instant,
    /// How often it was tried.
    pub attempts: i64,
    /// What it needs to know.
    pub body: String,
    /// Why it failed the last time.
    pub last_error: Option<String>,
}

/// Jobs in a state, the oldest first, after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_state(
    tx: &mut Tx<'_>,
    state: &str,
    after: Option<JobId>,
    limit: i64,
) -> Result<Vec<KeptJob>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, kind, state, due_at, attempts, body, last_error FROM job
         WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3",
        values![state, &after, limit],
        read,
    )
}

pub(crate) const GIVEN_UP_IN: &str = "
    SELECT id, kind, state, due_at, attempts, body, last_error FROM job
    WHERE state = 'given_up' AND market = $1 ORDER BY id LIMIT $2";

/// Jobs of a market that were given up, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn given_up_in(
    tx: &mut Tx<'_>,
    market: MarketCode,
    limit: i64,
) -> Result<Vec<KeptJob>, StoreError> {
    tx.query(GIVEN_UP_IN, values![market.as_str(), limit], read)
}

/// What stands for the market of a job as long as nobody has looked. No market is called so.
const UNPLACED: &str = "?";

/// Jobs that were given up and of which nobody has said yet what market they are of, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn unplaced(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<KeptJob>, StoreError> {
    tx.query(GIVEN_UP_IN, values![UNPLACED, limit], read)
}

/// Says what market a job is of; none: of no market.
///
/// # Errors
///
/// When the database cannot be written.
pub fn place(tx: &mut Tx<'_>, id: JobId, market: Option<MarketCode>) -> Result<(), StoreError> {
    let market = market.as_ref().map_or("", |market| market.as_str());
    tx.execute("UPDATE job SET market = $2 WHERE id = $1", values![id.bytes(), market])?;
    Ok(())
}

/// A job.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: JobId) -> Result<Option<KeptJob>, StoreError> {
    tx.optional(
        "SELECT id, kind, state, due_at, attempts, body, last_error FROM job WHERE id = $1",
        values![id.bytes()],
        read,
    )
}

/// Has a job tried again at once, with all its tries.
///
/// # Errors
///
/// When the database cannot be written.
pub fn retry(tx: &mut Tx<'_>, id: JobId, now: Instant) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE job SET state = 'waiting', due_at = $2, attempts = 0 WHERE id = $1",
        values![id.bytes(), now],
    )?;
    tx.touch(Topic::Job)
}

/// Gives a job up: nobody tries it any more, and it stays to be looked at.
///
/// # Errors
///
/// When the database cannot be written.
pub fn give_up(tx: &mut Tx<'_>, id: JobId) -> Result<(), StoreError> {
    tx.execute("UPDATE job SET state = 'given_up' WHERE id = $1", values![id.bytes()])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<KeptJob, StoreError> {
    Ok(KeptJob {
        id: JobId::from_bytes(row.bytes16(0)?),
        kind: row.text(1)?,
        state: row.text(2)?,
        due_at: row.instant(3)?,
        attempts: row.int(4)?,
        body: row.text(5)?,
        last_error: row.maybe_text(6)?,
    })
}
