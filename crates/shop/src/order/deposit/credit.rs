//! A deposit and the order that it goes towards.

use kontor_base::id::{CheckoutId, EntryId, RefundId};
use kontor_base::{Instant, Money};
use kontor_domain::order::{Order, PaidDeposit};
use kontor_domain::sale::{DepositEvent, DepositState, credited_minor, deposit_step};
use kontor_ledger::OrderStanding;
use kontor_ledger::posting::deposit::{post_apply, post_unapply};
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::{StoreError, Tx, money};

use super::super::place::reference;
use super::super::refusal::Refusal;
use super::super::sale::claim_of;
use super::give_back::{Back, send_back_in, standing_in};
use crate::core::{Failure, Outcome, Refuse, Shop};
use crate::sale::{SaleRefusal, own_claim};

/// The place that a checkout's units were taken on, if it costs a deposit.
fn place_of(tx: &mut Tx<'_>, checkout: CheckoutId) -> Result<Option<EntryId>, StoreError> {
    let Some((lot, number)) = claim_of(checkout) else { return Ok(None) };
    let claim = own_claim(tx, lot, number)?.filter(|claim| claim.deposit.is_some());
    Ok(claim.map(|claim| claim.entry))
}

/// Whether the place of a checkout's units stands: where it costs a deposit, that must not have gone
/// back. Notes the checkout with the deposit, so that leaving the line can ask whether it is being
/// paid.
pub(in super::super) fn stands_in(
    tx: &mut Tx<'_>,
    checkout: CheckoutId,
    at: Instant,
) -> Outcome<(), Refusal> {
    let Some(place) = place_of(tx, checkout)? else { return Ok(()) };
    match deposits::of_entry(tx, place)? {
        Some(mut held) if held.state == DepositState::Held => {
            if held.checkout != Some(checkout) {
                held.checkout = Some(checkout);
                held.changed_at = at;
                deposits::save(tx, &held)?;
            }
            Ok(())
        }
        Some(applied) if applied.state == DepositState::Applied => Ok(()),
        _ => Err(Failure::Refused(Refusal::Sale(SaleRefusal::DepositMissing))),
    }
}

/// The deposit that will go towards a checkout's order, and when it was paid.
pub(in super::super) fn deposit_for(
    tx: &mut Tx<'_>,
    checkout: CheckoutId,
) -> Result<Option<(Money, Instant)>, StoreError> {
    let Some(place) = place_of(tx, checkout)? else { return Ok(None) };
    let deposit = deposits::of_entry(tx, place)?;
    let held = deposit.filter(|deposit| deposit.state == DepositState::Held);
    Ok(held.map(|held| (held.amount, held.paid_at.unwrap_or(held.began_at))))
}

/// The deposit that goes towards an order of this total, and how much of it; none where there is none
/// or it went towards an order before.
pub(in super::super) fn credit_in(
    tx: &mut Tx<'_>,
    checkout: CheckoutId,
    total: Money,
) -> Result<Option<(KeptDeposit, Money)>, StoreError> {
    let Some(place) = place_of(tx, checkout)? else { return Ok(None) };
    let deposit = deposits::of_entry(tx, place)?;
    let held = deposit.filter(|deposit| deposit.state == DepositState::Held);
    Ok(held.filter(|held| held.amount.currency == total.currency).map(|held| {
        let minor = credited_minor(held.amount.minor, total.minor);
        (held, Money::new(minor, total.currency))
    }))
}

/// Books a deposit towards an order that has just been sold; what is left over goes back.
pub(in super::super) fn apply_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    mut deposit: KeptDeposit,
    order: &Order,
    amount: Money,
    at: Instant,
) -> Outcome<(), Refusal> {
    if amount.minor > 0 {
        let transfers = money::of_order(tx, order.id)?;
        let sold = OrderStanding::read(order.id, amount.currency, &transfers).refuse()?;
        let held = standing_in(tx, &deposit)?;
        let text = reference(order.number.as_str());
        let applied = post_apply(&sold, &held, amount, at, &text, &shop.random);
        money::post(tx, &[applied.refuse()?])?;
    }
    deposit.state = deposit_step(deposit.state, DepositEvent::Apply)
        .map_err(|refusal| Failure::Refused(Refusal::Sale(refusal.into())))?;
    deposit.order = Some(order.id);
    deposit.checkout = Some(order.checkout);
    deposit.applied_minor = amount.minor;
    deposit.changed_at = at;
    deposits::save(tx, &deposit)?;
    let left = standing_in(tx, &deposit)?.held;
    if left.minor > 0 {
        send_back_in(tx, shop, &deposit, left, Back::Order, at)?;
    }
    Ok(())
}

/// Gives `amount` (above zero) of the deposit that went towards an order back to whoever paid it.
pub(in super::super) fn unapply_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    order: &Order,
    paid: &PaidDeposit,
    amount: Money,
    at: Instant,
) -> Outcome<RefundId, Refusal> {
    let mut deposit = deposits::get(tx, paid.deposit)?
        .ok_or(Failure::Refused(Refusal::Sale(SaleRefusal::UnknownDeposit)))?;
    let transfers = money::of_order(tx, order.id)?;
    let standing = OrderStanding::read(order.id, amount.currency, &transfers).refuse()?;
    let text = reference(order.number.as_str());
    let back = post_unapply(&standing, deposit.id, amount, at, &text, &shop.random);
    money::post(tx, &[back.refuse()?])?;
    deposit.applied_minor -= amount.minor;
    deposit.changed_at = at;
    if deposit.applied_minor == 0 {
        deposit.state = deposit_step(deposit.state, DepositEvent::Return)
            .map_err(|refusal| Failure::Refused(Refusal::Sale(refusal.into())))?;
    }
    deposits::save(tx, &deposit)?;
    send_back_in(tx, shop, &deposit, amount, Back::Order, at)
}

/// What of a deposit is with an order and was not given back.
pub(in super::super) fn applied_in(
    tx: &mut Tx<'_>,
    order: &Order,
) -> Result<Option<(PaidDeposit, Money)>, StoreError> {
    let Some(paid) = order.deposit else { return Ok(None) };
    let minor = deposits::get(tx, paid.deposit)?.map_or(0, |deposit| deposit.applied_minor);
    Ok(Some((paid, Money::new(minor, paid.amount.currency))).filter(|_| minor > 0))
}
