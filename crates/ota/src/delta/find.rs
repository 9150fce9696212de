//! Where each part of the new image lies in the old one.
//!
//! Three ideas, none of which looks at the whole old image for every byte:
//!
//! 1. A coarse index holds every 16th place of the old image. One exact window found there is an
//!    anchor, and an anchor is extended both ways over bytes that differ, as long as more are the
//!    same than not.
//! 2. Images are files behind files, and both builds have nearly the same ones. So what is left
//!    between anchors is looked for near where its neighbours were found, with a fine index of
//!    that neighbourhood only. This stands for knowing where files lie, without reading any
//!    particular file system.
//! 3. The place where the last part continues is always asked first.
//!
//! Memory: the old image, 4 bytes for every 16 of it (at most 128 MiB), and 4 MiB.

/// Bytes of an anchor's window.
const WINDOW: usize = 24;
/// Every how many bytes the old image is indexed.
const STEP: usize = 16;
/// The coarse index has at most this many entries, as a power of two.
const COARSE_BITS_MAX: u32 = 25;
/// The fine index, as a power of two.
const FINE_BITS: u32 = 20;
/// Bytes of the fine index's windows.
const FINE_WINDOW: usize = 8;
/// Bytes of the new image that share a fine index.
const BLOCK: usize = 256 * 1024;
/// How far around a neighbour the fine index looks.
const AROUND: usize = 48 * 1024;
/// Old bytes in one fine index at most.
const FINE_BYTES_MAX: usize = 1024 * 1024;
/// An anchor far from where the last part continues must have this many equal bytes.
const FAR_MIN: usize = 40;
/// What counts as near, in bytes.
const NEAR: i64 = 1024 * 1024;
/// More equal than unequal bytes that make a fine find worth a step.
const FINE_SCORE_MIN: i32 = 14;
/// Parts with one shift and less than this between them become one.
const BRIDGE: usize = 24;
/// Extension stops when this many more bytes are unequal than at its best.
const DROP: i32 = 28;

/// A part of the new image and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Where it begins, within the given piece of the new image.
    pub(super) new: usize,
    /// Where it begins in the old image.
    pub(super) old: usize,
    /// How many bytes.
    pub(super) length: usize,
}

impl Match {
    const fn shift(&self) -> i64 {
        self.old as i64 - self.new as i64
    }

    const fn end(&self) -> usize {
        self.new + self.length
    }
}

/// The old image with its coarse index.
pub(super) struct Finder<'old> {
    old: &'old [u8],
    coarse: Vec<u32>,
    coarse_bits: u32,
    fine: Vec<u32>,
}

impl<'old> Finder<'old> {
    /// Indexes an image of less than 4 GiB.
    pub(super) fn new(old: &'old [u8]) -> Self {
        let wanted = (old.len() / STEP).max(1).next_power_of_two().ilog2() + 1;
        let coarse_bits = wanted.clamp(10, COARSE_BITS_MAX);
        let mut coarse = vec![u32::MAX; 1 << coarse_bits];
        for at in (0..old.len().saturating_sub(WINDOW - 1)).step_by(STEP) {
            let window = &old[at..at + WINDOW];
            if !dull(window) {
                coarse[coarse_slot(window, coarse_bits)] = at as u32;
            }
        }
        Self { old, coarse, coarse_bits, fine: vec![u32::MAX; 1 << FINE_BITS] }
    }

    /// The matches of a piece of the new image, in its order, not overlapping. `expected` is
    /// where in the old image the piece would begin if it went on as before; it is moved on.
    pub(super) fn matches(&mut self, new: &[u8], expected: &mut Option<i64>) -> Vec<Match> {
        let found = self.anchors(new, *expected);
        let found = self.fill(new, found);
        let found = bridge(found);
        if let Some(last) = found.last() {
            *expected = Some(last.shift() + new.len() as i64);
        } else if let Some(expected) = expected {
            *expected += new.len() as i64;
        }
        found
    }

    fn anchors(&self, new: &[u8], expected: Option<i64>) -> Vec<Match> {
        let mut found: Vec<Match> = Vec::new();
        let (mut at, mut free_from) = (0, 0);
        let mut shift = expected;
        while at + WINDOW <= new.len() {
            let window = &new[at..at + WINDOW];
            let near = shift.and_then(|shift| self.same_window(at, shift, window));
            let anchor = near.or_else(|| {
                let place = self.coarse[coarse_slot(window, self.coarse_bits)] as usize;
                let there = self.old.get(place..place + WINDOW)?;
                let is_near =
                    shift.is_some_and(|shift| (place as i64 - at as i64 - shift).abs() <= NEAR);
                let enough = if is_near { WINDOW } else { FAR_MIN };
                let same =
                    there == window && equal_around(new, at, self.old, place, free_from) >= enough;
                same.then_some(place)
            });
            let Some(place) = anchor else {
                at += 1;
                continue;
            };
            let part = self.extend(new, at, place, free_from, new.len());
            at = part.end().max(at + WINDOW);
            free_from = part.end();
            shift = Some(part.shift());
            found.push(part);
        }
        found
    }

    fn same_window(&self, at: usize, shift: i64, window: &[u8]) -> Option<usize> {
        let place = usize::try_from(at as i64 + shift).ok()?;
        let there = self.old.get(place..place + window.len())?;
        (there == window && !dull(window)).then_some(place)
    }

    /// Makes one equal window as long as it is worth, within `from..to` of the new image.
    fn extend(&self, new: &[u8], at: usize, place: usize, from: usize, to: usize) -> Match {
        let ahead = forward(&new[at..to], &self.old[place..]);
        let behind = backward(&new[from..at], &self.old[..place]);
        Match { new: at - behind, old: place - behind, length: behind + ahead }
    }

    /// Looks for what is left, near where its neighbours were found.
    fn fill(&mut self, new: &[u8], found: Vec<Match>) -> Vec<Match> {
        let mut all = Vec::with_capacity(found.len() * 2);
        let mut next = 0;
        for start in (0..new.len()).step_by(BLOCK) {
            let end = (start + BLOCK).min(new.len());
            // Matches that touch the block, and one neighbour on each side.
            let first = next;
            while next < found.len() && found[next].new < end {
                next += 1;
            }
            let around = &found[first.saturating_sub(1)..(next + 1).min(found.len())];
            let gaps = gaps(around, start, end);
            let missing: usize = gaps.iter().map(|(from, to)| to - from).sum();
            if missing >= 2 * FINE_WINDOW && self.index_around(around, start, end) {
                for (from, to) in gaps {
                    self.fill_gap(new, from, to, around, &mut all);
                }
            }
        }
        all.extend(found);
        all.sort_by_key(|part| part.new);
        all
    }

    /// Fills the fine index with the old bytes around the block's matches.
    fn index_around(&mut self, around: &[Match], start: usize, end: usize) -> bool {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        let mut total = 0;
        let mut by_length: Vec<&Match> = around.iter().collect();
        by_length.sort_by_key(|part| std::cmp::Reverse(part.length));
        for part in by_length {
            let (near, far) = (part.new.max(start), part.end().min(end));
            let near = (near as i64 + part.shift()).max(0) as usize;
            let far = (far as i64 + part.shift()).max(0) as usize;
            let low = near.min(far).saturating_sub(AROUND);
            let high = (near.max(far) + AROUND).min(self.old.len());
            if ranges.iter().any(|(from, to)| low >= *from && high <= *to) {
                continue;
            }
            if low >= high || total + (high - low) > FINE_BYTES_MAX {
                continue;
            }
            total += high - low;
            ranges.push((low, high));
        }
        if ranges.is_empty() {
            return false;
        }
        self.fine.fill(u32::MAX);
        ranges.sort_unstable();
        for (low, high) in ranges {
            for at in low..high.saturating_sub(FINE_WINDOW - 1) {
                self.fine[fine_slot(word(self.old, at))] = at as u32;
            }
        }
        true
    }

    fn fill_gap(&self, new: &[u8], from: usize, to: usize, around: &[Match], all: &mut Vec<Match>) {
        let behind = around.partition_point(|part| part.new < to);
        let before = around[..behind].last().map(Match::shift);
        let after = around.get(behind).map(Match::shift);
        let mut last = before;
        let (mut at, mut free_from) = (from, from);
        while at + FINE_WINDOW <= to {
            let here = word(new, at);
            let continued = [last, after].into_iter().flatten().find_map(|shift| {
                let place = usize::try_from(at as i64 + shift).ok()?;
                (place + FINE_WINDOW <= self.old.len() && word(self.old, place) == here)
                    .then_some(place)
            });
            let place = continued.or_else(|| {
                let place = self.fine[fine_slot(here)] as usize;
                (place != u32::MAX as usize && word(self.old, place) == here).then_some(place)
            });
            let Some(place) = place else {
                at += 1;
                continue;
            };
            let part = self.extend(new, at, place, free_from, to);
            if score(new, self.old, &part) < FINE_SCORE_MIN {
                at += 1;
                continue;
            }
            at = part.end();
            free_from = at;
            last = Some(part.shift());
            all.push(part);
        }
    }
}

/// What no match covers within `start..end`.
fn gaps(around: &[Match], start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let mut at = start;
    for part in around {
        let from = part.new.clamp(start, end);
        if from > at {
            gaps.push((at, from));
        }
        at = at.max(part.end().min(end));
    }
    if at < end {
        gaps.push((at, end));
    }
    gaps
}

/// Joins neighbours with one shift and little between them.
fn bridge(found: Vec<Match>) -> Vec<Match> {
    let mut joined: Vec<Match> = Vec::with_capacity(found.len());
    for part in found {
        match joined.last_mut() {
            Some(last) if last.shift() == part.shift() && part.new - last.end() <= BRIDGE => {
                last.length = part.end() - last.new;
            }
            _ => joined.push(part),
        }
    }
    joined
}

/// How many bytes from the start belong together: at the best difference of equal and unequal.
fn forward(new: &[u8], old: &[u8]) -> usize {
    let limit = new.len().min(old.len());
    let (mut at, mut best_at) = (0, 0);
    let (mut score, mut best) = (0_i32, 0_i32);
    while at < limit {
        if at + 8 <= limit && word(new, at) == word(old, at) {
            at += 8;
            score = score.saturating_add(8);
        } else {
            score += if new[at] == old[at] { 1 } else { -1 };
            at += 1;
        }
        if score > best {
            (best, best_at) = (score, at);
        } else if score < best - DROP {
            break;
        }
        if score > 1 << 20 {
            // Only differences count; this keeps a long match from overflowing.
            best -= score;
            score = 0;
        }
    }
    best_at
}

fn backward(new: &[u8], old: &[u8]) -> usize {
    let limit = new.len().min(old.len());
    let (mut at, mut best_at) = (0, 0);
    let (mut score, mut best) = (0_i32, 0_i32);
    while at < limit {
        let same = new[new.len() - 1 - at] == old[old.len() - 1 - at];
        score += if same { 1 } else { -1 };
        at += 1;
        if score > best {
            (best, best_at) = (score, at);
        } else if score < best - DROP {
            break;
        }
    }
    best_at
}

/// Equal bytes without a break around a place, up to [`FAR_MIN`] each way.
fn equal_around(new: &[u8], at: usize, old: &[u8], place: usize, from: usize) -> usize {
    let ahead = new[at..].iter().zip(&old[place..]).take(FAR_MIN);
    let ahead = ahead.take_while(|(new, old)| new == old).count();
    let behind = new[from..at].iter().rev().zip(old[..place].iter().rev()).take(FAR_MIN);
    ahead + behind.take_while(|(new, old)| new == old).count()
}

fn score(new: &[u8], old: &[u8], part: &Match) -> i32 {
    let pairs = new[part.new..part.end()].iter().zip(&old[part.old..]);
    pairs.map(|(new, old)| if new == old { 1 } else { -1 }).sum()
}

/// A window of one byte only: padding, which lies everywhere.
fn dull(window: &[u8]) -> bool {
    window.iter().all(|byte| *byte == window[0])
}

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes were asked for"))
}

fn coarse_slot(window: &[u8], bits: u32) -> usize {
    let first = word(window, 0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let second = word(window, 8).wrapping_mul(0xc2b2_ae3d_27d4_eb4f).rotate_left(29);
    let third = word(window, 16).wrapping_mul(0x1656_67b1_9e37_79f9).rotate_left(47);
    let mixed = (first ^ second ^ third).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (mixed >> (64 - bits)) as usize
}

fn fine_slot(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FINE_BITS)) as usize
}
