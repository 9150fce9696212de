//! A batch: what of it has to be written, and how all of it is undone.

use std::cmp::Reverse;

use super::super::claim::ClaimState;
use super::super::simulator::Flaw;
use super::super::stage::{Counted, Staged, Undo};
use super::super::waiting::PlaceState;
use super::{Count, Lot, number};

impl Lot {
    /// What has to be written for the commands since the last [`Lot::confirm`].
    #[must_use]
    pub fn staged(&self) -> Staged {
        let count = |new: fn(&Undo) -> bool| self.undo.iter().filter(|undo| new(undo)).count();
        let new_claims = count(|undo| matches!(undo, Undo::NewClaim { .. }));
        let new_places = count(|undo| matches!(undo, Undo::NewWaiting { .. }));
        let old_claims = self.claims.len() - new_claims;
        let old_places = self.line.len() - new_places;
        let (mut changed, mut served, mut left) = (Vec::new(), Vec::new(), Vec::new());
        let mut head_before = self.head;
        for undo in self.undo.iter().rev() {
            match undo {
                Undo::Head(before) => head_before = *before,
                Undo::Changed(sequence, _) if (*sequence as usize) <= old_claims => {
                    changed.push(*sequence);
                }
                Undo::Passed(place, PlaceState::Waits) if (*place as usize) < old_places => {
                    served.push(place + 1);
                }
                Undo::Left(place) if (*place as usize) < old_places => left.push(place + 1),
                _ => {}
            }
        }
        changed.sort_unstable();
        changed.dedup();
        served.sort_unstable();
        left.sort_unstable();
        Staged {
            head: self.head,
            head_changed: head_before != self.head,
            grown: self.head.quota > head_before.quota,
            taken: self.taken,
            counted: Counted {
                sold: self.sold,
                ended: self.ended,
                in_line: self.waiting_before(number(self.line.len())),
            },
            first_claim: number(old_claims) + 1,
            claims: self.claims[old_claims..].to_vec(),
            changed: changed.into_iter().map(|s| (s, self.claims[s as usize - 1])).collect(),
            first_place: number(old_places) + 1,
            waiting: self.line[old_places..].to_vec(),
            served,
            left,
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
                Undo::Passed(place, before) => {
                    self.line[place as usize].state = before;
                    self.passed -= 1;
                }
                Undo::Left(place) => {
                    self.line[place as usize].state = PlaceState::Waits;
                    self.left.retain(|left| *left != place);
                }
            }
        }
    }
}
