//! From a device's key to its number: open-addressed tables of numbers, four bytes a slot. The
//! keys themselves stand in the column, so that no byte is kept twice.
//!
//! Many small tables instead of a large one: each grows alone, by an eighth, so that growing never
//! needs the memory of a second table and never makes a report wait for more than a millisecond or
//! two. Three bits of each slot are of the key, so that seven of eight looks at a wrong row are
//! saved: a look at a row is a miss of the cache, which is what counting costs.

use crate::column::Column;
use crate::mix::GOLDEN;

const SHARD_BITS: u32 = 12;
const TAG_BITS: u32 = 3;
/// Devices that can have a number; the rest of a slot is the tag.
pub(crate) const DEVICES_MAX: usize = (1 << (32 - TAG_BITS)) - 1;
const EMPTY: u32 = u32::MAX;
/// Slots of a table at the beginning.
const SLOTS_MIN: usize = 8;

/// The tables. At most seventeen twentieths of a table's slots are taken.
#[derive(Debug)]
pub(crate) struct Index {
    shards: Vec<Shard>,
}

#[derive(Clone, Debug, Default)]
struct Shard {
    slots: Vec<u32>,
    taken: u32,
}

/// A key taken apart.
#[derive(Clone, Copy)]
struct Place {
    shard: usize,
    /// Where in the shard, as a fraction of 2^64.
    at: u64,
    tag: u32,
}

impl Place {
    const fn of(key: u64) -> Self {
        // Keys are keyed hashes already; the product makes short test keys as good.
        let mixed = (key ^ (key >> 31)).wrapping_mul(GOLDEN);
        Self {
            shard: (mixed >> (64 - SHARD_BITS)) as usize,
            at: mixed << SHARD_BITS,
            tag: (key ^ (mixed >> 20)) as u32 & ((1 << TAG_BITS) - 1),
        }
    }

    const fn slot(self, slots: usize) -> usize {
        ((self.at as u128 * slots as u128) >> 64) as usize
    }
}

impl Index {
    /// The tables of all rows.
    pub(crate) fn of(column: &Column) -> Self {
        let shards = vec![Shard::default(); 1 << SHARD_BITS];
        let mut index = Self { shards };
        // How many rows each table gets is counted first, so that none grows on the way.
        let mut rows = vec![0_usize; 1 << SHARD_BITS];
        for (row, _) in column.iter() {
            rows[Place::of(row.key).shard] += 1;
        }
        for (shard, rows) in index.shards.iter_mut().zip(rows) {
            shard.slots = vec![EMPTY; slots_for(rows)];
        }
        // Two threads, each with half of the tables: nothing is shared but the rows.
        let (low, high) = index.shards.split_at_mut(1 << (SHARD_BITS - 1));
        std::thread::scope(|scope| {
            scope.spawn(|| put_all(low, 0, column));
            put_all(high, 1 << (SHARD_BITS - 1), column);
        });
        index
    }

    pub(crate) fn find(&self, key: u64, column: &Column) -> Option<u32> {
        let place = Place::of(key);
        let slots = &self.shards[place.shard].slots;
        if slots.is_empty() {
            return None;
        }
        let mut at = place.slot(slots.len());
        loop {
            let slot = slots[at];
            if slot == EMPTY {
                return None;
            }
            let number = slot >> TAG_BITS;
            if slot & ((1 << TAG_BITS) - 1) == place.tag && column.key(number) == key {
                return Some(number);
            }
            at = if at + 1 == slots.len() { 0 } else { at + 1 };
        }
    }

    /// Enters the row that was just pushed.
    pub(crate) fn insert(&mut self, key: u64, number: u32, column: &Column) {
        let place = Place::of(key);
        let shard = &mut self.shards[place.shard];
        let wanted = slots_for(shard.taken as usize + 1);
        if wanted > shard.slots.len() {
            shard.grow(wanted, column);
        }
        shard.put(place, number);
    }
}

/// Enters all rows that belong to these tables, the first of which is number `first`.
fn put_all(shards: &mut [Shard], first: usize, column: &Column) {
    /// Rows whose slots are looked at before any is filled, so that the misses of the cache that
    /// this costs are waited for together.
    const TOGETHER: usize = 64;
    let mut waiting = Vec::with_capacity(TOGETHER);
    let mut fill = |waiting: &mut Vec<(Place, u32)>| {
        let look = |(place, _): &(Place, u32)| {
            let slots = &shards[place.shard - first].slots;
            slots[place.slot(slots.len())]
        };
        std::hint::black_box(waiting.iter().map(look).fold(0, |all, slot| all ^ slot));
        for (place, number) in waiting.drain(..) {
            shards[place.shard - first].put(place, number);
        }
    };
    let mine = first..first + (1 << (SHARD_BITS - 1));
    for (number, (row, _)) in (0_u32..).zip(column.iter()) {
        let place = Place::of(row.key);
        if mine.contains(&place.shard) {
            waiting.push((place, number));
            if waiting.len() == TOGETHER {
                fill(&mut waiting);
            }
        }
    }
    fill(&mut waiting);
}

impl Shard {
    fn put(&mut self, place: Place, number: u32) {
        let mut at = place.slot(self.slots.len());
        while self.slots[at] != EMPTY {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        self.slots[at] = number << TAG_BITS | place.tag;
        self.taken += 1;
    }

    fn grow(&mut self, wanted: usize, column: &Column) {
        let grown = wanted.max(self.slots.len() + self.slots.len() / 8);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; grown]);
        self.taken = 0;
        for slot in old.into_iter().filter(|slot| *slot != EMPTY) {
            let number = slot >> TAG_BITS;
            self.put(Place::of(column.key(number)), number);
        }
    }
}

/// Slots for so many rows: never all of them taken.
fn slots_for(rows: usize) -> usize {
    (rows + rows * 3 / 17 + 1).max(SLOTS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Row;

    #[test]
    fn every_key_is_found_and_no_other() {
        let (mut column, mut grown) = (Column::default(), Index::of(&Column::default()));
        let key = |n: u64| n.wrapping_mul(n) ^ (n << 40);
        for n in 0..60_000_u64 {
            let number = column.push(Row { key: key(n), ..Row::default() }, 0);
            grown.insert(key(n), number, &column);
        }
        let built = Index::of(&column);
        for n in 0..60_000_u64 {
            assert_eq!(grown.find(key(n), &column), built.find(key(n), &column));
            assert!(grown.find(key(n), &column).is_some_and(|f| column.key(f) == key(n)));
            assert_eq!(grown.find(key(n) ^ 1 << 63, &column), None, "{n}");
        }
    }
}
