//! Cancels an order of a reseller that has not left: its units go back to the allotment, and what was
//! billed for it is no longer owed.

use std::sync::Arc;

use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_base::{Instant, Line};
use kontor_domain::reseller::{Cancellation, CancelledBy, OrderStage};
use kontor_ledger::hold::cancel as cancel_hold;
use kontor_store::reseller::bill::bill_of;
use kontor_store::reseller::{KeptOrder, order as find, save_order};
use kontor_store::{Tx, stock};
use serde::{Deserialize, Serialize};

use super::bill::credit_in;
use super::refusal::{Refusal, TextProblem};
use crate::core::{Failure, Once, Outcome, Replayed, Shop, once};
use crate::hook::{Happened, write_down_in};

/// A reseller's wish to cancel an order of its own.
#[derive(Clone, Debug)]
pub struct CancelOrder {
    /// Who asks.
    pub reseller: ResellerId,
    /// Which order.
    pub order: ResellerOrderId,
    /// Why.
    pub reason: String,
    /// The request's identity.
    pub once: Option<Once>,
}

/// An order that was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCancelled {
    /// The order.
    pub order: ResellerOrderId,
}

/// Cancels an order at its reseller's word.
///
/// # Errors
///
/// A [`Refusal`]: it is not theirs, it has left or was cancelled, or its bill was paid; or a fault of
/// the store.
pub async fn cancel_order(
    shop: &Arc<Shop>,
    command: CancelOrder,
) -> Outcome<Replayed<OrderCancelled>, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("reseller.cancel", move |tx| {
            once(tx, command.once.as_ref(), at, |tx| {
                let found = find(tx, command.order)?;
                let theirs = found.filter(|order| order.reseller == command.reseller);
                let order = theirs.ok_or(Failure::Refused(Refusal::UnknownOrder))?;
                cancel_in(tx, &own, order, CancelledBy::Reseller, &command.reason, at)?;
                Ok(OrderCancelled { order: command.order })
            })
        })
        .await
}

/// Cancels an order at the maker's word, within a transaction.
pub(crate) fn cancel_for_maker_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    id: ResellerOrderId,
    reason: &str,
    at: Instant,
) -> Outcome<(), Refusal> {
    let order = find(tx, id)?.ok_or(Failure::Refused(Refusal::UnknownOrder))?;
    cancel_in(tx, shop, order, CancelledBy::Maker, reason, at)
}

fn cancel_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    mut order: KeptOrder,
    by: CancelledBy,
    reason: &str,
    at: Instant,
) -> Outcome<(), Refusal> {
    let reason: Line<500> =
        Line::parse(reason).map_err(|_| Failure::Refused(TextProblem::CancelReason.into()))?;
    if order.stage != OrderStage::Taken {
        return Err(Failure::Refused(Refusal::UnknownOrder));
    }
    let hold = stock::hold(tx, order.hold)?.ok_or(Failure::Refused(Refusal::UnknownOrder))?;
    let freed = cancel_hold(&hold, at, &shop.random)
        .map_err(|refusal| Failure::Refused(Refusal::Stock(refusal)))?;
    stock::post(tx, &freed.transfers)?;
    stock::save_hold(tx, &freed.hold)?;
    if let Some(bill) = bill_of(tx, order.id)? {
        credit_in(tx, shop, bill, reason.as_str(), at)?;
    }
    order.stage = OrderStage::Cancelled;
    order.cancelled = Some(Cancellation { by, on: at.date(), reason: reason.to_string() });
    save_order(tx, &order)?;
    write_down_in(tx, shop, Happened::reseller_cancelled(&order), at)?;
    Ok(())
}
