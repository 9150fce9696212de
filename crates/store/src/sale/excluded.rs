//! Who may not take part in any sale: keyed hashes and a word for the reason, nothing else.

use kontor_base::{Instant, KeyedHash};

use super::entry::slots;
use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

const ANY: &str = "SELECT count(*) FROM sale_excluded WHERE trait IN ($1, $2, $3, $4)";

/// Keeps somebody out, for a reason such as `reseller`; gives whether they were not out before.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add(
    tx: &mut Tx<'_>,
    hash: &KeyedHash,
    reason: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let rows = tx
        .execute(
            "INSERT INTO sale_excluded (trait, reason, added_at) VALUES ($1, $2, $3)
         ON CONFLICT (trait) DO NOTHING",
            values![hash, reason, at],
        )?
        .rows()?;
    Ok(rows > 0)
}

/// Lets somebody in again; gives whether they were out.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, hash: &KeyedHash) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM sale_excluded WHERE trait = $1", values![hash])?.rows()? > 0)
}

/// Lets somebody in again who was kept out for this reason and no other; gives whether they were.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove_of(tx: &mut Tx<'_>, hash: &KeyedHash, reason: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM sale_excluded WHERE trait = $1 AND reason = $2";
    Ok(tx.execute(sql, values![hash, reason])?.rows()? > 0)
}

/// Gives somebody who is out for the reason `from` the reason `to`, so that they stay out when `from` ends.
///
/// # Errors
///
/// When the database cannot be written.
pub fn change_reason(
    tx: &mut Tx<'_>,
    hash: &KeyedHash,
    (from, to): (&str, &str),
) -> Result<(), StoreError> {
    let sql = "UPDATE sale_excluded SET reason = $3 WHERE trait = $1 AND reason = $2";
    tx.execute(sql, values![hash, from, to])?;
    Ok(())
}

/// Everybody who is kept out for this reason.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_reason(tx: &mut Tx<'_>, reason: &str) -> Result<Vec<KeyedHash>, StoreError> {
    let sql = "SELECT trait FROM sale_excluded WHERE reason = $1";
    tx.query(sql, values![reason], |row| row.bytes16(0))
}

/// Whether one of these traits is kept out.
///
/// # Errors
///
/// When the database cannot be read.
pub fn any(tx: &mut Tx<'_>, traits: &[KeyedHash]) -> Result<bool, StoreError> {
    for [a, b, c, d] in &slots(traits) {
        let count = tx.optional(ANY, values![a, b, c, d], |row| row.int(0))?;
        if count.is_some_and(|count| count > 0) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Asks a server already now for [`any`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn any_ahead(tx: &mut Tx<'_>, traits: &[KeyedHash]) -> Result<(), StoreError> {
    slots(traits).iter().try_for_each(|[a, b, c, d]| tx.ahead(ANY, values![a, b, c, d]))
}
