//! What paying for an order and paying a deposit have in common: look for the answer of then → write the
//! question down → ask the provider outside → write its answer down, once.
//!
//! What is agreed before the question, and what an answer leads to, is the business of `pay` and `answer`
//! here and in `deposit`.

use std::sync::Arc;

use kontor_base::id::{CheckoutId, PaymentId};
use kontor_base::{Instant, Money};
use kontor_domain::payment::{
    AuthoriseRequest, GiveBack, PaymentEvent, PaymentState, ProviderAnswer, ProviderKind,
    TestScenario, payment_step,
};
use kontor_store::payment::{self as payments, Payment};
use kontor_store::{StoreError, Tx};
use serde::Serialize;

use super::refusal::Refusal;
use crate::core::{Failure, Once, Outcome, Refuse, Shop, keep_first_answer};

/// What a provider is to be asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    /// The checkout, or the deposit in its place.
    pub(super) of: CheckoutId,
    pub(super) amount: Money,
    pub(super) provider: ProviderKind,
    /// What the test provider shall play.
    pub(super) scenario: TestScenario,
    /// The buyer's request that waits for the answer.
    pub(super) once: Option<Once>,
}

impl Question {
    /// The payment that it begins.
    pub(super) fn begin(self, shop: &Shop, at: Instant) -> Outcome<Payment, Refusal> {
        Ok(Payment {
            id: PaymentId::new(at, &shop.random),
            checkout: self.of,
            provider: self.provider,
            state: payment_step(PaymentState::Created, PaymentEvent::Asked).refuse()?.to,
            amount: self.amount,
            captured_minor: 0,
            refunded_minor: 0,
            reference: None,
            order: None,
            scenario: self.scenario,
            started_at: at,
            request: self.once.map(|once| (once.request, once.body)),
        })
    }
}

/// The question about a payment, as the provider hears it.
pub(super) const fn ask(payment: &Payment) -> AuthoriseRequest {
    AuthoriseRequest {
        payment: payment.id,
        checkout: payment.checkout,
        amount: payment.amount,
        scenario: payment.scenario,
    }
}

/// The question to the provider that this very request has asked before, if its answer never came
/// because the process ended in between. `paying`: the latest payment, while its answer is awaited.
/// Asking again blocks the money once: the provider knows the payment by its id.
pub(super) fn asked_before(
    tx: &mut Tx<'_>,
    paying: Option<PaymentId>,
    once: Option<&Once>,
) -> Outcome<Option<AuthoriseRequest>, Refusal> {
    let (Some(id), Some(once)) = (paying, once) else { return Ok(None) };
    let Some(payment) = payments::get(tx, id)? else { return Ok(None) };
    match payment.request {
        Some((request, body)) if request == once.request => {
            if body == once.body {
                Ok(Some(ask(&payment)))
            } else {
                Err(Failure::KeyReused)
            }
        }
        _ => Ok(None),
    }
}

/// A provider's answer to be written down.
#[derive(Clone, Debug)]
pub(super) struct Answering {
    pub(super) payment: PaymentId,
    /// What is paid for, where the caller knows it: it is read anew all the same.
    pub(super) checkout: Option<CheckoutId>,
    pub(super) answer: ProviderAnswer,
    /// The buyer's request that waits for it, if one does.
    pub(super) once: Option<Once>,
}

/// What an answer did to its payment, before anything follows from it.
pub(super) struct Heard {
    /// The payment as it is now; not yet saved.
    pub(super) payment: Payment,
    /// Where it stood.
    pub(super) before: PaymentState,
    /// Money that was given up is there: it goes back.
    pub(super) goes_back: bool,
    /// The request that hears of it.
    pub(super) once: Option<Once>,
}

impl Answering {
    /// Reads the payment and takes the step that the answer is.
    pub(super) fn hear_in(&self, tx: &mut Tx<'_>) -> Outcome<Heard, Refusal> {
        let mut payment =
            payments::get(tx, self.payment)?.ok_or(Failure::Refused(Refusal::UnknownPayment))?;
        let before = payment.state;
        let step = payment_step(before, event_of(&self.answer)).refuse()?;
        if let ProviderAnswer::Authorised { reference } = &self.answer {
            payment.reference = Some(reference.clone());
        }
        payment.state = step.to;
        let kept = payment.request.map(|(request, body)| Once { request, body });
        let goes_back = step.give_back == GiveBack::AtProvider;
        Ok(Heard { payment, before, goes_back, once: self.once.or(kept) })
    }
}

const fn event_of(answer: &ProviderAnswer) -> PaymentEvent {
    match answer {
        ProviderAnswer::Authorised { .. } => PaymentEvent::Authorised,
        ProviderAnswer::NeedsAction { .. } => PaymentEvent::ActionNeeded,
        ProviderAnswer::Pending => PaymentEvent::Pending,
        ProviderAnswer::Declined { .. } => PaymentEvent::Declined,
    }
}

/// Whether a payment asked for a second step at the test provider; what is over stays as it is.
///
/// # Errors
///
/// [`Refusal::UnknownPayment`] for every other, or a fault of the store.
pub(super) async fn has_second_step(shop: &Arc<Shop>, payment: PaymentId) -> Outcome<(), Refusal> {
    let known = shop.db.read("payment.second_step", move |tx| payments::get(tx, payment)).await;
    let known = known.map_err(Failure::Fault)?;
    let state = known.filter(|known| known.provider == ProviderKind::Test).map(|known| known.state);
    match state {
        Some(PaymentState::Created | PaymentState::Authorising) | None => {
            Err(Failure::Refused(Refusal::UnknownPayment))
        }
        Some(_) => Ok(()),
    }
}

/// Keeps the answer to a request, in the transaction that had its effect; whoever finished the payment
/// first has kept it.
pub(super) fn remember<T: Serialize>(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    answer: &T,
    at: Instant,
) -> Result<(), StoreError> {
    once.map_or(Ok(()), |once| keep_first_answer(tx, once, answer, at))
}
