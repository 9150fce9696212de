//! Who may have units already: a small set of bits that says *no* for certain and *yes* only
//! perhaps.
//!
//! Once everything is taken, a request is turned away without troubling the owner, unless it could
//! be the repetition of one that won. With 16 bits for each unit about one loser in sixteen is
//! taken for a possible winner and answered by the owner, also from memory.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bits for each unit of the quota.
const BITS_PER_UNIT: usize = 16;
/// The fewest words of 64 bits.
const WORDS_MIN: usize = 64;

/// The set. Entries are only ever added.
#[derive(Debug)]
pub(super) struct Sieve(Vec<AtomicU64>);

impl Sieve {
    /// A sieve for about so many people.
    pub(super) fn new(people: usize) -> Self {
        let words = (people * BITS_PER_UNIT / 64).next_power_of_two().max(WORDS_MIN);
        Self((0..words).map(|_| AtomicU64::new(0)).collect())
    }

    /// Adds somebody.
    pub(super) fn add(&self, person: &[u8; 16]) {
        let (word, bit) = self.place(person);
        self.0[word].fetch_or(bit, Ordering::Relaxed);
    }

    /// Whether somebody may have been added. What was added before an answer was sent is seen by
    /// whoever has heard that answer: channels order memory.
    pub(super) fn may_have(&self, person: &[u8; 16]) -> bool {
        let (word, bit) = self.place(person);
        self.0[word].load(Ordering::Relaxed) & bit != 0
    }

    fn place(&self, person: &[u8; 16]) -> (usize, u64) {
        let [.., a, b, c, d, e, f, g, h] = *person;
        // Spread ids that were made one after the other.
        let mixed =
            u64::from_be_bytes([a, b, c, d, e, f, g, h]).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed >> 6) as usize >> 8 & (self.0.len() - 1), 1 << (mixed >> 58))
    }
}

#[cfg(test)]
mod tests {
    use kontor_base::Random;

    use super::*;

    #[test]
    fn it_never_denies_a_winner_and_rarely_suspects_a_loser() {
        let random = Random::seeded(1);
        let sieve = Sieve::new(2_000);
        let winners: Vec<_> = (0..2_000).map(|_| random.bytes16()).collect();
        winners.iter().for_each(|winner| sieve.add(winner));
        assert!(winners.iter().all(|winner| sieve.may_have(winner)));
        let suspected = (0..10_000).filter(|_| sieve.may_have(&random.bytes16())).count();
        assert!(suspected < 1_000, "{suspected} of 10,000");
    }
}
