//! Pseudo-random numbers that are fast and the same everywhere. Nothing secret comes of them.

/// A stream of numbers that follows from its seeds alone.
#[derive(Clone, Debug)]
pub(super) struct Stream(u64);

impl Stream {
    /// The stream of these seeds.
    pub(super) fn new(seeds: &[u64]) -> Self {
        let start = seeds.iter().fold(0x243f_6a88_85a3_08d3, |state, seed| {
            mix(state ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        });
        Self(start)
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `limit`, which is not zero.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// A number below `limit` of which small ones come much more often.
    pub(super) fn skewed(&mut self, limit: u64) -> u64 {
        let once = self.below(limit);
        let twice = self.below(once + 1);
        self.below(twice + 1)
    }
}

const fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
