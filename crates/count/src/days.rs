//! Who was there on which day: one bit per device and day, exact for every window.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Words by which a bitmap grows: 64 KB, or half a million devices.
const STEP: usize = 8_192;

/// Bitmaps by day. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Days(pub(crate) BTreeMap<u16, Arc<Vec<u64>>>);

impl Days {
    /// Marks the device on the day; false if it was marked.
    pub(crate) fn mark(&mut self, day: u16, number: u32) -> bool {
        let bits = Arc::make_mut(self.0.entry(day).or_default());
        let (word, bit) = (number as usize / 64, 1_u64 << (number % 64));
        if bits.len() <= word {
            // Exactly so much: doubling would keep half of each bitmap for nothing.
            let wanted = (word + 1).next_multiple_of(if word < STEP { 64 } else { STEP });
            bits.reserve_exact(wanted - bits.len());
            bits.resize(wanted, 0);
        }
        let was = bits[word] & bit != 0;
        bits[word] |= bit;
        !was
    }

    /// Whether the device is marked on the day.
    pub(crate) fn has(&self, day: u16, number: u32) -> bool {
        let word = self.0.get(&day).and_then(|bits| bits.get(number as usize / 64));
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Distinct devices on the days `from..=to`.
    pub(crate) fn union(&self, from: u16, to: u16) -> u64 {
        let maps: Vec<&[u64]> = self.0.range(from..=to).map(|(_, bits)| bits.as_slice()).collect();
        let words = maps.iter().map(|bits| bits.len()).max().unwrap_or(0);
        // A block at a time, so that what was joined stays in the cache until it is counted.
        const BLOCK: usize = 4_096;
        let mut joined = [0_u64; BLOCK];
        let mut count = 0;
        for start in (0..words).step_by(BLOCK) {
            joined.fill(0);
            for bits in &maps {
                let part = bits.get(start..).unwrap_or_default();
                for (all, word) in joined.iter_mut().zip(part) {
                    *all |= word;
                }
            }
            count += joined.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
        }
        count
    }

    /// Forgets the days before `first`.
    pub(crate) fn forget_before(&mut self, first: u16) {
        self.0 = self.0.split_off(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_union_counts_each_device_once() {
        let mut days = Days::default();
        let mut plain = BTreeSet::new();
        for (day, step) in [(10, 3), (11, 7), (13, 1_000_003)] {
            for number in (0..2_000_000).step_by(step) {
                assert!(days.mark(day, number));
                plain.insert(number);
            }
        }
        assert!(!days.mark(10, 0));
        assert_eq!(days.union(10, 13), plain.len() as u64);
        assert_eq!(days.union(12, 12), 0);
        assert_eq!(days.union(13, 13), 2);
    }
}
