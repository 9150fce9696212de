//! What survives: the rows that a database would have.

use super::Flaw;
use crate::sale::claim::Claim;
use crate::sale::lot::{Lot, LotRules};
use crate::sale::stage::{LotHead, Staged};
use crate::sale::waiting::{PlaceState, Waiting};

/// The rows of one lot.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    pub(super) head: LotHead,
    pub(super) claims: Vec<Claim>,
    pub(super) line: Vec<Waiting>,
    pub(super) flaw: Option<Flaw>,
}

impl Disk {
    pub(super) const fn new(quota: u32, flaw: Option<Flaw>) -> Self {
        let head = LotHead { fence: 0, quota, halted: false };
        Self { head, claims: Vec::new(), line: Vec::new(), flaw }
    }

    /// Writes a batch in one transaction; gives whether the lease allowed it.
    pub(super) fn commit(&mut self, staged: Staged) -> bool {
        let ignores = self.flaw == Some(Flaw::IgnoresTheFence);
        if staged.head.fence != self.head.fence && !ignores {
            return false;
        }
        self.head = LotHead { fence: self.head.fence, ..staged.head };
        self.claims.truncate(staged.first_claim as usize - 1);
        self.claims.extend(staged.claims);
        for (sequence, claim) in staged.changed {
            if let Some(kept) = self.claims.get_mut(sequence as usize - 1) {
                *kept = claim;
            }
        }
        self.line.truncate(staged.first_place as usize - 1);
        self.line.extend(staged.waiting);
        for (places, state) in
            [(staged.served, PlaceState::Served), (staged.left, PlaceState::Left)]
        {
            for place in places {
                if let Some(kept) = self.line.get_mut(place as usize - 1) {
                    kept.state = state;
                }
            }
        }
        true
    }

    /// A new owner: it takes the lease and reads everything.
    pub(super) fn take_over(&mut self, rules: LotRules) -> Lot {
        self.head.fence += 1;
        self.read(rules)
    }

    /// An owner made from the rows.
    pub(super) fn read(&self, rules: LotRules) -> Lot {
        let mut lot = Lot::with_room(rules, self.head, 0);
        #[cfg(test)]
        {
            lot.flaw = self.flaw;
        }
        self.claims.iter().for_each(|claim| lot.load_claim(*claim));
        if self.flaw != Some(Flaw::ForgetsTheLine) {
            self.line.iter().for_each(|waiting| lot.load_waiting(*waiting));
        }
        lot
    }
}
