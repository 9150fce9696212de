//! A hasher for keys that are numbers: one multiplication. The keys are chosen by this program (or
//! are keyed hashes), so nobody outside can aim at a slot.

use std::hash::{BuildHasherDefault, Hasher};

/// How maps over small numbers are hashed here.
pub(crate) type Mix = BuildHasherDefault<Mixer>;

/// One odd multiplier with its bits well spread (the golden ratio).
pub(crate) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(GOLDEN);
        // The table takes its slot from the low bits and its tag from the high ones.
        self.0 = mixed ^ (mixed >> 32);
    }
}
