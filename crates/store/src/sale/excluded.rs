//! Who may not take part in any sale: keyed hashes and a word for the reason, nothing else.

use kontor_base::{Instant, KeyedHash};

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

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
    let rows = tx.execute(
        "INSERT INTO sale_excluded (trait, reason, added_at) VALUES ($1, $2, $3)
         ON CONFLICT (trait) DO NOTHING",
        values![hash, reason, at],
    )?;
    Ok(rows > 0)
}

/// Lets somebody in again; gives whether they were out.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, hash: &KeyedHash) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM sale_excluded WHERE trait = $1", values![hash])? > 0)
}

/// Whether one of these traits is kept out.
///
/// # Errors
///
/// When the database cannot be read.
pub fn any(tx: &mut Tx<'_>, traits: &[KeyedHash]) -> Result<bool, StoreError> {
    for hash in traits {
        let sql = "SELECT 1 FROM sale_excluded WHERE trait = $1";
        if tx.optional(sql, values![hash], |row| row.int(0))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
