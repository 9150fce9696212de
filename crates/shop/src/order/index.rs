//! Finds the terms of orders and the customers behind them, beside the requests: placing an order
//! only asks for it. What is written here can be made anew from the orders at any time.

use std::sync::Arc;

use kontor_base::id::OrderId;
use kontor_domain::order::{Order, is_erased, search_terms};
use kontor_store::customer::{self as waiting_lists, contact};
use kontor_store::order::{day, get, term};
use kontor_store::{StoreError, Tx};

use crate::core::Shop;

/// How many orders are looked at in one transaction.
const PAGE: i64 = 200;
/// How many terms are forgotten in one transaction.
const FORGET: i64 = 20_000;

/// Writes the terms of the orders that wait for it, up to a page; gives how many.
///
/// # Errors
///
/// A fault of the store; what was not done is done in the next round.
pub async fn index_orders(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let waiting = shop.db.read("order.unindexed", |tx| term::queued(tx, PAGE)).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let own = Arc::clone(shop);
    shop.db
        .write("order.index", move |tx| {
            for id in &waiting {
                if let Some(placed) = get(tx, *id)? {
                    index_in(tx, &own, &placed.order)?;
                    count_in(tx, &placed.order)?;
                }
                term::done(tx, *id)?;
            }
            Ok(waiting.len())
        })
        .await
}

fn index_in(tx: &mut Tx<'_>, shop: &Shop, order: &Order) -> Result<(), StoreError> {
    if is_erased(order) {
        return Ok(());
    }
    term::add(tx, order.market, order.id, &search_terms(order))?;
    let email = &order.contact.email;
    let person = shop.keys.customer(email);
    contact::note(tx, person, &email.normalised(), order.placed_at)?;
    contact::note_order(tx, person, order.id, order.market)
}

/// Counts an order into the figures of its day; once, because its row of the queue goes with it.
fn count_in(tx: &mut Tx<'_>, order: &Order) -> Result<(), StoreError> {
    let day = day::day_of(order.placed_at);
    day::add(tx, order.market, day, order.totals.total)?;
    for line in &order.lines {
        let units = i64::from(line.quoted.quantity);
        day::add_item(tx, order.market, day, &line.quoted.sku, units)?;
    }
    Ok(())
}

/// Forgets what an order is found by, in the transaction that changes or erases its person.
///
/// # Errors
///
/// When the database cannot be written.
pub(crate) fn unindex_in(tx: &mut Tx<'_>, order: &Order) -> Result<(), StoreError> {
    term::remove(tx, order.market, order.id, &search_terms(order))
}

/// What finding everything anew came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// Terms that were forgotten.
    pub forgotten: usize,
    /// Orders that are found again.
    pub orders: usize,
    /// Waiting-list entries whose address is known again.
    pub waiting: usize,
}

/// Forgets all terms and finds them anew, page by page, beside a shop that runs; searches find less
/// until it is done. Addresses that were merged stay so.
///
/// # Errors
///
/// A fault of the store; a later run begins from the beginning.
pub async fn reindex(shop: &Arc<Shop>) -> Result<Reindexed, StoreError> {
    let mut done = Reindexed::default();
    loop {
        let forgotten =
            shop.db.write("order.forget_terms", |tx| term::forget_some(tx, FORGET)).await?;
        done.forgotten += forgotten;
        if forgotten == 0 {
            break;
        }
    }
    shop.db.write("order.forget_days", day::forget).await?;
    let mut after: Option<OrderId> = None;
    loop {
        let last = shop
            .db
            .write("order.queue_terms", move |tx| term::queue_after(tx, after, PAGE))
            .await?;
        after = last;
        if last.is_none() {
            break;
        }
        loop {
            let found = index_orders(shop).await?;
            done.orders += found;
            if found == 0 {
                break;
            }
        }
    }
    done.waiting = note_waiting(shop).await?;
    Ok(done)
}

/// Notes the addresses on waiting lists as customers.
async fn note_waiting(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let (mut after, mut noted) = ([0; 16], 0);
    loop {
        let own = Arc::clone(shop);
        let page = shop
            .db
            .write("customer.note_waiting", move |tx| {
                let page = waiting_lists::all_waiting_after(tx, &after, PAGE)?;
                for kept in &page {
                    let email = &kept.entry.email;
                    let person = own.keys.customer(email);
                    contact::note(tx, person, &email.normalised(), kept.moments.signed_at)?;
                }
                Ok::<_, StoreError>((page.len(), page.last().map(|kept| kept.person)))
            })
            .await?;
        noted += page.0;
        match page.1 {
            Some(last) => after = last,
            None => return Ok(noted),
        }
    }
}
