//! A reseller orders: judged by the contract and by what may be resold where it goes, taken from its
//! own allotment.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::id::{HoldId, ResellerId, ResellerOrderId};
use kontor_base::{Country, Instant, limits};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Bound;
use kontor_domain::hook::EventKind;
use kontor_domain::reseller::{
    BodyLine, ORDER_LINES_MAX, OrderBody, OrderLine, OrderStage, ResellerOrder, judge,
};
use kontor_store::Tx;
use kontor_store::reseller::{KeptContract, KeptOrder, contract as kept, orders, save_order};
use serde::{Deserialize, Serialize};

use super::allot::quota_word;
use super::refusal::Refusal;
use super::resold::may_resell;
use crate::core::{Failure, Known, Once, Outcome, Replayed, Shop, once};
use crate::hook::{Happened, write_down_in};
use crate::stock::{claim, hold_quota};

/// The most lines of an order.
pub const LINES_MAX: usize = ORDER_LINES_MAX;
/// The most orders of a contract that are looked through for what is taken.
const ORDERS_MAX: i64 = 100_000;

/// An order.
#[derive(Clone, Debug)]
pub struct OrderCommand {
    /// Who orders.
    pub reseller: ResellerId,
    /// Under which contract.
    pub contract: String,
    /// Where it goes.
    pub ship_to: Country,
    /// What, with how many.
    pub lines: Vec<(Sku, u32)>,
    /// The request's identity.
    pub once: Option<Once>,
}

/// An order that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTaken {
    /// Its id.
    pub order: ResellerOrderId,
    /// What was agreed on.
    pub body: OrderBody,
}

/// Takes an order.
///
/// # Errors
///
/// A [`Refusal`] ([`Refusal::Judged`] names the clauses), or a fault of the store.
pub async fn order(
    shop: &Arc<Shop>,
    command: OrderCommand,
) -> Outcome<Replayed<OrderTaken>, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("reseller.order", move |tx| {
            once(tx, command.once.as_ref(), at, |tx| {
                let known = own.snapshots.current_in(tx, at)?;
                order_in(tx, &own, &known, &command, at)
            })
        })
        .await
}

fn order_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    command: &OrderCommand,
    at: Instant,
) -> Outcome<OrderTaken, Refusal> {
    let unknown = || Failure::Refused(Refusal::UnknownContract(command.contract.clone()));
    let own = kept(tx, &command.contract)?.filter(|own| own.reseller == command.reseller);
    let own = own.ok_or_else(unknown)?;
    let wanted = wanted(tx, known, &own, command, at)?;
    let accepted = judge(&own.contract, &wanted)
        .map_err(|refusals| Failure::Refused(Refusal::Judged(refusals)))?;
    let quota = quota_word(&own.contract.code);
    let lines = command.lines.iter().map(|(sku, units)| (sku, *units));
    let (id, random) = (HoldId::new(at, &shop.random), &shop.random);
    let hold = hold_quota(tx, id, &quota, lines, limits::HOLD_S, at, random)
        .map_err(|failure| failure.map(Refusal::Stock))?;
    let hold = claim(tx, &hold, at, random).map_err(|failure| failure.map(Refusal::Stock))?;
    let priced = command.lines.iter().zip(&accepted.lines);
    let body = OrderBody {
        market: own.market,
        ship_to: command.ship_to,
        on: at.date(),
        lines: priced
            .map(|((sku, units), amount)| BodyLine {
                sku: sku.clone(),
                units: *units,
                amount: *amount,
            })
            .collect(),
        total: accepted.total,
    };
    let order = KeptOrder {
        id: ResellerOrderId::new(at, random),
        reseller: command.reseller,
        contract: own.contract.code.clone(),
        hold: hold.id,
        stage: OrderStage::Taken,
        body,
        cancelled: None,
        held_since: None,
    };
    save_order(tx, &order)?;
    let placed = Happened::to_reseller_order(EventKind::ResellerOrderPlaced, &order);
    write_down_in(tx, shop, placed, at)?;
    Ok(OrderTaken { order: order.id, body: order.body })
}

/// The order with what the shop knows of it.
fn wanted(
    tx: &mut Tx<'_>,
    known: &Known,
    own: &KeptContract,
    command: &OrderCommand,
    at: Instant,
) -> Outcome<ResellerOrder, Refusal> {
    let unknown = || Failure::Refused(Refusal::UnknownContract(command.contract.clone()));
    let market = known.market(own.market).ok_or_else(unknown)?;
    let taken = taken(tx, command.reseller, &own.contract.code)?;
    let line = |(sku, units): &(Sku, u32)| {
        let unknown = || Failure::Refused(Refusal::UnknownSku(sku.clone()));
        let (variant, model) = known.product(sku).ok_or_else(unknown)?;
        Ok(OrderLine {
            sku: sku.clone(),
            model: model.code.clone(),
            units: *units,
            taken: taken.get(sku).copied().unwrap_or(0),
            verdict: may_resell(known, market, (command.ship_to, Bound::ByPlan), variant, at)
                .ok_or_else(unknown)?,
        })
    };
    let lines = command.lines.iter().map(line).collect::<Outcome<_, Refusal>>()?;
    Ok(ResellerOrder { ship_to: command.ship_to, on: at.date(), lines })
}

/// What earlier orders of a contract have taken; what was cancelled has given it back.
fn taken(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    contract: &str,
) -> Outcome<BTreeMap<Sku, u32>, Refusal> {
    let mut taken: BTreeMap<Sku, u32> = BTreeMap::new();
    let counts =
        |order: &&KeptOrder| order.contract == contract && order.stage != OrderStage::Cancelled;
    for order in orders(tx, reseller, ORDERS_MAX)?.iter().filter(counts) {
        for line in &order.body.lines {
            let sum = taken.entry(line.sku.clone()).or_default();
            *sum = sum.saturating_add(line.units);
        }
    }
    Ok(taken)
}
