//! Why a sale did not do what was asked.

use kontor_domain::sale::{CodeRefusal, DepositRefusal, TicketRefusal};
use kontor_ledger::sale::Refusal;

/// Why a sale did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaleRefusal {
    /// There is no such sale, or the public may not know of it.
    #[error("there is no such sale")]
    Unknown,
    /// There is no such claim.
    #[error("there is no such claim")]
    UnknownClaim,
    /// The sale takes nothing now.
    #[error("the sale is not live")]
    NotLive,
    /// Nobody can enter now.
    #[error("nobody can enter the sale now")]
    NoEntries,
    /// The sale does not have this way in this market.
    #[error("the sale does not have this way in")]
    NoWay,
    /// The ticket is not taken.
    #[error(transparent)]
    Ticket(#[from] TicketRefusal),
    /// The person's turn has not come.
    #[error("it is not this person's turn yet")]
    NotYourTurn,
    /// The draw went to others.
    #[error("the draw went to others")]
    NotDrawn,
    /// It may not be sold to this country.
    #[error("it may not be sold to this country")]
    NotCleared,
    /// The person has had as many as one person may have, in earlier sales.
    #[error("this person has as many as one person may have")]
    PersonLimit,
    /// The code does not do.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// There is no such code in this sale.
    #[error("there is no such code in this sale")]
    CodeUnknown,
    /// The person has entered by another way, or in another market.
    #[error("this person has entered by another way")]
    EnteredElsewhere,
    /// The person may not take part in sales.
    #[error("this person may not take part in sales")]
    Excluded,
    /// A place costs a deposit, which is paid first.
    #[error("a place in this line costs a deposit")]
    DepositNeeded,
    /// There is a place already that a deposit was paid for.
    #[error("a deposit was paid for a place of this person before")]
    PlacePaid,
    /// The deposit that the place was paid with went back.
    #[error("the place has no deposit any more")]
    DepositMissing,
    /// There is no such deposit.
    #[error("there is no such deposit")]
    UnknownDeposit,
    /// The deposit is not the one that was seen.
    #[error("the deposit is another amount than the one that was seen")]
    DepositChanged,
    /// The units of the place are being paid at this moment.
    #[error("the units are being paid at this moment")]
    BeingPaid,
    /// The deposit is not where it would have to be.
    #[error(transparent)]
    Deposit(#[from] DepositRefusal),
    /// Whoever pays is not the person who has entered.
    #[error("somebody else has entered with this ticket")]
    NotYours,
    /// The lot's own answer.
    #[error(transparent)]
    Lot(#[from] Refusal),
    /// The lot is owned by another node, or by nobody at this moment.
    #[error("the lot is not here at this moment")]
    Elsewhere,
    /// Too many requests wait.
    #[error("too many requests are waiting")]
    Overloaded,
}

impl SaleRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "sale.unknown",
            Self::UnknownClaim => "sale.claim_unknown",
            Self::NotLive => "sale.not_live",
            Self::NoEntries => "sale.no_entries",
            Self::NoWay => "sale.no_way",
            Self::Ticket(refusal) => refusal.code(),
            Self::NotYourTurn => "sale.not_your_turn",
            Self::NotDrawn => "sale.not_drawn",
            Self::NotCleared => "sale.not_cleared",
            Self::PersonLimit => "sale.person_limit",
            Self::Code(refusal) => refusal.code(),
            Self::CodeUnknown => "sale.code_unknown",
            Self::EnteredElsewhere => "sale.entered_elsewhere",
            Self::Excluded => "sale.excluded",
            Self::DepositNeeded => "sale.deposit_needed",
            Self::PlacePaid => "sale.place_paid",
            Self::DepositMissing => "sale.deposit_missing",
            Self::UnknownDeposit => "sale.deposit_unknown",
            Self::DepositChanged => "sale.deposit_changed",
            Self::BeingPaid => "sale.being_paid",
            Self::Deposit(refusal) => refusal.code(),
            Self::NotYours => "sale.not_yours",
            Self::Lot(refusal) => refusal.code(),
            Self::Elsewhere => "sale.elsewhere",
            Self::Overloaded => "sale.overloaded",
        }
    }

    /// Whether the same request may succeed when it is sent again after a moment.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Elsewhere | Self::Overloaded)
    }
}
