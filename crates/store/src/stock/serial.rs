//! Serial numbers of units that have left, with the country they were sold to.

use kontor_base::id::ResellerId;
use kontor_base::{Country, Date};

use super::unit;
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed};
use crate::values;

/// A unit that has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldSerial {
    /// Its serial number.
    pub serial: String,
    /// The keyed hash under which a device that reports its serial is counted.
    pub device: u64,
    /// The variant.
    pub item: String,
    /// Its model.
    pub model: String,
    /// The country it was sold to.
    pub country: Country,
    /// When.
    pub sold_on: Date,
    /// The order it left with, or where the row is from.
    pub reference: String,
    /// The reseller it was delivered to, if to one.
    pub reseller: Option<ResellerId>,
}

/// Writes a unit down; `false` when its serial number is known already and nothing was written.
///
/// # Errors
///
/// When the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, sold: &SoldSerial) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "INSERT INTO stock_serial
             (serial, device, item, model, country, sold_on, reference, reseller)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (serial) DO NOTHING",
            values![
                sold.serial.as_str(),
                sold.device.cast_signed(),
                &sold.item,
                &sold.model,
                sold.country.code(),
                &sold.sold_on.to_string(),
                &sold.reference,
                sold.reseller.as_ref().map(ResellerId::bytes),
            ],
        )?
        .rows()?;
    if written == 1 {
        unit::note(tx, sold.device)?;
    }
    Ok(written == 1)
}

/// The unit with a serial number.
///
/// # Errors
///
/// When the database cannot be read.
pub fn find(tx: &mut Tx<'_>, serial: &str) -> Result<Option<SoldSerial>, StoreError> {
    tx.optional(
        "SELECT serial, device, item, model, country, sold_on, reference, reseller
         FROM stock_serial WHERE serial = $1",
        values![serial],
        read,
    )
}

/// Forgets a unit that came back: its number may leave again.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, serial: &str) -> Result<(), StoreError> {
    let gone = tx.query(
        "DELETE FROM stock_serial WHERE serial = $1 RETURNING device",
        values![serial],
        |row| Ok(row.int(0)?.cast_unsigned()),
    )?;
    gone.into_iter().try_for_each(|device| unit::note(tx, device))
}

/// Units whose serial number is this or begins so, in the order of the numbers: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn beginning(
    tx: &mut Tx<'_>,
    begin: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<SoldSerial>, StoreError> {
    // Serial numbers are capitals, digits, `/` and `-`: all of them stand before `~`.
    let end = format!("{begin}~");
    if after >= begin {
        return tx.query(
            "SELECT serial, device, item, model, country, sold_on, reference, reseller
             FROM stock_serial WHERE serial > $1 AND serial < $2 ORDER BY serial LIMIT $3",
            values![after, &end, limit],
            read,
        );
    }
    tx.query(
        "SELECT serial, device, item, model, country, sold_on, reference, reseller
         FROM stock_serial WHERE serial >= $1 AND serial < $2 ORDER BY serial LIMIT $3",
        values![begin, &end, limit],
        read,
    )
}

/// Units that left with an order, in the order of their serial numbers.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_reference(tx: &mut Tx<'_>, reference: &str) -> Result<Vec<SoldSerial>, StoreError> {
    tx.query(
        "SELECT serial, device, item, model, country, sold_on, reference, reseller
         FROM stock_serial WHERE reference = $1 ORDER BY serial",
        values![reference],
        read,
    )
}

/// A unit from the eight columns of every question here.
pub(crate) fn read(row: &Row<'_>) -> Result<SoldSerial, StoreError> {
    let table = "stock_serial";
    Ok(SoldSerial {
        serial: row.text(0)?,
        device: row.int(1)?.cast_unsigned(),
        item: row.text(2)?,
        model: row.text(3)?,
        country: parsed(&row.text(4)?, table)?,
        sold_on: parsed(&row.text(5)?, table)?,
        reference: row.text(6)?,
        reseller: row.maybe_bytes16(7)?.map(ResellerId::from_bytes),
    })
}
