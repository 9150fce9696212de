//! What can be asked of a lot, and what it answers.

use kontor_base::Instant;

use super::claim::ClaimState;

/// A wish for units: the hot request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// The keyed hash of the person.
    pub person: [u8; 16],
    /// The keyed hash of the request's key, under which a repetition is known.
    pub request: [u8; 16],
    /// Four bytes of the keyed hash of the request's body.
    pub body: u32,
    /// How many units: 1 to 255.
    pub units: u8,
    /// How many units this person may have in this lot, after what earlier sales gave them.
    pub allowance: u8,
    /// Where it shall go: the two letters of the country.
    pub ship_to: [u8; 2],
}

/// A command to a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Take units now.
    Take(Take),
    /// Stand in line for units that come back.
    Wait(Take),
    /// What this very request got before, by its key: the claim or the place; changes nothing.
    Repeat(Take),
    /// Leave the line: nothing that comes back is offered to the person for the place.
    Leave([u8; 16]),
    /// What the person has here, and where they stand in line; changes nothing.
    Look([u8; 16]),
    /// Make the hold of this claim longer, once.
    Extend(u32),
    /// The person begins to pay this claim.
    CheckOut(u32),
    /// This claim has become an order.
    Sell(u32),
    /// The person gives this claim's units up, as long as they are not being paid.
    GiveUp(u32),
    /// This claim's units come back: its checkout has ended, or its order was cancelled.
    Release(u32),
    /// End what has come to its end.
    Expire,
    /// Give the lot more units, or fewer: not fewer than are taken.
    SetQuota(u32),
    /// Give up every unit that nobody has: they go to another way in.
    Shrink,
    /// Give so many units up that nobody has, or all of those if they are fewer: they go to another
    /// lot of the same way.
    GiveAway(u32),
    /// Take nothing new until [`Command::Resume`]; holds run on.
    Halt,
    /// Take again.
    Resume,
}

/// A claim that stands, as it is told to its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The claim's number in its lot, counted from 1.
    pub sequence: u32,
    /// What has become of it.
    pub state: ClaimState,
    /// The first moment at which its hold is no longer good.
    pub expires_at: Instant,
    /// How many units.
    pub units: u8,
    /// The same request was carried out before.
    pub replayed: bool,
}

/// What a command did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The person has units.
    Taken(Taken),
    /// The person stands in line, at this place counted from 1.
    Waiting {
        /// The place in the whole line, never reused.
        place: u32,
        /// How many stand before it now.
        ahead: u32,
    },
    /// The person does not stand in line any more.
    Left {
        /// They did not before.
        before: bool,
    },
    /// What the person has.
    Seen {
        /// Their claim: one that stands, else the latest.
        claim: Option<Taken>,
        /// Their place in line, and how many stand before it.
        place: Option<(u32, u32)>,
    },
    /// The claim changed, or was like this already.
    Changed(ClaimState),
    /// So many holds have ended.
    Expired(u32),
    /// Done.
    Done,
}

/// Why a lot did not do what was asked. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No unit is free.
    #[error("every unit is taken or held")]
    SoldOut,
    /// The person has all that one person may have.
    #[error("this person has as many as one person may have")]
    PersonLimit,
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// The sale stands still.
    #[error("nothing is taken at present")]
    Halted,
    /// There is no such claim.
    #[error("there is no such claim")]
    UnknownClaim,
    /// The hold has ended.
    #[error("the hold has ended")]
    HoldEnded,
    /// The hold has had its extension.
    #[error("the hold has had its one extension")]
    AlreadyExtended,
    /// The claim is past that.
    #[error("the claim is {} already", .0.as_str())]
    Settled(ClaimState),
    /// No units, or more than one person may ask for.
    #[error("the number of units is out of range")]
    Units,
    /// Fewer units than are taken.
    #[error("{taken} units are taken already")]
    BelowTaken {
        /// So many.
        taken: u32,
    },
    /// The line is as long as a line may be.
    #[error("the waiting list is full")]
    WaitingFull,
    /// The place that this request once got was left.
    #[error("the place in line was given up")]
    LeftLine,
    /// Units are free: take one.
    #[error("there are units to take")]
    NotSoldOut,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SoldOut => "sale.sold_out",
            Self::PersonLimit => "sale.person_limit",
            Self::KeyReused => "idempotency.key_reused",
            Self::Halted => "sale.halted",
            Self::UnknownClaim => "sale.claim_unknown",
            Self::HoldEnded => "sale.hold_ended",
            Self::AlreadyExtended => "sale.hold_already_extended",
            Self::Settled(_) => "sale.claim_settled",
            Self::Units => "sale.units",
            Self::BelowTaken { .. } => "sale.quota_below_taken",
            Self::WaitingFull => "sale.waiting_full",
            Self::LeftLine => "sale.left_line",
            Self::NotSoldOut => "sale.not_sold_out",
        }
    }
}
