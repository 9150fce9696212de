//! Claims: units are taken, held, paid for and given back.

use std::cmp::Reverse;

use kontor_base::Instant;

use super::super::claim::{Claim, ClaimState, ClaimStep};
use super::super::command::{Outcome, Refusal, Take, Taken};
use super::super::simulator::Flaw;
use super::super::stage::Undo;
use super::{Count, EXPIRED_AT_ONCE, Lot, number};

impl Lot {
    pub(super) fn take(&mut self, take: &Take, at: i64) -> Result<Outcome, Refusal> {
        if let Some(known) = self.known(take)? {
            return Ok(known);
        }
        if self.head.halted {
            return Err(Refusal::Halted);
        }
        self.check_person(take)?;
        let somebody_waits = self.waiting_before(number(self.line.len())) > 0;
        let line_first = somebody_waits && !self.has(Flaw::JumpsTheLine);
        if line_first || u32::from(take.units) > self.free() {
            return Err(Refusal::SoldOut);
        }
        let sequence = self.make_claim(take, at);
        Ok(Outcome::Taken(self.told(sequence, false)))
    }

    /// What the same request got before.
    pub(super) fn known(&self, take: &Take) -> Result<Option<Outcome>, Refusal> {
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

    pub(super) fn check_person(&self, take: &Take) -> Result<(), Refusal> {
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

    pub(super) fn extend(&mut self, sequence: u32, at: i64) -> Result<Outcome, Refusal> {
        let claim = *self.good(sequence, at)?;
        if claim.extended && !self.has(Flaw::ExtendsAlways) {
            return Err(Refusal::AlreadyExtended);
        }
        let expires_at = claim.expires_at + self.rules.extension_s * 1_000_000;
        self.change(sequence, Claim { expires_at, extended: true, ..claim });
        self.ends.push(Reverse((expires_at, sequence)));
        Ok(Outcome::Taken(self.told(sequence, false)))
    }

    pub(super) fn check_out(&mut self, sequence: u32, at: i64) -> Result<Outcome, Refusal> {
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
    pub(super) fn give_up(&mut self, sequence: u32) -> Result<Outcome, Refusal> {
        match self.claim(sequence).ok_or(Refusal::UnknownClaim)?.state {
            state @ (ClaimState::Checkout | ClaimState::Sold)
                if !self.has(Flaw::GivesUpWhatIsPaid) =>
            {
                Err(Refusal::Settled(state))
            }
            _ => self.step(sequence, ClaimStep::Release),
        }
    }

    pub(super) fn step(&mut self, sequence: u32, step: ClaimStep) -> Result<Outcome, Refusal> {
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

    pub(super) fn expire(&mut self, at: i64) -> Outcome {
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

    pub(super) fn make_claim(&mut self, take: &Take, at: i64) -> u32 {
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

    pub(super) fn add(&mut self, claim: Claim) {
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

    fn change(&mut self, sequence: u32, claim: Claim) {
        let place = sequence as usize - 1;
        let before = std::mem::replace(&mut self.claims[place], claim);
        self.count(&before, Count::Out);
        self.count(&claim, Count::In);
        self.undo.push(Undo::Changed(sequence, before));
    }

    pub(super) fn count(&mut self, claim: &Claim, count: Count) {
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

    pub(super) fn told(&self, sequence: u32, replayed: bool) -> Taken {
        let claim = &self.claims[sequence as usize - 1];
        Taken {
            sequence,
            state: claim.state,
            expires_at: Instant::from_micros(claim.expires_at),
            units: claim.units,
            replayed,
        }
    }
}
