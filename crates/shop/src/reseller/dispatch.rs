//! Hands a reseller's order to the carrier, with the serial numbers of its units.

use kontor_base::Instant;
use kontor_base::id::ResellerOrderId;
use kontor_domain::clearance::Bound;
use kontor_domain::hook::EventKind;
use kontor_domain::reseller::{OrderStage, ResellerRefusal};
use kontor_store::reseller::{KeptOrder, order as find, save_order};
use kontor_store::{Tx, stock};

use super::refusal::Refusal;
use super::resold::may_resell;
use crate::core::{Failure, Known, Outcome, Shop};
use crate::hook::{Happened, write_down_in};
use crate::stock::{Parcel, Serials, ship_in};

/// Dispatches an order within a transaction: judged once more at this moment.
pub(crate) fn dispatch_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    id: ResellerOrderId,
    serials: &Serials,
    at: Instant,
) -> Outcome<(), Refusal> {
    let unknown = || Failure::Refused(Refusal::UnknownOrder);
    let found = find(tx, id)?.filter(|order| order.stage == OrderStage::Taken);
    let mut order = found.ok_or_else(unknown)?;
    let refused = not_cleared(known, &order, at).ok_or_else(unknown)?;
    if !refused.is_empty() {
        return Err(Failure::Refused(Refusal::Judged(refused)));
    }
    let parcel = Parcel {
        hold: stock::hold(tx, order.hold)?.ok_or_else(unknown)?,
        serials,
        country: order.body.ship_to,
        reference: id.to_string(),
        reseller: Some(order.reseller),
    };
    ship_in(tx, shop, known, parcel, at).map_err(|failure| failure.map(Refusal::Ship))?;
    order.stage = OrderStage::Dispatched;
    save_order(tx, &order)?;
    let left = Happened::to_reseller_order(EventKind::ResellerOrderDispatched, &order);
    write_down_in(tx, shop, left, at)?;
    Ok(())
}

/// What in an order may not be sold on at this moment; none where the market or a product is not
/// known any more.
pub(super) fn not_cleared(
    known: &Known,
    order: &KeptOrder,
    at: Instant,
) -> Option<Vec<ResellerRefusal>> {
    let market = known.market(order.body.market)?;
    let mut refused = Vec::new();
    for line in &order.body.lines {
        let (variant, _) = known.product(&line.sku)?;
        // What was ordered before the market stopped selling it is delivered.
        let to = (order.body.ship_to, Bound::ByNothing);
        let verdict = may_resell(known, market, to, variant, at)?;
        if !verdict.outcome.permits() {
            let codes: Vec<&str> = verdict.reasons.iter().map(|reason| reason.code()).collect();
            let (sku, reasons) = (line.sku.clone(), codes.join(", "));
            refused.push(ResellerRefusal::NotCleared { sku, reasons });
        }
    }
    Some(refused)
}
