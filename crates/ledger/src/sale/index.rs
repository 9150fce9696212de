//! Finds a claim by the hash of its person or of its request, in four bytes a slot.
//!
//! Open addressing with linear probing over a power of two of slots, at most three quarters full.
//! A slot holds only the claim's number: the key lies in the claim itself. The keys are keyed hashes
//! or ids that the shop itself made, so their own bytes are the place to look; nobody outside can
//! choose them to collide.
//!
//! Entries are only taken out again in the reverse order in which they went in (a batch that is
//! rolled back): an emptied slot can then never stand between an older entry and its first slot.

/// The index. Numbers are counted from 1; 0 marks a free slot.
#[derive(Clone, Debug)]
pub struct Index {
    slots: Vec<u32>,
    used: usize,
}

impl Default for Index {
    fn default() -> Self {
        Self::with_room(0)
    }
}

/// The fewest slots.
const SLOTS_MIN: usize = 16;

impl Index {
    /// An index with room for `entries` before it has to grow.
    #[must_use]
    pub fn with_room(entries: usize) -> Self {
        let slots = (entries.saturating_add(1) * 4).div_ceil(3).next_power_of_two().max(SLOTS_MIN);
        Self { slots: vec![0; slots], used: 0 }
    }

    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.used
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The bytes that the slots take.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.slots.len() * size_of::<u32>()
    }

    /// The number kept for `key`, where `key_of` gives the key of a number.
    pub fn find(&self, key: &[u8; 16], key_of: impl Fn(u32) -> [u8; 16]) -> Option<u32> {
        let number = self.slots[self.slot(key, key_of)];
        (number != 0).then_some(number)
    }

    /// Keeps `number` for `key`, in place of the one that was kept before, which it gives.
    pub fn put(&mut self, key: &[u8; 16], number: u32, key_of: impl Fn(u32) -> [u8; 16]) -> u32 {
        debug_assert_ne!(number, 0, "numbers are counted from 1");
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.grow(&key_of);
        }
        let slot = self.slot(key, key_of);
        let before = std::mem::replace(&mut self.slots[slot], number);
        self.used += usize::from(before == 0);
        before
    }

    /// Undoes the latest [`Index::put`] that is not yet undone: `before` is what it gave.
    pub fn undo(&mut self, key: &[u8; 16], before: u32, key_of: impl Fn(u32) -> [u8; 16]) {
        let slot = self.slot(key, key_of);
        self.slots[slot] = before;
        self.used -= usize::from(before == 0);
    }

    /// The slot of `key`, or the free slot where it belongs.
    fn slot(&self, key: &[u8; 16], key_of: impl Fn(u32) -> [u8; 16]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = first_slot(key) & mask;
        while self.slots[slot] != 0 && key_of(self.slots[slot]) != *key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self, key_of: impl Fn(u32) -> [u8; 16]) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![0; old.len() * 2];
        for number in old.into_iter().filter(|number| *number != 0) {
            let slot = self.slot(&key_of(number), &key_of);
            self.slots[slot] = number;
        }
    }
}

/// From the last bytes: in a keyed hash any bytes will do, in a time-ordered id these are random.
#[expect(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
fn first_slot(key: &[u8; 16]) -> usize {
    let [.., a, b, c, d, e, f, g, h] = *key;
    u64::from_be_bytes([a, b, c, d, e, f, g, h]) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few different keys and few different first slots, so that entries push each other about.
        #[test]
        fn it_is_a_map_whose_latest_entries_can_be_undone(
            keys in prop::collection::vec((0_u8..40, 0_u8..4), 1..200),
            undone in 0_usize..100,
        ) {
            let key = |(a, b): (u8, u8)| { let mut key = [0; 16]; key[15] = b; key[0] = a; key };
            let all: Vec<[u8; 16]> = keys.iter().map(|k| key(*k)).collect();
            let key_of = |number: u32| all[number as usize - 1];
            let mut index = Index::with_room(all.len());
            let mut log = Vec::new();
            for (number, key) in (1..).zip(&all) {
                log.push((*key, index.put(key, number, key_of)));
            }
            let kept = all.len().saturating_sub(undone);
            for (key, before) in log.drain(kept..).rev() {
                index.undo(&key, before, key_of);
            }
            let mut plain = HashMap::new();
            for (number, key) in (1..).zip(&all[..kept]) {
                plain.insert(*key, number);
            }
            prop_assert_eq!(index.len(), plain.len());
            for key in &all {
                prop_assert_eq!(index.find(key, key_of), plain.get(key).copied());
            }
        }

        #[test]
        fn it_grows_without_losing_anything(count in 1_u32..3_000) {
            let key_of = |number: u32| {
                let mut key = [0; 16];
                key[12..].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_le_bytes());
                key[..4].copy_from_slice(&number.to_le_bytes());
                key
            };
            let mut index = Index::default();
            for number in 1..=count {
                prop_assert_eq!(index.put(&key_of(number), number, key_of), 0);
            }
            for number in 1..=count {
                prop_assert_eq!(index.find(&key_of(number), key_of), Some(number));
            }
            prop_assert_eq!(index.find(&key_of(count + 1), key_of), None);
        }
    }
}
