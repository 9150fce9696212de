//! Units move to where people are: between the lots of one way, whichever nodes own them, so that a
//! way is sold out when its last unit is taken and not when the first of its lots is empty.
//!
//! Each node moves its own lots only, by what all lots have told in their rows. The rule is
//! [`kontor_ledger::sale::share`]; what may not happen is guarded by the transaction that makes a lot
//! larger ([`kontor_store::sale::batch::write`]).

use std::sync::atomic::Ordering;

use kontor_domain::sale::Way;
use kontor_ledger::sale::{Command, LotSeen, Move, share};
use kontor_store::StoreError;
use kontor_store::sale::lot::{self as lots, KeptLot};

use super::board::{Door, LiveSale};
use super::owner::OwnerRefusal;
use crate::core::Shop;

/// Looks at all lots of a sale, notes what other nodes' lots have, and moves what should move here.
pub(super) async fn spread(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    if live.doors.iter().all(|door| is_alone(door)) {
        live.doors.iter().for_each(|door| door.note_beside(door.owners.len(), 0));
        return Ok(());
    }
    let here: Vec<usize> = live.doors.iter().map(|door| door.here().count()).collect();
    let id = live.definition.sale;
    let kept = shop.db.read("sale.spread", move |tx| lots::of_sale(tx, id)).await?;
    for (door, here) in live.doors.iter().zip(here) {
        let of_market = || kept.iter().filter(|lot| lot.market == door.market);
        let own: Vec<&KeptLot> = of_market().filter(|lot| lot.way == door.way).collect();
        let spare = spare(shop, live, door, &kept);
        // What is free where people wait is promised to them.
        let there = own.iter().filter(|lot| !is_here(door, lot) && lot.wanted == 0);
        let there = there.map(|lot| seen(lot).free());
        door.note_beside(here, there.fold(spare, u32::saturating_add));
        // Units at several places are not the same units.
        let first = of_market().next();
        if of_market().all(|lot| first.is_some_and(|first| first.stock == lot.stock)) {
            let lots: Vec<LotSeen> = own.iter().map(|lot| seen_from_here(door, lot)).collect();
            carry_out(door, &lots, spare).await;
        }
    }
    Ok(())
}

/// Whether a way has one lot, and that is owned here: there is nothing beside it.
fn is_alone(door: &Door) -> bool {
    matches!(door.owners.as_slice(), [owner] if owner.is_ready())
}

fn is_here(door: &Door, lot: &KeptLot) -> bool {
    door.owners.iter().any(|owner| owner.lot() == lot.lot && owner.is_ready())
}

const fn seen(lot: &KeptLot) -> LotSeen {
    LotSeen { lot: lot.lot, quota: lot.head.quota, taken: lot.taken, wanted: lot.wanted }
}

/// What is decided here is newer in memory than on disk.
fn seen_from_here(door: &Door, lot: &KeptLot) -> LotSeen {
    let owner = door.owners.iter().find(|owner| owner.lot() == lot.lot && owner.is_ready());
    owner.map_or_else(|| seen(lot), |owner| owner.seen())
}

/// Units that no lot of the way has: given away by one and not taken by another yet. Once unsold units
/// move between ways, what the market's lots do not have belongs to the way that gets them.
fn spare(shop: &Shop, live: &LiveSale, door: &Door, kept: &[KeptLot]) -> u32 {
    let rolls_to: Option<Way> =
        live.definition.rollover.filter(|rollover| shop.now() >= rollover.at).map(|r| r.to);
    let counts = |way: Way| match rolls_to {
        Some(_) => true,
        None => way == door.way,
    };
    if rolls_to.is_some_and(|to| to != door.way) {
        return 0;
    }
    let channels = live.definition.channels.iter();
    let defined: u32 = channels
        .filter(|channel| channel.market == door.market && counts(channel.way))
        .map(|channel| channel.quota)
        .sum();
    let own = kept.iter().filter(|lot| lot.market == door.market && counts(lot.way));
    defined.saturating_sub(own.map(|lot| lot.head.quota).sum())
}

async fn carry_out(door: &Door, lots: &[LotSeen], spare: u32) {
    for owner in door.owners.iter().filter(|owner| owner.is_ready()) {
        let command = match share(owner.lot(), lots, spare) {
            Move::Stay => continue,
            Move::GiveAway(units) => {
                // They are nobody's from then on, and still there: nobody may be told otherwise.
                door.beside.fetch_add(units, Ordering::AcqRel);
                Command::GiveAway(units)
            }
            Move::Grow(units) => {
                let quota = lots.iter().find(|lot| lot.lot == owner.lot()).map_or(0, |l| l.quota);
                Command::SetQuota(quota.saturating_add(units))
            }
        };
        match owner.ask(command).await {
            Ok(_) => {
                tracing::info!(lot = owner.lot(), ?command, "units move between the lots of a way");
            }
            // The next look tries again.
            Err(OwnerRefusal::Elsewhere | OwnerRefusal::Overloaded) => {}
            Err(refusal) => tracing::warn!(?refusal, "units could not move between lots"),
        }
    }
}
