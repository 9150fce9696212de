//! How what an act of expansion changes is before it: the half of the log's entry that nobody can work out
//! from the act itself.

use kontor_base::id::ResellerOrderId;
use kontor_domain::market::MarketCode;
use kontor_store::reseller::bill::bill_of;
use kontor_store::{StoreError, Tx};
use serde_json::json;

use super::act::pretty;
use super::expansion::ExpansionAct;
use crate::core::Shop;
use crate::opening::withdrawn_of;
use crate::reseller::lies_with;

/// The state before an act, as JSON; empty: there is nothing yet.
pub(super) fn before(
    tx: &mut Tx<'_>,
    shop: &Shop,
    act: &ExpansionAct,
) -> Result<String, StoreError> {
    Ok(match act {
        ExpansionAct::Withdraw { market, scope, .. } => {
            let codes = withdrawn_of(tx, *market, scope, shop.now().date())?;
            json!({ "in_force": codes.join(", ") }).to_string()
        }
        ExpansionAct::NoteCost { cost, .. } => {
            let costs = kontor_store::opening::costs(tx)?;
            let noted = costs.iter().find(|noted| noted.clearance == cost.clearance);
            noted.map(pretty).unwrap_or_default()
        }
        ExpansionAct::ApproveReseller { contract, .. } => {
            let kept = kontor_store::reseller::contract(tx, &contract.code)?;
            kept.map(|kept| pretty(&kept.contract)).unwrap_or_default()
        }
        ExpansionAct::RejectReseller { reseller } => {
            let firm = kontor_store::reseller::find(tx, *reseller)?;
            firm.map(|firm| json!({ "standing": firm.standing.word() }).to_string())
                .unwrap_or_default()
        }
        ExpansionAct::Allot { contract, sku, .. } => {
            json!({ "allotted": lies_with(tx, contract, sku)? }).to_string()
        }
        ExpansionAct::Dispatch { market, order, .. }
        | ExpansionAct::TakeBack { market, order, .. } => of_order(tx, *market, order)?,
        ExpansionAct::DispatchReseller { order, .. }
        | ExpansionAct::CancelReseller { order, .. }
        | ExpansionAct::BillReseller { order, .. }
        | ExpansionAct::MoveBill { order, .. } => of_reseller(tx, *order)?,
        // Told with what it leads to.
        ExpansionAct::Assort { .. } => String::new(),
    })
}

fn of_order(tx: &mut Tx<'_>, market: MarketCode, order: &str) -> Result<String, StoreError> {
    let Ok(number) = order.parse() else { return Ok(String::new()) };
    let placed = kontor_store::order::by_number(tx, &number)?;
    let placed = placed.filter(|placed| placed.order.market == market);
    let state = placed.map(|placed| json!({ "state": placed.state().word() }).to_string());
    Ok(state.unwrap_or_default())
}

fn of_reseller(tx: &mut Tx<'_>, order: ResellerOrderId) -> Result<String, StoreError> {
    let Some(kept) = kontor_store::reseller::order(tx, order)? else { return Ok(String::new()) };
    let bill = bill_of(tx, order)?.map(|bill| format!("{} {}", bill.number, bill.state.word()));
    Ok(pretty(&json!({ "stage": kept.stage.word(), "bill": bill })))
}
