//! Places that cost a deposit and were given up while the sale runs: as many more are let in, and
//! whoever had one is not offered a unit.
//!
//! Compared again and again with what the lots know, so that it holds on every node and after a crash
//! between the deposit's transaction and the lot's.

use std::sync::Arc;

use kontor_ledger::sale::Command;
use kontor_store::StoreError;
use kontor_store::sale::deposit as deposits;

use super::board::{Door, LiveSale, lock, rank_of};
use crate::core::Shop;

/// Looks how many places that cost a deposit were given up, and tells the lots.
pub(super) async fn note_given_up(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    let definition = &live.definition;
    let costs = |door: &&Arc<Door>| definition.deposit(door.market, door.way).is_some();
    for door in live.doors.iter().filter(costs) {
        let (sale, market) = (definition.sale, door.market);
        let count = shop.db.read("sale.given_up", move |tx| deposits::given_up(tx, sale, market));
        let count = count.await?;
        tell_lots(shop, live, door, count.all).await?;
    }
    Ok(())
}

/// Keeps nothing any more for the places of everybody who gave theirs up, and takes them out of the waiting
/// lists of the lots that are owned here, once for as many as they are and for each set of such lots.
async fn tell_lots(
    shop: &Shop,
    live: &LiveSale,
    door: &Door,
    count: i64,
) -> Result<(), StoreError> {
    let here: Vec<_> = door.owners.iter().filter(|owner| owner.is_ready()).collect();
    let told = (count, here.iter().map(|owner| owner.lot()).collect());
    if count == 0 || *lock(&door.told) == told {
        return Ok(());
    }
    let (sale, market, way) = (live.definition.sale, door.market, door.way);
    let gone = shop.db.read("sale.gone", move |tx| deposits::entries_given_up(tx, sale, market));
    let order = door.order.load_full();
    for entry in gone.await? {
        let person = entry.bytes();
        if let Ok(place) = order.binary_search(&rank_of(&live.shuffle, way, entry)) {
            door.note_taker(person, place);
        }
        let Some(owner) = live.home(market, way, person) else { continue };
        let is_here = here.iter().any(|own| own.lot() == owner.lot());
        if is_here && owner.may_have(person) && owner.ask(Command::Leave(*person)).await.is_err() {
            // Not told: the next look tries again.
            return Ok(());
        }
    }
    *lock(&door.told) = told;
    Ok(())
}
