//! What staff write down about an order, for each other.

use kontor_base::Instant;
use kontor_base::id::{OrderId, StaffId};

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id; time-ordered.
    pub id: [u8; 16],
    /// When.
    pub written_at: Instant,
    /// Whose account.
    pub account: StaffId,
    /// The name that the person had then.
    pub person: String,
    /// The words.
    pub words: String,
}

/// Writes a note.
///
/// # Errors
///
/// When the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, order: OrderId, note: &Note) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO order_note (order_id, note, written_at, account, person, words)
         VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            order.bytes(),
            &note.id,
            note.written_at,
            note.account.bytes(),
            &note.person,
            &note.words,
        ],
    )?;
    Ok(())
}

/// The notes of an order, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_order(tx: &mut Tx<'_>, order: OrderId, limit: i64) -> Result<Vec<Note>, StoreError> {
    tx.query(
        "SELECT note, written_at, account, person, words FROM order_note
         WHERE order_id = $1 ORDER BY note LIMIT $2",
        values![order.bytes(), limit],
        |row| {
            Ok(Note {
                id: row.bytes16(0)?,
                written_at: row.instant(1)?,
                account: StaffId::from_bytes(row.bytes16(2)?),
                person: row.text(3)?,
                words: row.text(4)?,
            })
        },
    )
}

/// Erases the notes of an order.
///
/// # Errors
///
/// When the database cannot be written.
pub fn erase(tx: &mut Tx<'_>, order: OrderId) -> Result<usize, StoreError> {
    tx.execute("DELETE FROM order_note WHERE order_id = $1", values![order.bytes()])?.rows()
}
