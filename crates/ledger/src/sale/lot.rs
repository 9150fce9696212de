//! One lot and its decisions.
//!
//! What must always hold, also between two batches and after any crash:
//!
//! - the units of all claims that are held, in checkout or sold are never more than the quota;
//! - a request's key has one claim or one place in line, never two;
//! - what comes back goes to the first in line before anybody who asks anew;
//! - nothing that a batch did is left after it was rolled back.
//!
//! Here are the state and the way into each decision; [`claims`] decides about units, [`line`] about
//! those who wait for them, [`batch`] says what has to be written and takes it back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kontor_base::Instant;

use super::claim::{Claim, ClaimStep};
use super::command::{Command, Outcome, Refusal};
use super::index::Index;
use super::simulator::Flaw;
use super::stage::{LotHead, Undo};
use super::waiting::{PlaceState, Waiting};

/// The hash of whoever has `number` in a list that is counted from 1.
macro_rules! key_of {
    ($list:expr, $field:ident) => {
        |number| $list[number as usize - 1].$field
    };
}

mod batch;
mod claims;
mod line;

/// The most places of one line.
pub const WAITING_MAX: usize = 1_000_000;
/// The most holds that one [`Command::Expire`] ends, so that a batch stays small.
pub const EXPIRED_AT_ONCE: u32 = 2_000;

/// What is fixed for the whole sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotRules {
    /// How long units are held, in seconds.
    pub hold_s: i64,
    /// How much longer, once, while a payment is in progress, in seconds.
    pub extension_s: i64,
    /// The most units of one request.
    pub units_max: u8,
    /// From then on nothing that comes back is offered to those who stand in line: the last hold ends,
    /// and the sale can be settled.
    pub ends_at: Instant,
}

/// How a lot stands, in units and places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Units that the lot may give out.
    pub quota: u32,
    /// Units that are held, in checkout or sold.
    pub taken: u32,
    /// Units that are sold.
    pub sold: u32,
    /// Units that came back, counted each time.
    pub ended: u32,
    /// Claims that were ever made.
    pub claims: u32,
    /// People in line.
    pub waiting: u32,
    /// Whether it stands still.
    pub halted: bool,
}

impl Standing {
    /// Units that nobody has.
    #[must_use]
    pub const fn free(&self) -> u32 {
        self.quota.saturating_sub(self.taken)
    }

    /// Whether a new request can get a unit at all: otherwise it can be turned away without asking.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.free() > 0 && self.waiting == 0 && !self.halted
    }
}

/// The state of one lot.
#[derive(Clone, Debug)]
pub struct Lot {
    rules: LotRules,
    head: LotHead,
    claims: Vec<Claim>,
    by_request: Index,
    by_person: Index,
    /// Ends of holds with their claims. An entry whose claim has moved on is passed over.
    ends: BinaryHeap<Reverse<(i64, u32)>>,
    line: Vec<Waiting>,
    line_by_request: Index,
    line_by_person: Index,
    /// The line has moved past so many places: nobody of them waits any more.
    passed: u32,
    /// The places, counted from 0 and in order, that were left.
    left: Vec<u32>,
    taken: u32,
    sold: u32,
    ended: u32,
    undo: Vec<Undo>,
    #[cfg(test)]
    pub(super) flaw: Option<Flaw>,
}

impl Lot {
    /// A lot with nothing taken. `head.quota` claims fit before memory is asked for again.
    #[must_use]
    pub fn new(rules: LotRules, head: LotHead) -> Self {
        Self::with_room(rules, head, head.quota as usize)
    }

    /// A lot with nothing taken and room for so many claims.
    #[must_use]
    pub fn with_room(rules: LotRules, head: LotHead, claims: usize) -> Self {
        Self {
            rules,
            head,
            claims: Vec::with_capacity(claims),
            by_request: Index::with_room(claims),
            by_person: Index::with_room(claims),
            ends: BinaryHeap::with_capacity(claims),
            line: Vec::new(),
            line_by_request: Index::default(),
            line_by_person: Index::default(),
            passed: 0,
            left: Vec::new(),
            taken: 0,
            sold: 0,
            ended: 0,
            undo: Vec::new(),
            #[cfg(test)]
            flaw: None,
        }
    }

    /// Puts a claim back that the database has. They come in the order of their numbers.
    pub fn load_claim(&mut self, claim: Claim) {
        self.add(claim);
        self.undo.clear();
    }

    /// Puts a place in line back that the database has. They come in their order, after the claims.
    pub fn load_waiting(&mut self, waiting: Waiting) {
        let place = number(self.line.len());
        self.add_waiting(waiting);
        if waiting.state == PlaceState::Left {
            self.left.push(place);
        }
        if self.passed == place && waiting.state != PlaceState::Waits {
            self.passed += 1;
        }
        self.undo.clear();
    }

    /// The lot's own row.
    #[must_use]
    pub const fn head(&self) -> LotHead {
        self.head
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            quota: self.head.quota,
            taken: self.taken,
            sold: self.sold,
            ended: self.ended,
            claims: number(self.claims.len()),
            waiting: self.waiting_before(number(self.line.len())),
            halted: self.head.halted,
        }
    }

    /// The claim with this number.
    #[must_use]
    pub fn claim(&self, sequence: u32) -> Option<&Claim> {
        self.claims.get((sequence as usize).checked_sub(1)?)
    }

    /// Every claim in the order of its number.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The whole line, with the places that were served or left.
    #[must_use]
    pub fn line(&self) -> &[Waiting] {
        &self.line
    }

    /// When the next hold ends, as far as that is known: never later than it really does.
    #[must_use]
    pub fn next_end(&self) -> Option<Instant> {
        self.ends.peek().map(|Reverse((end, _))| Instant::from_micros(*end))
    }

    /// The bytes that its tables take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.claims.capacity() * size_of::<Claim>()
            + self.line.capacity() * size_of::<Waiting>()
            + self.ends.capacity() * size_of::<Reverse<(i64, u32)>>()
            + self.by_request.bytes()
            + self.by_person.bytes()
            + self.left.capacity() * size_of::<u32>()
            + self.line_by_request.bytes()
            + self.line_by_person.bytes()
    }

    /// Carries out a command. What it changes is staged until [`Lot::confirm`] or
    /// [`Lot::roll_back`].
    ///
    /// # Errors
    ///
    /// A [`Refusal`]; then nothing changed.
    pub fn apply(&mut self, command: &Command, at: Instant) -> Result<Outcome, Refusal> {
        let at = at.micros();
        match *command {
            Command::Take(take) => self.take(&take, at),
            Command::Wait(take) => self.wait(&take, at),
            Command::Repeat(take) => self.repeat(&take),
            Command::Leave(person) => {
                let outcome = self.leave(&person);
                self.serve_line(at);
                Ok(outcome)
            }
            Command::Look(person) => Ok(self.look(&person)),
            Command::Extend(sequence) => self.extend(sequence, at),
            Command::CheckOut(sequence) => self.check_out(sequence, at),
            Command::Sell(sequence) => self.step(sequence, ClaimStep::Sell),
            Command::GiveUp(sequence) => {
                let outcome = self.give_up(sequence)?;
                self.serve_line(at);
                Ok(outcome)
            }
            Command::Release(sequence) => {
                let outcome = self.step(sequence, ClaimStep::Release)?;
                self.serve_line(at);
                Ok(outcome)
            }
            Command::Expire => Ok(self.expire(at)),
            Command::SetQuota(quota) => self.set_quota(quota, at),
            Command::Shrink => Ok(self.set_head(LotHead { quota: self.taken, ..self.head })),
            Command::GiveAway(units) => {
                let quota = self.head.quota - units.min(self.free());
                Ok(self.set_head(LotHead { quota, ..self.head }))
            }
            Command::Halt => Ok(self.set_head(LotHead { halted: true, ..self.head })),
            Command::Resume => {
                let outcome = self.set_head(LotHead { halted: false, ..self.head });
                self.serve_line(at);
                Ok(outcome)
            }
        }
    }

    fn look(&self, person: &[u8; 16]) -> Outcome {
        let latest = self.by_person.find(person, key_of!(self.claims, person)).unwrap_or(0);
        let (mut next, mut standing) = (latest, None);
        while let Some(claim) = self.claim(next) {
            if claim.state.takes() {
                standing = Some(next);
                break;
            }
            next = claim.earlier;
        }
        let shown = standing.or((latest > 0).then_some(latest));
        Outcome::Seen {
            claim: shown.map(|sequence| self.told(sequence, true)),
            place: self.place_of(person).map(|place| (place, self.waiting_before(place - 1))),
        }
    }

    fn set_quota(&mut self, quota: u32, at: i64) -> Result<Outcome, Refusal> {
        if quota < self.taken && !self.has(Flaw::ShrinksBelowTaken) {
            return Err(Refusal::BelowTaken { taken: self.taken });
        }
        let outcome = self.set_head(LotHead { quota, ..self.head });
        self.serve_line(at);
        Ok(outcome)
    }

    fn set_head(&mut self, head: LotHead) -> Outcome {
        if head != self.head {
            self.undo.push(Undo::Head(self.head));
            self.head = head;
        }
        Outcome::Done
    }

    const fn free(&self) -> u32 {
        self.head.quota.saturating_sub(self.taken)
    }

    #[cfg(test)]
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "only a test's lot has a flaw")]
    const fn has(&self, _: Flaw) -> bool {
        false
    }
}

#[derive(Clone, Copy)]
enum Count {
    In,
    Out,
}

/// A count that is bounded by a lot's quota and line, both far below 2^32.
fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a lot has fewer claims and places than 2^32")
}
