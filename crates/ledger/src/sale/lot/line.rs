//! The line: people stand in it for units that come back, and are served in its order.

use super::super::command::{Outcome, Refusal, Take};
use super::super::simulator::Flaw;
use super::super::stage::Undo;
use super::super::waiting::Waiting;
use super::{Lot, WAITING_MAX, number};

impl Lot {
    pub(super) fn wait(&mut self, take: &Take, at: i64) -> Result<Outcome, Refusal> {
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

    /// Gives free units to those who stand in line, in order. Somebody who has got enough elsewhere
    /// meanwhile is passed; somebody who wants more than is free keeps everybody behind waiting.
    pub(super) fn serve_line(&mut self, at: i64) {
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

    pub(super) fn add_waiting(&mut self, waiting: Waiting) {
        self.line.push(waiting);
        let place = number(self.line.len());
        self.line_by_request.put(&waiting.request, place, key_of!(self.line, request));
        let person_before =
            self.line_by_person.put(&waiting.person, place, key_of!(self.line, person));
        self.undo.push(Undo::NewWaiting { person_before });
    }

    fn told_place(&self, place: u32) -> Outcome {
        Outcome::Waiting { place, ahead: (place - 1).saturating_sub(self.served) }
    }
}
