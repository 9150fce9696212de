//! Orders of resellers that have not left and may not leave now: a withdrawal, a clearance that has
//! ended. Nothing is written down: an order is held as long as its dispatch is refused, and free as
//! soon as it is not.

use std::sync::Arc;

use kontor_base::id::ResellerOrderId;
use kontor_base::{Country, Date, Instant};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_store::reseller::{find, open};
use kontor_store::{StoreError, Tx};

use super::dispatch::not_cleared;
use crate::core::{Known, Shop};

/// The most orders of a market that are looked at.
const LOOKED_AT_MAX: i64 = 10_000;

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

/// The orders of resellers that have not left and may not leave now, market by market, the oldest
/// first; of one market, or of all.
///
/// # Errors
///
/// A fault of the store.
pub async fn held_reseller_orders(
    shop: &Arc<Shop>,
    market: Option<MarketCode>,
) -> Result<Vec<HeldResellerOrder>, StoreError> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .read("reseller.held", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            let all = known.markets.iter().map(|known| known.code);
            let codes: Vec<MarketCode> =
                all.filter(|code| market.is_none_or(|only| only == *code)).collect();
            let mut held = Vec::new();
            for code in codes {
                held_in(tx, &known, code, at, &mut held)?;
            }
            Ok(held)
        })
        .await
}

fn held_in(
    tx: &mut Tx<'_>,
    known: &Known,
    code: MarketCode,
    at: Instant,
    held: &mut Vec<HeldResellerOrder>,
) -> Result<(), StoreError> {
    for order in open(tx, code.as_str(), LOOKED_AT_MAX)? {
        // What is not known any more is not cleared.
        if not_cleared(known, &order, at).is_some_and(|refused| refused.is_empty()) {
            continue;
        }
        let name = find(tx, order.reseller)?;
        held.push(HeldResellerOrder {
            id: order.id,
            reseller: name.map_or_else(String::new, |found| found.profile.name.to_string()),
            market: code,
            on: order.body.on,
            ship_to: order.body.ship_to,
            lines: order.body.lines.iter().map(|line| (line.sku.clone(), line.units)).collect(),
        });
    }
    Ok(())
}
