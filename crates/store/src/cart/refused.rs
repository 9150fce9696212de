//! Carts that were refused for a clearance, counted by market, country, class of products and day.
//! No cart and no person can be found from here: a mark is a keyed hash, and only says "counted".

use kontor_base::{Country, Date, KeyedHash};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, parsed, word};
use crate::values;

/// What was refused where, on which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedPlace {
    /// The market.
    pub market: MarketCode,
    /// Where it would have gone.
    pub country: Country,
    /// The class of what was refused.
    pub class: ProductClass,
    /// The day.
    pub day: Date,
}

/// Counts a refused cart once, however often it comes; `false` when it was counted before, or when
/// `most` carts of the place have been counted on that day.
///
/// # Errors
///
/// When the database cannot be read or written.
pub fn count_once(
    tx: &mut Tx<'_>,
    mark: &KeyedHash,
    place: &RefusedPlace,
    most: i64,
) -> Result<bool, StoreError> {
    let RefusedPlace { market, country, class, .. } = *place;
    let day = &place.day.to_string();
    let counted = tx.optional(
        "SELECT carts FROM cart_refused
         WHERE market = $1 AND country = $2 AND class = $3 AND day = $4",
        values![market.as_str(), country.code(), class.word(), day],
        |row| row.int(0),
    )?;
    if counted.unwrap_or(0) >= most {
        return Ok(false);
    }
    let marked = tx.execute(
        "INSERT INTO cart_refused_mark (mark, day) VALUES ($1, $2) ON CONFLICT (mark) DO NOTHING",
        values![mark, day],
    )?.rows()?;
    if marked == 0 {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO cart_refused (market, country, class, day, carts) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (market, country, class, day) DO UPDATE SET carts = cart_refused.carts + 1",
        values![market.as_str(), country.code(), class.word(), day],
    )?;
    Ok(true)
}

/// How many carts were refused from a day on, by country and class.
///
/// # Errors
///
/// When the database cannot be read.
pub fn refused_since(
    tx: &mut Tx<'_>,
    day: Date,
) -> Result<Vec<(Country, ProductClass, i64)>, StoreError> {
    let table = "cart_refused";
    tx.query(
        "SELECT country, class, CAST(sum(carts) AS BIGINT) FROM cart_refused WHERE day >= $1
         GROUP BY country, class ORDER BY country, class",
        values![&day.to_string()],
        |row| {
            let country = parsed(&row.text(0)?, table)?;
            let class = word(&row.text(1)?, table, ProductClass::from_word)?;
            Ok((country, class, row.int(2)?))
        },
    )
}

/// Forgets marks of days before `day`, up to `limit` at once, and the counts of days before
/// `counts_before`.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget(
    tx: &mut Tx<'_>,
    day: Date,
    counts_before: Date,
    limit: i64,
) -> Result<usize, StoreError> {
    let marks = tx
        .execute(
            "DELETE FROM cart_refused_mark WHERE mark IN
             (SELECT mark FROM cart_refused_mark WHERE day < $1 ORDER BY day, mark LIMIT $2)",
            values![&day.to_string(), limit],
        )?
        .rows()?;
    let counts = tx
        .execute("DELETE FROM cart_refused WHERE day < $1", values![&counts_before.to_string()])?
        .rows()?;
    Ok(marks + counts)
}
