//! Keepers of checkouts and of orders that nobody pays.

use std::sync::Arc;

use kontor_base::limits;
use kontor_domain::order::{CheckoutEvent, CheckoutState, FulfilmentState, checkout_step};
use kontor_domain::payment::PaymentState;
use kontor_store::order::{checkouts_due, in_payment_state, save_checkout};
use kontor_store::{StoreError, Tx};

use super::cancel::{CancelCommand, cancel};
use crate::core::{Failure, Shop};

/// How many are looked at in one round.
const AT_ONCE: i64 = 200;

/// Ends checkouts whose hold has ended and that nobody is paying; gives how many.
///
/// # Errors
///
/// A fault of the store.
pub async fn expire_checkouts(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let at = shop.now();
    shop.db
        .write("order.expire_checkouts", move |tx| {
            let mut ended = 0;
            for state in [CheckoutState::Open, CheckoutState::Failed] {
                for mut checkout in checkouts_due(tx, state, at, AT_ONCE)? {
                    if let Ok(next) = checkout_step(state, CheckoutEvent::HoldEnded) {
                        checkout.state = next;
                        save_checkout(tx, &checkout)?;
                        ended += 1;
                    }
                }
            }
            Ok(ended)
        })
        .await
}

/// Erases what was typed at checkouts that led to no order: name, e-mail address, telephone number,
/// address, and the quote for it; gives how many. Goods and times stay, for the figures.
///
/// # Errors
///
/// A fault of the store.
pub async fn forget_abandoned(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let before = shop.now().plus_seconds(-limits::ABANDONED_KEPT_S);
    let due = move |tx: &mut Tx<'_>| checkouts_due(tx, CheckoutState::Expired, before, AT_ONCE);
    // Looked at first: a quiet shop does not write every few seconds.
    if shop.db.read("order.abandoned", due).await?.is_empty() {
        return Ok(0);
    }
    shop.db
        .write("order.forget_abandoned", move |tx| {
            let due = due(tx)?;
            for mut checkout in due.iter().cloned() {
                let next = checkout_step(checkout.state, CheckoutEvent::Forgotten);
                checkout.state = next.expect("what has ended can be forgotten: the table says so");
                checkout.draft.contact = None;
                checkout.draft.ship_to = None;
                checkout.draft.quote = None;
                save_checkout(tx, &checkout)?;
            }
            Ok(due.len())
        })
        .await
}

/// Cancels orders whose bank transfer has not come in time; gives how many.
///
/// # Errors
///
/// A fault of the store.
pub async fn cancel_unpaid(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let before = shop.now().plus_seconds(-limits::TRANSFER_HOLD_S);
    let due = shop
        .db
        .read("order.unpaid", move |tx| {
            in_payment_state(tx, PaymentState::Authorising, before, AT_ONCE)
        })
        .await?;
    let mut cancelled = 0;
    for placed in due.iter().filter(|o| o.fulfilment_state == FulfilmentState::Waiting) {
        let command = CancelCommand { number: placed.order.number.clone() };
        match cancel(shop, command).await {
            Ok(()) => cancelled += 1,
            Err(Failure::Fault(fault)) => return Err(fault),
            Err(_) => {} // paid or cancelled meanwhile
        }
    }
    Ok(cancelled)
}
