//! Attempts to pay.

pub mod refund;

use kontor_base::id::{CheckoutId, OrderId, PaymentId};
use kontor_base::{Instant, KeyedHash, Money};
use kontor_domain::payment::{PaymentState, ProviderKind, TestScenario};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, word};
use crate::values;

/// An attempt to pay, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The checkout it pays for.
    pub checkout: CheckoutId,
    /// Who takes the money.
    pub provider: ProviderKind,
    /// Where it stands.
    pub state: PaymentState,
    /// What is to be paid.
    pub amount: Money,
    /// What has been collected, in minor units.
    pub captured_minor: i64,
    /// What of that has been given back, in minor units.
    pub refunded_minor: i64,
    /// The provider's name for it.
    pub reference: Option<String>,
    /// The order it paid for.
    pub order: Option<OrderId>,
    /// What the test provider plays; other providers ignore it.
    pub scenario: TestScenario,
    /// When it began.
    pub started_at: Instant,
    /// The buyer's request that waits for the answer: the hash of its key and of its body.
    pub request: Option<(KeyedHash, KeyedHash)>,
}

/// An attempt.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: PaymentId) -> Result<Option<Payment>, StoreError> {
    tx.optional(GET, values![id.bytes()], read)
}

/// Asks a server already now for [`get`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn get_ahead(tx: &mut Tx<'_>, id: PaymentId) -> Result<(), StoreError> {
    tx.ahead(GET, values![id.bytes()])
}

const GET: &str = "
    SELECT id, checkout, provider, state, currency, minor, captured_minor, refunded_minor,
        provider_reference, order_id, scenario, started_at, request, request_body
    FROM payment WHERE id = $1";

/// Attempts that a provider calls so, up to `limit`. Two providers may call different ones the same.
///
/// # Errors
///
/// When the database cannot be read.
pub fn by_reference(
    tx: &mut Tx<'_>,
    reference: &str,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    tx.query(
        "SELECT id, checkout, provider, state, currency, minor, captured_minor, refunded_minor,
             provider_reference, order_id, scenario, started_at,
             request, request_body
         FROM payment WHERE provider_reference = $1 ORDER BY provider_reference, id LIMIT $2",
        values![reference, limit],
        read,
    )
}

/// Attempts in `state` that began before `before`, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_state(
    tx: &mut Tx<'_>,
    state: PaymentState,
    before: Instant,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    tx.query(
        "SELECT id, checkout, provider, state, currency, minor, captured_minor, refunded_minor,
             provider_reference, order_id, scenario, started_at,
             request, request_body
         FROM payment WHERE state = $1 AND started_at < $2 ORDER BY started_at, id LIMIT $3",
        values![state.word(), before, limit],
        read,
    )
}

/// Attempts in the order of the ids, a page at a time: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn after(
    tx: &mut Tx<'_>,
    after: Option<PaymentId>,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, checkout, provider, state, currency, minor, captured_minor, refunded_minor,
             provider_reference, order_id, scenario, started_at,
             request, request_body
         FROM payment WHERE id > $1 ORDER BY id LIMIT $2",
        values![&after, limit],
        read,
    )
}

/// Writes an attempt as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, payment: &Payment) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO payment (id, checkout, provider, state, currency, minor, captured_minor,
             refunded_minor, provider_reference, order_id, scenario, started_at, request, request_body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (id) DO UPDATE SET
             state = excluded.state, captured_minor = excluded.captured_minor,
             refunded_minor = excluded.refunded_minor,
             provider_reference = excluded.provider_reference, order_id = excluded.order_id",
        values![
            payment.id.bytes(),
            payment.checkout.bytes(),
            payment.provider.word(),
            payment.state.word(),
            payment.amount.currency.code(),
            payment.amount.minor,
            payment.captured_minor,
            payment.refunded_minor,
            payment.reference.as_ref(),
            payment.order.as_ref().map(OrderId::bytes),
            payment.scenario.word(),
            payment.started_at,
            payment.request.as_ref().map(|(request, _)| request),
            payment.request.as_ref().map(|(_, body)| body),
        ],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Payment, StoreError> {
    let table = "payment";
    Ok(Payment {
        id: PaymentId::from_bytes(row.bytes16(0)?),
        checkout: CheckoutId::from_bytes(row.bytes16(1)?),
        provider: word(&row.text(2)?, table, ProviderKind::from_word)?,
        state: word(&row.text(3)?, table, PaymentState::from_word)?,
        amount: Money::new(row.int(5)?, parsed(&row.text(4)?, table)?),
        captured_minor: row.int(6)?,
        refunded_minor: row.int(7)?,
        reference: row.maybe_text(8)?,
        order: row.maybe_bytes16(9)?.map(OrderId::from_bytes),
        scenario: word(&row.text(10)?, table, TestScenario::from_word)?,
        started_at: row.instant(11)?,
        request: row.maybe_bytes16(12)?.zip(row.maybe_bytes16(13)?),
    })
}
