//! What staff did, in the order in which they did it. Rows are only ever added, each with its seal
//! ([`super::log_seal`]), and the database refuses to change them; [`super::log_search`] finds them.

use kontor_base::Instant;
use kontor_base::id::StaffId;

use super::log_seal::{self, Seal};
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value};
use crate::values;

/// The most bytes that person, act, market and subject may have together: they stand in one key, and
/// PostgreSQL's have room for 2,700. Addresses, names and codes are far shorter.
pub const KEY_BYTES_MAX: usize = 2_400;

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

impl Entry {
    /// The account as the table has it: empty, where there is none.
    pub(super) fn account_bytes(&self) -> &[u8] {
        self.account.as_ref().map_or(&[][..], |account| account.bytes())
    }
}

/// Adds an entry and seals it.
///
/// # Errors
///
/// When the database cannot be written, or [`KEY_BYTES_MAX`] is exceeded.
pub fn append(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    let keyed = [&entry.person, &entry.act, &entry.market, &entry.subject];
    if keyed.into_iter().map(String::len).sum::<usize>() > KEY_BYTES_MAX {
        return Err(StoreError::bad_row(TABLE, "person, act, market and subject are too long"));
    }
    let seal = Seal::of(entry, entry.made_at);
    tx.execute(
        "INSERT INTO staff_log (id, made_at, account, person, act, market, subject, was, is_now,
             reason, digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values![
            &entry.id,
            entry.made_at,
            Value::Bytes(entry.account_bytes()),
            &entry.person,
            &entry.act,
            &entry.market,
            &entry.subject,
            &entry.was,
            &entry.is_now,
            &entry.reason,
            Value::Bytes(&seal.digest),
        ],
    )?;
    log_seal::insert(tx, entry, &seal)?;
    tx.execute("INSERT INTO staff_log_unchained (id, sealed) VALUES ($1, 1)", values![&entry.id])?;
    Ok(())
}

pub(super) const TABLE: &str = "staff_log";

pub(super) fn read(row: &Row<'_>) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.bytes16(0)?,
        made_at: row.instant(1)?,
        account: account(row.maybe_bytes(2)?)?,
        person: row.text(3)?,
        act: row.text(4)?,
        market: row.text(5)?,
        subject: row.text(6)?,
        was: row.text(7)?,
        is_now: row.text(8)?,
        reason: row.text(9)?,
    })
}

/// An account as the table has it. `NULL` is an entry from before the seals.
pub(super) fn account(bytes: Option<Vec<u8>>) -> Result<Option<StaffId>, StoreError> {
    let bytes = bytes.unwrap_or_default();
    if bytes.is_empty() {
        return Ok(None);
    }
    let id = <[u8; 16]>::try_from(bytes);
    let id = id.map_err(|_| StoreError::bad_row(TABLE, "an account has sixteen bytes"))?;
    Ok(Some(StaffId::from_bytes(id)))
}
