//! Settings of the shop as a whole: its name, whether it is a re-enactment.

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::kernel::topic::Topic;
use crate::values;

/// The value of a setting.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    tx.optional("SELECT value FROM setting WHERE name = $1", values![name], |row| row.text(0))
}

/// Sets a setting.
///
/// # Errors
///
/// When the database cannot be written.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        values![name, value],
    )?;
    tx.touch(Topic::Market)
}
