//! The naive model: plain lists, every question answered by looking through all of them.

use kontor_base::Instant;

use crate::sale::claim::{Claim, ClaimState};
use crate::sale::command::{Command, Outcome, Refusal, Take, Taken};
use crate::sale::lot::LotRules;
use crate::sale::waiting::{PlaceState, Waiting};

/// A lot as anybody would write it down.
#[derive(Clone, Debug)]
pub(super) struct Model {
    rules: LotRules,
    pub(super) quota: u32,
    pub(super) halted: bool,
    pub(super) claims: Vec<Claim>,
    pub(super) line: Vec<Waiting>,
}

type Answer = Result<Outcome, Refusal>;

fn waits(place: &Waiting) -> bool {
    place.state == PlaceState::Waits
}

impl Model {
    pub(super) const fn new(rules: LotRules, quota: u32) -> Self {
        Self { rules, quota, halted: false, claims: Vec::new(), line: Vec::new() }
    }

    pub(super) fn carry_out(&mut self, command: &Command, at: Instant) -> Answer {
        let now = at.micros();
        let answer = match *command {
            Command::Take(take) => self.take(&take, now),
            Command::Wait(take) => self.wait(&take, now),
            Command::Repeat(take) => self.repeat(&take),
            Command::Leave(person) => {
                let own = |place: &&mut Waiting| waits(place) && place.person == person;
                let place = self.line.iter_mut().find(own);
                let before = place.is_none();
                if let Some(place) = place {
                    place.state = PlaceState::Left;
                }
                Ok(Outcome::Left { before })
            }
            Command::Look(person) => Ok(self.look(&person)),
            Command::Extend(n) => self.at_work(n, now, |claim, extension| {
                if claim.extended {
                    return Err(Refusal::AlreadyExtended);
                }
                claim.extended = true;
                claim.expires_at += extension;
                Ok(())
            }),
            Command::CheckOut(n) if self.state(n) == Some(ClaimState::Checkout) => {
                Ok(Outcome::Taken(self.told(n as usize - 1, true)))
            }
            Command::CheckOut(n) => self.at_work(n, now, |claim, _| {
                claim.state = ClaimState::Checkout;
                Ok(())
            }),
            Command::Sell(n) => self.settle(n, ClaimState::Sold, &[ClaimState::Checkout]),
            Command::GiveUp(n) => self.settle(n, ClaimState::Released, &[ClaimState::Held]),
            Command::Release(n) => {
                let from = [ClaimState::Held, ClaimState::Checkout, ClaimState::Sold];
                self.settle(n, ClaimState::Released, &from)
            }
            Command::Expire => {
                let due = |c: &&mut Claim| c.state == ClaimState::Held && c.expires_at <= now;
                let ended = self.claims.iter_mut().filter(due).map(|claim| {
                    claim.state = ClaimState::Expired;
                });
                Ok(Outcome::Expired(u32::try_from(ended.count()).unwrap_or(0)))
            }
            Command::SetQuota(quota) if quota < self.taken() => {
                Err(Refusal::BelowTaken { taken: self.taken() })
            }
            Command::SetQuota(quota) => {
                self.quota = quota;
                Ok(Outcome::Done)
            }
            Command::Shrink => {
                self.quota = self.taken();
                Ok(Outcome::Done)
            }
            Command::GiveAway(units) => {
                let free = u32::try_from(self.free()).unwrap_or(0);
                self.quota -= units.min(free);
                Ok(Outcome::Done)
            }
            Command::Halt => {
                self.halted = true;
                Ok(Outcome::Done)
            }
            Command::Resume => {
                self.halted = false;
                Ok(Outcome::Done)
            }
        };
        self.serve(now);
        answer
    }

    pub(super) fn taken(&self) -> u32 {
        let live = self.claims.iter().filter(|claim| claim.state.takes());
        live.map(|claim| u32::from(claim.units)).sum()
    }

    fn state(&self, sequence: u32) -> Option<ClaimState> {
        self.claims.get((sequence as usize).wrapping_sub(1)).map(|claim| claim.state)
    }

    fn free(&self) -> i64 {
        i64::from(self.quota) - i64::from(self.taken())
    }

    fn before(&self, take: &Take) -> Option<Answer> {
        let place = self.claims.iter().position(|claim| claim.request == take.request)?;
        let same = self.claims[place].body == take.body && self.claims[place].person == take.person;
        Some(if same {
            Ok(Outcome::Taken(self.told(place, true)))
        } else {
            Err(Refusal::KeyReused)
        })
    }

    fn fits_person(&self, take: &Take) -> Result<(), Refusal> {
        if !(1..=self.rules.units_max).contains(&take.units) {
            return Err(Refusal::Units);
        }
        let own = self.claims.iter().filter(|c| c.person == take.person && c.state.takes());
        let has: u32 = own.map(|claim| u32::from(claim.units)).sum();
        if has + u32::from(take.units) > u32::from(take.allowance) {
            return Err(Refusal::PersonLimit);
        }
        Ok(())
    }

    fn take(&mut self, take: &Take, now: i64) -> Answer {
        if let Some(answer) = self.before(take) {
            return answer;
        }
        if self.halted {
            return Err(Refusal::Halted);
        }
        self.fits_person(take)?;
        let somebody_waits = self.line.iter().any(waits);
        if somebody_waits || i64::from(take.units) > self.free() {
            return Err(Refusal::SoldOut);
        }
        self.give(take, now);
        Ok(Outcome::Taken(self.told(self.claims.len() - 1, false)))
    }

    fn give(&mut self, take: &Take, now: i64) {
        self.claims.push(Claim {
            request: take.request,
            person: take.person,
            claimed_at: now,
            expires_at: now + self.rules.hold_s * 1_000_000,
            body: take.body,
            earlier: 0,
            ship_to: take.ship_to,
            units: take.units,
            state: ClaimState::Held,
            extended: false,
        });
    }

    fn wait(&mut self, take: &Take, now: i64) -> Answer {
        if let Some(answer) = self.before(take) {
            return answer;
        }
        if let Some(known) = self.line.iter().find(|waiting| waiting.request == take.request) {
            if known.body != take.body || known.person != take.person {
                return Err(Refusal::KeyReused);
            }
            match known.state {
                PlaceState::Waits => {}
                PlaceState::Served => return Err(Refusal::PersonLimit),
                PlaceState::Left => return Err(Refusal::LeftLine),
            }
        }
        let mine = |waiting: &Waiting| waiting.person == take.person && waits(waiting);
        if !self.line.iter().any(mine) {
            self.fits_person(take)?;
            let nobody = self.line.iter().all(|waiting| !waits(waiting));
            if nobody && !self.halted && self.free() > 0 {
                return Err(Refusal::NotSoldOut);
            }
            self.line.push(Waiting {
                person: take.person,
                request: take.request,
                joined_at: now,
                body: take.body,
                ship_to: take.ship_to,
                units: take.units,
                allowance: take.allowance,
                state: PlaceState::Waits,
            });
        }
        let place = self.line.iter().position(mine).unwrap_or(0);
        let ahead = self.line[..place].iter().filter(|waiting| waits(waiting)).count();
        let number = |n: usize| u32::try_from(n).unwrap_or(0);
        Ok(Outcome::Waiting { place: number(place) + 1, ahead: number(ahead) })
    }

    fn repeat(&self, take: &Take) -> Answer {
        if let Some(answer) = self.before(take) {
            return answer;
        }
        let place = self.line.iter().position(|waiting| waiting.request == take.request);
        let Some(place) = place else { return Err(Refusal::UnknownClaim) };
        let known = &self.line[place];
        if known.body != take.body || known.person != take.person {
            return Err(Refusal::KeyReused);
        }
        if !waits(known) {
            return Err(Refusal::UnknownClaim);
        }
        let ahead = self.line[..place].iter().filter(|waiting| waits(waiting)).count();
        let number = |n: usize| u32::try_from(n).unwrap_or(0);
        Ok(Outcome::Waiting { place: number(place) + 1, ahead: number(ahead) })
    }

    fn look(&self, person: &[u8; 16]) -> Outcome {
        let own = |claim: &&Claim| claim.person == *person;
        let stands = self.claims.iter().rposition(|c| own(&c) && c.state.takes());
        let latest = self.claims.iter().rposition(|c| own(&c));
        let mine = |waiting: &Waiting| waiting.person == *person && waits(waiting);
        let number = |n: usize| u32::try_from(n).unwrap_or(0);
        Outcome::Seen {
            claim: stands.or(latest).map(|place| self.told(place, true)),
            place: self.line.iter().position(mine).map(|place| {
                let ahead = self.line[..place].iter().filter(|waiting| waits(waiting)).count();
                (number(place) + 1, number(ahead))
            }),
        }
    }

    fn serve(&mut self, now: i64) {
        while let Some(next) = self.line.iter().position(waits) {
            let Waiting { person, request, body, ship_to, units, allowance, .. } = self.line[next];
            let take = Take { person, request, body, units, allowance, ship_to };
            let wanted = self.before(&take).is_none() && self.fits_person(&take).is_ok();
            let is_over = now >= self.rules.ends_at.micros();
            if self.halted || is_over || (wanted && self.free() <= 0) {
                return;
            }
            self.line[next].state = PlaceState::Served;
            if wanted {
                let units = units.min(u8::try_from(self.free()).unwrap_or(u8::MAX));
                self.give(&Take { units, ..take }, now);
            }
        }
    }

    fn at_work(
        &mut self,
        sequence: u32,
        now: i64,
        work: impl FnOnce(&mut Claim, i64) -> Result<(), Refusal>,
    ) -> Answer {
        let extension = self.rules.extension_s * 1_000_000;
        let place = (sequence as usize).wrapping_sub(1);
        let claim = self.claims.get_mut(place).ok_or(Refusal::UnknownClaim)?;
        match claim.state {
            ClaimState::Held if claim.expires_at > now => work(claim, extension)?,
            ClaimState::Held | ClaimState::Expired => return Err(Refusal::HoldEnded),
            other => return Err(Refusal::Settled(other)),
        }
        Ok(Outcome::Taken(self.told(place, false)))
    }

    fn settle(&mut self, sequence: u32, to: ClaimState, from: &[ClaimState]) -> Answer {
        let place = (sequence as usize).wrapping_sub(1);
        let claim = self.claims.get_mut(place).ok_or(Refusal::UnknownClaim)?;
        if claim.state != to {
            if !from.contains(&claim.state) {
                return Err(Refusal::Settled(claim.state));
            }
            claim.state = to;
        }
        Ok(Outcome::Changed(to))
    }

    fn told(&self, place: usize, replayed: bool) -> Taken {
        let claim = &self.claims[place];
        Taken {
            sequence: u32::try_from(place).unwrap_or(0) + 1,
            state: claim.state,
            expires_at: Instant::from_micros(claim.expires_at),
            units: claim.units,
            replayed,
        }
    }
}
