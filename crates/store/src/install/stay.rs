//! Where sold devices stay. They are known by the keyed hashes of their serial numbers.

use kontor_base::Date;
use kontor_base::id::ResellerId;
use kontor_domain::install::Stay;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed};
use crate::stock::serial::{SoldSerial, read as read_serial};
use crate::values;

/// The stay of a device.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, device: u64) -> Result<Option<Stay>, StoreError> {
    let found = tx.optional(
        "SELECT country, since, last_on FROM install_stay WHERE device = $1",
        values![device.cast_signed()],
        |row| read(row, 0),
    )?;
    Ok(found.flatten())
}

/// Writes the stay of a device as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, device: u64, stay: &Stay) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO install_stay (device, country, since, last_on) VALUES ($1, $2, $3, $4)
         ON CONFLICT (device) DO UPDATE SET
             country = excluded.country, since = excluded.since, last_on = excluded.last_on",
        values![
            device.cast_signed(),
            stay.country.code(),
            &stay.since.to_string(),
            &stay.last.to_string()
        ],
    )?;
    Ok(())
}

/// Forgets devices that were last seen before `day`, up to `limit` at once.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget(tx: &mut Tx<'_>, day: Date, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM install_stay WHERE device IN
             (SELECT device FROM install_stay WHERE last_on < $1 ORDER BY last_on, device LIMIT $2)",
        values![&day.to_string(), limit],
    )?.rows()
}

/// The hashes of all units that have left, a page at a time in the order of the serial numbers: up to
/// `limit` after `after`; with the last serial number of the page.
///
/// # Errors
///
/// When the database cannot be read.
pub fn sold_devices(
    tx: &mut Tx<'_>,
    after: &str,
    limit: i64,
) -> Result<(Vec<u64>, Option<String>), StoreError> {
    let mut last = None;
    let devices = tx.query(
        "SELECT serial, device FROM stock_serial WHERE serial > $1 ORDER BY serial LIMIT $2",
        values![after, limit],
        |row| {
            last = Some(row.text(0)?);
            Ok(row.int(1)?.cast_unsigned())
        },
    )?;
    Ok((devices, last))
}

/// Units that have left, each with its stay, a page at a time: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn sold_after(
    tx: &mut Tx<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<(SoldSerial, Option<Stay>)>, StoreError> {
    tx.query(
        "SELECT s.serial, s.device, s.item, s.model, s.country, s.sold_on, s.reference, s.reseller,
             t.country, t.since, t.last_on
         FROM stock_serial s LEFT JOIN install_stay t ON t.device = s.device
         WHERE s.serial > $1 ORDER BY s.serial LIMIT $2",
        values![after, limit],
        |row| Ok((read_serial(row)?, read(row, 8)?)),
    )
}

/// The same of the units that were delivered to a reseller.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_reseller_after(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    after: &str,
    limit: i64,
) -> Result<Vec<(SoldSerial, Option<Stay>)>, StoreError> {
    tx.query(
        "SELECT s.serial, s.device, s.item, s.model, s.country, s.sold_on, s.reference, s.reseller,
             t.country, t.since, t.last_on
         FROM stock_serial s LEFT JOIN install_stay t ON t.device = s.device
         WHERE s.reseller = $1 AND s.serial > $2 ORDER BY s.serial LIMIT $3",
        values![reseller.bytes(), after, limit],
        |row| Ok((read_serial(row)?, read(row, 8)?)),
    )
}

/// A stay from three columns that begin at `first`; none where they are empty.
fn read(row: &Row<'_>, first: usize) -> Result<Option<Stay>, StoreError> {
    let table = "install_stay";
    let Some(country) = row.maybe_text(first)? else { return Ok(None) };
    Ok(Some(Stay {
        country: parsed(&country, table)?,
        since: parsed(&row.text(first + 1)?, table)?,
        last: parsed(&row.text(first + 2)?, table)?,
    }))
}
