//! A cart as it stands now: each line with today's price, verdict and stock.

use std::sync::Arc;

use kontor_base::Money;
use kontor_base::id::CartId;
use kontor_domain::cart::{Cart, CartLine};
use kontor_store::{StoreError, cart as carts};

use super::offer::{Offer, offer};
use crate::core::{Level, Shop, Snapshot};

/// A line with what the shop knows of it now.
#[derive(Clone, Debug)]
pub struct LineNow {
    /// The line.
    pub line: CartLine,
    /// What may be offered.
    pub offer: Offer,
    /// What is left of it.
    pub level: Level,
    /// What the line costs, as the market shows prices.
    pub total: Option<Money>,
}

/// A cart with its lines as they stand now.
#[derive(Clone, Debug)]
pub struct ShownCart {
    /// The cart.
    pub cart: Cart,
    /// Its lines.
    pub lines: Vec<LineNow>,
    /// The sum of what can be bought.
    pub subtotal: Option<Money>,
    /// Whether the checkout can start: everything in it can be bought.
    pub can_check_out: bool,
}

/// Reads a cart.
///
/// # Errors
///
/// A fault of the store.
pub async fn show(
    shop: &Shop,
    id: CartId,
) -> Result<Option<(ShownCart, Arc<Snapshot>)>, StoreError> {
    let found = shop.db.read("cart.show", move |tx| carts::get(tx, id)).await?;
    let snapshot = shop.snapshots.now();
    Ok(found.map(|cart| (look(shop, &snapshot, cart), snapshot)))
}

fn look(shop: &Shop, snapshot: &Snapshot, cart: Cart) -> ShownCart {
    let at = shop.now();
    let Some(market) = snapshot.market(cart.market) else {
        return ShownCart { cart, lines: Vec::new(), subtotal: None, can_check_out: false };
    };
    let lines: Vec<LineNow> = cart
        .lines
        .iter()
        .map(|line| {
            let offer = offer(snapshot, market, &line.sku, None, at);
            let total = match &offer {
                Offer::Yes { price, .. } => price.times(line.quantity).ok(),
                _ => None,
            };
            let level = snapshot.level(market.code, &line.sku);
            LineNow { line: line.clone(), offer, level, total }
        })
        .collect();
    let subtotal = Money::sum(market.currency, lines.iter().filter_map(|line| line.total)).ok();
    let buyable = |line: &LineNow| match line.level {
        Level::None => false,
        Level::Few(left) => line.total.is_some() && line.line.quantity <= left,
        Level::Plenty => line.total.is_some(),
    };
    let can_check_out = !lines.is_empty() && lines.iter().all(buyable);
    ShownCart { cart, lines, subtotal, can_check_out }
}
