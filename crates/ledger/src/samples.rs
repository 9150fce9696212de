//! Short ways for this crate's unit tests to make keys, ids and transfers.

use kontor_base::Instant;
use kontor_base::id::{HoldId, OrderId, TransferId};

use crate::stock::{Cause, Reference, StockKey, StockState, Transfer};

/// A moment `seconds` after the story's beginning (2015-06-01).
pub(crate) fn second(seconds: i64) -> Instant {
    Instant::from_micros(1_433_116_800_000_000).plus_seconds(seconds)
}

/// Goods at the one site of the tests, in the quota of the US.
pub(crate) fn key(item: &str) -> StockKey {
    StockKey::parse("hub", item, "us").expect("a good key")
}

/// Sixteen bytes that end in `number`.
fn bytes(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}

/// The transfer id with this number.
pub(crate) fn transfer_id(number: u64) -> TransferId {
    TransferId::from_bytes(bytes(number))
}

/// The hold id with this number.
pub(crate) fn hold_id(number: u64) -> HoldId {
    HoldId::from_bytes(bytes(number))
}

/// The order id with this number.
pub(crate) fn order_id(number: u64) -> OrderId {
    OrderId::from_bytes(bytes(number))
}

/// A reference that says nothing.
pub(crate) fn reference() -> Reference {
    Reference::parse("test").expect("a short line")
}

/// A transfer within one key.
pub(crate) fn transfer(
    number: u64,
    key: &StockKey,
    cause: Cause,
    from: StockState,
    to: StockState,
    units: i64,
) -> Transfer {
    Transfer {
        id: transfer_id(number),
        at: second(0),
        from: key.account(from),
        to: key.account(to),
        units,
        cause,
        reference: reference(),
    }
}
