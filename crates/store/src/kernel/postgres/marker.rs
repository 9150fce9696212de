//! How it is found out whether a commit happened whose answer was lost.
//!
//! Every writing session has one row in `store_writer`, and every batch that writes raises the
//! number in it, in its own transaction: the number is on disk if, and only if, the batch is. When
//! the connection is lost while a commit is under way, a new session reads the row. It does so with
//! an update of the row, which does three things at once:
//!
//! - it waits until the lost transaction has ended, if it has written the row already;
//! - it says which batch was the last to commit;
//! - it *fences* the lost session: if its commit still lies unread in the server's socket, the
//!   transaction (SERIALIZABLE, with a snapshot from before the update) fails on this row.
//!
//! The outcome is then certain, also after a crash of the server or a failover to another, because
//! the row is asked of whatever state the server that is reached has. Only when no server is
//! reached in time is the outcome unknown, and whoever waits is told so.

use super::session::Session;
use crate::kernel::error::StoreError;
use crate::values;

/// Made beside the table of migrations: it is the back end's own.
pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS store_writer (
        session TEXT PRIMARY KEY,
        batch BIGINT NOT NULL,
        fenced BIGINT NOT NULL,
        seen_at BIGINT NOT NULL
    )";

/// Rows of sessions that ended without saying so go after a month.
const FORGET: &str = "
    DELETE FROM store_writer
    WHERE seen_at < CAST(extract(epoch FROM now() - interval '30 days') AS BIGINT)";

const ENTER: &str = "
    INSERT INTO store_writer (session, batch, fenced, seen_at)
    VALUES (CAST(gen_random_uuid() AS TEXT), 0, 0, CAST(extract(epoch FROM now()) AS BIGINT))
    RETURNING session";

const FENCE: &str = "
    INSERT INTO store_writer (session, batch, fenced, seen_at)
    VALUES ($1, 0, 1, CAST(extract(epoch FROM now()) AS BIGINT))
    ON CONFLICT (session) DO UPDATE SET fenced = 1
    RETURNING batch";

/// Makes the row of a new session; gives the session's name.
pub(super) fn enter(session: &mut Session) -> Result<String, StoreError> {
    session.execute(FORGET, &[])?;
    session.value(ENTER, &[])
}

/// What goes before the COMMIT of a batch, in the same message. The session's name is the
/// server's own, digits and dashes.
///
/// Not an UPDATE: that would read the row, and with it whatever else lies on its page.
pub(super) fn raise(name: &str, batch: i64) -> String {
    format!(
        "INSERT INTO store_writer (session, batch, fenced, seen_at)
         VALUES ('{name}', {batch}, 0, CAST(extract(epoch FROM now()) AS BIGINT))
         ON CONFLICT (session) DO UPDATE SET batch = excluded.batch, seen_at = excluded.seen_at; "
    )
}

/// Fences a lost session; gives the number of its last batch that is on disk.
pub(super) fn fence(session: &mut Session, lost: &str) -> Result<i64, StoreError> {
    session.value(FENCE, values![lost])
}

/// Takes the row of a session away that ends in order.
pub(super) fn leave(session: &mut Session, name: &str) -> Result<(), StoreError> {
    session.execute("DELETE FROM store_writer WHERE session = $1", values![name])?;
    session.changed().map(drop)
}
