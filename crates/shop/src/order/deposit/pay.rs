//! Pays a deposit: writes down what was agreed, asks the provider *outside* of every transaction,
//! and hands the answer on.

use std::sync::Arc;

use kontor_base::id::{CheckoutId, DepositId, EntryId, PaymentId};
use kontor_base::{Instant, Money};
use kontor_domain::payment::{AuthoriseRequest, ProviderKind, TestScenario};
use kontor_domain::sale::{DepositEvent, DepositState, deposit_step};
use kontor_store::Tx;
use kontor_store::payment as payments;
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use serde::{Deserialize, Serialize};

use super::super::asking::{Answering, Question, ask, asked_before};
use super::super::refusal::Refusal;
use super::answer::answer_with;
use super::wish_of;
use crate::core::{Failure, Once, Outcome, Replayed, Shop, answered_before};
use crate::payment::{authorise, offered};
use crate::sale::{MayEnter, SaleRefusal, may_enter_in};

/// A wish to pay a deposit.
#[derive(Clone, Debug)]
pub struct PayDeposit {
    /// The deposit.
    pub deposit: DepositId,
    /// The amount that was seen and agreed to.
    pub amount_seen: Money,
    /// How to pay.
    pub provider: ProviderKind,
    /// What the test provider shall play.
    pub scenario: TestScenario,
    /// The identity of the request.
    pub once: Option<Once>,
}

/// How the payment of a deposit came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum DepositAnswer {
    /// The deposit is paid, and there is a place.
    Entered {
        /// The entry.
        entry: EntryId,
    },
    /// The buyer has to do something at the provider first.
    NeedsAction {
        /// The payment.
        payment: PaymentId,
        /// Where: a path of this site.
        path: String,
    },
    /// The provider answers later, or the money could not be collected yet. There is no place before.
    Pending {
        /// The payment.
        payment: PaymentId,
    },
    /// The provider said no. Nothing was charged.
    Declined {
        /// The provider's reason.
        code: String,
    },
    /// The place could not be had any more when the money came; it goes back.
    Gone,
}

enum Begun {
    Replayed(DepositAnswer),
    Ask(AuthoriseRequest),
}

/// Pays a deposit. The place in line is made when the money is collected.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn pay_deposit(
    shop: &Arc<Shop>,
    command: PayDeposit,
) -> Outcome<Replayed<DepositAnswer>, Refusal> {
    // A transfer takes days, and the place is that of the payment.
    let too_slow = command.provider == ProviderKind::BankTransfer;
    if too_slow || !offered(&shop.policy).contains(&command.provider) {
        return Err(Failure::Refused(Refusal::NotOffered));
    }
    let (provider, once) = (command.provider, command.once);
    match write_down(shop, command).await? {
        Begun::Replayed(answer) => Ok(Replayed { answer, replayed: true }),
        Begun::Ask(request) => {
            // Outside: no transaction is open, and nothing stands behind this.
            let answer = authorise(provider, &request).await;
            let answering = Answering { payment: request.payment, checkout: None, answer, once };
            let answer = answer_with(shop, answering).await?;
            Ok(Replayed { answer, replayed: false })
        }
    }
}

async fn write_down(shop: &Arc<Shop>, command: PayDeposit) -> Outcome<Begun, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("order.pay_deposit", move |tx| {
            if let Some(answer) = answered_before(tx, command.once.as_ref())? {
                return Ok(Begun::Replayed(answer));
            }
            let mut deposit =
                deposits::get(tx, command.deposit)?.ok_or_else(|| refused(unknown()))?;
            let paying = deposit.payment.filter(|_| deposit.state == DepositState::Paying);
            if let Some(request) = asked_before(tx, paying, command.once.as_ref())? {
                return Ok(Begun::Ask(request));
            }
            deposit.state = deposit_step(deposit.state, DepositEvent::Pay)
                .map_err(|refusal| refused(refusal.into()))?;
            may_pay_in(tx, &own, &deposit, command.amount_seen, at)?;
            let question = Question {
                of: CheckoutId::from_bytes(*deposit.id.bytes()),
                amount: deposit.amount,
                provider: command.provider,
                scenario: command.scenario,
                once: command.once,
            };
            let payment = question.begin(&own, at)?;
            deposit.payment = Some(payment.id);
            deposit.changed_at = at;
            payments::save(tx, &payment)?;
            deposits::save(tx, &deposit)?;
            Ok(Begun::Ask(ask(&payment)))
        })
        .await
}

fn unknown() -> SaleRefusal {
    SaleRefusal::UnknownDeposit
}

fn refused(refusal: SaleRefusal) -> Failure<Refusal> {
    Failure::Refused(Refusal::Sale(refusal))
}

/// The place must be free for this person, at the amount that was seen, and nobody may be paying for
/// another one for them.
fn may_pay_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    deposit: &KeptDeposit,
    amount_seen: Money,
    at: Instant,
) -> Outcome<(), Refusal> {
    let wish = wish_of(deposit).ok_or_else(|| refused(unknown()))?;
    let free = may_enter_in(tx, shop, &wish, at).map_err(|failure| failure.map(Refusal::Sale))?;
    if let MayEnter { before: Some(_), .. } = free {
        return Err(refused(SaleRefusal::PlacePaid));
    }
    if amount_seen != deposit.amount || free.deposit != Some(deposit.amount) {
        return Err(refused(SaleRefusal::DepositChanged));
    }
    let others = deposits::of_person(tx, &deposit.person)?;
    let paying = others.iter().find(|other| {
        other.sale == deposit.sale && other.id != deposit.id && other.state == DepositState::Paying
    });
    match paying {
        Some(_) => Err(refused(SaleRefusal::BeingPaid)),
        None => Ok(()),
    }
}
