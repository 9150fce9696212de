//! What orders are found by: one row a term, market and order, walked by its key. Personal data in
//! clear, as in the order itself (ADR 0018).

use std::collections::BTreeSet;

use kontor_base::id::OrderId;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

/// Asks for an order's terms to be found; in the transaction that changes the order.
///
/// # Errors
///
/// When the database cannot be written.
pub fn queue(tx: &mut Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO order_unindexed (order_id) VALUES ($1) ON CONFLICT (order_id) DO NOTHING",
        values![order.bytes()],
    )?;
    Ok(())
}

/// Orders whose terms have to be found, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn queued(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<OrderId>, StoreError> {
    tx.query(
        "SELECT order_id FROM order_unindexed ORDER BY order_id LIMIT $1",
        values![limit],
        |row| row.bytes16(0).map(OrderId::from_bytes),
    )
}

/// An order's terms are found.
///
/// # Errors
///
/// When the database cannot be written.
pub fn done(tx: &mut Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM order_unindexed WHERE order_id = $1", values![order.bytes()])?;
    Ok(())
}

/// Writes the terms of an order; those that are there stay.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add(
    tx: &mut Tx<'_>,
    market: MarketCode,
    order: OrderId,
    terms: &BTreeSet<String>,
) -> Result<(), StoreError> {
    for term in terms {
        tx.execute(
            "INSERT INTO order_term (market, term, order_id) VALUES ($1, $2, $3)
             ON CONFLICT (market, term, order_id) DO NOTHING",
            values![market.as_str(), term, order.bytes()],
        )?;
    }
    Ok(())
}

/// Forgets terms of an order.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove(
    tx: &mut Tx<'_>,
    market: MarketCode,
    order: OrderId,
    terms: &BTreeSet<String>,
) -> Result<(), StoreError> {
    for term in terms {
        tx.execute(
            "DELETE FROM order_term WHERE market = $1 AND term = $2 AND order_id = $3",
            values![market.as_str(), term, order.bytes()],
        )?;
    }
    Ok(())
}

/// Orders of a market with exactly this term, the newest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn with(
    tx: &mut Tx<'_>,
    market: MarketCode,
    term: &str,
    limit: i64,
) -> Result<Vec<OrderId>, StoreError> {
    tx.query(
        "SELECT order_id FROM order_term WHERE market = $1 AND term = $2
         ORDER BY order_id DESC LIMIT $3",
        values![market.as_str(), term, limit],
        |row| row.bytes16(0).map(OrderId::from_bytes),
    )
}

/// Orders of a market with a longer term that begins so, in the order of the terms; an order can
/// stand in it more than once.
///
/// # Errors
///
/// When the database cannot be read.
pub fn beginning(
    tx: &mut Tx<'_>,
    market: MarketCode,
    begin: &str,
    limit: i64,
) -> Result<Vec<OrderId>, StoreError> {
    let end = format!("{begin}\u{10ffff}");
    tx.query(
        "SELECT order_id FROM order_term WHERE market = $1 AND term > $2 AND term < $3
         ORDER BY term, order_id LIMIT $4",
        values![market.as_str(), begin, &end, limit],
        |row| row.bytes16(0).map(OrderId::from_bytes),
    )
}

/// Forgets up to `limit` terms, whosever; gives how many. The first half of finding all anew.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget_some(tx: &mut Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM order_term WHERE (market, term, order_id) IN (
             SELECT market, term, order_id FROM order_term
             ORDER BY market, term, order_id LIMIT $1)",
        values![limit],
    )?
    .rows()
}

/// Asks for the terms of up to `limit` orders after `after`; gives the last of them.
///
/// # Errors
///
/// When the database cannot be written.
pub fn queue_after(
    tx: &mut Tx<'_>,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Option<OrderId>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    let orders = tx.query(
        "SELECT id FROM order_head WHERE id > $1 ORDER BY id LIMIT $2",
        values![&after, limit],
        |row| row.bytes16(0).map(OrderId::from_bytes),
    )?;
    for order in &orders {
        queue(tx, *order)?;
    }
    Ok(orders.last().copied())
}
