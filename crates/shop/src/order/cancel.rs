//! Cancels an order that has not left: the units go back to the shelf, the money to the customer.

use std::sync::Arc;

use kontor_base::{Instant, Money};
use kontor_domain::hook::EventKind;
use kontor_domain::order::{FulfilmentState, MoneyBack, OrderNumber, cancel_plan};
use kontor_domain::payment::{PaymentEvent, payment_step};
use kontor_ledger::hold::cancel as cancel_hold;
use kontor_ledger::posting::{MoneyRefusal, OrderStanding, post_credit_share, post_void};
use kontor_store::order::{PlacedOrder, beta, by_number, save_states};
use kontor_store::payment::{self as payments, Payment};
use kontor_store::{Tx, money, stock};

use super::deposit::{applied_in, unapply_in};
use super::jobs::queue_give_back;
use super::place::reference;
use super::refund::give_back_in;
use super::refusal::Refusal;
use super::sale::cancelled_in;
use crate::core::{Failure, Outcome, Refuse, Shop};
use crate::hook::{Happened, write_down_in};
use crate::mail::{Cause, queue_in as queue_letter};

/// Why the money of a cancelled order goes back, as it is kept; pages say it in their reader's language.
pub const REFUND_OF_CANCELLED: &str = "order.cancelled";

/// A wish to cancel.
#[derive(Clone, Debug)]
pub struct CancelCommand {
    /// The order.
    pub number: OrderNumber,
}

/// Cancels an order.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store. Nothing is changed then.
pub async fn cancel(shop: &Arc<Shop>, command: CancelCommand) -> Outcome<(), Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db.write("order.cancel", move |tx| cancel_in(tx, &own, &command.number, at)).await
}

/// Cancels an order in the caller's transaction.
///
/// # Errors
///
/// As [`cancel`].
pub(crate) fn cancel_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    number: &OrderNumber,
    at: Instant,
) -> Outcome<(), Refusal> {
    let mut placed = by_number(tx, number)?.ok_or(Failure::Refused(Refusal::UnknownOrder))?;
    let mut payment =
        payments::get(tx, placed.payment)?.ok_or(Failure::Refused(Refusal::UnknownPayment))?;
    let plan = cancel_plan(placed.payment_state, placed.fulfilment_state, placed.clearance_state)
        .refuse()?;
    let hold = stock::hold(tx, placed.hold)?.ok_or(Failure::Refused(Refusal::UnknownOrder))?;
    let freed = cancel_hold(&hold, at, &shop.random).refuse()?;
    stock::post(tx, &freed.transfers)?;
    stock::save_hold(tx, &freed.hold)?;
    cancelled_in(tx, freed.hold.id)?;
    beta::take_back(tx, placed.order.id)?;
    let left = payment.captured_minor - payment.refunded_minor;
    let mut back = (plan.money == MoneyBack::Refund && left > 0)
        .then(|| Money::new(left, payment.amount.currency));
    // First: an order keeps nothing of a deposit when it is called off.
    if let Some((paid, deposit)) = applied_in(tx, &placed.order)? {
        unapply_in(tx, shop, &placed.order, &paid, deposit, at)?;
        let all = back.map_or(Ok(deposit), |back| back.plus(deposit));
        back = Some(all.map_err(MoneyRefusal::from).refuse()?);
    }
    money_back(tx, shop, &placed, &mut payment, plan.money, at)?;
    payments::save(tx, &payment)?;
    placed.payment_state = payment.state;
    placed.fulfilment_state = FulfilmentState::Cancelled;
    save_states(tx, &placed)?;
    queue_letter(tx, shop, Cause::Cancelled(placed.order.id, back), at)?;
    let cancelled = Happened::to_order(EventKind::OrderCancelled, &placed.order);
    write_down_in(tx, shop, cancelled, at)?;
    if let Some(amount) = back {
        write_down_in(tx, shop, Happened::refunded(&placed.order, amount), at)?;
    }
    Ok(())
}

fn money_back(
    tx: &mut Tx<'_>,
    shop: &Shop,
    placed: &PlacedOrder,
    payment: &mut Payment,
    back: MoneyBack,
    at: Instant,
) -> Outcome<(), Refusal> {
    let order = &placed.order;
    let (id, currency) = (order.id, order.totals.total.currency);
    let transfers = money::of_order(tx, id)?;
    let standing = OrderStanding::read(id, currency, &transfers).refuse()?;
    let text = reference(order.number.as_str());
    let event = match back {
        MoneyBack::GiveUp => PaymentEvent::GivenUp,
        MoneyBack::Void => PaymentEvent::Voided,
        MoneyBack::Refund => PaymentEvent::RefundedInFull,
    };
    match back {
        MoneyBack::GiveUp | MoneyBack::Void => {
            payment.state = payment_step(payment.state, event).refuse()?.to;
            let voided = post_void(&standing, at, &text, &shop.random).refuse()?;
            money::post(tx, &voided)?;
        }
        MoneyBack::Refund => {
            // What is left of the sale, whatever was given back of it before.
            let left = standing.sold().refuse()?;
            if left.minor > 0 {
                let credit =
                    post_credit_share(&standing, left, at, &text, &shop.random).refuse()?;
                money::post(tx, &credit)?;
            }
            let left = Money::new(payment.captured_minor - payment.refunded_minor, currency);
            if left.minor > 0 {
                let why = REFUND_OF_CANCELLED.to_owned();
                give_back_in(tx, shop, order, payment, left, event, why, at)?;
            } else {
                payment.state = payment_step(payment.state, event).refuse()?.to;
            }
        }
    }
    if back == MoneyBack::Void {
        queue_give_back(tx, shop, payment.id, at)?;
    }
    Ok(())
}
