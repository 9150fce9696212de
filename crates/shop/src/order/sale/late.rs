//! Money that comes after the hold of a claim has ended: the units are asked for again, from the
//! lot and not from the stock, because what lies there free may be promised to live claims.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::{HoldId, PaymentId};
use kontor_store::order::Checkout;
use kontor_store::sale::lot::LotNumber;
use kontor_store::{StoreError, Tx, stock};

use super::super::refusal::Refusal;
use super::check_out::hold_in;
use super::recheck_in;
use crate::core::{Failure, Outcome, Shop, claim_bytes};
use crate::sale::{AgainRefusal, take_again};
use crate::stock::end_if_due;

/// Asks the lot for the units once more; none when they are promised to others or the sale is over.
pub(in super::super) async fn reserve_again(
    shop: &Arc<Shop>,
    lot: LotNumber,
    number: u32,
    payment: PaymentId,
) -> Outcome<Option<(LotNumber, u32)>, Refusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .write("order.end_late", move |tx| {
            let hold = HoldId::from_bytes(claim_bytes(lot, number));
            end_if_due(tx, hold, at, &own.random)?;
            recheck_in(tx, hold)
        })
        .await
        .map_err(Failure::Fault)?;
    match take_again(shop, lot, number, &format!("late-{payment}")).await {
        Ok(fresh) => Ok(Some(fresh)),
        Err(AgainRefusal::Gone) => Ok(None),
        // The payment stays open: its keeper asks the provider, and then the lot, again.
        Err(AgainRefusal::Later) => Err(Failure::Fault(StoreError::Overloaded)),
        Err(AgainRefusal::Fault(fault)) => Err(Failure::Fault(fault)),
    }
}

/// Holds the units of the new claim for the old checkout; gives whether they could be had.
pub(in super::super) fn hold_again_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    checkout: &mut Checkout,
    lot: LotNumber,
    number: u32,
    at: Instant,
) -> Outcome<bool, Refusal> {
    let id = HoldId::from_bytes(claim_bytes(lot, number));
    if let Some(known) = stock::hold(tx, id)? {
        // From before a crash.
        (checkout.hold, checkout.expires_at) = (known.id, known.expires_at);
        return Ok(known.state == kontor_ledger::HoldState::Active && at < known.expires_at);
    }
    match hold_in(tx, shop, lot, number, at) {
        Ok(Some(held)) => {
            (checkout.hold, checkout.expires_at) = (held.hold, held.expires_at);
            Ok(true)
        }
        Ok(None) | Err(Failure::Refused(_)) => Ok(false),
        Err(other) => Err(other),
    }
}
