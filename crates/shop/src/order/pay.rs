//! Pays a checkout: writes down what was agreed, asks the provider *outside* of every transaction,
//! and hands the answer on.

use std::sync::Arc;

use kontor_base::id::{CheckoutId, HoldId, OrderId, PaymentId};
use kontor_base::{Money, limits};
use kontor_domain::customer::{Address, AddressForm, Contact, ContactForm};
use kontor_domain::order::{CheckoutEvent, CheckoutState, QuoteRequest, checkout_step, quote};
use kontor_domain::payment::{AuthoriseRequest, ProviderKind, TestScenario};
use kontor_ledger::hold::extend_once;
use kontor_store::order::{Checkout, checkout as load, checkout_ahead, save_checkout};
use kontor_store::payment as payments;
use kontor_store::sale::batch;
use kontor_store::{Tx, fact, stock};
use serde::{Deserialize, Serialize};

use super::answer::answer_with;
use super::asking::{Answering, Question, ask, asked_before, remember};
use super::begin::{judge_lines, note_refused_cart};
use super::beta::may_buy_in;
use super::deposit::credit_in;
use super::place::{Placing, place_in};
use super::refusal::Refusal;
use super::sale::{claim_of, may_pay_in, note_refusal_of};
use crate::core::{
    Failure, Known, Once, Outcome, Refuse, Replayed, Shop, answered_before, once_ahead,
};
use crate::payment::{authorise, offered};

/// A wish to pay. Not `Debug`: it is made of what somebody typed about themselves.
#[derive(Clone)]
pub struct Pay {
    /// The checkout.
    pub checkout: CheckoutId,
    /// Who buys, as typed.
    pub contact: ContactForm,
    /// Where it goes, as typed.
    pub ship_to: AddressForm,
    /// The total that the buyer has seen and agrees to.
    pub total_seen: Money,
    /// How to pay.
    pub provider: ProviderKind,
    /// What the test provider shall play.
    pub scenario: TestScenario,
    /// The identity of the request.
    pub once: Option<Once>,
}

/// How the payment came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PayAnswer {
    /// There is an order; it is on disk.
    Placed {
        /// The order.
        order: OrderId,
        /// Its number.
        number: String,
    },
    /// The buyer has to do something at the provider first.
    NeedsAction {
        /// The payment.
        payment: PaymentId,
        /// Where: a path of this site.
        path: String,
    },
    /// The provider answers later.
    Pending {
        /// The payment.
        payment: PaymentId,
    },
    /// The provider said no. Nothing was charged, the hold still stands.
    Declined {
        /// The provider's reason.
        code: String,
    },
    /// The goods were gone or may no longer be sold when the money came; it goes back.
    Gone,
}

/// What the first transaction settled.
enum Begun {
    Replayed(PayAnswer),
    /// Placed at once: a bank transfer is awaited by the order itself.
    Placed(PayAnswer),
    Ask(AuthoriseRequest),
}

/// Pays a checkout.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn pay(shop: &Arc<Shop>, command: Pay) -> Outcome<Replayed<PayAnswer>, Refusal> {
    // A transfer takes days, and what is taken in a sale is held for minutes.
    let too_slow =
        command.provider == ProviderKind::BankTransfer && claim_of(command.checkout).is_some();
    if too_slow || !offered(&shop.policy).contains(&command.provider) {
        return Err(Failure::Refused(Refusal::NotOffered));
    }
    let (provider, once, checkout) = (command.provider, command.once, command.checkout);
    let ship_to = command.ship_to.country.trim().parse().ok();
    let begun = match write_down(shop, command).await {
        Err(Failure::Refused(Refusal::Sale(refusal))) => {
            note_refusal_of(shop, checkout, &refusal).await.map_err(Failure::Fault)?;
            return Err(Failure::Refused(Refusal::Sale(refusal)));
        }
        Err(Failure::Refused(Refusal::NotSold { sku, verdict })) => {
            let read = move |tx: &mut Tx<'_>| load(tx, checkout);
            if let Some(known) = shop.db.read("order.refused_checkout", read).await? {
                note_refused_cart(shop, known.cart, ship_to, &sku).await?;
            }
            return Err(Failure::Refused(Refusal::NotSold { sku, verdict }));
        }
        begun => begun?,
    };
    match begun {
        Begun::Replayed(answer) => Ok(Replayed { answer, replayed: true }),
        Begun::Placed(answer) => Ok(Replayed { answer, replayed: false }),
        Begun::Ask(request) => {
            // Outside: no transaction is open and only a hold with an end stands behind this.
            let answer = authorise(provider, &request).await;
            let checkout = Some(request.checkout);
            let answering = Answering { payment: request.payment, checkout, answer, once };
            let answer = answer_with(shop, answering).await?;
            Ok(Replayed { answer, replayed: false })
        }
    }
}

async fn write_down(shop: &Arc<Shop>, command: Pay) -> Outcome<Begun, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    let contact = command.contact.parse();
    shop.db
        .write("order.pay", move |tx| {
            once_ahead(tx, command.once.as_ref())?;
            checkout_ahead(tx, command.checkout)?;
            fact::versions_ahead(tx)?;
            if let Some((lot, number)) = claim_of(command.checkout) {
                batch::claim_ahead(tx, lot, number)?;
                stock::hold_ahead(tx, HoldId::from_bytes(*command.checkout.bytes()))?;
            }
            if let Some(answer) = answered_before(tx, command.once.as_ref())? {
                return Ok(Begun::Replayed(answer));
            }
            let mut checkout =
                load(tx, command.checkout)?.ok_or(Failure::Refused(Refusal::UnknownCheckout))?;
            let paying = checkout.payment.filter(|_| checkout.state == CheckoutState::Paying);
            if let Some(request) = asked_before(tx, paying, command.once.as_ref())? {
                return Ok(Begun::Ask(request));
            }
            checkout.state = checkout_step(checkout.state, CheckoutEvent::Pay).refuse()?;
            let known = own.snapshots.current_in(tx, at)?;
            agree(&known, &mut checkout, &contact, &command, at)?;
            may_buy_in(tx, &own, &known, &checkout)?;
            stock::hold_ahead(tx, checkout.hold)?;
            may_pay_in(tx, &own, &checkout)?;
            let credit = credit_in(tx, checkout.id, command.total_seen)?;
            let to_pay = match &credit {
                Some((_, amount)) => command.total_seen.minus(*amount),
                None => Ok(command.total_seen),
            };
            let question = Question {
                of: checkout.id,
                amount: to_pay.map_err(kontor_ledger::MoneyRefusal::from).refuse()?,
                provider: command.provider,
                scenario: command.scenario,
                once: command.once,
            };
            let payment = question.begin(&own, at)?;
            checkout.payment = Some(payment.id);
            if command.provider == ProviderKind::BankTransfer {
                let placing = Placing { checkout, payment, at };
                let answer = place_in(tx, &own, &known, placing)?;
                remember(tx, command.once.as_ref(), &answer, at)?;
                return Ok(Begun::Placed(answer));
            }
            keep_hold(tx, &mut checkout, at)?;
            payments::save(tx, &payment)?;
            save_checkout(tx, &checkout)?;
            Ok(Begun::Ask(ask(&payment)))
        })
        .await
}

/// Fills in what the buyer typed and checks that everything may still be sold there, at the total
/// that was seen.
fn agree(
    known: &Known,
    checkout: &mut Checkout,
    contact: &Result<Contact, Vec<kontor_domain::customer::FieldError>>,
    command: &Pay,
    at: kontor_base::Instant,
) -> Outcome<(), Refusal> {
    let market = known.market(checkout.market).ok_or(Failure::Refused(Refusal::UnknownMarket))?;
    let ship_to: Result<Address, _> = command.ship_to.parse(&market.countries);
    let (contact, ship_to) = match (contact.clone(), ship_to) {
        (Ok(contact), Ok(ship_to)) => (contact, ship_to),
        (contact, ship_to) => {
            let mut errors = contact.err().unwrap_or_default();
            errors.extend(ship_to.err().unwrap_or_default());
            return Err(Failure::Refused(Refusal::Fields(errors)));
        }
    };
    let judged = judge_lines(known, market, &checkout.draft.lines, Some(ship_to.country), at)
        .map_err(Failure::Refused)?;
    let lines: Vec<_> = judged.into_iter().map(|line| line.priced).collect();
    let request = QuoteRequest {
        market,
        lines: &lines,
        shipping: Money::new(market.shipping_minor, market.currency),
        ship_to: Some(ship_to.jurisdiction()),
        at,
    };
    let quoted = quote(&request, &known.taxes).refuse()?;
    quoted.check_agreed(command.total_seen).refuse()?;
    checkout.draft.contact = Some(contact);
    checkout.draft.ship_to = Some(ship_to);
    checkout.draft.quote = Some(quoted);
    Ok(())
}

/// The hold must still stand. One that ends soon is extended, once, so that it does not end while
/// the provider is asked.
fn keep_hold(
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
    at: kontor_base::Instant,
) -> Outcome<(), Refusal> {
    let hold = stock::hold(tx, checkout.hold)?.ok_or(Failure::Refused(Refusal::UnknownCheckout))?;
    if at >= hold.expires_at || hold.state != kontor_ledger::HoldState::Active {
        let ended_at = hold.expires_at;
        return Err(Failure::Refused(kontor_ledger::StockRefusal::HoldExpired { ended_at }.into()));
    }
    if hold.expires_at.seconds_since(at) < limits::HOLD_EXTENSION_S
        && let Ok(longer) = extend_once(&hold, at, limits::HOLD_EXTENSION_S)
    {
        checkout.expires_at = longer.expires_at;
        stock::save_hold(tx, &longer)?;
    }
    Ok(())
}
