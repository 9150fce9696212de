//! Every order of a reseller against its own hold: claimed when it was taken, shipped when it has
//! left, with exactly its units.

use std::collections::BTreeMap;

use kontor_domain::reseller::OrderStage;
use kontor_ledger::{Hold, HoldState};
use kontor_store::reseller::{KeptOrder, orders_after};
use kontor_store::{StoreError, Tx, stock};

use super::{OrderFinding, PAGE};

/// Audits them; adds what does not agree to `findings`.
pub(super) fn audit(tx: &mut Tx<'_>, findings: &mut Vec<OrderFinding>) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = orders_after(tx, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for order in &page {
            let hold = stock::hold(tx, order.hold)?;
            if let Some(problem) = problem(order, hold.as_ref()) {
                findings.push(OrderFinding { number: order.id.to_string(), problem });
            }
        }
    }
}

fn problem(order: &KeptOrder, hold: Option<&Hold>) -> Option<&'static str> {
    let Some(hold) = hold else { return Some("its hold is not there") };
    if hold.state != HoldState::Claimed {
        return Some("its hold was never claimed");
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
