//! Who of the order has taken units, place by place: what is kept for those who are in and have not
//! decided is worked out from it.
//!
//! Whoever takes units here is noted when they are told. What was taken before the owner of a lot began (by
//! a process before this one, by another node, in a batch whose end nobody heard) is read from the lot's
//! claims, a part with each look of the keeper. Until then it counts as not taken: more is kept than need
//! be, never less.

use std::sync::atomic::{AtomicU64, Ordering};

use kontor_base::id::EntryId;
use kontor_domain::sale::Way;
use kontor_store::StoreError;
use kontor_store::sale::batch;

use super::board::{Door, LiveSale, ReadUpTo, lock, rank_of};
use super::owner::LotOwner;
use crate::core::Shop;

/// How many claims are read at a time, and how many times with one look: a large sale is read in some
/// seconds, and nobody who comes in waits for it.
const PAGE: i64 = 20_000;
const PAGES_AT_ONCE: usize = 5;

/// One bit for each place in an order: whether its holder has taken units here.
#[derive(Debug, Default)]
pub(super) struct Takers {
    words: Vec<AtomicU64>,
}

impl Takers {
    pub(super) fn new(places: usize) -> Self {
        Self { words: (0..places.div_ceil(64)).map(|_| AtomicU64::new(0)).collect() }
    }

    /// For how many places there is room.
    pub(super) fn room(&self) -> usize {
        self.words.len() * 64
    }

    /// Notes that the holder of a place has taken units. Twice is once.
    pub(super) fn note(&self, place: usize) {
        if let Some(word) = self.words.get(place / 64) {
            word.fetch_or(1 << (place % 64), Ordering::Relaxed);
        }
    }

    /// How many of the places from `from` to before `to` have.
    pub(super) fn count(&self, from: usize, to: usize) -> usize {
        let mut count = 0;
        let mut at = from;
        while at < to {
            let Some(word) = self.words.get(at / 64) else { break };
            let end = to.min((at / 64 + 1) * 64);
            let bits = word.load(Ordering::Relaxed) >> (at % 64);
            let kept = end - at;
            let mask = if kept == 64 { u64::MAX } else { (1 << kept) - 1 };
            count += (bits & mask).count_ones() as usize;
            at = end;
        }
        count
    }
}

/// Reads who has taken units in the lots whose owners have begun since the last look.
pub(super) async fn read_takers(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    for door in live.doors.iter().filter(|door| door.way != Way::Code && door.is_ordered()) {
        for (at, owner) in door.owners.iter().enumerate() {
            read_of(shop, live, door, (at, owner)).await?;
        }
    }
    Ok(())
}

async fn read_of(
    shop: &Shop,
    live: &LiveSale,
    door: &Door,
    (at, owner): (usize, &LotOwner),
) -> Result<(), StoreError> {
    let Some(fence) = owner.fence() else { return Ok(()) };
    let ReadUpTo { fence: read, mut last } = {
        let mut all = lock(&door.read);
        all.resize(door.owners.len(), ReadUpTo::default());
        all[at]
    };
    if read == fence {
        return Ok(());
    }
    let (lot, order) = (owner.lot(), door.order.load_full());
    for _ in 0..PAGES_AT_ONCE {
        let page = shop
            .db
            .read("sale.takers", move |tx| batch::persons_after(tx, lot, last, PAGE))
            .await?;
        for (_, person) in &page {
            let rank = rank_of(&live.shuffle, door.way, EntryId::from_bytes(*person));
            // Whoever came later is not in it.
            if let Ok(place) = order.binary_search(&rank) {
                door.note_taker(person, place);
            }
        }
        last = page.last().map_or(last, |(number, _)| *number);
        let is_all = i64::try_from(page.len()).unwrap_or(PAGE) < PAGE;
        lock(&door.read)[at] = ReadUpTo { fence: if is_all { fence } else { read }, last };
        if is_all {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_where_they_lie() {
        let takers = Takers::new(200);
        for place in [0, 63, 64, 127, 128, 199, 199, 1_000] {
            takers.note(place);
        }
        assert_eq!(takers.count(0, 200), 6);
        assert_eq!(takers.count(0, 64), 2);
        assert_eq!(takers.count(64, 128), 2);
        assert_eq!(takers.count(65, 127), 0);
        assert_eq!(takers.count(127, 129), 2);
    }
}
