//! The line: people stand in it for units that come back, and are served in its order.

use super::super::command::{Outcome, Refusal, Take};
use super::super::simulator::Flaw;
use super::super::stage::Undo;
use super::super::waiting::{PlaceState, Waiting};
use super::{Lot, WAITING_MAX, number};

impl Lot {
    pub(super) fn wait(&mut self, take: &Take, at: i64) -> Result<Outcome, Refusal> {
        if let Some(known) = self.known(take)? {
            return Ok(known);
        }
        if let Some(place) = self.place_of_request(take)? {
            match self.line[place as usize - 1].state {
                PlaceState::Waits => {}
                // The line has passed this place without a claim: the person had enough by then.
                PlaceState::Served => return Err(Refusal::PersonLimit),
                // A repetition that comes late does not bring anybody back into the line.
                PlaceState::Left => return Err(Refusal::LeftLine),
            }
        }
        if let Some(place) = self.place_of(&take.person) {
            return Ok(self.told_place(place));
        }
        self.check_person(take)?;
        // Whoever wants several can have what is there now, and asks for fewer.
        if self.standing().is_open() {
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
            state: PlaceState::Waits,
        });
        Ok(self.told_place(number(self.line.len())))
    }

    /// What a request got before: its claim, or its place as long as its person waits there.
    pub(super) fn repeat(&self, take: &Take) -> Result<Outcome, Refusal> {
        if let Some(known) = self.known(take)? {
            return Ok(known);
        }
        let waits = |place: &u32| self.line[*place as usize - 1].state == PlaceState::Waits;
        let place = self.place_of_request(take)?.filter(waits);
        place.map(|place| self.told_place(place)).ok_or(Refusal::UnknownClaim)
    }

    /// The place that a request got, whatever has become of it, counted from 1.
    fn place_of_request(&self, take: &Take) -> Result<Option<u32>, Refusal> {
        let requests = key_of!(self.line, request);
        let Some(place) = self.line_by_request.find(&take.request, requests) else {
            return Ok(None);
        };
        let waiting = &self.line[place as usize - 1];
        if waiting.body != take.body || waiting.person != take.person {
            return Err(Refusal::KeyReused);
        }
        Ok(Some(place))
    }

    /// Takes a person out of the line; the places behind it keep their numbers.
    pub(super) fn leave(&mut self, person: &[u8; 16]) -> Outcome {
        let Some(number) = self.place_of(person) else { return Outcome::Left { before: true } };
        let place = number - 1;
        self.line[place as usize].state = PlaceState::Left;
        let at = self.left.partition_point(|left| *left < place);
        self.left.insert(at, place);
        self.undo.push(Undo::Left(place));
        Outcome::Left { before: false }
    }

    /// Gives free units to those who stand in line, in order. Somebody who has left, or has got enough
    /// elsewhere meanwhile, is passed; somebody who wants more than is free has what is free, so that
    /// nobody keeps units from everybody behind.
    pub(super) fn serve_line(&mut self, at: i64) {
        let is_over = at >= self.rules.ends_at.micros() && !self.has(Flaw::OffersAfterTheEnd);
        while !self.head.halted
            && !is_over
            && let Some(waiting) = self.line.get(self.passed as usize).copied()
        {
            let Waiting { person, request, body, ship_to, units, allowance, state, .. } = waiting;
            let take = Take { person, request, body, units, allowance, ship_to };
            let stands = state == PlaceState::Waits || self.has(Flaw::OffersToWhoLeft);
            let wanted =
                stands && self.check_person(&take).is_ok() && matches!(self.known(&take), Ok(None));
            if wanted && self.free() == 0 {
                return;
            }
            let place = self.passed;
            if state == PlaceState::Waits {
                self.line[place as usize].state = PlaceState::Served;
            }
            self.passed += 1;
            self.undo.push(Undo::Passed(place, state));
            if wanted {
                let units = units.min(u8::try_from(self.free()).unwrap_or(u8::MAX));
                self.make_claim(&Take { units, ..take }, at);
            }
        }
    }

    /// The place at which a person waits, counted from 1.
    pub(super) fn place_of(&self, person: &[u8; 16]) -> Option<u32> {
        let place = self.line_by_person.find(person, key_of!(self.line, person))?;
        (self.line[place as usize - 1].state == PlaceState::Waits).then_some(place)
    }

    /// How many wait at the first `end` places of the whole line.
    pub(super) fn waiting_before(&self, end: u32) -> u32 {
        let left = |place: u32| self.left.partition_point(|left| *left < place);
        let between = left(end).saturating_sub(left(self.passed));
        end.saturating_sub(self.passed) - number(between)
    }

    pub(super) fn add_waiting(&mut self, waiting: Waiting) {
        self.line.push(waiting);
        let place = number(self.line.len());
        self.line_by_request.put(&waiting.request, place, key_of!(self.line, request));
        let person_before =
            self.line_by_person.put(&waiting.person, place, key_of!(self.line, person));
        self.undo.push(Undo::NewWaiting { person_before });
    }

    fn told_place(&self, place: u32) -> Outcome {
        Outcome::Waiting { place, ahead: self.waiting_before(place - 1) }
    }
}
