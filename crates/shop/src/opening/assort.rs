//! Changes what a market has opened with, after the opening: a product is added, one is taken out, or
//! the market is let go and sells everything that is cleared.
//!
//! Whatever is added is judged like everything else when somebody wants it: an addition clears nothing.
//! What was ordered before a product was taken out is delivered.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::{Confidence, Instant, Line};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Assortment;
use kontor_domain::market::MarketCode;
use kontor_domain::opening::{AssortmentChange, changed_assortment};
use kontor_store::Tx;
use kontor_store::clearance::{self, Kind};

use super::refusal::Refusal;
use crate::core::{Failure, Known, Outcome, Shop};
use crate::hook::{Happened, write_down_in};

/// A change of what a market sells.
#[derive(Clone, Debug)]
pub struct AssortCommand {
    /// The market.
    pub market: MarketCode,
    /// What changes.
    pub change: AssortmentChange,
    /// Who decides it.
    pub by: Line<200>,
    /// Why.
    pub reason: Line<200>,
}

/// Changes what a market sells; gives what it sells from now on, where it is cleared (nothing:
/// everything). Pages of a server that runs follow within a second.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store. Nothing is changed then.
pub async fn assort(shop: &Arc<Shop>, command: AssortCommand) -> Outcome<BTreeSet<Sku>, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("opening.assort", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            assort_in(tx, &own, &known, &command, at)
        })
        .await
}

/// Changes it in the caller's transaction, by the facts as they are at this moment.
pub(crate) fn assort_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    command: &AssortCommand,
    at: Instant,
) -> Outcome<BTreeSet<Sku>, Refusal> {
    let AssortCommand { market, change, by, reason } = command;
    let next = assorted(known, *market, change)?;
    let source = format!("{by}: {reason}");
    keep_in(tx, shop, known.assortment(*market), *market, &next, source, at)?;
    Ok(next)
}

/// What a market would sell after a change; nothing: everything.
pub(crate) fn assorted(
    known: &Known,
    market: MarketCode,
    change: &AssortmentChange,
) -> Outcome<BTreeSet<Sku>, Refusal> {
    if known.market(market).is_none() {
        return Err(Failure::Refused(Refusal::UnknownMarket(market)));
    }
    if let AssortmentChange::Add { skus } = change
        && let Some(unknown) = skus.iter().find(|sku| known.product(sku).is_none())
    {
        return Err(Failure::Refused(Refusal::UnknownSku(unknown.clone())));
    }
    let now = known.assortment(market).cloned().unwrap_or_default();
    changed_assortment(&now, change).map_err(|refusal| Failure::Refused(refusal.into()))
}

/// Keeps what a market sells, where that is another than before, and tells whoever listens.
pub(super) fn keep_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    was: Option<&BTreeSet<Sku>>,
    market: MarketCode,
    skus: &BTreeSet<Sku>,
    source: String,
    at: Instant,
) -> Outcome<(), Refusal> {
    if was.map_or(skus.is_empty(), |was| was == skus) {
        return Ok(());
    }
    let (skus, confidence) = (skus.clone(), Confidence::S1);
    let fact = Assortment { market, skus, source, confidence };
    clearance::save(tx, Kind::Assortment, market.as_str(), &fact, at)?;
    write_down_in(tx, shop, Happened::clearance(Some(market), "assortment", market.as_str()), at)?;
    Ok(())
}
