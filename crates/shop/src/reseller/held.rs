//! Orders of resellers that have not left and may not leave now: a withdrawal, a clearance that has
//! ended. Nothing is written down: an order is held as long as its dispatch is refused, and free as
//! soon as it is not.

use std::sync::Arc;

use kontor_base::id::ResellerOrderId;
use kontor_base::{Country, Date};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_store::reseller::KeptOrder;
use kontor_store::{StoreError, Tx};

use super::waiting::{Walked, Wanted, walk_in};
use crate::core::Shop;

/// An order that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldResellerOrder {
    /// Its id.
    pub id: ResellerOrderId,
    /// The reseller's name.
    pub reseller: String,
    /// The market that serves it.
    pub market: MarketCode,
    /// When it was placed.
    pub on: Date,
    /// Where it goes.
    pub ship_to: Country,
    /// What was ordered, with how many.
    pub lines: Vec<(Sku, u32)>,
}

/// A page of the held orders of a market.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldPage {
    /// The orders, the oldest first.
    pub orders: Vec<HeldResellerOrder>,
    /// The order after which the next page begins, where there is one.
    pub next: Option<ResellerOrderId>,
}

/// The orders of resellers that a market serves, that have not left and may not leave now, the oldest first:
/// up to `limit` after `after`. Where few are held among many, a page may have fewer or none, and the next
/// goes on.
///
/// # Errors
///
/// A fault of the store.
pub async fn held_reseller_page(
    shop: &Arc<Shop>,
    market: MarketCode,
    after: Option<ResellerOrderId>,
    limit: usize,
) -> Result<HeldPage, StoreError> {
    let (own, at) = (Arc::clone(shop), shop.now());
    let read = move |tx: &mut Tx<'_>| {
        let known = own.snapshots.current_in(tx, at)?;
        walk_in(tx, (&known, at), Wanted::Held, (market, after), limit)
    };
    let Walked { orders, next, .. } = shop.db.read("reseller.held", read).await?;
    let told = |(order, reseller): (KeptOrder, String)| HeldResellerOrder {
        id: order.id,
        reseller,
        market,
        on: order.body.on,
        ship_to: order.body.ship_to,
        lines: order.body.lines.into_iter().map(|line| (line.sku, line.units)).collect(),
    };
    Ok(HeldPage { orders: orders.into_iter().map(told).collect(), next })
}

/// All of them, market by market; of one market, or of all.
///
/// # Errors
///
/// A fault of the store.
pub async fn held_reseller_orders(
    shop: &Arc<Shop>,
    market: Option<MarketCode>,
) -> Result<Vec<HeldResellerOrder>, StoreError> {
    let snapshot = shop.snapshots.now();
    let codes = snapshot.markets.iter().map(|market| market.code);
    let mut held = Vec::new();
    for code in codes.filter(|code| market.is_none_or(|only| only == *code)) {
        let mut after = None;
        loop {
            let page = held_reseller_page(shop, code, after, usize::MAX).await?;
            held.extend(page.orders);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(held)
}
