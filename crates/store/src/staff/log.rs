//! What staff did, in the order in which they did it. Rows are only ever added; [`super::log_search`] finds
//! them.

use kontor_base::Instant;
use kontor_base::id::StaffId;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx};
use crate::values;

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id: the microseconds of its moment, the highest byte first, then eight random bytes. Also where a
    /// page of the log begins, and why a day is a range of ids.
    pub id: [u8; 16],
    /// When.
    pub made_at: Instant,
    /// Whose account; none: an operator at the command line, or somebody unknown at the door.
    pub account: Option<StaffId>,
    /// The name that the person had then.
    pub person: String,
    /// What, as a permission's word or `staff.…`.
    pub act: String,
    /// The market; empty: none, or all.
    pub market: String,
    /// To what: a SKU, an order's number, an account's address.
    pub subject: String,
    /// How it was before.
    pub was: String,
    /// How it is now.
    pub is_now: String,
    /// Why, in the person's words. Empty: nobody asked, or the proposal has it.
    pub reason: String,
}

/// Adds an entry.
///
/// # Errors
///
/// When the database cannot be written.
pub fn append(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_log (id, made_at, account, person, act, market, subject, was, is_now,
             reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            &entry.id,
            entry.made_at,
            entry.account.as_ref().map(StaffId::bytes),
            &entry.person,
            &entry.act,
            &entry.market,
            &entry.subject,
            &entry.was,
            &entry.is_now,
            &entry.reason,
        ],
    )?;
    Ok(())
}

pub(super) fn read(row: &Row<'_>) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.bytes16(0)?,
        made_at: row.instant(1)?,
        account: row.maybe_bytes16(2)?.map(StaffId::from_bytes),
        person: row.text(3)?,
        act: row.text(4)?,
        market: row.text(5)?,
        subject: row.text(6)?,
        was: row.text(7)?,
        is_now: row.text(8)?,
        reason: row.text(9)?,
    })
}
