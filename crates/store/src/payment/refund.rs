//! Money that goes back in part or in whole while an order stands, and orders to the provider for it.

use kontor_base::id::{PaymentId, RefundId};
use kontor_base::{Instant, Money};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed};
use crate::values;

/// Money that goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id: also the key under which the provider does it once.
    pub id: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
    /// Why, in the words of whoever gave it back.
    pub reason: String,
    /// When it was decided and booked.
    pub asked_at: Instant,
    /// When the provider had done it.
    pub done_at: Option<Instant>,
}

/// Writes a refund that the provider still has to be asked for.
///
/// # Errors
///
/// When the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, refund: &Refund) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO payment_refund (id, payment, currency, minor, reason, asked_at, done_at)
         VALUES ($1, $2, $3, $4, $5, $6, NULL)",
        values![
            refund.id.bytes(),
            refund.payment.bytes(),
            refund.amount.currency.code(),
            refund.amount.minor,
            &refund.reason,
            refund.asked_at,
        ],
    )?;
    Ok(())
}

/// A refund.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: RefundId) -> Result<Option<Refund>, StoreError> {
    tx.optional(
        "SELECT id, payment, currency, minor, reason, asked_at, done_at FROM payment_refund
         WHERE id = $1",
        values![id.bytes()],
        read,
    )
}

/// The refunds of a payment, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_payment(tx: &mut Tx<'_>, payment: PaymentId) -> Result<Vec<Refund>, StoreError> {
    tx.query(
        "SELECT id, payment, currency, minor, reason, asked_at, done_at FROM payment_refund
         WHERE payment = $1 ORDER BY id",
        values![payment.bytes()],
        read,
    )
}

/// The provider has done it. A second time changes nothing.
///
/// # Errors
///
/// When the database cannot be written.
pub fn done(tx: &mut Tx<'_>, id: RefundId, at: Instant) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE payment_refund SET done_at = $2 WHERE id = $1 AND done_at IS NULL",
        values![id.bytes(), at],
    )?;
    Ok(())
}

/// Takes the reasons away, which can name people.
///
/// # Errors
///
/// When the database cannot be written.
pub fn erase_reasons(tx: &mut Tx<'_>, payment: PaymentId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE payment_refund SET reason = '' WHERE payment = $1",
        values![payment.bytes()],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Refund, StoreError> {
    Ok(Refund {
        id: RefundId::from_bytes(row.bytes16(0)?),
        payment: PaymentId::from_bytes(row.bytes16(1)?),
        amount: Money::new(row.int(3)?, parsed(&row.text(2)?, "payment_refund")?),
        reason: row.text(4)?,
        asked_at: row.instant(5)?,
        done_at: row.maybe_int(6)?.map(Instant::from_micros),
    })
}
