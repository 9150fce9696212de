//! What resellers have reported as sold on, each unit with the order that it was delivered with: that
//! order's contract says where it might go.

use std::collections::BTreeSet;

use kontor_base::id::ResellerId;
use kontor_base::{Country, Instant};
use kontor_domain::reseller::Sold;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, parsed};
use crate::values;

/// Which of these serial numbers were reported as sold on before, by whomever.
///
/// # Errors
///
/// When the database cannot be read.
pub fn reported(tx: &mut Tx<'_>, serials: &[String]) -> Result<BTreeSet<String>, StoreError> {
    let mut found = BTreeSet::new();
    for serial in serials {
        let known = tx.optional(
            "SELECT serial FROM reseller_sell_out WHERE serial = $1",
            values![serial],
            |row| row.text(0),
        )?;
        found.extend(known);
    }
    Ok(found)
}

/// Writes a unit down that a reseller has sold on; the first report of a unit stays.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_sold(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    sold: &Sold,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO reseller_sell_out (serial, reseller, country, sold_on, reported_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (serial) DO NOTHING",
        values![
            sold.serial.as_str(),
            reseller.bytes(),
            sold.country.code(),
            &sold.on.to_string(),
            at
        ],
    )?;
    Ok(())
}

/// Units of a model that a reseller has reported as sold on, in a month and to a country, and that
/// were delivered with one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldGroup {
    /// The month, as `2015-05`.
    pub month: String,
    /// The model.
    pub model: String,
    /// Where they went.
    pub country: Country,
    /// The order that they were delivered with.
    pub reference: String,
    /// How many.
    pub units: i64,
}

/// What a reseller has reported as sold on, by month, model, country and the order it was delivered
/// with: the latest month first, up to `limit` rows.
///
/// # Errors
///
/// When the database cannot be read.
pub fn sold_groups(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    limit: i64,
) -> Result<Vec<SoldGroup>, StoreError> {
    tx.query(
        "SELECT substr(o.sold_on, 1, 7), u.model, o.country, u.reference, count(*)
         FROM reseller_sell_out o JOIN stock_serial u ON u.serial = o.serial
         WHERE o.reseller = $1
         GROUP BY substr(o.sold_on, 1, 7), u.model, o.country, u.reference
         ORDER BY substr(o.sold_on, 1, 7) DESC, u.model, o.country, u.reference LIMIT $2",
        values![reseller.bytes(), limit],
        |row| {
            let country = parsed(&row.text(2)?, "reseller_sell_out")?;
            let (month, model) = (row.text(0)?, row.text(1)?);
            Ok(SoldGroup { month, model, country, reference: row.text(3)?, units: row.int(4)? })
        },
    )
}

/// A unit that was reported as sold on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldOn {
    /// What was reported.
    pub sold: Sold,
    /// Its model.
    pub model: String,
    /// The order that it was delivered with.
    pub reference: String,
    /// When it was reported.
    pub reported_at: Instant,
}

/// What a reseller has reported as sold on, a page at a time in the order of the serial numbers: up
/// to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn sold_after(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    after: &str,
    limit: i64,
) -> Result<Vec<SoldOn>, StoreError> {
    tx.query(
        "SELECT o.serial, o.sold_on, o.country, u.model, u.reference, o.reported_at
         FROM reseller_sell_out o JOIN stock_serial u ON u.serial = o.serial
         WHERE o.reseller = $1 AND o.serial > $2 ORDER BY o.serial LIMIT $3",
        values![reseller.bytes(), after, limit],
        |row| {
            let table = "reseller_sell_out";
            let (on, country) = (parsed(&row.text(1)?, table)?, parsed(&row.text(2)?, table)?);
            Ok(SoldOn {
                sold: Sold { serial: row.text(0)?, on, country },
                model: row.text(3)?,
                reference: row.text(4)?,
                reported_at: row.instant(5)?,
            })
        },
    )
}

/// How many units each reseller has reported as sold on since a moment, by country.
///
/// # Errors
///
/// When the database cannot be read.
pub fn sold_since(
    tx: &mut Tx<'_>,
    since: Instant,
) -> Result<Vec<(ResellerId, Country, i64)>, StoreError> {
    tx.query(
        "SELECT reseller, country, count(*) FROM reseller_sell_out WHERE reported_at >= $1
         GROUP BY reseller, country ORDER BY reseller, country",
        values![since],
        |row| {
            let country = parsed(&row.text(1)?, "reseller_sell_out")?;
            Ok((ResellerId::from_bytes(row.bytes16(0)?), country, row.int(2)?))
        },
    )
}

/// The same of one reseller and one country, by the order that the units were delivered with; what has
/// come back since is not among them.
///
/// # Errors
///
/// When the database cannot be read.
pub fn sold_since_to(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    country: Country,
    since: Instant,
) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query(
        "SELECT u.reference, count(*)
         FROM reseller_sell_out o JOIN stock_serial u ON u.serial = o.serial
         WHERE o.reseller = $1 AND o.country = $2 AND o.reported_at >= $3
         GROUP BY u.reference ORDER BY u.reference",
        values![reseller.bytes(), country.code(), since],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )
}
