//! What a way in has not sold by the stated time goes to another way of the same market.
//!
//! Two steps, each of which can be made again: the lots of the one way give up what nobody has, on
//! disk; then a lot of the other way gets what is missing there. A crash in between leaves units
//! with nobody for a moment, never with two.

use std::sync::Arc;

use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Channel, Standing, Way, roll_over};
use kontor_ledger::sale::Command;
use kontor_store::StoreError;
use kontor_store::sale::lot as lots;

use super::board::LiveSale;
use super::owner::OwnerRefusal;
use crate::core::Shop;

/// Moves what is due to move.
pub(super) async fn roll_over_unsold(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    let Some(rollover) = live.definition.rollover.filter(|rollover| shop.now() >= rollover.at)
    else {
        return Ok(());
    };
    let standings: Vec<Standing> = live
        .definition
        .channels
        .iter()
        .filter_map(|channel| {
            let Channel { market, way, .. } = *channel;
            let standing = live.standing(market, way)?;
            let channel = Channel { market, way, quota: standing.quota };
            Some(Standing { channel, taken: standing.taken })
        })
        .collect();
    let moves = roll_over(&standings, rollover.to);
    for moved in &moves {
        let Some(door) =
            live.doors.iter().find(|d| d.market == moved.market && d.way == moved.from)
        else {
            continue;
        };
        // The lots of other nodes are theirs: each node gives up what its own have.
        for owner in door.owners.iter().filter(|owner| owner.is_ready()) {
            tell(owner.ask(Command::Shrink).await);
        }
        let (market, from, to, units) = (moved.market, moved.from, moved.to, moved.units);
        tracing::info!(%market, from = from.word(), to = to.word(), units, "unsold units move");
    }
    let mut markets: Vec<MarketCode> =
        live.definition.channels.iter().map(|channel| channel.market).collect();
    markets.dedup();
    for market in markets {
        give(shop, live, market, rollover.to).await?;
    }
    Ok(())
}

/// Gives the way what the others of its market have given up, as the database knows it.
async fn give(shop: &Shop, live: &LiveSale, market: MarketCode, to: Way) -> Result<(), StoreError> {
    let id = live.definition.sale;
    let kept = shop.db.read("sale.quotas", move |tx| lots::of_sale(tx, id)).await?;
    let all: u32 = kept.iter().filter(|lot| lot.market == market).map(|l| l.head.quota).sum();
    let defined: u32 = live
        .definition
        .channels
        .iter()
        .filter(|channel| channel.market == market)
        .map(|channel| channel.quota)
        .sum();
    let Some(missing) = defined.checked_sub(all).filter(|missing| *missing > 0) else {
        return Ok(());
    };
    let door = live.doors.iter().find(|door| door.market == market && door.way == to);
    let first = door.and_then(|door| door.owners.first()).filter(|owner| owner.is_ready());
    let lot = first.and_then(|owner| kept.iter().find(|lot| lot.lot == owner.lot()));
    if let (Some(owner), Some(lot)) = (first.map(Arc::clone), lot) {
        // The same stock for every way of a market, but for goods at several places.
        let same = kept.iter().filter(|l| l.market == market).all(|l| l.stock == lot.stock);
        if same {
            tell(owner.ask(Command::SetQuota(lot.head.quota + missing)).await);
        } else {
            tracing::warn!(%market, missing, "units at several places do not move by themselves");
        }
    }
    Ok(())
}

fn tell<T>(answer: Result<T, OwnerRefusal>) {
    if let Err(refusal) = answer {
        // The next look tries again.
        tracing::warn!(?refusal, "unsold units could not be moved");
    }
}
