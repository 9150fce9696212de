//! Every order of a reseller against its own hold: claimed when it was taken, shipped when it has
//! left, free when it was cancelled, with exactly its units; and every bill against its order.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::id::OrderId;
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::{BillState, OrderStage};
use kontor_ledger::{Hold, HoldState, OrderMoney};
use kontor_store::reseller::bill::{KeptBill, bills_after, last_places};
use kontor_store::reseller::{KeptOrder, order, orders_after};
use kontor_store::{StoreError, Tx, stock};

use super::{OrderFinding, PAGE};

/// Audits them; adds what does not agree to `findings`, and what the money ledger is compared with to
/// `figures`.
pub(super) fn audit(
    tx: &mut Tx<'_>,
    findings: &mut Vec<OrderFinding>,
    figures: &mut Vec<OrderMoney>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = orders_after(tx, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for order in &page {
            let hold = stock::hold(tx, order.hold)?;
            if let Some(problem) = problem(order, hold.as_ref()) {
                findings.push(OrderFinding { number: order.id.to_string(), problem });
            }
        }
    }
    let mut after = String::new();
    // How many bills and credit notes there are, by market.
    let mut counts: BTreeMap<MarketCode, [i64; 2]> = BTreeMap::new();
    loop {
        let page = bills_after(tx, &after, PAGE)?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.number);
        for bill in &page {
            let given = counts.entry(bill.body.market).or_default();
            given[0] += 1;
            given[1] += i64::from(bill.body.credit.is_some());
            let found = order(tx, bill.order)?;
            if let Some(problem) = bill_problem(bill, found.as_ref()) {
                findings.push(OrderFinding { number: bill.number.clone(), problem });
            }
            let (captured_minor, refunded_minor) = bill.body.moved();
            let order = OrderId::from_bytes(*bill.order.bytes());
            let total = bill.body.total;
            let applied_minor = 0;
            figures.push(OrderMoney {
                order,
                total,
                captured_minor,
                refunded_minor,
                applied_minor,
            });
        }
    }
    gaps(tx, &counts, findings)
}

/// The numbers of each series that were given out are on as many papers: there is no gap.
fn gaps(
    tx: &mut Tx<'_>,
    counts: &BTreeMap<MarketCode, [i64; 2]>,
    findings: &mut Vec<OrderFinding>,
) -> Result<(), StoreError> {
    for (kind, series) in last_places(tx)?.into_iter().enumerate() {
        let last: BTreeMap<_, _> = series.into_iter().collect();
        let markets: BTreeSet<_> = last.keys().chain(counts.keys()).copied().collect();
        for market in markets {
            let there = counts.get(&market).map_or(0, |given| given[kind]);
            if last.get(&market).copied().unwrap_or(0) != there {
                let problem = if kind == 0 {
                    "its series of bills has a gap"
                } else {
                    "its series of credit notes has a gap"
                };
                findings.push(OrderFinding { number: market.to_string(), problem });
            }
        }
    }
    Ok(())
}

fn problem(order: &KeptOrder, hold: Option<&Hold>) -> Option<&'static str> {
    let Some(hold) = hold else { return Some("its hold is not there") };
    let cancelled = order.stage == OrderStage::Cancelled;
    match (cancelled, hold.state) {
        (true, HoldState::Cancelled) | (false, HoldState::Claimed) => {}
        (true, _) => return Some("it was cancelled, and its hold was not"),
        (false, _) => return Some("its hold was never claimed"),
    }
    if cancelled != order.cancelled.is_some() {
        return Some("it does not say how it was cancelled, or was not");
    }
    let mut units: BTreeMap<&str, i64> = BTreeMap::new();
    for line in &order.body.lines {
        *units.entry(line.sku.as_str()).or_default() += i64::from(line.units);
    }
    for line in &hold.lines {
        *units.entry(line.key.item.as_str()).or_default() -= line.units;
    }
    if units.values().any(|difference| *difference != 0) {
        return Some("its hold has other units");
    }
    let left = hold.lines.iter().all(|line| line.awaiting() == 0);
    match (order.stage, left) {
        (OrderStage::Taken, true) => Some("its units have left, and it has not"),
        (OrderStage::Dispatched, false) => Some("it has left, and its units have not"),
        _ => None,
    }
}

fn bill_problem(bill: &KeptBill, order: Option<&KeptOrder>) -> Option<&'static str> {
    let Some(order) = order else { return Some("its order is not there") };
    if (order.reseller, order.body.total) != (bill.reseller, bill.body.net) {
        return Some("its order is another's, or of another sum");
    }
    let cancelled = order.stage == OrderStage::Cancelled;
    if cancelled != (bill.state == BillState::Void) {
        return Some("its order was cancelled and it was not, or the other way round");
    }
    if bill.body.credit.is_some() && bill.state != BillState::Void {
        return Some("it was taken back with a credit note, and is owed all the same");
    }
    let (came, back) = bill.body.moved();
    let paid = if bill.state == BillState::Paid { bill.body.total.minor } else { 0 };
    (came - back != paid).then_some("its movements are not what it says of itself")
}
