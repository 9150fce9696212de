//! Gives money of an order back while the order stands: booked at once, sent by a job.

use kontor_base::id::{JobId, RefundId};
use kontor_base::{Instant, Money};
use kontor_domain::order::{Order, OrderNumber, refund_event, split_refund};
use kontor_domain::payment::{PaymentEvent, payment_step};
use kontor_ledger::ProviderKey;
use kontor_ledger::posting::{OrderStanding, post_credit_share, post_refund};
use kontor_store::order::{PlacedOrder, by_number, save_states};
use kontor_store::payment::{self as payments, Payment, refund as refunds};
use kontor_store::{StoreError, Tx, job, money};

use super::deposit::{applied_in, unapply_in};
use super::jobs::REFUND;
use super::place::reference;
use super::refusal::Refusal;
use crate::core::{Failure, Outcome, Refuse, Shop};
use crate::hook::{Happened, write_down_in};
use crate::mail::{Cause, queue_in as queue_letter};

/// Gives `amount` of an order's money back: the sale is worth that much less, its tax with it, and
/// the provider is asked to send the money. The customer and other programs are told.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store. Nothing is changed then.
pub(crate) fn refund_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    number: &OrderNumber,
    amount: Money,
    reason: &str,
    at: Instant,
) -> Outcome<RefundId, Refusal> {
    let mut placed = by_number(tx, number)?.ok_or(Failure::Refused(Refusal::UnknownOrder))?;
    let mut payment =
        payments::get(tx, placed.payment)?.ok_or(Failure::Refused(Refusal::UnknownPayment))?;
    if amount.currency != payment.amount.currency {
        let mixed = kontor_ledger::posting::MoneyRefusal::MixedCurrencies;
        return Err(Failure::Refused(Refusal::Money(mixed)));
    }
    let paid_left = payment.captured_minor - payment.refunded_minor;
    let applied = applied_in(tx, &placed.order)?;
    let left = paid_left + applied.as_ref().map_or(0, |(_, amount)| amount.minor);
    let event = refund_event(
        placed.payment_state,
        placed.fulfilment_state,
        placed.clearance_state,
        left,
        amount.minor,
    )
    .refuse()?;
    let order = &placed.order;
    let transfers = money::of_order(tx, order.id)?;
    let standing = OrderStanding::read(order.id, amount.currency, &transfers).refuse()?;
    let text = reference(number.as_str());
    let credit = post_credit_share(&standing, amount, at, &text, &shop.random).refuse()?;
    money::post(tx, &credit)?;
    // The state of the order's payment is that of all of its money: it is refunded in full when the
    // deposit has gone back too.
    let split = split_refund(paid_left, amount.minor);
    let paid = Money::new(split.paid_minor, amount.currency);
    let of_deposit = Money::new(split.deposit_minor, amount.currency);
    let mut sent = None;
    if paid.minor > 0 {
        let why = reason.to_owned();
        sent = Some(give_back_in(tx, shop, order, &mut payment, paid, event, why, at)?);
    } else {
        payment.state = payment_step(payment.state, event).refuse()?.to;
    }
    if let Some((deposit, _)) = applied.filter(|_| of_deposit.minor > 0) {
        let id = unapply_in(tx, shop, order, &deposit, of_deposit, at)?;
        sent = sent.or(Some(id));
    }
    let id = sent.expect("more than nothing goes back, so one of the two parts is");
    payments::save(tx, &payment)?;
    placed.payment_state = payment.state;
    save_states(tx, &placed)?;
    queue_letter(tx, shop, Cause::Refund(placed.order.id, amount), at)?;
    write_down_in(tx, shop, Happened::refunded(&placed.order, amount), at)?;
    Ok(id)
}

/// What was collected for an order, the deposit that went towards it included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Collected {
    /// All of it.
    pub(crate) all: Money,
    /// What of it has gone back.
    pub(crate) gone_back: Money,
}

/// What was collected for an order and what of it has gone back.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub(crate) fn collected_in(tx: &mut Tx<'_>, placed: &PlacedOrder) -> Outcome<Collected, Refusal> {
    let payment =
        payments::get(tx, placed.payment)?.ok_or(Failure::Refused(Refusal::UnknownPayment))?;
    let deposit = placed.order.deposit.map_or(0, |paid| paid.amount.minor);
    let still_there = applied_in(tx, &placed.order)?.map_or(0, |(_, amount)| amount.minor);
    let currency = payment.amount.currency;
    let all = payment.captured_minor.saturating_add(deposit);
    let gone_back = payment.refunded_minor.saturating_add(deposit - still_there);
    Ok(Collected { all: Money::new(all, currency), gone_back: Money::new(gone_back, currency) })
}

/// Books money out to the customer, writes the refund down and queues the order to the provider.
/// The sale has been credited by the caller; the payment is changed and not yet saved.
#[expect(clippy::too_many_arguments, reason = "one step of two use cases, called in two places")]
pub(super) fn give_back_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    order: &Order,
    payment: &mut Payment,
    amount: Money,
    event: PaymentEvent,
    reason: String,
    at: Instant,
) -> Outcome<RefundId, Refusal> {
    let transfers = money::of_order(tx, order.id)?;
    let standing = OrderStanding::read(order.id, amount.currency, &transfers).refuse()?;
    let provider =
        ProviderKey::parse(payment.provider.word()).expect("the words of providers are keys");
    let text = reference(order.number.as_str());
    let back = post_refund(&standing, &provider, amount, at, &text, &shop.random).refuse()?;
    money::post(tx, &[back])?;
    payment.state = payment_step(payment.state, event).refuse()?.to;
    payment.refunded_minor += amount.minor;
    let id = RefundId::new(at, &shop.random);
    let refund =
        refunds::Refund { id, payment: payment.id, amount, reason, asked_at: at, done_at: None };
    refunds::insert(tx, &refund)?;
    job::queue(tx, JobId::new(at, &shop.random), REFUND, &id.to_string(), at)?;
    Ok(id)
}

/// A refund with its payment, for the job that asks the provider.
pub(super) fn refund_of(
    tx: &mut Tx<'_>,
    id: RefundId,
) -> Result<Option<(refunds::Refund, Payment)>, StoreError> {
    let Some(refund) = refunds::get(tx, id)? else { return Ok(None) };
    let payment = payments::get(tx, refund.payment)?;
    Ok(payment.map(|payment| (refund, payment)))
}
