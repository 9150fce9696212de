//! Device models, and which devices are the company's own.

use kontor_base::{Instant, KeyedHash};
use kontor_domain::device::DeviceModel;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json};
use crate::kernel::topic::Topic;
use crate::values;

/// Every model, by codename.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<DeviceModel>, StoreError> {
    tx.query("SELECT body FROM device_model ORDER BY codename", &[], |row| {
        row.json(0, "device_model")
    })
}

/// A model.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, codename: &str) -> Result<Option<DeviceModel>, StoreError> {
    tx.optional("SELECT body FROM device_model WHERE codename = $1", values![codename], |row| {
        row.json(0, "device_model")
    })
}

/// Writes a model as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, model: &DeviceModel) -> Result<(), StoreError> {
    let body = to_json(model, "device_model")?;
    tx.execute(
        "INSERT INTO device_model (codename, body) VALUES ($1, $2)
         ON CONFLICT (codename) DO UPDATE SET body = excluded.body",
        values![model.codename.as_str(), &body],
    )?;
    tx.touch(Topic::Rollout)
}

/// The company's own devices.
///
/// # Errors
///
/// When the database cannot be read.
pub fn own(tx: &mut Tx<'_>) -> Result<Vec<KeyedHash>, StoreError> {
    tx.query("SELECT device FROM device_own ORDER BY device", &[], |row| row.bytes16(0))
}

/// The company's own devices as the count knows them, which has pseudonyms of its own.
///
/// # Errors
///
/// When the database cannot be read.
pub fn own_counted(tx: &mut Tx<'_>) -> Result<Vec<u64>, StoreError> {
    let sql = "SELECT counted FROM device_own WHERE counted IS NOT NULL ORDER BY device";
    tx.query(sql, &[], |row| Ok(u64::from_le_bytes(row.int(0)?.to_le_bytes())))
}

/// Marks a device as one of the company's own, under both of its pseudonyms.
///
/// # Errors
///
/// When the database cannot be written.
pub fn mark_own(
    tx: &mut Tx<'_>,
    device: &KeyedHash,
    counted: u64,
    at: Instant,
) -> Result<(), StoreError> {
    // The same 64 bits; SQL knows no numbers without a sign.
    let counted = i64::from_le_bytes(counted.to_le_bytes());
    tx.execute(
        "INSERT INTO device_own (device, marked_at, counted) VALUES ($1, $2, $3)
         ON CONFLICT (device) DO UPDATE SET counted = excluded.counted",
        values![device, at, counted],
    )?;
    tx.touch(Topic::Rollout)
}
