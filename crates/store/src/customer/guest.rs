//! Who is let in to a market in beta beside those on its waiting lists: keyed hashes, no addresses.

use kontor_base::Instant;
use kontor_base::id::CustomerId;
use kontor_domain::catalogue::Slug;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

/// Lets somebody in for a model, or for everything (no model). Twice is once.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn let_in(
    tx: &mut Tx<'_>,
    market: MarketCode,
    model: Option<&Slug>,
    customer: CustomerId,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO customer_guest (market, customer, model, let_in_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (market, customer, model) DO NOTHING",
        values![market.as_str(), customer.bytes(), model.map_or("", Slug::as_str), at],
    )?;
    Ok(())
}

/// Whether somebody was let in for a model, or for everything.
///
/// # Errors
///
/// When the database cannot be read.
pub fn is_let_in(
    tx: &mut Tx<'_>,
    market: MarketCode,
    model: &Slug,
    customer: CustomerId,
) -> Result<bool, StoreError> {
    let found = tx.optional(
        "SELECT let_in_at FROM customer_guest
         WHERE market = $1 AND customer = $2 AND (model = $3 OR model = '') LIMIT 1",
        values![market.as_str(), customer.bytes(), model.as_str()],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Nobody has to be let in to a market any more.
///
/// # Errors
///
/// See [`let_in`].
pub fn forget_market(tx: &mut Tx<'_>, market: MarketCode) -> Result<(), StoreError> {
    tx.execute("DELETE FROM customer_guest WHERE market = $1", values![market.as_str()])?;
    Ok(())
}

/// Forgets that somebody was let in anywhere.
///
/// # Errors
///
/// See [`let_in`].
pub fn forget(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM customer_guest WHERE customer = $1", values![customer.bytes()])?;
    Ok(())
}
