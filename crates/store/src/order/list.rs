//! Lists of orders for the staff side: by market, state and time, page by page, the newest first.
//! Each statement walks one index from a key down; nothing is counted.

use kontor_base::Instant;
use kontor_base::id::OrderId;
use kontor_domain::market::MarketCode;
use kontor_domain::order::{OrderNumber, OrderState};

use super::{PlacedOrder, read_placed};
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, parsed};
use crate::values;

/// The smallest id of orders placed at or after `at`: ids begin with the millisecond they were made.
#[must_use]
pub fn id_at(at: Instant) -> [u8; 16] {
    let millis = u64::try_from(at.millis()).unwrap_or(0).min((1 << 48) - 1);
    let mut id = [0; 16];
    id[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    id
}

/// From where to where a list goes, both ends not included: ids above `from` and below `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Above this id.
    pub from: [u8; 16],
    /// Below this id.
    pub to: [u8; 16],
}

impl Span {
    /// All orders.
    pub const ALL: Self = Self { from: [0; 16], to: [0xff; 16] };
}

/// Orders of a market in a state. State and id are compared as one: whoever plans this is left no other
/// index. With two conditions SQLite walked all orders of the market in search of a rare state.
pub(crate) const IN_STATE: &str = "
    SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
    FROM order_head WHERE market = $1 AND (state, id) > ($2, $3) AND (state, id) < ($2, $4)
    ORDER BY state DESC, id DESC LIMIT $5";

/// The same from the other end.
pub(crate) const OLDEST_IN_STATE: &str = "
    SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
    FROM order_head WHERE market = $1 AND (state, id) > ($2, $3) AND (state, id) < ($2, $4)
    ORDER BY state, id LIMIT $5";

/// Orders of a market of which a letter was given up. Begun at the letters, which are few, so that nobody walks
/// all orders of the market in search of them.
pub(crate) const LETTER_GIVEN_UP: &str = "
    SELECT placed.number
    FROM (SELECT DISTINCT about FROM mail_letter WHERE state = 'given_up' ORDER BY about DESC LIMIT $2)
        AS letter CROSS JOIN order_head AS placed
    WHERE placed.id = letter.about AND placed.market = $1
    ORDER BY placed.id DESC LIMIT $3";

/// So many orders with letters that were given up are looked through, in all markets.
const LETTERS_MAX: i64 = 10_000;

/// The orders of a market about which a letter was given up, the newest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn letter_given_up(
    tx: &mut Tx<'_>,
    market: MarketCode,
    limit: i64,
) -> Result<Vec<OrderNumber>, StoreError> {
    let sought = values![market.as_str(), LETTERS_MAX, limit];
    tx.query(LETTER_GIVEN_UP, sought, |row| parsed(&row.text(0)?, "order_head"))
}

/// Orders of a market in a state, the oldest first, from behind `after` on.
///
/// # Errors
///
/// When the database cannot be read.
pub fn oldest_in_state(
    tx: &mut Tx<'_>,
    market: MarketCode,
    state: OrderState,
    after: [u8; 16],
    limit: i64,
) -> Result<Vec<PlacedOrder>, StoreError> {
    let end = Span::ALL.to;
    let bound = values![market.as_str(), state.word(), &after, &end, limit];
    tx.query(OLDEST_IN_STATE, bound, read_placed)
}

/// Orders of a market, the newest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_market(
    tx: &mut Tx<'_>,
    market: MarketCode,
    state: Option<OrderState>,
    span: Span,
    limit: i64,
) -> Result<Vec<PlacedOrder>, StoreError> {
    match state {
        None => tx.query(
            "SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
             FROM order_head WHERE market = $1 AND id > $2 AND id < $3 ORDER BY id DESC LIMIT $4",
            values![market.as_str(), &span.from, &span.to, limit],
            read_placed,
        ),
        Some(state) => tx.query(
            IN_STATE,
            values![market.as_str(), state.word(), &span.from, &span.to, limit],
            read_placed,
        ),
    }
}

/// Orders whose number begins so.
///
/// # Errors
///
/// When the database cannot be read.
pub fn number_begins(
    tx: &mut Tx<'_>,
    begin: &str,
    limit: i64,
) -> Result<Vec<PlacedOrder>, StoreError> {
    let end = format!("{begin}\u{10ffff}");
    tx.query(
        "SELECT payment, hold, payment_state, fulfilment_state, clearance_state, body
         FROM order_head WHERE number >= $1 AND number < $2 ORDER BY number LIMIT $3",
        values![begin, &end, limit],
        read_placed,
    )
}

/// The newest orders with a variant, from `before` down: their ids and markets.
///
/// # Errors
///
/// When the database cannot be read.
pub fn with_sku(
    tx: &mut Tx<'_>,
    sku: &str,
    before: [u8; 16],
    limit: i64,
) -> Result<Vec<(OrderId, MarketCode)>, StoreError> {
    tx.query(WITH_SKU, values![sku, &before, limit], |row| {
        Ok((OrderId::from_bytes(row.bytes16(0)?), parsed(&row.text(1)?, "order_head")?))
    })
}

/// The lines are walked from the newest down and end before anything is joined to them.
pub(crate) const WITH_SKU: &str = "
    SELECT newest.order_id, order_head.market
    FROM (SELECT DISTINCT order_id FROM order_line WHERE sku = $1 AND order_id < $2
        ORDER BY order_id DESC LIMIT $3) AS newest
    JOIN order_head ON order_head.id = newest.order_id ORDER BY newest.order_id DESC";

/// The state that is written beside an order, for the audit.
///
/// # Errors
///
/// When the database cannot be read.
pub fn kept_state(tx: &mut Tx<'_>, number: &OrderNumber) -> Result<Option<String>, StoreError> {
    tx.optional("SELECT state FROM order_head WHERE number = $1", values![number.as_str()], |row| {
        row.text(0)
    })
}
