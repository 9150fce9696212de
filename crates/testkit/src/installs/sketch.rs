//! HyperLogLog, the usual estimate of distinct things, as a comparison: 2^14 registers of a byte,
//! with the small-range correction of the first paper.
#![allow(
    clippy::float_arithmetic,
    reason = "an estimate is a float by nature; nothing counts on it"
)]

const BITS: u32 = 14;

/// A sketch.
#[derive(Clone, Debug)]
pub struct Sketch(Vec<u8>);

impl Default for Sketch {
    fn default() -> Self {
        Self(vec![0; 1 << BITS])
    }
}

impl Sketch {
    /// Its bytes in memory.
    pub const BYTES: usize = 1 << BITS;

    /// Adds a key that is as good as random.
    pub fn add(&mut self, key: u64) {
        let register = (key >> (64 - BITS)) as usize;
        let rank = ((key << BITS) | 1 << (BITS - 1)).leading_zeros() + 1;
        let rank = u8::try_from(rank).unwrap_or(u8::MAX);
        self.0[register] = self.0[register].max(rank);
    }

    /// About how many different keys were added.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        let registers = f64::from(1_u32 << BITS);
        let alpha = 0.7213 / (1.0 + 1.079 / registers);
        let sum: f64 = self.0.iter().map(|rank| (-f64::from(*rank)).exp2()).sum();
        let raw = alpha * registers * registers / sum;
        let empty = self.0.iter().filter(|rank| **rank == 0).count();
        if raw <= 2.5 * registers && empty > 0 {
            let empty = f64::from(u32::try_from(empty).unwrap_or(u32::MAX));
            return registers * (registers / empty).ln();
        }
        raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_within_five_parts_of_a_hundred() {
        let mut sketch = Sketch::default();
        for n in 0..200_000_u64 {
            let key = super::super::fill::key(n);
            sketch.add(key);
            sketch.add(key);
        }
        let error = sketch.estimate() / 200_000.0 - 1.0;
        assert!(error.abs() < 0.05, "{error}");
        assert!(Sketch::default().estimate() < 1.0);
    }
}
