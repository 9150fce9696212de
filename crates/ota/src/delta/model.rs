//! The changed bytes, as an arithmetic code that learns while it goes.
//!
//! Where code moved, the bytes that differ are parts of addresses: the same address changes the
//! same way each time, at the same place within a word, a few words after the last change. Each
//! difference (new minus old) is therefore guessed from several contexts at once, all of which the
//! decoder has too, the guesses are mixed by how good they were lately, and only the surprise is
//! written. All arithmetic is on integers, so that every machine arrives at the same bits.

use std::io::Read;

use super::format::DeltaError;
use super::number::ended;

/// How many contexts guess.
const CONTEXTS: usize = 7;
/// Size of each context's table, as a power of two.
const TABLE_BITS: u32 = 20;
/// Logarithmic odds go from -2047 to 2047, in steps of 1/256.
const ODDS_MAX: i32 = 2047;
/// How fast the mixer learns.
const MIXER_RATE: i32 = 6;
/// A context's guess moves by at least 1/COUNT_MAX of its error.
const COUNT_MAX: u32 = 255;

/// One end of the code: writes the given bit, or reads one.
pub(super) trait BitCoder {
    /// Codes a bit that is one with a chance of `one` / 65536.
    fn bit(&mut self, bit: bool, one: u32) -> Result<bool, DeltaError>;
}

/// Writes bits.
pub(super) struct BitWriter {
    low: u32,
    high: u32,
    out: Vec<u8>,
}

impl BitWriter {
    pub(super) const fn new() -> Self {
        Self { low: 0, high: u32::MAX, out: Vec::new() }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        // Any number between low and high will do; its tail is zeros, which a reader adds.
        self.out.extend_from_slice(&self.high.to_be_bytes());
        self.out
    }
}

fn middle(low: u32, high: u32, one: u32) -> u32 {
    low + ((u64::from(high - low) * u64::from(one)) >> 16) as u32
}

impl BitCoder for BitWriter {
    fn bit(&mut self, bit: bool, one: u32) -> Result<bool, DeltaError> {
        let middle = middle(self.low, self.high, one);
        if bit {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        while (self.low ^ self.high) >> 24 == 0 {
            self.out.push((self.high >> 24) as u8);
            self.low <<= 8;
            self.high = (self.high << 8) | 0xff;
        }
        Ok(bit)
    }
}

/// Reads bits.
pub(super) struct BitReader<R> {
    low: u32,
    high: u32,
    code: u32,
    from: R,
}

impl<R: Read> BitReader<R> {
    pub(super) fn new(mut from: R) -> Result<Self, DeltaError> {
        let mut code = 0;
        for _ in 0..4 {
            code = (code << 8) | u32::from(next(&mut from)?);
        }
        Ok(Self { low: 0, high: u32::MAX, code, from })
    }
}

/// Beyond the end come zeros: how much is read is bounded by the image's length, not by this.
fn next(from: &mut impl Read) -> Result<u8, DeltaError> {
    let mut byte = [0];
    from.read(&mut byte).map_err(ended)?;
    Ok(byte[0])
}

impl<R: Read> BitCoder for BitReader<R> {
    fn bit(&mut self, _: bool, one: u32) -> Result<bool, DeltaError> {
        let middle = middle(self.low, self.high, one);
        let bit = self.code <= middle;
        if bit {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        while (self.low ^ self.high) >> 24 == 0 {
            self.low <<= 8;
            self.high = (self.high << 8) | 0xff;
            self.code = (self.code << 8) | u32::from(next(&mut self.from)?);
        }
        Ok(bit)
    }
}

/// Tables between chances (in 4096ths) and logarithmic odds.
struct Odds {
    /// Chance for odds from -2048 on.
    chance: Vec<i32>,
    /// Odds for a chance.
    odds: Vec<i32>,
}

impl Odds {
    fn new() -> Self {
        // e^(1/256) and its powers with 32 bits behind the point.
        const STEP: u128 = 4_311_777_323;
        let mut power: u128 = 1 << 32;
        let mut positive = Vec::with_capacity(2049);
        for _ in 0..=2048 {
            let chance = (4096 * power / (power + (1 << 32))) as i32;
            positive.push(chance.clamp(1, 4095));
            power = (power * STEP) >> 32;
        }
        let chance: Vec<i32> = (-2048..=2048_i32)
            .map(|odds| {
                let there = positive[odds.unsigned_abs() as usize];
                if odds < 0 { 4096 - there } else { there }
            })
            .collect();
        let mut odds = vec![ODDS_MAX; 4096];
        let mut at = 0;
        for (index, chance) in chance.iter().enumerate() {
            while at <= *chance && at < 4096 {
                odds[at as usize] = (index as i32 - 2048).clamp(-ODDS_MAX, ODDS_MAX);
                at += 1;
            }
        }
        Self { chance, odds }
    }

    fn chance(&self, odds: i32) -> i32 {
        self.chance[(odds.clamp(-2048, 2047) + 2048) as usize]
    }
}

/// What a difference is guessed from. Both sides have all of it.
pub(super) struct Situation<'bytes> {
    /// The old image around the byte: three before its word of eight, the word, three behind.
    pub(super) old: &'bytes [u8],
    /// Where in `old` the byte is.
    pub(super) at: usize,
    /// Its offset in the new image.
    pub(super) new_offset: u64,
    /// How far the new image is ahead of the old one here.
    pub(super) shift: i64,
}

/// The guesses and how good they were.
pub(super) struct Model {
    odds: Odds,
    rates: Vec<i32>,
    /// Per context: chance in the upper 22 bits, how often it was met in the lower 10.
    tables: Vec<Vec<u32>>,
    /// Per situation of the mixer: a weight for each context.
    weights: Vec<[i32; CONTEXTS]>,
    /// Which of the last bytes differed, newest lowest.
    history: u32,
    /// The last differences, newest first, without zeros.
    recent: [u8; 8],
    /// The differences within the present word, newest lowest.
    word: u32,
}

impl Model {
    pub(super) fn new() -> Self {
        let rates = (0..=COUNT_MAX as i32).map(|count| 2 * 65536 / (2 * count + 3)).collect();
        Self {
            odds: Odds::new(),
            rates,
            tables: vec![vec![1 << 31; 1 << TABLE_BITS]; CONTEXTS],
            weights: vec![[(1 << 16) / 3; CONTEXTS]; 4 * 256 * 2],
            history: 0,
            recent: [0; 8],
            word: 0,
        }
    }

    /// Codes one difference. The writer gives it, the reader is given it.
    pub(super) fn code<C: BitCoder>(
        &mut self,
        coder: &mut C,
        difference: u8,
        situation: &Situation<'_>,
    ) -> Result<u8, DeltaError> {
        let lane = (situation.new_offset & 3) as u32;
        if lane == 0 {
            self.word = 0;
        }
        let contexts = self.contexts(situation, lane);
        let changed = self.bit(coder, &contexts, 0, lane, difference != 0)?;
        let mut value = 0;
        if changed {
            let mut node = 1_u32;
            for shift in (0..8).rev() {
                let bit = (difference >> shift) & 1 == 1;
                let bit = self.bit(coder, &contexts, node, lane, bit)?;
                node = (node << 1) | u32::from(bit);
            }
            value = (node & 0xff) as u8;
            self.recent.copy_within(0..7, 1);
            self.recent[0] = value;
        }
        self.history = (self.history << 1) | u32::from(changed);
        self.word = (self.word << 8) | u32::from(value);
        Ok(value)
    }

    fn contexts(&self, situation: &Situation<'_>, lane: u32) -> [u32; CONTEXTS] {
        let old = |distance: i64| -> u64 {
            let index = situation.at as i64 + distance;
            let byte = usize::try_from(index).ok().and_then(|index| situation.old.get(index));
            u64::from(byte.copied().unwrap_or(0))
        };
        let base = -i64::from(lane);
        let word = old(base) | old(base + 1) << 8 | old(base + 2) << 16 | old(base + 3) << 24;
        // Where a relative branch within this word leads: the same place moves the same way.
        let place = (situation.new_offset as i64 - situation.shift + base) / 4;
        let target = (word & 0x03ff_ffff).wrapping_add(place as u64) & 0x03ff_ffff;
        let lane = u64::from(lane);
        let so_far = u64::from(self.word);
        let history = u64::from(self.history);
        let recent = |count: usize| {
            self.recent[..count].iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
        };
        let shift = situation.shift as u64;
        [
            hash(1, lane | (history & 0xfff) << 2, so_far),
            hash(2, lane | word << 2, so_far),
            hash(3, lane | recent(3) << 2, so_far | (old(base + 3) << 32)),
            hash(4, lane | target << 2, so_far | shift << 32),
            hash(5, lane | (history & 0xff) << 2 | old(0) << 10, old(1) | old(-1) << 8),
            hash(
                6,
                lane | old(base + 3) << 2 | (word & 0x00f0_0000) << 10,
                so_far | (history & 0xff) << 32,
            ),
            hash(7, lane | recent(1) << 2 | (history & 0xf) << 10, shift | so_far << 32),
        ]
    }

    fn bit<C: BitCoder>(
        &mut self,
        coder: &mut C,
        contexts: &[u32; CONTEXTS],
        node: u32,
        lane: u32,
        bit: bool,
    ) -> Result<bool, DeltaError> {
        let mut slots = [0_usize; CONTEXTS];
        let mut guesses = [0_i32; CONTEXTS];
        let set = &mut self.weights[((lane << 8 | node) << 1 | (self.history & 1)) as usize];
        let mut sum = 0_i64;
        for index in 0..CONTEXTS {
            let mixed = contexts[index].wrapping_add(node.wrapping_mul(0x9e37_79b1));
            let slot =
                ((mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d) >> (32 - TABLE_BITS)) as usize;
            slots[index] = slot;
            let chance = self.tables[index][slot] >> 20;
            guesses[index] = self.odds.odds[chance as usize];
            sum += i64::from(set[index]) * i64::from(guesses[index]);
        }
        let chance = self.odds.chance((sum >> 16).clamp(-2047, 2047) as i32);
        let bit = coder.bit(bit, (chance as u32) << 4)?;
        let error = ((i32::from(bit) << 12) - chance) * MIXER_RATE;
        for index in 0..CONTEXTS {
            set[index] += (guesses[index] * error + 0x2000) >> 14;
            let entry = &mut self.tables[index][slots[index]];
            let (chance, count) = ((*entry >> 10) as i32, *entry & 0x3ff);
            let goal = if bit { (1 << 22) - 1 } else { 0 };
            let rate = self.rates[count as usize];
            let chance = chance + (((goal - chance) as i64 * i64::from(rate)) >> 16) as i32;
            *entry = (chance as u32) << 10 | (count + 1).min(COUNT_MAX);
        }
        Ok(bit)
    }
}

fn hash(salt: u64, first: u64, second: u64) -> u32 {
    let mixed = (first ^ salt << 58).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ second.wrapping_mul(0xc2b2_ae3d_27d4_eb4f).rotate_left(31);
    (mixed.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32) as u32
}
