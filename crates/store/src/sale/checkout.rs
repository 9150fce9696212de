//! Claims on their way to an order: which of them a lot has to be told about.

use kontor_base::Instant;

use super::lot::LotNumber;
use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

const TABLE: &str = "sale_claim";

/// Notes that the checkout or the order of a claim has changed, in the transaction that changed it.
///
/// # Errors
///
/// When the database cannot be written.
pub fn recheck(tx: &mut Tx<'_>, lot: LotNumber, sequence: u32) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sale_recheck (lot, sequence) VALUES ($1, $2)
         ON CONFLICT (lot, sequence) DO NOTHING",
        values![lot, i64::from(sequence)],
    )?;
    Ok(())
}

/// Claims of a lot that have changed, in the order of their numbers.
///
/// # Errors
///
/// When the database cannot be read.
pub fn rechecks(tx: &mut Tx<'_>, lot: LotNumber, limit: i64) -> Result<Vec<u32>, StoreError> {
    tx.query(
        "SELECT sequence FROM sale_recheck WHERE lot = $1 ORDER BY sequence LIMIT $2",
        values![lot, limit],
        |row| u32::try_from(row.int(0)?).map_err(|error| StoreError::bad_row(TABLE, error)),
    )
}

/// Every lot that has something to be told, in order.
///
/// # Errors
///
/// When the database cannot be read.
pub fn lots_to_tell(tx: &mut Tx<'_>) -> Result<Vec<LotNumber>, StoreError> {
    tx.query("SELECT lot FROM sale_recheck GROUP BY lot ORDER BY lot", &[], |row| row.int(0))
}

/// The lot has been told.
///
/// # Errors
///
/// When the database cannot be written.
pub fn told(tx: &mut Tx<'_>, lot: LotNumber, sequence: u32) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM sale_recheck WHERE lot = $1 AND sequence = $2",
        values![lot, i64::from(sequence)],
    )?;
    Ok(())
}

/// Claims of a lot that are being paid and whose first end has come, by end and number: up to
/// `limit` after the one named. A claim whose payment made the hold longer is among them.
///
/// # Errors
///
/// When the database cannot be read.
pub fn overdue(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    at: Instant,
    after: (i64, u32),
    limit: i64,
) -> Result<Vec<(i64, u32)>, StoreError> {
    tx.query(
        "SELECT expires_at, sequence FROM sale_claim
         WHERE lot = $1 AND state = 'checkout' AND expires_at <= $2
             AND (expires_at > $3 OR (expires_at = $3 AND sequence > $4))
         ORDER BY expires_at, sequence LIMIT $5",
        values![lot, at, after.0, i64::from(after.1), limit],
        |row| {
            let sequence = row.int(1)?;
            let sequence = u32::try_from(sequence).map_err(|e| StoreError::bad_row(TABLE, e))?;
            Ok((row.int(0)?, sequence))
        },
    )
}
