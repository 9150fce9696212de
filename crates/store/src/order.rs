//! Checkouts and orders.
//!
//! The state of an order is derived from three others and written beside them, by the two statements
//! here that write those, so that a list can walk an index of it.

pub mod beta;
pub mod day;
pub mod list;
pub mod note;
pub mod term;

use kontor_base::id::{CartId, CheckoutId, HoldId, OrderId, PaymentId};
use kontor_base::{Instant, Language};
use kontor_domain::cart::CartLine;
use kontor_domain::customer::{Address, Contact};
use kontor_domain::market::MarketCode;
use kontor_domain::order::{
    CheckoutState, ClearanceState, FulfilmentState, Order, OrderNumber, OrderState, Quote,
    order_state,
};
use kontor_domain::payment::PaymentState;
use serde::{Deserialize, Serialize};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value, parsed, to_json, word};
use crate::values;

/// What a checkout knows of the purchase; filled in as the buyer goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What is bought.
    pub lines: Vec<CartLine>,
    /// The language it is bought in.
    pub language: Language,
    /// Who buys.
    pub contact: Option<Contact>,
    /// Where it goes.
    pub ship_to: Option<Address>,
    /// What was agreed on when the payment began.
    pub quote: Option<Quote>,
}

/// A checkout, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// Its id.
    pub id: CheckoutId,
    /// The cart it came from.
    pub cart: CartId,
    /// The market.
    pub market: MarketCode,
    /// Where it stands.
    pub state: CheckoutState,
    /// The hold on its stock.
    pub hold: HoldId,
    /// The latest attempt to pay.
    pub payment: Option<PaymentId>,
    /// The order it became.
    pub order: Option<OrderId>,
    /// When its hold ends.
    pub expires_at: Instant,
    /// What it knows of the purchase.
    pub draft: Draft,
}

/// A checkout.
///
/// # Errors
///
/// When the database cannot be read.
pub fn checkout(tx: &mut Tx<'_>, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
    tx.optional(CHECKOUT, values![id.bytes()], read_checkout)
}

/// Asks a server already now for [`checkout`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn checkout_ahead(tx: &mut Tx<'_>, id: CheckoutId) -> Result<(), StoreError> {
    tx.ahead(CHECKOUT, values![id.bytes()])
}

const CHECKOUT: &str = "
    SELECT id, cart, market, state, hold, payment, order_id, expires_at, body
    FROM order_checkout WHERE id = $1";

/// Checkouts in `state` whose hold has ended, the oldest end first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn checkouts_due(
    tx: &mut Tx<'_>,
    state: CheckoutState,
    at: Instant,
    limit: i64,
) -> Result<Vec<Checkout>, StoreError> {
    tx.query(
        "SELECT id, cart, market, state, hold, payment, order_id, expires_at, body
         FROM order_checkout WHERE state = $1 AND expires_at <= $2
         ORDER BY expires_at, id LIMIT $3",
        values![state.word(), at, limit],
        read_checkout,
    )
}

/// Writes a checkout as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_checkout(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<(), StoreError> {
    let body = to_json(&checkout.draft, "order_checkout")?;
    tx.execute(
        "INSERT INTO order_checkout
             (id, cart, market, state, hold, payment, order_id, expires_at, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET
             state = excluded.state, hold = excluded.hold, payment = excluded.payment,
             order_id = excluded.order_id, expires_at = excluded.expires_at, body = excluded.body",
        values![
            checkout.id.bytes(),
            checkout.cart.bytes(),
            checkout.market.as_str(),
            checkout.state.word(),
            checkout.hold.bytes(),
            checkout.payment.as_ref().map(PaymentId::bytes),
            checkout.order.as_ref().map(OrderId::bytes),
            checkout.expires_at,
            &body,
        ],
    )?;
    Ok(())
}

fn read_checkout(row: &Row<'_>) -> Result<Checkout, StoreError> {
    let table = "order_checkout";
    Ok(Checkout {
        id: CheckoutId::from_bytes(row.bytes16(0)?),
        cart: CartId::from_bytes(row.bytes16(1)?),
        market: parsed(&row.text(2)?, table)?,
        state: word(&row.text(3)?, table, CheckoutState::from_word)?,
        hold: HoldId::from_bytes(row.bytes16(4)?),
        payment: row.maybe_bytes16(5)?.map(PaymentId::from_bytes),
        order: row.maybe_bytes16(6)?.map(OrderId::from_bytes),
        expires_at: row.instant(7)?,
        draft: row.json(8, table)?,
    })
}

/// A placed order with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedOrder {
    /// What was agreed on, for good.
    pub order: Order,
    /// The payment.
    pub payment: PaymentId,
    /// The claimed hold.
    pub hold: HoldId,
    /// How the payment stands.
    pub payment_state: PaymentState,
    /// How far the parcel has come.
    pub fulfilment_state: FulfilmentState,
    /// Whether it may be delivered.
    pub clearance_state: ClearanceState,
}

impl PlacedOrder {
    /// What it is, in one word.
    #[must_use]
    pub fn state(&self) -> OrderState {
        order_state(self.payment_state, self.fulfilment_state, self.clearance_state)
    }
}

/// Writes a new order, and that a keeper has to find its terms.
///
/// # Errors
///
/// When the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, placed: &PlacedOrder) -> Result<(), StoreError> {
    let order = &placed.order;
    let body = to_json(order, "order_head")?;
    tx.execute(
        "INSERT INTO order_head (id, number, market, placed_at, payment, hold, payment_state,
             fulfilment_state, clearance_state, currency, total_minor, body, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        values![
            order.id.bytes(),
            order.number.as_str(),
            order.market.as_str(),
            order.placed_at,
            placed.payment.bytes(),
            placed.hold.bytes(),
            placed.payment_state.word(),
            placed.fulfilment_state.word(),
            placed.clearance_state.word(),
            order.totals.total.currency.code(),
            order.totals.total.minor,
            &body,
            placed.state().word(),
        ],
    )?;
    term::queue(tx, order.id)?;
    let lines: Vec<Value<'_>> = (1_i64..)
        .zip(&order.lines)
        .flat_map(|(line, bought)| {
            let quantity = i64::from(bought.quoted.quantity);
            let sku = bought.quoted.sku.as_str();
            [order.id.bytes().into(), line.into(), sku.into(), quantity.into()]
        })
        .collect();
    tx.insert_many("order_line", &["order_id", "line", "sku", "quantity"], &lines)
}

/// Writes where an order stands.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_states(tx: &mut Tx<'_>, placed: &PlacedOrder) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE order_head SET payment_state = $2, fulfilment_state = $3, clearance_state = $4,
             state = $5 WHERE id = $1",
        values![
            placed.order.id.bytes(),
            placed.payment_state.word(),
            placed.fulfilment_state.word(),
            placed.clearance_state.word(),
            placed.state().word(),
        ],
    )?;
    Ok(())
}

/// Writes what is left of an order's personal data. What was agreed on stays as it is.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_body(tx: &mut Tx<'_>, order: &Order) -> Result<(), StoreError> {
    let body = to_json(order, "order_head")?;
    tx.execute("UPDATE order_head SET body = $2 WHERE id = $1", values![order.id.bytes(), &body])?;
    Ok(())
}

/// An order.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: OrderId) -> Result<Option<PlacedOrder>, StoreError> {
    tx.optional(GET, values![id.bytes()], read_placed)
}

/// Asks a server already now for [`get`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn get_ahead(tx: &mut Tx<'_>, id: OrderId) -> Result<(), StoreError> {
    tx.ahead(GET, values![id.bytes()])
}

const GET: &str = "
    SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
    FROM order_head WHERE id = $1";

/// The market and the number of an order, without reading what is in it.
///
/// # Errors
///
/// When the database cannot be read.
pub fn place(
    tx: &mut Tx<'_>,
    id: OrderId,
) -> Result<Option<(MarketCode, OrderNumber)>, StoreError> {
    tx.optional("SELECT market, number FROM order_head WHERE id = $1", values![id.bytes()], |row| {
        let table = "order_head";
        Ok((parsed(&row.text(0)?, table)?, parsed(&row.text(1)?, table)?))
    })
}

/// The order with this number.
///
/// # Errors
///
/// When the database cannot be read.
pub fn by_number(tx: &mut Tx<'_>, number: &OrderNumber) -> Result<Option<PlacedOrder>, StoreError> {
    tx.optional(
        "SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
         FROM order_head WHERE number = $1",
        values![number.as_str()],
        read_placed,
    )
}

/// Orders in the order of the ids, a page at a time: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn after(
    tx: &mut Tx<'_>,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Vec<PlacedOrder>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
         FROM order_head WHERE id > $1 ORDER BY id LIMIT $2",
        values![&after, limit],
        read_placed,
    )
}

/// Orders of a market (none: of all) in the order of the ids, a page at a time: up to `limit` after
/// `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn page(
    tx: &mut Tx<'_>,
    market: Option<MarketCode>,
    start: Option<OrderId>,
    limit: i64,
) -> Result<Vec<PlacedOrder>, StoreError> {
    let Some(market) = market else { return after(tx, start, limit) };
    let start = start.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
         FROM order_head WHERE market = $1 AND id > $2 ORDER BY id LIMIT $3",
        values![market.as_str(), &start, limit],
        read_placed,
    )
}

/// Orders that have not left, in the order of the ids, a page at a time: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_after(
    tx: &mut Tx<'_>,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Vec<PlacedOrder>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
         FROM order_head WHERE fulfilment_state = 'waiting' AND id > $1 ORDER BY id LIMIT $2",
        values![&after, limit],
        read_placed,
    )
}

/// Orders whose payment stands in `state` and that were placed before `before`, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_payment_state(
    tx: &mut Tx<'_>,
    state: PaymentState,
    before: Instant,
    limit: i64,
) -> Result<Vec<PlacedOrder>, StoreError> {
    tx.query(
        "SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
         FROM order_head WHERE payment_state = $1 AND placed_at < $2
         ORDER BY placed_at, id LIMIT $3",
        values![state.word(), before, limit],
        read_placed,
    )
}

fn read_placed(row: &Row<'_>) -> Result<PlacedOrder, StoreError> {
    let table = "order_head";
    Ok(PlacedOrder {
        payment: PaymentId::from_bytes(row.bytes16(0)?),
        hold: HoldId::from_bytes(row.bytes16(1)?),
        payment_state: word(&row.text(2)?, table, PaymentState::from_word)?,
        fulfilment_state: word(&row.text(3)?, table, FulfilmentState::from_word)?,
        clearance_state: word(&row.text(4)?, table, ClearanceState::from_word)?,
        order: row.json(5, table)?,
    })
}
