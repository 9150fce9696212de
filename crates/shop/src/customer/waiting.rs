//! What becomes of an entry of a waiting list by the clock: its address is asked to confirm it, and if
//! nobody answers in time it is removed, with everything that was kept of the address because of it.

use std::sync::Arc;

use kontor_base::id::CustomerId;
use kontor_base::{Email, Instant, KeyedHash};
use kontor_domain::customer::{
    ASK_AGAIN_AFTER_S, Askable, CONFIRM_WITHIN_S, WaitingStep, next_step,
};
use kontor_store::customer::{self as lists, KeptWaiting, contact};
use kontor_store::sale::{deposit as deposits, entry as entries};
use kontor_store::{StoreError, Tx};

use crate::core::Shop;
use crate::mail::{Cause, queue_in};

/// How many entries are looked at in one transaction.
const PAGE: i64 = 200;
/// How many pages are looked at in one round.
const PAGES: usize = 10;

/// Looks at every entry that is due; gives how many were removed.
///
/// # Errors
///
/// A fault of the store.
pub async fn keep_waiting(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let mut removed = 0;
    for _ in 0..PAGES {
        let at = shop.now();
        // Looked at first: a quiet shop does not write every few seconds.
        let due = shop.db.read("customer.any_waiting_due", move |tx| lists::waiting_due(tx, at, 1));
        if due.await?.is_empty() {
            break;
        }
        let own = Arc::clone(shop);
        removed += shop
            .db
            .write("customer.keep_waiting", move |tx| {
                let mut removed = 0;
                for kept in lists::waiting_due(tx, at, PAGE)? {
                    let customer = own.keys.customer(&kept.entry.email);
                    let step = next_step(kept.moments, askable(tx, &own, customer, at)?, at);
                    settle_in(tx, &own, &kept, step, at)?;
                    removed += usize::from(step == WaitingStep::Remove);
                }
                Ok::<_, StoreError>(removed)
            })
            .await?;
    }
    Ok(removed)
}

/// What letters can be written to an address.
pub(super) fn askable(
    tx: &mut Tx<'_>,
    shop: &Shop,
    customer: CustomerId,
    at: Instant,
) -> Result<Askable, StoreError> {
    if !shop.policy.mail {
        return Ok(Askable::NoLetters);
    }
    let since = at.plus_seconds(-ASK_AGAIN_AFTER_S);
    let entries = lists::waiting_of_customer(tx, customer)?;
    let asked = entries.iter().filter(|kept| kept.moments.asked_at.is_some_and(|at| at > since));
    Ok(Askable::Asked(i64::try_from(asked.count()).unwrap_or(i64::MAX)))
}

/// Does what is due.
pub(super) fn settle_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    kept: &KeptWaiting,
    step: WaitingStep,
    at: Instant,
) -> Result<(), StoreError> {
    let (person, customer) = (&kept.person, shop.keys.customer(&kept.entry.email));
    match step {
        WaitingStep::Ask => {
            let end = at.plus_seconds(CONFIRM_WITHIN_S);
            lists::waiting_asked(tx, person, customer, at, end)?;
            queue_in(tx, shop, Cause::WaitingConfirm(*person), at)
        }
        WaitingStep::WaitUntil(then) => lists::waiting_put_off(tx, person, customer, Some(then)),
        WaitingStep::Rest => lists::waiting_put_off(tx, person, customer, None),
        WaitingStep::Remove => stop_waiting_in(tx, shop, person),
    }
}

/// Takes somebody off a list, and forgets the address where it was kept for the list alone.
pub(crate) fn stop_waiting_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    person: &KeyedHash,
) -> Result<(), StoreError> {
    let Some(kept) = lists::waiting(tx, person)? else { return Ok(()) };
    lists::stop_waiting(tx, person)?;
    let email = &kept.entry.email;
    let customer = shop.keys.customer(email);
    if is_kept_for_nothing(tx, shop, email, customer)? {
        contact::erase(tx, customer)?;
    }
    Ok(())
}

/// Whether nothing is left for which an address would be kept: no order, no other list, no deposit, no
/// place in a sale, and nobody has put it together with another of the same person.
fn is_kept_for_nothing(
    tx: &mut Tx<'_>,
    shop: &Shop,
    email: &Email,
    customer: CustomerId,
) -> Result<bool, StoreError> {
    let Some(known) = contact::get(tx, customer)? else { return Ok(false) };
    let in_sales = shop.keys.persons().email(email);
    Ok(known.same_as == customer
        && contact::together(tx, customer, 2)?.len() == 1
        && contact::orders(tx, customer, None, 1)?.is_empty()
        && lists::waiting_of_customer(tx, customer)?.is_empty()
        && !lists::any_waiting_unnamed(tx)?
        && deposits::of_person(tx, &in_sales)?.is_empty()
        && entries::all_of_person(tx, &[in_sales])?.is_empty())
}
