//! What a batch wants written, and how it is undone: staged until the caller says whether the
//! transaction that wrote it was kept.

use super::claim::Claim;
use super::waiting::{PlaceState, Waiting};

/// The row of the lot itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotHead {
    /// The number of the lease under which the lot is owned. A batch is written only where the
    /// database has the same number.
    pub fence: i64,
    /// The units that the lot may give out.
    pub quota: u32,
    /// Whether it stands still.
    pub halted: bool,
}

/// What has to be written for a batch, all of it in one transaction, and only if the lot's fence in
/// the database is still `head.fence`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The lot's row as it is after the batch.
    pub head: LotHead,
    /// Whether the lot's row differs from the one before the batch.
    pub head_changed: bool,
    /// Whether the lot may give out more units than before the batch: they have to come from
    /// somewhere.
    pub grown: bool,
    /// Units that are held, in checkout or sold after the batch.
    pub taken: u32,
    /// What else is counted after the batch.
    pub counted: Counted,
    /// The number of the first new claim; the others follow it.
    pub first_claim: u32,
    /// New claims, in order.
    pub claims: Vec<Claim>,
    /// Earlier claims that changed, with their numbers.
    pub changed: Vec<(u32, Claim)>,
    /// The place of the first new entry in the line; the others follow it.
    pub first_place: u32,
    /// New entries in the line, in order.
    pub waiting: Vec<Waiting>,
    /// Earlier places that the line has moved past, in order.
    pub served: Vec<u32>,
    /// Earlier places that were left, in order.
    pub left: Vec<u32>,
}

/// What is counted of a lot for those who look at it from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Units that are sold.
    pub sold: u32,
    /// Units that came back, counted each time.
    pub ended: u32,
    /// People in line.
    pub in_line: u32,
}

impl Staged {
    /// Whether there is nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.head_changed
            && self.claims.is_empty()
            && self.changed.is_empty()
            && self.waiting.is_empty()
            && self.served.is_empty()
            && self.left.is_empty()
    }
}

/// One step back.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    /// The lot's row was this.
    Head(LotHead),
    /// The last claim is new; its person's index entry was this before.
    NewClaim { person_before: u32 },
    /// This claim was this.
    Changed(u32, Claim),
    /// The last place in line is new; its person's index entry was this before.
    NewWaiting { person_before: u32 },
    /// The line stood before this place, and the place was like this.
    Passed(u32, PlaceState),
    /// The person of this place waited.
    Left(u32),
}
