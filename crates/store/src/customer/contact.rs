//! Customers: e-mail addresses by their keyed hash, the orders of each, and which are one person's.

use kontor_base::Instant;
use kontor_base::id::{CustomerId, OrderId};
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed};
use crate::values;

/// A customer's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptContact {
    /// The keyed hash of the address.
    pub person: CustomerId,
    /// The address under which this one is kept together with others of the person.
    pub same_as: CustomerId,
    /// The address in its normal form.
    pub email: String,
    /// When it was first heard of.
    pub seen_at: Instant,
}

/// Notes an address; one that is known stays as it is.
///
/// # Errors
///
/// When the database cannot be written.
pub fn note(
    tx: &mut Tx<'_>,
    person: CustomerId,
    email: &str,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO customer_contact (person, same_as, email, seen_at) VALUES ($1, $1, $2, $3)
         ON CONFLICT (person) DO NOTHING",
        values![person.bytes(), email, at],
    )?;
    Ok(())
}

/// Notes that an order is a customer's.
///
/// # Errors
///
/// When the database cannot be written.
pub fn note_order(
    tx: &mut Tx<'_>,
    person: CustomerId,
    order: OrderId,
    market: MarketCode,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO customer_order (person, order_id, market) VALUES ($1, $2, $3)
         ON CONFLICT (person, order_id) DO NOTHING",
        values![person.bytes(), order.bytes(), market.as_str()],
    )?;
    Ok(())
}

/// An address.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, person: CustomerId) -> Result<Option<KeptContact>, StoreError> {
    tx.optional(
        "SELECT person, same_as, email, seen_at FROM customer_contact WHERE person = $1",
        values![person.bytes()],
        read,
    )
}

/// All addresses that are kept together under one.
///
/// # Errors
///
/// When the database cannot be read.
pub fn together(
    tx: &mut Tx<'_>,
    same_as: CustomerId,
    limit: i64,
) -> Result<Vec<KeptContact>, StoreError> {
    tx.query(
        "SELECT person, same_as, email, seen_at FROM customer_contact
         WHERE same_as = $1 ORDER BY person LIMIT $2",
        values![same_as.bytes(), limit],
        read,
    )
}

/// Keeps an address together with another.
///
/// # Errors
///
/// When the database cannot be written.
pub fn put_together(
    tx: &mut Tx<'_>,
    person: CustomerId,
    same_as: CustomerId,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE customer_contact SET same_as = $2 WHERE person = $1",
        values![person.bytes(), same_as.bytes()],
    )?;
    Ok(())
}

/// The orders of an address, the newest first: up to `limit` before `before`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn orders(
    tx: &mut Tx<'_>,
    person: CustomerId,
    before: Option<OrderId>,
    limit: i64,
) -> Result<Vec<(OrderId, MarketCode)>, StoreError> {
    let before = before.map_or([u8::MAX; 16], |id| *id.bytes());
    tx.query(
        "SELECT order_id, market FROM customer_order WHERE person = $1 AND order_id < $2
         ORDER BY order_id DESC LIMIT $3",
        values![person.bytes(), &before, limit],
        |row| Ok((OrderId::from_bytes(row.bytes16(0)?), parsed(&row.text(1)?, "customer_order")?)),
    )
}

/// Forgets an address and that its orders are of one person.
///
/// # Errors
///
/// When the database cannot be written.
pub fn erase(tx: &mut Tx<'_>, person: CustomerId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM customer_order WHERE person = $1", values![person.bytes()])?;
    tx.execute("DELETE FROM customer_contact WHERE person = $1", values![person.bytes()])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<KeptContact, StoreError> {
    Ok(KeptContact {
        person: CustomerId::from_bytes(row.bytes16(0)?),
        same_as: CustomerId::from_bytes(row.bytes16(1)?),
        email: row.text(2)?,
        seen_at: row.instant(3)?,
    })
}
