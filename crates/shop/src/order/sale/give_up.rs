//! Gives a claim's units up: the first in line gets them.

use std::sync::Arc;

use kontor_base::id::CheckoutId;
use kontor_domain::order::{CheckoutEvent, checkout_step};
use kontor_ledger::sale::{ClaimState, Command, Refusal as LotRefusal};
use kontor_store::order::{checkout as load, save_checkout};
use kontor_store::sale::batch;
use kontor_store::sale::lot::LotNumber;

use super::super::refusal::Refusal;
use super::recheck_in;
use super::tell::tell;
use crate::core::{Failure, Outcome, Refuse, Shop, claim_bytes};
use crate::sale::{OwnerRefusal, SaleRefusal};
use crate::stock::give_back;

/// A claim whose units came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// It had been given up before, or its time was over already.
    pub before: bool,
}

/// Gives a claim's units up, before or during its checkout. Twice is once.
///
/// # Errors
///
/// A [`Refusal`]: a claim that is being paid at this moment or has become an order is not given up
/// here. Or a fault of the store.
pub async fn give_up_claim(
    shop: &Arc<Shop>,
    lot: LotNumber,
    number: u32,
) -> Outcome<GivenUp, Refusal> {
    let read = shop.db.read("order.claim", move |tx| batch::claim(tx, lot, number)).await;
    let claim = read
        .map_err(Failure::Fault)?
        .ok_or(Failure::Refused(Refusal::Sale(SaleRefusal::UnknownClaim)))?;
    match claim.state {
        ClaimState::Released | ClaimState::Expired => return Ok(GivenUp { before: true }),
        ClaimState::Held => {
            let refused = |refusal: SaleRefusal| Failure::Refused(Refusal::Sale(refusal));
            let owner = shop.sales.owner(lot).ok_or_else(|| refused(SaleRefusal::Elsewhere))?;
            match owner.ask(Command::GiveUp(number)).await {
                Ok(_) => return Ok(GivenUp { before: false }),
                // It has begun to be paid meanwhile, or its time has ended: both are looked at below.
                Err(OwnerRefusal::Refused(LotRefusal::Settled(_))) => {}
                Err(refusal) => return Err(refused(refusal.into())),
            }
        }
        ClaimState::Checkout | ClaimState::Sold => {}
    }
    end_checkout(shop, lot, number).await?;
    tell(shop, lot).await.map_err(Failure::Fault)?;
    Ok(GivenUp { before: false })
}

/// Ends the checkout of a claim that nobody is paying.
async fn end_checkout(shop: &Arc<Shop>, lot: LotNumber, number: u32) -> Outcome<(), Refusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .write("order.give_up_claim", move |tx| {
            let id = CheckoutId::from_bytes(claim_bytes(lot, number));
            let Some(mut checkout) = load(tx, id)? else {
                // The lot has let go of it, and the books do not have it yet: a moment more.
                return Err(Failure::Refused(Refusal::Sale(SaleRefusal::Elsewhere)));
            };
            checkout.state = checkout_step(checkout.state, CheckoutEvent::HoldEnded).refuse()?;
            give_back(tx, checkout.hold, at, &own.random)?;
            recheck_in(tx, checkout.hold)?;
            save_checkout(tx, &checkout)?;
            Ok(())
        })
        .await
}
