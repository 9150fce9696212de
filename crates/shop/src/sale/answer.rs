//! Why a sale did not do what was asked.

use kontor_domain::sale::TicketRefusal;
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
    /// The person may not take part in sales.
    #[error("this person may not take part in sales")]
    Excluded,
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
            Self::Excluded => "sale.excluded",
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
