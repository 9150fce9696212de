//! The keeper of deposits: gives back what is held although the sale is over or keeps its owner out,
//! ends what nobody goes on with, and forgets what was typed for what came to nothing.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::DepositId;
use kontor_domain::payment::{PaymentEvent, PaymentState, payment_step};
use kontor_domain::sale::{DepositEvent, DepositState, deposit_step};
use kontor_store::payment as payments;
use kontor_store::sale as sales;
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::{StoreError, Tx};

use super::super::refusal::Refusal;
use super::give_back::{Back, give_back_in};
use super::leave::{is_being_paid, vacate_in};
use crate::core::{Failure, Outcome, Refuse, Shop};

/// How many are looked at in one round, for each reason.
const AT_ONCE: i64 = 200;
/// After how long a second step that nobody takes is given up, in seconds.
const ACTION_S: i64 = 30 * 60;
/// For how long a payment that came to nothing may be tried again, in seconds. Then what was typed for it
/// is forgotten: without money there is no customer whom it could belong to.
const AGAIN_S: i64 = 30 * 60;
/// After how long a wish that nobody paid is forgotten, in seconds.
const WISH_S: i64 = 24 * 60 * 60;

/// One round; gives how many deposits went back.
///
/// # Errors
///
/// A fault of the store; what was not done is done in the next round.
pub async fn keep_deposits(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let at = shop.now();
    let [action, again, wish] = [ACTION_S, AGAIN_S, WISH_S].map(|s| at.plus_seconds(-s));
    let (to_return, stale) = shop
        .db
        .read("order.look_at_deposits", move |tx| {
            let mut stale = deposits::in_state(tx, DepositState::Paying, action, AT_ONCE)?;
            stale.extend(deposits::in_state(tx, DepositState::Failed, again, AT_ONCE)?);
            stale.extend(deposits::in_state(tx, DepositState::Open, wish, AT_ONCE)?);
            Ok::<_, StoreError>((deposits::to_return(tx, AT_ONCE)?, stale))
        })
        .await?;
    let mut returned = 0;
    for found in to_return {
        let (own, id) = (Arc::clone(shop), found.id);
        let done = shop.db.write("order.return_deposit", move |tx| return_in(tx, &own, id, at));
        returned += usize::from(went(id, done.await)?.unwrap_or(false));
    }
    for found in stale {
        let id = found.id;
        let done = shop.db.write("order.end_deposit", move |tx| end_in(tx, id, at));
        went(id, done.await)?;
    }
    Ok(returned)
}

/// A refusal stops nobody else's deposit from going back; a person has to look at it.
fn went<T>(id: DepositId, done: Outcome<T, Refusal>) -> Result<Option<T>, StoreError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Failure::Fault(fault)) => Err(fault),
        Err(Failure::Refused(refusal)) => {
            tracing::error!(deposit = %id, reason = refusal.code(), "a deposit cannot go on");
            Ok(None)
        }
        Err(Failure::KeyReused) => Ok(None),
    }
}

/// Gives one back, unless its units are being paid at this moment.
fn return_in(tx: &mut Tx<'_>, shop: &Shop, id: DepositId, at: Instant) -> Outcome<bool, Refusal> {
    let Some(mut deposit) = deposits::get(tx, id)? else { return Ok(false) };
    if deposit.state != DepositState::Held || is_being_paid(tx, &deposit, at)? {
        return Ok(false);
    }
    let over = sales::state(tx, deposit.sale)?.is_none_or(|state| !state.owns_units());
    if over {
        give_back_in(tx, shop, &mut deposit, Back::SaleOver, at)?;
    } else {
        let had_units = deposit.checkout.is_some();
        vacate_in(tx, &mut deposit, had_units)?;
        give_back_in(tx, shop, &mut deposit, Back::KeptOut, at)?;
    }
    Ok(true)
}

/// Ends a second step that nobody takes, and forgets what nobody paid or tries to pay again.
fn end_in(tx: &mut Tx<'_>, id: DepositId, at: Instant) -> Outcome<(), Refusal> {
    let Some(deposit) = deposits::get(tx, id)? else { return Ok(()) };
    match deposit.state {
        DepositState::Open => Ok(deposits::forget(tx, id)?),
        DepositState::Paying => give_up_in(tx, deposit, at),
        DepositState::Failed => lapse_in(tx, deposit, at),
        _ => Ok(()),
    }
}

/// Forgets what was typed for a deposit that came to nothing.
fn lapse_in(tx: &mut Tx<'_>, mut deposit: KeptDeposit, at: Instant) -> Outcome<(), Refusal> {
    deposit.state = deposit_step(deposit.state, DepositEvent::Lapse)
        .map_err(|refusal| Failure::Refused(Refusal::Sale(refusal.into())))?;
    (deposit.wanted.email, deposit.wanted.phone) = (None, None);
    deposit.changed_at = at;
    deposits::save(tx, &deposit)?;
    Ok(())
}

fn give_up_in(tx: &mut Tx<'_>, mut deposit: KeptDeposit, at: Instant) -> Outcome<(), Refusal> {
    let payment = match deposit.payment {
        Some(payment) => payments::get(tx, payment)?,
        None => None,
    };
    // Whose answer is awaited, and what is to be collected, has its own job and keeper.
    let Some(mut payment) = payment.filter(|paid| paid.state == PaymentState::NeedsAction) else {
        return Ok(());
    };
    payment.state = payment_step(payment.state, PaymentEvent::GivenUp).refuse()?.to;
    payments::save(tx, &payment)?;
    deposit.state = deposit_step(deposit.state, DepositEvent::Fail)
        .map_err(|refusal| Failure::Refused(Refusal::Sale(refusal.into())))?;
    deposit.changed_at = at;
    deposits::save(tx, &deposit)?;
    Ok(())
}
