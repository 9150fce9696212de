//! Judges orders of resellers that have not left anew: whoever ordered is written to when one may not
//! leave any more, and when it goes on; other programs are told.
//!
//! Whether an order is held is asked at every dispatch and never read from here: what is written down is
//! what they were told last. It compares that with what is, so that it can run twice.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_domain::hook::EventKind;
use kontor_store::reseller::{KeptOrder, open, save_order};
use kontor_store::{StoreError, Tx};

use super::dispatch::not_cleared;
use crate::core::Shop;
use crate::hook::{Happened, write_down_in};
use crate::mail::{Cause, Kind, queue_in as queue_letter};

/// The most orders of a market that are looked at.
const LOOKED_AT_MAX: i64 = 10_000;

/// Judges every order of a reseller that has not left; gives how many are held or free from now on.
///
/// # Errors
///
/// A fault of the store.
pub(crate) async fn review_reseller_orders(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let at = shop.now();
    let own = Arc::clone(shop);
    // Read first: a look costs no commit.
    let look = move |tx: &mut Tx<'_>| changed_in(tx, &own, at).map(|changed| changed.is_empty());
    if shop.db.read("reseller.look_at_orders", look).await? {
        return Ok(0);
    }
    let own = Arc::clone(shop);
    shop.db.write("reseller.review", move |tx| write_in(tx, &own, at)).await
}

/// The orders of which something else is true than what was told.
fn changed_in(tx: &mut Tx<'_>, shop: &Shop, at: Instant) -> Result<Vec<KeptOrder>, StoreError> {
    let known = shop.snapshots.current_in(tx, at)?;
    let mut changed = Vec::new();
    for market in &known.markets {
        let waiting = open(tx, market.code.as_str(), LOOKED_AT_MAX)?.into_iter();
        changed.extend(waiting.filter(|order| {
            // What is not known any more is not cleared.
            let free = not_cleared(&known, order, at).is_some_and(|refused| refused.is_empty());
            free == order.held_since.is_some()
        }));
    }
    Ok(changed)
}

fn write_in(tx: &mut Tx<'_>, shop: &Shop, at: Instant) -> Result<usize, StoreError> {
    let changed = changed_in(tx, shop, at)?;
    let count = changed.len();
    for mut order in changed {
        let (kind, event) = match order.held_since {
            None => (Kind::ResellerHeld, EventKind::ResellerOrderHeld),
            Some(_) => (Kind::ResellerFreed, EventKind::ResellerOrderFreed),
        };
        order.held_since = order.held_since.is_none().then_some(at);
        save_order(tx, &order)?;
        queue_letter(tx, shop, Cause::Reseller(kind, order.id), at)?;
        write_down_in(tx, shop, Happened::to_reseller_order(event, &order), at)?;
    }
    Ok(count)
}
