//! Commands by seed: few people, few units, many repetitions, so that everything meets everything.

use kontor_base::Instant;

use crate::sale::command::{Command, Take};

/// A small generator (`SplitMix64`): a run needs many numbers and none of them secret.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `end - 1`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bits = (z ^ (z >> 31)) >> 33;
        u32::try_from(bits % u64::from(end)).unwrap_or(0)
    }

    /// True in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }
}

/// How many people there are.
const PEOPLE: u32 = 9;

/// Makes commands and moves the clock.
#[derive(Clone, Debug)]
pub(super) struct Generator {
    pub(super) dice: Dice,
    now: Instant,
    requests: u32,
    asked: Vec<Command>,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        let now = Instant::from_micros(1_428_422_400_000_000);
        Self { dice: Dice::new(seed), now, requests: 0, asked: Vec::new() }
    }

    /// When the sale ends: soon, or long after the run.
    pub(super) fn end(&mut self) -> Instant {
        let soon = self.dice.chance(50);
        let seconds = if soon { i64::from(self.dice.below(6_000)) } else { 1_000_000_000 };
        self.now.plus_seconds(seconds)
    }

    /// The time of the next batch: mostly a little later, sometimes much, sometimes back.
    pub(super) fn time(&mut self) -> Instant {
        let seconds = match self.dice.below(20) {
            0 => -i64::from(self.dice.below(900)),
            1 => 3_000,
            2..=8 => 0,
            _ => i64::from(self.dice.below(200)),
        };
        self.now = self.now.plus_seconds(seconds);
        self.now
    }

    /// The next command, where there are so many claims.
    pub(super) fn command(&mut self, claims: u32) -> Command {
        if !self.asked.is_empty() && self.dice.chance(25) {
            let count = u32::try_from(self.asked.len()).unwrap_or(1);
            return self.asked[self.dice.below(count) as usize];
        }
        let sequence = 1 + self.dice.below(claims + 1);
        let command = match self.dice.below(100) {
            0..=39 => Command::Take(self.take()),
            40..=42 => Command::Leave(hash(1, self.dice.below(PEOPLE))),
            43 => Command::Look(hash(1, self.dice.below(PEOPLE))),
            44 => Command::Repeat(self.again()),
            45..=59 => Command::Wait(self.take()),
            60..=65 => Command::Extend(sequence),
            66..=74 => Command::CheckOut(sequence),
            75..=80 => Command::Sell(sequence),
            81..=85 => Command::GiveUp(sequence),
            86..=90 => Command::Release(sequence),
            91..=94 => Command::Expire,
            95 => Command::SetQuota(self.dice.below(16)),
            96 => Command::GiveAway(self.dice.below(4)),
            97 => Command::Shrink,
            98 => Command::Halt,
            _ => Command::Resume,
        };
        self.asked.push(command);
        command
    }

    /// A wish of before, asked whether it is known.
    fn again(&mut self) -> Take {
        let asked = self.asked.iter().rev().find_map(|command| match command {
            Command::Take(take) | Command::Wait(take) => Some(*take),
            _ => None,
        });
        asked.unwrap_or_else(|| self.take())
    }

    fn take(&mut self) -> Take {
        // Sometimes an old key with another body or from another person.
        let request = if self.requests > 0 && self.dice.chance(5) {
            self.dice.below(self.requests)
        } else {
            self.requests += 1;
            self.requests - 1
        };
        let units = match self.dice.below(10) {
            0 => 0,
            1 => 9,
            2..=3 => 2,
            4 => 3,
            _ => 1,
        };
        Take {
            person: hash(1, self.dice.below(PEOPLE)),
            request: hash(2, request),
            body: self.dice.below(50),
            units,
            allowance: 1 + u8::try_from(self.dice.below(3)).unwrap_or(0),
            ship_to: *b"IN",
        }
    }
}

fn hash(kind: u8, number: u32) -> [u8; 16] {
    let mut hash = [kind; 16];
    hash[..4].copy_from_slice(&number.to_le_bytes());
    hash
}
