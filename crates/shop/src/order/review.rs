//! Judges orders that have not left anew: what may no longer be delivered is held, what may again
//! is freed. A grant can expire and an authority can block between sale and dispatch.
//!
//! It compares what should be with what is and writes only what differs, a page of orders in each
//! transaction, so that it can run twice, stop in the middle and run beside sales.

use std::collections::HashMap;
use std::sync::Arc;

use kontor_base::id::OrderId;
use kontor_base::{Country, Instant};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Place;
use kontor_domain::hook::EventKind;
use kontor_domain::market::{Act, MarketCode};
use kontor_domain::order::{ClearanceState, OrderNumber, OrderState};
use kontor_store::order::list::oldest_in_state;
use kontor_store::order::{PlacedOrder, save_states, waiting_after};
use kontor_store::{StoreError, Tx};

use crate::core::{Known, Shop};
use crate::hook::{Happened, write_down_in};
use crate::mail::{Cause, Kind, queue_in as queue_letter};
use crate::reseller::review_reseller_orders;

/// How many orders are looked at in one transaction.
const PAGE: i64 = 500;
/// The most held orders of a market that are listed at once.
const LISTED_MAX: usize = 10_000;

/// What a review came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// Orders looked at.
    pub seen: usize,
    /// Orders that are held from now on.
    pub held: usize,
    /// Orders that are free again.
    pub freed: usize,
}

/// Judges every order that has not left, those of resellers too; they are not in the numbers.
///
/// # Errors
///
/// A fault of the store; pages before it are done.
pub async fn review_waiting(shop: &Arc<Shop>) -> Result<Reviewed, StoreError> {
    let mut all = Reviewed::default();
    let mut after = None;
    loop {
        let (page, last) = review_page(shop, after).await?;
        all.seen += page.seen;
        all.held += page.held;
        all.freed += page.freed;
        match last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    review_reseller_orders(shop).await?;
    Ok(all)
}

/// A page: read first, and written only where something differs, so that a look costs no commit.
async fn review_page(
    shop: &Arc<Shop>,
    after: Option<OrderId>,
) -> Result<(Reviewed, Option<OrderId>), StoreError> {
    let at = shop.now();
    let own = Arc::clone(shop);
    let (seen, last, differs) = shop
        .db
        .read("order.look_at_waiting", move |tx| {
            let orders = waiting_after(tx, after, PAGE)?;
            let known = own.snapshots.current_in(tx, at)?;
            let mut judge = Judge { known: &known, at, seen: HashMap::new() };
            let differs = orders.iter().any(|placed| judge.state(placed) != placed.clearance_state);
            let last = orders.last().map(|placed| placed.order.id);
            Ok::<_, StoreError>((orders.len(), last, differs))
        })
        .await?;
    let mut reviewed = Reviewed { seen, ..Reviewed::default() };
    if differs {
        let own = Arc::clone(shop);
        let (held, freed) =
            shop.db.write("order.review", move |tx| write_page(tx, &own, after, at)).await?;
        (reviewed.held, reviewed.freed) = (held, freed);
    }
    Ok((reviewed, last))
}

fn write_page(
    tx: &mut Tx<'_>,
    shop: &Shop,
    after: Option<OrderId>,
    at: Instant,
) -> Result<(usize, usize), StoreError> {
    let known = shop.snapshots.current_in(tx, at)?;
    let mut judge = Judge { known: &known, at, seen: HashMap::new() };
    let (mut held, mut freed) = (0, 0);
    for mut placed in waiting_after(tx, after, PAGE)? {
        let state = judge.state(&placed);
        if state == placed.clearance_state {
            continue;
        }
        let (kind, event) = match state {
            ClearanceState::Held => {
                held += 1;
                (Kind::OrderHeld, EventKind::OrderHeld)
            }
            ClearanceState::Clear => {
                freed += 1;
                (Kind::OrderFreed, EventKind::OrderFreed)
            }
        };
        placed.clearance_state = state;
        save_states(tx, &placed)?;
        queue_letter(tx, shop, Cause::Order(kind, placed.order.id), at)?;
        write_down_in(tx, shop, Happened::to_order(event, &placed.order), at)?;
    }
    Ok((held, freed))
}

/// Whether everything in an order may be delivered at this moment.
pub(super) fn delivers_now(known: &Known, placed: &PlacedOrder, at: Instant) -> bool {
    Judge { known, at, seen: HashMap::new() }.state(placed) == ClearanceState::Clear
}

/// Verdicts, each asked once for a variant, market and country.
struct Judge<'k> {
    known: &'k Known,
    at: Instant,
    seen: HashMap<(MarketCode, Country, Sku), bool>,
}

impl Judge<'_> {
    fn state(&mut self, placed: &PlacedOrder) -> ClearanceState {
        let order = &placed.order;
        let (market, country) = (order.market, order.ship_to.country);
        let all = order.lines.iter().all(|line| self.delivers(market, country, &line.quoted.sku));
        if all { ClearanceState::Clear } else { ClearanceState::Held }
    }

    fn delivers(&mut self, code: MarketCode, country: Country, sku: &Sku) -> bool {
        let key = (code, country, sku.clone());
        if let Some(known) = self.seen.get(&key) {
            return *known;
        }
        // A market or a product that is not known any more is not cleared.
        let verdict = self.known.market(code).zip(self.known.product(sku)).and_then(
            |(market, (variant, _))| {
                let place = Place::ship_to(market, country);
                self.known.may(Act::Deliver, variant, &place, self.at)
            },
        );
        let delivers = verdict.is_some_and(|verdict| verdict.outcome.permits());
        self.seen.insert(key, delivers);
        delivers
    }
}

/// An order that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldOrder {
    /// Its id: where the next page of a list begins.
    pub id: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// Its market.
    pub market: MarketCode,
    /// When it was placed.
    pub placed_at: Instant,
    /// What was bought, with how many.
    pub lines: Vec<(Sku, u32)>,
}

/// The orders of a market that are held, the oldest first: up to `limit` after `after`.
///
/// # Errors
///
/// A fault of the store.
pub async fn held_after(
    shop: &Arc<Shop>,
    market: MarketCode,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Vec<HeldOrder>, StoreError> {
    let start = after.map_or([0; 16], |id| *id.bytes());
    let page = shop.db.read("order.held", move |tx| {
        oldest_in_state(tx, market, OrderState::OnHold, start, limit)
    });
    Ok(page.await?.iter().map(told).collect())
}

/// The orders of a market that are held, the oldest first, at most [`LISTED_MAX`].
///
/// # Errors
///
/// A fault of the store.
pub async fn held_in(shop: &Arc<Shop>, market: MarketCode) -> Result<Vec<HeldOrder>, StoreError> {
    let mut held: Vec<HeldOrder> = Vec::new();
    while held.len() < LISTED_MAX {
        let page = held_after(shop, market, held.last().map(|last| last.id), PAGE).await?;
        if page.is_empty() {
            break;
        }
        held.extend(page);
    }
    held.truncate(LISTED_MAX);
    Ok(held)
}

/// The orders that are held in any market, the oldest of each market first.
///
/// # Errors
///
/// A fault of the store.
pub async fn held_orders(shop: &Arc<Shop>) -> Result<Vec<HeldOrder>, StoreError> {
    let markets: Vec<_> = shop.snapshots.now().markets.iter().map(|market| market.code).collect();
    let mut held = Vec::new();
    for market in markets {
        held.extend(held_in(shop, market).await?);
    }
    Ok(held)
}

fn told(placed: &PlacedOrder) -> HeldOrder {
    let order = &placed.order;
    let lines = order.lines.iter();
    HeldOrder {
        id: order.id,
        number: order.number.clone(),
        market: order.market,
        placed_at: order.placed_at,
        lines: lines.map(|line| (line.quoted.sku.clone(), line.quoted.quantity)).collect(),
    }
}
