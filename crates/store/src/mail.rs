//! Letters that wait to be sent, and what became of them. No address is kept here.

use kontor_base::Instant;
use kontor_base::id::LetterId;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, word};
use crate::kernel::topic::Topic;
use crate::values;

const TABLE: &str = "mail_letter";

/// What has become of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterState {
    /// It is to be sent, perhaps again.
    Waiting,
    /// It was taken by the server or written into the folder.
    Sent,
    /// It was given up; a person may send it again.
    GivenUp,
}

impl LetterState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::GivenUp];

    /// The word in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A letter as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its id.
    pub id: LetterId,
    /// What it says, as `area.word`.
    pub kind: String,
    /// The id of what it is about: an order, an account, the keyed hash of somebody who waits.
    pub about: [u8; 16],
    /// What has become of it.
    pub state: LetterState,
    /// Since when it waits.
    pub queued_at: Instant,
    /// When it is tried next.
    pub due_at: Instant,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    /// When it was sent or given up.
    pub done_at: Option<Instant>,
    /// What it needs to know beside what it is about, as JSON.
    pub body: String,
}

/// Queues a letter, in the transaction that causes it.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn queue(
    tx: &mut Tx<'_>,
    id: LetterId,
    kind: &'static str,
    about: &[u8; 16],
    body: &str,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO mail_letter
             (id, kind, about, state, queued_at, due_at, attempts, last_error, done_at, body)
         VALUES ($1, $2, $3, 'waiting', $4, $4, 0, NULL, NULL, $5)",
        values![id.bytes(), kind, about, at, body],
    )?;
    tx.touch(Topic::Job)
}

/// Takes up to `limit` letters that are due and keeps others from taking them before `until`: each
/// counts as tried. Whoever dies with a letter in hand gives it back by the clock.
///
/// # Errors
///
/// See [`queue`].
pub fn take(
    tx: &mut Tx<'_>,
    now: Instant,
    until: Instant,
    limit: i64,
) -> Result<Vec<Letter>, StoreError> {
    let due = tx.query(
        "SELECT id, kind, about, state, queued_at, due_at, attempts, last_error, done_at, body
         FROM mail_letter WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        values![now, limit],
        read,
    )?;
    for letter in &due {
        tx.execute(
            "UPDATE mail_letter SET due_at = $2, attempts = attempts + 1 WHERE id = $1",
            values![letter.id.bytes(), until],
        )?;
    }
    Ok(due)
}

/// Whether a letter is due.
///
/// # Errors
///
/// When the database cannot be read; likewise below.
pub fn any_due(tx: &mut Tx<'_>, now: Instant) -> Result<bool, StoreError> {
    let found = tx.optional(
        "SELECT due_at FROM mail_letter WHERE state = 'waiting' AND due_at <= $1 LIMIT 1",
        values![now],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// A letter was sent.
///
/// # Errors
///
/// See [`queue`].
pub fn sent(tx: &mut Tx<'_>, id: LetterId, at: Instant) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail_letter SET state = 'sent', done_at = $2, last_error = NULL WHERE id = $1",
        values![id.bytes(), at],
    )?;
    Ok(())
}

/// A letter was not sent: it waits until `again`, or is given up when that is none.
///
/// # Errors
///
/// See [`queue`].
pub fn failed(
    tx: &mut Tx<'_>,
    id: LetterId,
    error: &str,
    again: Option<Instant>,
    at: Instant,
) -> Result<(), StoreError> {
    match again {
        Some(again) => tx.execute(
            "UPDATE mail_letter SET due_at = $2, last_error = $3 WHERE id = $1",
            values![id.bytes(), again, error],
        ),
        None => tx.execute(
            "UPDATE mail_letter SET state = 'given_up', done_at = $2, last_error = $3
             WHERE id = $1",
            values![id.bytes(), at, error],
        ),
    }?;
    Ok(())
}

/// The letters about something, the newest first.
///
/// # Errors
///
/// See [`any_due`].
pub fn about(tx: &mut Tx<'_>, about: &[u8; 16], limit: i64) -> Result<Vec<Letter>, StoreError> {
    tx.query(
        "SELECT id, kind, about, state, queued_at, due_at, attempts, last_error, done_at, body
         FROM mail_letter WHERE about = $1 ORDER BY id DESC LIMIT $2",
        values![about, limit],
        read,
    )
}

/// Takes out of the letters about something what went wrong with them: a mail server's words can name people.
///
/// # Errors
///
/// See [`queue`].
pub fn erase_words(tx: &mut Tx<'_>, about: &[u8; 16]) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail_letter SET last_error = NULL WHERE about = $1 AND last_error IS NOT NULL",
        values![about],
    )?;
    Ok(())
}

/// The letters in a state, the last due first: a page of up to `limit` before `before`.
///
/// # Errors
///
/// See [`any_due`].
pub fn in_state(
    tx: &mut Tx<'_>,
    state: LetterState,
    before: Instant,
    limit: i64,
) -> Result<Vec<Letter>, StoreError> {
    tx.query(
        "SELECT id, kind, about, state, queued_at, due_at, attempts, last_error, done_at, body
         FROM mail_letter WHERE state = $1 AND due_at < $2 ORDER BY due_at DESC, id DESC LIMIT $3",
        values![state.word(), before, limit],
        read,
    )
}

/// A letter.
///
/// # Errors
///
/// See [`any_due`].
pub fn get(tx: &mut Tx<'_>, id: LetterId) -> Result<Option<Letter>, StoreError> {
    tx.optional(
        "SELECT id, kind, about, state, queued_at, due_at, attempts, last_error, done_at, body
         FROM mail_letter WHERE id = $1",
        values![id.bytes()],
        read,
    )
}

/// The letters in a state that were queued up to `queued_by`, the newest first: a page of up to `limit`
/// before `before`.
///
/// # Errors
///
/// See [`any_due`].
pub fn queued_by(
    tx: &mut Tx<'_>,
    state: LetterState,
    queued_by: Instant,
    before: Option<LetterId>,
    limit: i64,
) -> Result<Vec<Letter>, StoreError> {
    let before = before.map_or([0xff; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, kind, about, state, queued_at, due_at, attempts, last_error, done_at, body
         FROM mail_letter WHERE state = $1 AND queued_at <= $2 AND id < $3
         ORDER BY id DESC LIMIT $4",
        values![state.word(), queued_by, &before, limit],
        read,
    )
}

/// Sends a letter that was given up once more, from the beginning; `false` when it was not.
///
/// # Errors
///
/// See [`queue`].
pub fn again(tx: &mut Tx<'_>, id: LetterId, at: Instant) -> Result<bool, StoreError> {
    let changed = tx
        .execute(
            "UPDATE mail_letter SET state = 'waiting', due_at = $2, attempts = 0, done_at = NULL
         WHERE id = $1 AND state = 'given_up'",
            values![id.bytes(), at],
        )?
        .rows()?;
    tx.touch(Topic::Job)?;
    Ok(changed == 1)
}

/// Removes letters that were sent or given up before `before`; gives how many.
///
/// # Errors
///
/// See [`queue`].
pub fn forget_done(tx: &mut Tx<'_>, before: Instant, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM mail_letter WHERE id IN (
             SELECT id FROM mail_letter WHERE state <> 'waiting' AND due_at < $1
             ORDER BY due_at LIMIT $2)",
        values![before, limit],
    )?
    .rows()
}

fn read(row: &Row<'_>) -> Result<Letter, StoreError> {
    Ok(Letter {
        id: LetterId::from_bytes(row.bytes16(0)?),
        kind: row.text(1)?,
        about: row.bytes16(2)?,
        state: word(&row.text(3)?, TABLE, LetterState::from_word)?,
        queued_at: row.instant(4)?,
        due_at: row.instant(5)?,
        attempts: row.int(6)?,
        last_error: row.maybe_text(7)?,
        done_at: row.maybe_int(8)?.map(Instant::from_micros),
        body: row.text(9)?,
    })
}
