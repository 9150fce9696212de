//! A provider's answer about a deposit arrives, at once or later: the money is collected and there is
//! a place, or it goes back.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::PaymentId;
use kontor_domain::payment::{
    ANSWERS_LATE_AFTER_S, CaptureAnswer, PaymentEvent, PaymentState, ProviderAnswer, SecondStep,
    payment_step, test_second_step,
};
use kontor_domain::sale::{DepositEvent, DepositState, deposit_step};
use kontor_ledger::posting::deposit::post_deposit;
use kontor_store::customer::contact;
use kontor_store::payment::{self as payments, Payment};
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::{Tx, money};

use super::super::asking::{Answering, Heard, has_second_step, remember};
use super::super::jobs::{provider_key, queue_ask, queue_capture, queue_give_back};
use super::super::place::reference;
use super::super::refusal::Refusal;
use super::give_back::{Back, give_back_in};
use super::pay::DepositAnswer;
use super::{of_payment, wish_of};
use crate::core::{Failure, Once, Outcome, Refuse, Shop};
use crate::mail::{Cause, Kind, queue_in as queue_letter};
use crate::payment::capture;
use crate::sale::{MayEnter, SaleRefusal, enter_in, may_enter_in};

/// Hears a provider's answer about the payment of a deposit.
pub(in super::super) async fn hear(
    shop: &Arc<Shop>,
    payment: PaymentId,
    answer: ProviderAnswer,
) -> Outcome<DepositAnswer, Refusal> {
    answer_with(shop, Answering { payment, checkout: None, answer, once: None }).await
}

/// Whoever pays a deposit has confirmed or refused on the test provider's page.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn deposit_second_step(
    shop: &Arc<Shop>,
    payment: PaymentId,
    step: SecondStep,
) -> Outcome<DepositAnswer, Refusal> {
    has_second_step(shop, payment).await?;
    hear(shop, payment, test_second_step(payment, step)).await
}

/// What writing an answer down came to.
enum Written {
    Done(DepositAnswer),
    /// The money is blocked: it is to be collected.
    Collect(Payment),
}

pub(super) async fn answer_with(
    shop: &Arc<Shop>,
    answering: Answering,
) -> Outcome<DepositAnswer, Refusal> {
    let (id, once) = (answering.payment, answering.once);
    let payment = match write_down(shop, answering).await? {
        Written::Done(answer) => return Ok(answer),
        Written::Collect(payment) => payment,
    };
    // At once, so that nobody waits for their place; the job is there for when this ends here.
    let collected = capture(payment.provider, payment.scenario, 1).await;
    if let CaptureAnswer::Failed { code } = collected {
        tracing::info!(payment = %id, reason = code, "a deposit is collected later");
        return Ok(DepositAnswer::Pending { payment: id });
    }
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .write("order.capture_deposit", move |tx| {
            let payment =
                payments::get(tx, id)?.ok_or(Failure::Refused(Refusal::UnknownPayment))?;
            let kept = payment.request.map(|(request, body)| Once { request, body });
            let answer = captured_in(tx, &own, payment, at)?;
            remember(tx, once.or(kept).as_ref(), &answer, at)?;
            Ok(answer)
        })
        .await
}

async fn write_down(shop: &Arc<Shop>, answering: Answering) -> Outcome<Written, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("order.answer_deposit", move |tx| {
            let Heard { payment, before, goes_back, once } = answering.hear_in(tx)?;
            let deposit = of_payment(tx, &payment)?.ok_or_else(unknown)?;
            let answer = if goes_back {
                // It had been given up; now the money is there and goes back.
                payments::save(tx, &payment)?;
                queue_give_back(tx, &own, payment.id, at)?;
                DepositAnswer::Gone
            } else if !before.is_open() {
                if payment.state == PaymentState::Authorised {
                    return Ok(Written::Collect(payment));
                }
                standing(&deposit, &payment)
            } else {
                match decide(tx, &own, deposit, payment, &answering.answer, at)? {
                    Written::Done(answer) => answer,
                    collect @ Written::Collect(_) => return Ok(collect),
                }
            };
            remember(tx, once.as_ref(), &answer, at)?;
            Ok(Written::Done(answer))
        })
        .await
}

fn unknown() -> Failure<Refusal> {
    Failure::Refused(Refusal::Sale(SaleRefusal::UnknownDeposit))
}

/// The answer to a repetition: how the payment came out the first time.
fn standing(deposit: &KeptDeposit, payment: &Payment) -> DepositAnswer {
    let own = deposit.payment == Some(payment.id);
    match (own, deposit.state, deposit.entry, payment.state) {
        (true, DepositState::Held | DepositState::Applied, Some(entry), _) => {
            DepositAnswer::Entered { entry }
        }
        (_, _, _, PaymentState::Failed) => {
            DepositAnswer::Declined { code: "payment.declined".to_owned() }
        }
        _ => DepositAnswer::Gone,
    }
}

/// The first final answer decides.
fn decide(
    tx: &mut Tx<'_>,
    shop: &Shop,
    mut deposit: KeptDeposit,
    mut payment: Payment,
    answer: &ProviderAnswer,
    at: Instant,
) -> Outcome<Written, Refusal> {
    let id = payment.id;
    let answer = match answer {
        ProviderAnswer::Authorised { .. } if is_free(tx, shop, &deposit, at)?.is_some() => {
            payments::save(tx, &payment)?;
            queue_capture(tx, shop, id, at)?;
            return Ok(Written::Collect(payment));
        }
        ProviderAnswer::Authorised { .. } => {
            payment.state = payment_step(payment.state, PaymentEvent::Voided).refuse()?.to;
            fail(tx, &mut deposit, at)?;
            queue_give_back(tx, shop, id, at)?;
            DepositAnswer::Gone
        }
        ProviderAnswer::NeedsAction { path } => {
            DepositAnswer::NeedsAction { payment: id, path: path.clone() }
        }
        ProviderAnswer::Pending => {
            queue_ask(tx, shop, id, at.plus_seconds(ANSWERS_LATE_AFTER_S))?;
            DepositAnswer::Pending { payment: id }
        }
        ProviderAnswer::Declined { code } => {
            fail(tx, &mut deposit, at)?;
            DepositAnswer::Declined { code: code.clone() }
        }
    };
    payments::save(tx, &payment)?;
    Ok(Written::Done(answer))
}

fn fail(tx: &mut Tx<'_>, deposit: &mut KeptDeposit, at: Instant) -> Outcome<(), Refusal> {
    deposit.state = deposit_step(deposit.state, DepositEvent::Fail)
        .map_err(|refusal| Failure::Refused(Refusal::Sale(refusal.into())))?;
    deposit.changed_at = at;
    deposits::save(tx, deposit)?;
    Ok(())
}

/// Whether the place can be had now by whoever pays; none: no more.
fn is_free(
    tx: &mut Tx<'_>,
    shop: &Shop,
    deposit: &KeptDeposit,
    at: Instant,
) -> Outcome<Option<MayEnter>, Refusal> {
    let Some(wish) = wish_of(deposit) else { return Ok(None) };
    match may_enter_in(tx, shop, &wish, at) {
        Ok(free) => Ok(Some(free).filter(|free| free.before.is_none())),
        Err(Failure::Refused(_)) => Ok(None),
        Err(other) => Err(other.map(Refusal::Sale)),
    }
}

/// Books a deposit that the provider has collected, once, and makes the place. Where it cannot be had
/// any more, the money goes back in the same transaction.
pub(in super::super) fn captured_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    mut payment: Payment,
    at: Instant,
) -> Outcome<DepositAnswer, Refusal> {
    let mut deposit = of_payment(tx, &payment)?.ok_or_else(unknown)?;
    if payment.state != PaymentState::Authorised {
        return Ok(standing(&deposit, &payment));
    }
    payment.state = payment_step(payment.state, PaymentEvent::Captured).refuse()?.to;
    payment.captured_minor = payment.amount.minor;
    let name = payment.reference.clone().unwrap_or_else(|| payment.id.to_string());
    let provider = provider_key(payment.provider);
    let text = reference(&name);
    let taken = post_deposit(deposit.id, &provider, payment.amount, at, &text, &shop.random);
    money::post(tx, &[taken.refuse()?])?;
    payments::save(tx, &payment)?;
    deposit.paid_at = Some(at);
    if let Some(email) = &deposit.wanted.email {
        // Whoever has paid is a customer, and is found and erased as one.
        contact::note(tx, shop.keys.customer(email), &email.normalised(), at)?;
    }
    let (Some(free), Some(wish)) = (is_free(tx, shop, &deposit, at)?, wish_of(&deposit)) else {
        give_back_in(tx, shop, &mut deposit, Back::NoPlace, at)?;
        return Ok(DepositAnswer::Gone);
    };
    let entered = enter_in(tx, shop, &wish, &free, at).map_err(|f| f.map(Refusal::Sale))?;
    deposit.state = deposit_step(deposit.state, DepositEvent::Capture)
        .map_err(|refusal| Failure::Refused(Refusal::Sale(refusal.into())))?;
    deposit.entry = Some(entered.entry);
    deposit.changed_at = at;
    deposits::save(tx, &deposit)?;
    queue_letter(tx, shop, Cause::Deposit(Kind::DepositPaid, deposit.id, deposit.amount), at)?;
    Ok(DepositAnswer::Entered { entry: entered.entry })
}
