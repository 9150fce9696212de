//! What has happened, as other programs are told it.

use kontor_base::id::{HookEventId, ResellerId, SaleId};
use kontor_base::{Instant, Money};
use kontor_domain::hook::EventKind;
use kontor_domain::market::MarketCode;
use kontor_domain::order::Order;
use kontor_domain::reseller::BodyLine;
use kontor_store::hook::{self, Event};
use kontor_store::reseller::KeptOrder;
use kontor_store::reseller::bill::KeptBill;
use kontor_store::{StoreError, Tx};
use serde_json::{Value, json};

use crate::core::{Level, Levels, Shop};

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

    /// A contract was made with a reseller, or one of theirs was changed.
    pub(crate) fn contract(reseller: ResellerId, market: MarketCode, contract: &str) -> Self {
        let data = json!({
            "reseller": reseller.to_string(),
            "market": market.as_str(),
            "contract": contract,
        });
        Self { kind: EventKind::ResellerApproved, market: Some(market), data }
    }

    /// Something happened to a reseller's order. The reseller is named by its id alone.
    pub(crate) fn to_reseller_order(kind: EventKind, order: &KeptOrder) -> Self {
        let line = |line: &BodyLine| json!({ "sku": line.sku.as_str(), "units": line.units });
        let body = &order.body;
        let data = json!({
            "order": order.id.to_string(),
            "reseller": order.reseller.to_string(),
            "contract": order.contract,
            "market": body.market.as_str(),
            "ship_to": body.ship_to.code(),
            "ordered_on": body.on,
            "net": money(body.total),
            "lines": body.lines.iter().map(line).collect::<Vec<_>>(),
        });
        Self { kind, market: Some(body.market), data }
    }

    /// A reseller's order was cancelled. The reason is words between two, and in no event.
    pub(crate) fn reseller_cancelled(order: &KeptOrder) -> Self {
        let mut happened = Self::to_reseller_order(EventKind::ResellerOrderCancelled, order);
        let by = order.cancelled.as_ref().map(|cancelled| cancelled.by);
        happened.data["by"] = json!(by);
        happened
    }

    /// Something happened to a reseller's bill.
    pub(crate) fn to_bill(kind: EventKind, bill: &KeptBill) -> Self {
        let body = &bill.body;
        let data = json!({
            "bill": bill.number,
            "state": bill.state.word(),
            "order": bill.order.to_string(),
            "reseller": bill.reseller.to_string(),
            "contract": body.contract,
            "market": body.market.as_str(),
            "issued_on": body.issued_on,
            "due_on": body.due_on,
            "tax": money(body.tax),
            "total": money(body.total),
            "credit_note": body.credit.as_ref().map(|credit| &credit.number),
        });
        Self { kind, market: Some(body.market), data }
    }

    /// A sale has given out its last unit.
    pub(crate) fn sold_out(sale: SaleId) -> Self {
        let data = json!({ "sale": sale.to_string() });
        Self { kind: EventKind::SaleSoldOut, market: None, data }
    }

    /// Little is left of a variant.
    fn stock_low(market: MarketCode, sku: &str, left: u32) -> Self {
        let data = json!({ "market": market.as_str(), "sku": sku, "left": left });
        Self { kind: EventKind::StockLow, market: Some(market), data }
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

/// Tells of what has become scarce between two looks at the shelves: the first time that few are left,
/// and when none is; gives how many. Every node looks; the same scarcity on the same day is one event.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn tell_scarce(shop: &Shop, before: &Levels, now: &Levels) -> Result<usize, StoreError> {
    let at = shop.now();
    let scarce: Vec<Event> = now
        .iter()
        .filter_map(|((market, sku), level)| {
            let was = before.get(&(*market, sku.clone())).copied()?;
            let left = match (was, level) {
                (Level::Plenty, Level::Few(left)) => *left,
                (Level::Plenty | Level::Few(_), Level::None) => 0,
                _ => return None,
            };
            let day = at.date();
            let once = shop.keys.person(&format!("stock.low {market} {sku} {} {day}", left == 0));
            let happened = Happened::stock_low(*market, sku.as_str(), left);
            Some(happened.event(HookEventId::from_bytes(once), at))
        })
        .collect();
    if scarce.is_empty() {
        return Ok(0);
    }
    shop.db
        .write("hook.tell_scarce", move |tx| {
            scarce.iter().try_for_each(|event| hook::emit(tx, event))?;
            Ok(scarce.len())
        })
        .await
}
