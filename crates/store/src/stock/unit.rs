//! Which sold units have changed: what was sold, came back, or was seen elsewhere.
//!
//! Every change has a version, one after the other in the order of the commits. Whoever keeps all units
//! in memory asks for what has changed since; the changes before the last [`KEPT`] are forgotten, and
//! then everything is read anew.

use crate::fact;
use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

/// The list of all sold units, with where they stay.
const LIST: &str = "stock.unit";
/// How many changes are kept.
const KEPT: i64 = 200_000;

/// Notes that something about a unit has changed.
pub(crate) fn note(tx: &mut Tx<'_>, device: u64) -> Result<(), StoreError> {
    fact::raise_list(tx, LIST)?;
    tx.execute(
        "INSERT INTO stock_unit_change (version, device)
         VALUES ((SELECT version FROM fact_list WHERE list = $1), $2)",
        values![LIST, device.cast_signed()],
    )?;
    // One comes, one goes.
    tx.execute(
        "DELETE FROM stock_unit_change
         WHERE version <= (SELECT version FROM fact_list WHERE list = $1) - $2",
        values![LIST, KEPT],
    )?;
    Ok(())
}

/// The version of the units as this transaction sees them.
///
/// # Errors
///
/// When the database cannot be read; likewise below.
pub fn version(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    fact::list_version(tx, LIST)
}

/// Whether every change after a version is known still.
///
/// # Errors
///
/// See [`version`].
pub fn reaches_back(tx: &mut Tx<'_>, since: i64) -> Result<bool, StoreError> {
    let first = tx.optional(
        "SELECT version FROM stock_unit_change ORDER BY version LIMIT 1",
        &[],
        |row| row.int(0),
    )?;
    Ok(match first {
        Some(first) => first <= since.saturating_add(1),
        None => version(tx)? == since,
    })
}
