//! Markets.

use kontor_domain::market::Market;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json};
use crate::kernel::topic::Topic;
use crate::values;

/// Every market, in the order in which they are shown.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Market>, StoreError> {
    tx.query("SELECT body FROM market ORDER BY position, code", &[], |row| row.json(0, "market"))
}

/// The place of every market among the others, by code.
///
/// # Errors
///
/// When the database cannot be read.
pub fn positions(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query("SELECT code, position FROM market ORDER BY position, code", &[], |row| {
        Ok((row.text(0)?, row.int(1)?))
    })
}

/// Writes a market as it is now; `position` is its place among the others.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, market: &Market, position: i64) -> Result<(), StoreError> {
    let body = to_json(market, "market")?;
    tx.execute(
        "INSERT INTO market (code, position, body) VALUES ($1, $2, $3)
         ON CONFLICT (code) DO UPDATE SET position = excluded.position, body = excluded.body",
        values![market.code.as_str(), position, &body],
    )?;
    tx.touch(Topic::Market)
}
