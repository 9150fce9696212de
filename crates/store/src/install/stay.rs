//! Where sold devices stay. They are known by the keyed hashes of their serial numbers.

use kontor_base::id::ResellerId;
use kontor_base::{Country, Date};
use kontor_domain::install::Stay;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed};
use crate::stock::serial::{SoldSerial, read as read_serial};
use crate::stock::unit;
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
    unit::note(tx, device)
}

/// Forgets devices that were last seen before `day`, up to `limit` at once.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget(tx: &mut Tx<'_>, day: Date, limit: i64) -> Result<usize, StoreError> {
    let gone = tx.query(
        "DELETE FROM install_stay WHERE device IN
             (SELECT device FROM install_stay WHERE last_on < $1 ORDER BY last_on, device LIMIT $2)
         RETURNING device",
        values![&day.to_string(), limit],
        |row| Ok(row.int(0)?.cast_unsigned()),
    )?;
    let count = gone.len();
    gone.into_iter().try_for_each(|device| unit::note(tx, device))?;
    Ok(count)
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

/// A unit that has left, as far as it is asked where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldUnit {
    /// The keyed hash of its serial number.
    pub device: u64,
    /// Its model.
    pub model: String,
    /// The country it was sold to.
    pub country: Country,
    /// When.
    pub sold_on: Date,
    /// Where it stays, if that is known.
    pub stay: Option<Stay>,
}

/// Units that have left, each with its stay, a page at a time in the order of their serial numbers: up to
/// `limit` after `after`; with the last serial number of the page.
///
/// # Errors
///
/// When the database cannot be read.
pub fn sold_after(
    tx: &mut Tx<'_>,
    after: &str,
    limit: i64,
) -> Result<(Vec<SoldUnit>, Option<String>), StoreError> {
    let mut last = None;
    let units = tx.query(
        "SELECT s.device, s.model, s.country, s.sold_on, t.country, t.since, t.last_on, s.serial
         FROM stock_serial s LEFT JOIN install_stay t ON t.device = s.device
         WHERE s.serial > $1 ORDER BY s.serial LIMIT $2",
        values![after, limit],
        |row| {
            last = Some(row.text(7)?);
            read_unit(row)
        },
    )?;
    Ok((units, last))
}

pub(crate) const CHANGED_UNITS: &str = "
    SELECT s.device, s.model, s.country, s.sold_on, t.country, t.since, t.last_on
    FROM (SELECT DISTINCT device FROM stock_unit_change WHERE version > $1) c
        JOIN stock_serial s ON s.device = c.device
        LEFT JOIN install_stay t ON t.device = s.device";

/// The devices about whose units something has changed after a version, in order, and the units of theirs
/// that have left and are not back.
///
/// # Errors
///
/// When the database cannot be read.
pub fn changed_since(
    tx: &mut Tx<'_>,
    version: i64,
) -> Result<(Vec<u64>, Vec<SoldUnit>), StoreError> {
    let mut devices = tx.query(
        "SELECT device FROM stock_unit_change WHERE version > $1 ORDER BY version",
        values![version],
        |row| Ok(row.int(0)?.cast_unsigned()),
    )?;
    devices.sort_unstable();
    devices.dedup();
    Ok((devices, tx.query(CHANGED_UNITS, values![version], read_unit)?))
}

fn read_unit(row: &Row<'_>) -> Result<SoldUnit, StoreError> {
    let table = "stock_serial";
    Ok(SoldUnit {
        device: row.int(0)?.cast_unsigned(),
        model: row.text(1)?,
        country: parsed(&row.text(2)?, table)?,
        sold_on: parsed(&row.text(3)?, table)?,
        stay: read(row, 4)?,
    })
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
