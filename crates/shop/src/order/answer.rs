//! A provider's answer arrives, at once or later: the hold becomes a sale and there is an order,
//! or the money goes back.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::{HoldId, PaymentId};
use kontor_domain::order::{CheckoutEvent, CheckoutState, checkout_step};
use kontor_domain::payment::{
    ANSWERS_LATE_AFTER_S, HoldState, PaymentEvent, PaymentState, ProviderAnswer, SecondStep,
    Settlement, payment_step, settle, test_second_step,
};
use kontor_store::order::{
    Checkout, checkout as load, checkout_ahead, get as load_order, save_checkout,
};
use kontor_store::payment::{self as payments, Payment};
use kontor_store::sale::batch;
use kontor_store::sale::lot::LotNumber;
use kontor_store::{StoreError, Tx, cart as carts, fact, hook, stock};

use super::asking::{Answering, Heard, has_second_step, remember};
use super::begin::judge_lines;
use super::beta::may_buy_in;
use super::deposit::credit_in;
use super::jobs::{queue_ask, queue_give_back};
use super::pay::PayAnswer;
use super::place::{Placing, place_in};
use super::refusal::Refusal;
use super::sale::{claim_of, claim_of_hold, hold_again_in, may_pay_in, recheck_in, reserve_again};
use crate::core::{Failure, Outcome, Refuse, Shop};
use crate::stock::{give_back, hold_lines};

/// Writes a provider's answer down. The same answer twice changes nothing.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn answer(
    shop: &Arc<Shop>,
    payment: PaymentId,
    answer: ProviderAnswer,
) -> Outcome<PayAnswer, Refusal> {
    answer_with(shop, Answering { payment, checkout: None, answer, once: None }).await
}

/// The buyer has confirmed or refused on the test provider's page.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn second_step(
    shop: &Arc<Shop>,
    payment: PaymentId,
    step: SecondStep,
) -> Outcome<PayAnswer, Refusal> {
    has_second_step(shop, payment).await?;
    answer(shop, payment, test_second_step(payment, step)).await
}

pub(super) async fn answer_with(
    shop: &Arc<Shop>,
    answering: Answering,
) -> Outcome<PayAnswer, Refusal> {
    match write_down(shop, answering.clone(), Late::Ask).await? {
        Written::Done(answer) => Ok(answer),
        Written::Late { lot, number } => {
            // Outside: the lot decides, in its own transaction, whether anything is free.
            let late = match reserve_again(shop, lot, number, answering.payment).await? {
                Some(fresh) => Late::Reserved(fresh),
                None => Late::Gone,
            };
            match write_down(shop, answering, late).await? {
                Written::Done(answer) => Ok(answer),
                Written::Late { .. } => Err(Failure::Fault(StoreError::Overloaded)),
            }
        }
    }
}

/// What is known of units that were taken in a sale and whose hold has ended before the money came.
#[derive(Clone, Copy, Debug)]
enum Late {
    /// Nobody has asked the lot yet.
    Ask,
    /// They were taken again, as this claim.
    Reserved((LotNumber, u32)),
    /// They are promised to others.
    Gone,
}

/// What writing an answer down came to.
#[derive(Debug)]
enum Written {
    Done(PayAnswer),
    /// Nothing was written: the lot has to be asked whether the units are free.
    Late {
        lot: LotNumber,
        number: u32,
    },
}

async fn write_down(
    shop: &Arc<Shop>,
    answering: Answering,
    late: Late,
) -> Outcome<Written, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("order.answer", move |tx| {
            payments::get_ahead(tx, answering.payment)?;
            fact::versions_ahead(tx)?;
            hook::emit_ahead(tx)?;
            if let Some(checkout) = answering.checkout {
                checkout_ahead(tx, checkout)?;
                if let Some((lot, number)) = claim_of(checkout) {
                    batch::claim_ahead(tx, lot, number)?;
                    stock::hold_ahead(tx, HoldId::from_bytes(*checkout.bytes()))?;
                }
            }
            let Heard { payment, before, goes_back, once } = answering.hear_in(tx)?;
            let checkout =
                load(tx, payment.checkout)?.ok_or(Failure::Refused(Refusal::UnknownCheckout))?;
            let answer = if goes_back {
                // It had been given up; now the money is there and goes back.
                payments::save(tx, &payment)?;
                queue_give_back(tx, &own, payment.id, at)?;
                PayAnswer::Gone
            } else if before.is_open() {
                match decide(tx, &own, checkout, payment, &answering.answer, late, at)? {
                    Written::Done(answer) => answer,
                    late @ Written::Late { .. } => return Ok(late),
                }
            } else {
                standing(tx, &checkout, &payment)?
            };
            remember(tx, once.as_ref(), &answer, at)?;
            Ok(Written::Done(answer))
        })
        .await
}

/// The answer to a repetition: how it came out the first time.
fn standing(
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    payment: &Payment,
) -> Outcome<PayAnswer, Refusal> {
    if let Some(order) = checkout.order
        && let Some(placed) = load_order(tx, order)?
    {
        return Ok(PayAnswer::Placed { order, number: placed.order.number.to_string() });
    }
    Ok(match payment.state {
        PaymentState::Failed => PayAnswer::Declined { code: "payment.declined".to_owned() },
        _ => PayAnswer::Gone,
    })
}

/// The first final answer decides.
fn decide(
    tx: &mut Tx<'_>,
    shop: &Arc<Shop>,
    mut checkout: Checkout,
    payment: Payment,
    answer: &ProviderAnswer,
    late: Late,
    at: Instant,
) -> Outcome<Written, Refusal> {
    let id = payment.id;
    stock::hold_ahead(tx, checkout.hold)?;
    if claim_of(checkout.id).is_none() {
        carts::get_ahead(tx, checkout.cart)?;
    }
    let held = held_state(tx, checkout.hold)?;
    match settle(answer, held, at) {
        Settlement::Wait => {
            let event = match answer {
                ProviderAnswer::NeedsAction { .. } => CheckoutEvent::ActionNeeded,
                _ => CheckoutEvent::Pending,
            };
            advance(&mut checkout, event)?;
            payments::save(tx, &payment)?;
            save_checkout(tx, &checkout)?;
            Ok(Written::Done(match answer {
                ProviderAnswer::NeedsAction { path } => {
                    PayAnswer::NeedsAction { payment: id, path: path.clone() }
                }
                _ => {
                    queue_ask(tx, shop, id, at.plus_seconds(ANSWERS_LATE_AFTER_S))?;
                    PayAnswer::Pending { payment: id }
                }
            }))
        }
        Settlement::Fail => {
            advance(&mut checkout, CheckoutEvent::PaymentFailed)?;
            payments::save(tx, &payment)?;
            save_checkout(tx, &checkout)?;
            let code = match answer {
                ProviderAnswer::Declined { code } => code.clone(),
                _ => "payment.declined".to_owned(),
            };
            Ok(Written::Done(PayAnswer::Declined { code }))
        }
        Settlement::Claim => claim_or_void(tx, shop, checkout, payment, at).map(Written::Done),
        Settlement::ReserveAgainThenClaim if claim_of_hold(checkout.hold).is_some() => {
            let Some((lot, number)) = claim_of_hold(checkout.hold) else {
                return void(tx, shop, checkout, payment, at).map(Written::Done);
            };
            match late {
                Late::Ask => Ok(Written::Late { lot, number }),
                Late::Gone => void(tx, shop, checkout, payment, at).map(Written::Done),
                Late::Reserved((lot, number)) => {
                    if !hold_again_in(tx, shop, &mut checkout, lot, number, at)? {
                        return void(tx, shop, checkout, payment, at).map(Written::Done);
                    }
                    claim_or_void(tx, shop, checkout, payment, at).map(Written::Done)
                }
            }
        }
        Settlement::ReserveAgainThenClaim => {
            let market = checkout.market;
            let lines = checkout.draft.lines.clone();
            let wanted = lines.iter().map(|line| (&line.sku, line.quantity));
            let fresh = HoldId::new(at, &shop.random);
            let hold_s = shop.policy.hold_s;
            match hold_lines(tx, fresh, market, wanted, hold_s, at, &shop.random) {
                Ok(hold) => {
                    checkout.hold = hold.id;
                    checkout.expires_at = hold.expires_at;
                    claim_or_void(tx, shop, checkout, payment, at).map(Written::Done)
                }
                Err(Failure::Refused(_gone)) => {
                    void(tx, shop, checkout, payment, at).map(Written::Done)
                }
                Err(other) => Err(other.map(Refusal::Stock)),
            }
        }
        Settlement::VoidBecauseGone | Settlement::AlreadyDone => {
            void(tx, shop, checkout, payment, at).map(Written::Done)
        }
    }
}

fn held_state(tx: &mut Tx<'_>, hold: HoldId) -> Result<HoldState, StoreError> {
    Ok(match stock::hold(tx, hold)? {
        Some(hold) => match hold.state {
            kontor_ledger::HoldState::Active => HoldState::Active { until: hold.expires_at },
            kontor_ledger::HoldState::Claimed => HoldState::Claimed,
            _ => HoldState::Ended,
        },
        None => HoldState::Ended,
    })
}

fn advance(checkout: &mut Checkout, event: CheckoutEvent) -> Outcome<(), Refusal> {
    checkout.state = checkout_step(checkout.state, event).refuse()?;
    Ok(())
}

/// The money is there and the goods are held. They are sold if they may still be sold *now*: a
/// clearance can be withdrawn while somebody stands at the bank.
fn claim_or_void(
    tx: &mut Tx<'_>,
    shop: &Arc<Shop>,
    checkout: Checkout,
    payment: Payment,
    at: Instant,
) -> Outcome<PayAnswer, Refusal> {
    let known = shop.snapshots.current_in(tx, at)?;
    let market = known.market(checkout.market).ok_or(Failure::Refused(Refusal::UnknownMarket))?;
    let ship_to = checkout.draft.ship_to.as_ref().map(|address| address.country);
    if judge_lines(&known, market, &checkout.draft.lines, ship_to, at).is_err() {
        return void(tx, shop, checkout, payment, at);
    }
    // Somebody of the same household may have bought meanwhile, or the same person in another window.
    let may = match may_pay_in(tx, shop, &checkout) {
        Ok(()) => may_buy_in(tx, shop, &known, &checkout),
        refused => refused,
    };
    match may {
        Ok(()) => {}
        Err(Failure::Refused(_)) => return void(tx, shop, checkout, payment, at),
        Err(other) => return Err(other),
    }
    if !is_paid_in_full(tx, &checkout, &payment)? {
        return void(tx, shop, checkout, payment, at);
    }
    place_in(tx, shop, &known, Placing { checkout, payment, at })
}

/// Whether the payment and the deposit that was reckoned with make the total: the deposit may have gone
/// back while somebody stood at the bank.
fn is_paid_in_full(
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    payment: &Payment,
) -> Result<bool, StoreError> {
    let Some(quote) = &checkout.draft.quote else { return Ok(true) };
    let total = quote.totals.total;
    let credit = credit_in(tx, checkout.id, total)?.map_or(0, |(_, amount)| amount.minor);
    Ok(payment.amount.minor + credit == total.minor)
}

/// The money goes back and the goods, if any are held, to the shelf.
fn void(
    tx: &mut Tx<'_>,
    shop: &Arc<Shop>,
    mut checkout: Checkout,
    mut payment: Payment,
    at: Instant,
) -> Outcome<PayAnswer, Refusal> {
    payment.state = payment_step(payment.state, PaymentEvent::Voided).refuse()?.to;
    give_back(tx, checkout.hold, at, &shop.random)?;
    recheck_in(tx, checkout.hold)?;
    if !matches!(checkout.state, CheckoutState::Expired | CheckoutState::Forgotten) {
        advance(&mut checkout, CheckoutEvent::Gone)?;
    }
    payments::save(tx, &payment)?;
    save_checkout(tx, &checkout)?;
    queue_give_back(tx, shop, payment.id, at)?;
    Ok(PayAnswer::Gone)
}
