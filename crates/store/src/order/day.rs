//! What was ordered by market and day: sums that a keeper writes, for figures that nobody waits for.

use kontor_base::{Instant, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, parsed};
use crate::values;

/// The day of a moment: days since 1970 in UTC.
#[must_use]
pub const fn day_of(at: Instant) -> i64 {
    at.micros().div_euclid(24 * 60 * 60 * 1_000_000)
}

/// Counts an order.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add(tx: &mut Tx<'_>, market: MarketCode, day: i64, total: Money) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO order_day (market, day, currency, orders, total_minor)
         VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT (market, day, currency) DO UPDATE SET
             orders = order_day.orders + 1,
             total_minor = order_day.total_minor + excluded.total_minor",
        values![market.as_str(), day, total.currency.code(), total.minor],
    )?;
    Ok(())
}

/// Counts units of a variant.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_item(
    tx: &mut Tx<'_>,
    market: MarketCode,
    day: i64,
    sku: &Sku,
    units: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO order_day_item (market, day, sku, units) VALUES ($1, $2, $3, $4)
         ON CONFLICT (market, day, sku) DO UPDATE SET
             units = order_day_item.units + excluded.units",
        values![market.as_str(), day, sku.as_str(), units],
    )?;
    Ok(())
}

/// The orders of one market and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySum {
    /// The day, in days since 1970.
    pub day: i64,
    /// How many orders.
    pub orders: i64,
    /// What they came to, tax and shipping included.
    pub total: Money,
}

/// The days of a market from `from` on, in their order.
///
/// # Errors
///
/// When the database cannot be read.
pub fn since(tx: &mut Tx<'_>, market: MarketCode, from: i64) -> Result<Vec<DaySum>, StoreError> {
    tx.query(
        "SELECT day, currency, orders, total_minor FROM order_day
         WHERE market = $1 AND day >= $2 ORDER BY day, currency",
        values![market.as_str(), from],
        |row| {
            let currency = parsed(&row.text(1)?, "order_day")?;
            let total = Money::new(row.int(3)?, currency);
            Ok(DaySum { day: row.int(0)?, orders: row.int(2)?, total })
        },
    )
}

/// How many units of each variant were ordered in a market from `from` on.
///
/// # Errors
///
/// When the database cannot be read.
pub fn items_since(
    tx: &mut Tx<'_>,
    market: MarketCode,
    from: i64,
) -> Result<Vec<(Sku, i64)>, StoreError> {
    tx.query(
        "SELECT sku, sum(units) FROM order_day_item
         WHERE market = $1 AND day >= $2 GROUP BY sku ORDER BY sku",
        values![market.as_str(), from],
        |row| Ok((parsed(&row.text(0)?, "order_day_item")?, row.int(1)?)),
    )
}

/// Forgets all sums, to make them anew.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM order_day", &[])?;
    tx.execute("DELETE FROM order_day_item", &[])?;
    Ok(())
}

/// What was begun in a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The market.
    pub market: MarketCode,
    /// Carts.
    pub carts: i64,
    /// Checkouts.
    pub checkouts: i64,
}

/// How many carts were begun in each market, and how many checkouts, with ids between two: ids begin
/// with the moment at which they were made. One walk over each table, for all markets together.
///
/// # Errors
///
/// When the database cannot be read.
pub fn begun(tx: &mut Tx<'_>, from: [u8; 16], to: [u8; 16]) -> Result<Vec<Begun>, StoreError> {
    let carts = tx.query(
        "SELECT market, count(*) FROM cart WHERE id > $1 AND id < $2 GROUP BY market ORDER BY market",
        values![&from, &to],
        |row| Ok((parsed::<MarketCode>(&row.text(0)?, "cart")?, row.int(1)?)),
    )?;
    let checkouts = tx.query(
        "SELECT market, count(*) FROM order_checkout WHERE id > $1 AND id < $2
         GROUP BY market ORDER BY market",
        values![&from, &to],
        |row| Ok((parsed::<MarketCode>(&row.text(0)?, "order_checkout")?, row.int(1)?)),
    )?;
    let new = |(market, carts)| Begun { market, carts, checkouts: 0 };
    let mut all: Vec<Begun> = carts.into_iter().map(new).collect();
    for (market, checkouts) in checkouts {
        match all.iter_mut().find(|begun| begun.market == market) {
            Some(begun) => begun.checkouts = checkouts,
            None => all.push(Begun { market, carts: 0, checkouts }),
        }
    }
    Ok(all)
}
