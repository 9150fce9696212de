//! What has happened, as other programs are told it.

use kontor_base::id::HookEventId;
use kontor_base::{Instant, Money};
use kontor_domain::hook::EventKind;
use kontor_domain::market::MarketCode;
use kontor_domain::order::Order;
use kontor_store::hook::{self, Event};
use kontor_store::{StoreError, Tx};
use serde_json::{Value, json};

use crate::core::Shop;

/// Something that has happened.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    kind: EventKind,
    market: Option<MarketCode>,
    data: Value,
}

fn money(amount: Money) -> Value {
    json!({ "minor": amount.minor, "currency": amount.currency.code() })
}

impl Happened {
    /// Something happened to an order. Its buyer is not named.
    pub(crate) fn to_order(kind: EventKind, order: &Order) -> Self {
        let lines: Vec<Value> = order
            .lines
            .iter()
            .map(
                |line| json!({ "sku": line.quoted.sku.as_str(), "quantity": line.quoted.quantity }),
            )
            .collect();
        let data = json!({
            "order": order.id.to_string(),
            "number": order.number.as_str(),
            "market": order.market.as_str(),
            "placed_at": order.placed_at,
            "total": money(order.totals.total),
            "lines": lines,
        });
        Self { kind, market: Some(order.market), data }
    }

    /// Money of an order was given back.
    pub(crate) fn refunded(order: &Order, amount: Money) -> Self {
        let mut happened = Self::to_order(EventKind::PaymentRefunded, order);
        happened.data["refunded"] = money(amount);
        happened
    }

    /// A fact of clearance has changed.
    pub(crate) fn clearance(market: Option<MarketCode>, what: &str, code: &str) -> Self {
        let data = json!({
            "market": market.map(|market| market.to_string()),
            "what": what,
            "code": code,
        });
        Self { kind: EventKind::ClearanceChanged, market, data }
    }

    /// Somebody tries an endpoint.
    pub(super) fn test() -> Self {
        Self { kind: EventKind::HookTest, market: None, data: json!({}) }
    }

    pub(super) fn event(self, id: HookEventId, at: Instant) -> Event {
        Event { id, kind: self.kind, market: self.market, at, data: self.data.to_string() }
    }
}

/// Writes down what has happened, in the transaction in which it did.
pub(crate) fn write_down_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    happened: Happened,
    at: Instant,
) -> Result<(), StoreError> {
    hook::emit(tx, &happened.event(HookEventId::new(at, &shop.random), at))
}
