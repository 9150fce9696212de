//! One lot and its decisions.
//!
//! What must always hold, also between two batches and after any crash:
//!
//! - the units of all claims that are held, in checkout or sold are never more than the quota;
//! - a request's key has one claim or one place in line, never two;
//! - what comes back goes to the first in line before anybody who asks anew;
//! - nothing that a batch did is left after it was rolled back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kontor_base::Instant;

use super::claim::{Claim, ClaimState, ClaimStep};
use super::command::{Command, Outcome, Refusal, Take, Taken};
use super::index::Index;
use super::simulator::Flaw;
use super::stage::{LotHead, Staged, Undo};
use super::waiting::Waiting;

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
    /// So many places of the line have been served.
    served: u32,
    taken: u32,
    sold: u32,
    ended: u32,
    undo: Vec<Undo>,
    #[cfg(test)]
    pub(super) flaw: Option<Flaw>,
}

/// The hash of whoever has `number` in a list that is counted from 1.
macro_rules! key_of {
    ($list:expr, $field:ident) => {
        |number| $list[number as usize - 1].$field
    };
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
            served: 0,
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
        self.add_waiting(Waiting { served: false, ..waiting });
        if waiting.served {
            let place = self.line.len() - 1;
            self.line[place].served = true;
            self.served += 1;
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
            waiting: number(self.line.len()) - self.served,
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

    /// The whole line, the places that were served too.
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

    fn take(&mut self, take: &Take, at: i64) -> Result<Outcome, Refusal> {
        if let Some(known) = self.known(take)? {
            return Ok(known);
        }
        if self.head.halted {
            return Err(Refusal::Halted);
        }
        self.check_person(take)?;
        let line_first = number(self.line.len()) > self.served && !self.has(Flaw::JumpsTheLine);
        if line_first || u32::from(take.units) > self.free() {
            return Err(Refusal::SoldOut);
        }
        let sequence = self.make_claim(take, at);
        Ok(Outcome::Taken(self.told(sequence, false)))
    }

    /// What the same request got before.
    fn known(&self, take: &Take) -> Result<Option<Outcome>, Refusal> {
        if self.has(Flaw::ForgetsRequests) {
            return Ok(None);
        }
        let Some(sequence) = self.by_request.find(&take.request, key_of!(self.claims, request))
        else {
            return Ok(None);
        };
        let claim = &self.claims[sequence as usize - 1];
        if claim.body != take.body || claim.person != take.person {
            return Err(Refusal::KeyReused);
        }
        Ok(Some(Outcome::Taken(self.told(sequence, true))))
    }

    fn check_person(&self, take: &Take) -> Result<(), Refusal> {
        if take.units == 0 || take.units > self.rules.units_max {
            return Err(Refusal::Units);
        }
        let has = self.units_of(&take.person);
        if has + u32::from(take.units) > u32::from(take.allowance) && !self.has(Flaw::NoLimit) {
            return Err(Refusal::PersonLimit);
        }
        Ok(())
    }

    /// The units that a person has taken in this lot.
    fn units_of(&self, person: &[u8; 16]) -> u32 {
        let mut next = self.by_person.find(person, key_of!(self.claims, person)).unwrap_or(0);
        let mut units = 0;
        while let Some(claim) = self.claim(next) {
            units += if claim.state.takes() { u32::from(claim.units) } else { 0 };
            next = claim.earlier;
        }
        units
    }

    fn wait(&mut self, take: &Take, at: i64) -> Result<Outcome, Refusal> {
        if let Some(known) = self.known(take)? {
            return Ok(known);
        }
        let requests = key_of!(self.line, request);
        if let Some(place) = self.line_by_request.find(&take.request, requests) {
            let waiting = &self.line[place as usize - 1];
            if waiting.body != take.body || waiting.person != take.person {
                return Err(Refusal::KeyReused);
            }
            if waiting.served {
                // The line has passed this place without a claim: the person had enough by then.
                return Err(Refusal::PersonLimit);
            }
        }
        if let Some(place) = self.line_by_person.find(&take.person, key_of!(self.line, person))
            && !self.line[place as usize - 1].served
        {
            return Ok(self.told_place(place));
        }
        self.check_person(take)?;
        if self.standing().is_open() && u32::from(take.units) <= self.free() {
            return Err(Refusal::NotSoldOut);
        }
        if self.line.len() >= WAITING_MAX {
            return Err(Refusal::WaitingFull);
        }
        let Take { person, request, body, units, allowance, ship_to } = *take;
        self.add_waiting(Waiting {
            person,
            request,
            joined_at: at,
            body,
            ship_to,
            units,
            allowance,
            served: false,
        });
        Ok(self.told_place(number(self.line.len())))
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
        let place = self.line_by_person.find(person, key_of!(self.line, person));
        let waits = place.filter(|place| !self.line[*place as usize - 1].served);
        Outcome::Seen {
            claim: shown.map(|sequence| self.told(sequence, true)),
            place: waits.map(|place| (place, (place - 1).saturating_sub(self.served))),
        }
    }

    fn extend(&mut self, sequence: u32, at: i64) -> Result<Outcome, Refusal> {
        let claim = *self.good(sequence, at)?;
        if claim.extended && !self.has(Flaw::ExtendsAlways) {
            return Err(Refusal::AlreadyExtended);
        }
        let expires_at = claim.expires_at + self.rules.extension_s * 1_000_000;
        self.change(sequence, Claim { expires_at, extended: true, ..claim });
        self.ends.push(Reverse((expires_at, sequence)));
        Ok(Outcome::Taken(self.told(sequence, false)))
    }

    fn check_out(&mut self, sequence: u32, at: i64) -> Result<Outcome, Refusal> {
        let claim = *self.claim(sequence).ok_or(Refusal::UnknownClaim)?;
        if claim.state == ClaimState::Checkout {
            return Ok(Outcome::Taken(self.told(sequence, true)));
        }
        self.good(sequence, at)?;
        self.change(sequence, Claim { state: ClaimState::Checkout, ..claim });
        Ok(Outcome::Taken(self.told(sequence, false)))
    }

    /// A claim whose hold is good at this moment.
    fn good(&self, sequence: u32, at: i64) -> Result<&Claim, Refusal> {
        let claim = self.claim(sequence).ok_or(Refusal::UnknownClaim)?;
        match claim.state {
            ClaimState::Held if at < claim.expires_at => Ok(claim),
            ClaimState::Held | ClaimState::Expired => Err(Refusal::HoldEnded),
            state => Err(Refusal::Settled(state)),
        }
    }

    /// Somebody who is paying cannot give up here: the checkout's own hold has to end first, or
    /// the lot would give away units that the stock still promises to the checkout.
    fn give_up(&mut self, sequence: u32) -> Result<Outcome, Refusal> {
        match self.claim(sequence).ok_or(Refusal::UnknownClaim)?.state {
            state @ (ClaimState::Checkout | ClaimState::Sold)
                if !self.has(Flaw::GivesUpWhatIsPaid) =>
            {
                Err(Refusal::Settled(state))
            }
            _ => self.step(sequence, ClaimStep::Release),
        }
    }

    fn step(&mut self, sequence: u32, step: ClaimStep) -> Result<Outcome, Refusal> {
        let claim = *self.claim(sequence).ok_or(Refusal::UnknownClaim)?;
        let done = match step {
            ClaimStep::Sell => ClaimState::Sold,
            ClaimStep::Release if self.has(Flaw::ReleasesTwice) => ClaimState::Held,
            _ => ClaimState::Released,
        };
        if claim.state == done {
            return Ok(Outcome::Changed(done));
        }
        if self.has(Flaw::ReleasesTwice) && step == ClaimStep::Release {
            self.undo.push(Undo::Head(self.head));
            self.taken = self.taken.saturating_sub(u32::from(claim.units));
            return Ok(Outcome::Changed(ClaimState::Released));
        }
        let state = claim.state.after(step).ok_or(Refusal::Settled(claim.state))?;
        self.change(sequence, Claim { state, ..claim });
        Ok(Outcome::Changed(state))
    }

    fn expire(&mut self, at: i64) -> Outcome {
        let mut ended = 0;
        while let Some(Reverse((end, sequence))) = self.ends.peek().copied() {
            let early = self.has(Flaw::ExpiresEarly) && end <= at + 1_000_000;
            if (end > at && !early) || ended == EXPIRED_AT_ONCE {
                break;
            }
            self.ends.pop();
            // An entry can be left from a batch that was rolled back, or from before an extension.
            let Some(claim) = self.claim(sequence).copied() else { continue };
            if claim.state == ClaimState::Held && claim.expires_at == end {
                let state = ClaimState::Expired;
                self.change(sequence, Claim { state, ..claim });
                ended += 1;
            }
        }
        self.serve_line(at);
        Outcome::Expired(ended)
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

    /// Gives free units to those who stand in line, in order. Somebody who has got enough elsewhere
    /// meanwhile is passed; somebody who wants more than is free keeps everybody behind waiting.
    fn serve_line(&mut self, at: i64) {
        while !self.head.halted
            && let Some(waiting) = self.line.get(self.served as usize).copied()
        {
            let Waiting { person, request, body, ship_to, units, allowance, .. } = waiting;
            let take = Take { person, request, body, units, allowance, ship_to };
            let wanted = self.check_person(&take).is_ok() && matches!(self.known(&take), Ok(None));
            if wanted && u32::from(units) > self.free() {
                return;
            }
            let place = self.served;
            self.line[place as usize].served = true;
            self.served += 1;
            self.undo.push(Undo::Served(place));
            if wanted {
                self.make_claim(&take, at);
            }
        }
    }

    fn make_claim(&mut self, take: &Take, at: i64) -> u32 {
        self.add(Claim {
            request: take.request,
            person: take.person,
            claimed_at: at,
            expires_at: at + self.rules.hold_s * 1_000_000,
            body: take.body,
            earlier: 0,
            ship_to: take.ship_to,
            units: take.units,
            state: ClaimState::Held,
            extended: false,
        });
        number(self.claims.len())
    }

    fn add(&mut self, claim: Claim) {
        self.claims.push(claim);
        let sequence = number(self.claims.len());
        self.by_request.put(&claim.request, sequence, key_of!(self.claims, request));
        // The new claim is in the list already, under its own number: the index must find the
        // person's earlier one by key, which is the same key.
        let person_before =
            self.by_person.put(&claim.person, sequence, key_of!(self.claims, person));
        if let Some(last) = self.claims.last_mut() {
            last.earlier = person_before;
        }
        self.count(&claim, Count::In);
        if claim.state == ClaimState::Held {
            self.ends.push(Reverse((claim.expires_at, sequence)));
        }
        self.undo.push(Undo::NewClaim { person_before });
    }

    fn add_waiting(&mut self, waiting: Waiting) {
        self.line.push(waiting);
        let place = number(self.line.len());
        self.line_by_request.put(&waiting.request, place, key_of!(self.line, request));
        let person_before =
            self.line_by_person.put(&waiting.person, place, key_of!(self.line, person));
        self.undo.push(Undo::NewWaiting { person_before });
    }

    fn change(&mut self, sequence: u32, claim: Claim) {
        let place = sequence as usize - 1;
        let before = std::mem::replace(&mut self.claims[place], claim);
        self.count(&before, Count::Out);
        self.count(&claim, Count::In);
        self.undo.push(Undo::Changed(sequence, before));
    }

    fn count(&mut self, claim: &Claim, count: Count) {
        let units = |counts: bool| if counts { u32::from(claim.units) } else { 0 };
        let taken = units(claim.state.takes());
        let sold = units(claim.state == ClaimState::Sold);
        let ended = units(!claim.state.takes());
        match count {
            Count::In => {
                self.taken += taken;
                self.sold += sold;
                self.ended += ended;
            }
            Count::Out => {
                self.taken -= taken;
                self.sold -= sold;
                self.ended -= ended;
            }
        }
    }

    const fn free(&self) -> u32 {
        self.head.quota.saturating_sub(self.taken)
    }

    fn told(&self, sequence: u32, replayed: bool) -> Taken {
        let claim = &self.claims[sequence as usize - 1];
        Taken {
            sequence,
            state: claim.state,
            expires_at: Instant::from_micros(claim.expires_at),
            units: claim.units,
            replayed,
        }
    }

    fn told_place(&self, place: u32) -> Outcome {
        Outcome::Waiting { place, ahead: (place - 1).saturating_sub(self.served) }
    }

    /// What has to be written for the commands since the last [`Lot::confirm`].
    #[must_use]
    pub fn staged(&self) -> Staged {
        let count = |new: fn(&Undo) -> bool| self.undo.iter().filter(|undo| new(undo)).count();
        let new_claims = count(|undo| matches!(undo, Undo::NewClaim { .. }));
        let new_places = count(|undo| matches!(undo, Undo::NewWaiting { .. }));
        let old_claims = self.claims.len() - new_claims;
        let old_places = self.line.len() - new_places;
        let (mut changed, mut served, mut head_before) = (Vec::new(), Vec::new(), self.head);
        for undo in self.undo.iter().rev() {
            match undo {
                Undo::Head(before) => head_before = *before,
                Undo::Changed(sequence, _) if (*sequence as usize) <= old_claims => {
                    changed.push(*sequence);
                }
                Undo::Served(place) if (*place as usize) < old_places => served.push(place + 1),
                _ => {}
            }
        }
        changed.sort_unstable();
        changed.dedup();
        served.sort_unstable();
        Staged {
            head: self.head,
            head_changed: head_before != self.head,
            grown: self.head.quota > head_before.quota,
            taken: self.taken,
            first_claim: number(old_claims) + 1,
            claims: self.claims[old_claims..].to_vec(),
            changed: changed.into_iter().map(|s| (s, self.claims[s as usize - 1])).collect(),
            first_place: number(old_places) + 1,
            waiting: self.line[old_places..].to_vec(),
            served,
        }
    }

    /// The batch is on disk.
    pub fn confirm(&mut self) {
        self.undo.clear();
    }

    /// The batch is not on disk and never will be: everything is as it was before it.
    pub fn roll_back(&mut self) {
        if self.has(Flaw::KeepsWhatWasRolledBack) {
            return self.undo.clear();
        }
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Head(before) => self.head = before,
                Undo::Changed(sequence, before) => {
                    let place = sequence as usize - 1;
                    let after = std::mem::replace(&mut self.claims[place], before);
                    self.count(&after, Count::Out);
                    self.count(&before, Count::In);
                    if before.state == ClaimState::Held {
                        // Its entry may have been taken out; a second one does no harm.
                        self.ends.push(Reverse((before.expires_at, sequence)));
                    }
                }
                Undo::NewClaim { person_before } => {
                    if let Some(claim) = self.claims.last().copied() {
                        let (persons, requests) =
                            (key_of!(self.claims, person), key_of!(self.claims, request));
                        self.by_person.undo(&claim.person, person_before, persons);
                        self.by_request.undo(&claim.request, 0, requests);
                        self.count(&claim, Count::Out);
                        self.claims.pop();
                    }
                }
                Undo::NewWaiting { person_before } => {
                    if let Some(waiting) = self.line.last().copied() {
                        let (persons, requests) =
                            (key_of!(self.line, person), key_of!(self.line, request));
                        self.line_by_person.undo(&waiting.person, person_before, persons);
                        self.line_by_request.undo(&waiting.request, 0, requests);
                        self.line.pop();
                    }
                }
                Undo::Served(place) => {
                    self.line[place as usize].served = false;
                    self.served -= 1;
                }
            }
        }
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
