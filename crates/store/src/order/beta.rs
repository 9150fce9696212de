//! What was ordered while a market was in beta: the limits of a person and of a variant are counted
//! from these rows, in the transaction that places the next order.

use kontor_base::id::{CustomerId, OrderId};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::{BetaBought, MarketCode};

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

/// An order's line in a beta.
#[derive(Clone, Copy, Debug)]
pub struct BetaLine<'a> {
    /// The market.
    pub market: MarketCode,
    /// Who has ordered: the keyed hash of the address.
    pub customer: CustomerId,
    /// The variant.
    pub sku: &'a Sku,
    /// How many.
    pub units: u32,
}

/// Notes a line of an order.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn note(tx: &mut Tx<'_>, order: OrderId, line: &BetaLine<'_>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO order_beta (order_id, sku, market, customer, units)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (order_id, sku) DO NOTHING",
        values![
            order.bytes(),
            line.sku.as_str(),
            line.market.as_str(),
            line.customer.bytes(),
            i64::from(line.units),
        ],
    )?;
    Ok(())
}

/// What has been bought of a variant, by somebody and by everybody.
///
/// # Errors
///
/// When the database cannot be read.
pub fn bought(
    tx: &mut Tx<'_>,
    market: MarketCode,
    sku: &Sku,
    customer: CustomerId,
) -> Result<BetaBought, StoreError> {
    let by_person = sum(
        tx,
        "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM order_beta
         WHERE market = $1 AND sku = $2 AND customer = $3",
        values![market.as_str(), sku.as_str(), customer.bytes()],
    )?;
    Ok(BetaBought { by_person, altogether: altogether(tx, market, sku)? })
}

/// What has been bought of a variant by everybody.
///
/// # Errors
///
/// When the database cannot be read.
pub fn altogether(tx: &mut Tx<'_>, market: MarketCode, sku: &Sku) -> Result<u32, StoreError> {
    sum(
        tx,
        "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM order_beta
         WHERE market = $1 AND sku = $2",
        values![market.as_str(), sku.as_str()],
    )
}

fn sum(
    tx: &mut Tx<'_>,
    sql: &'static str,
    values: &[crate::kernel::sql::Value<'_>],
) -> Result<u32, StoreError> {
    let units = tx.optional(sql, values, |row| row.int(0))?.unwrap_or(0);
    Ok(u32::try_from(units).unwrap_or(if units < 0 { 0 } else { u32::MAX }))
}

/// The order was cancelled: its units no longer count.
///
/// # Errors
///
/// See [`note`].
pub fn take_back(tx: &mut Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM order_beta WHERE order_id = $1", values![order.bytes()])?;
    Ok(())
}

/// The market is open to everybody: nothing is counted any more.
///
/// # Errors
///
/// See [`note`].
pub fn forget_market(tx: &mut Tx<'_>, market: MarketCode) -> Result<(), StoreError> {
    tx.execute("DELETE FROM order_beta WHERE market = $1", values![market.as_str()])?;
    Ok(())
}

/// Forgets who has ordered; the units still count for the variant.
///
/// # Errors
///
/// See [`note`].
pub fn forget(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE order_beta SET customer = $2 WHERE customer = $1",
        values![customer.bytes(), &[0_u8; 16]],
    )?;
    Ok(())
}
