//! Why a stock decision said no: one enum for all of them, each with a stable code.

use kontor_base::{Instant, limits};

use crate::hold::{HOLD_LINES_MAX, HoldState};
use crate::stock::StockKey;

/// A key with fewer units than were wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Which goods.
    pub key: StockKey,
    /// How many units were wanted, all lines of this key together.
    pub wanted: i64,
    /// How many there are.
    pub available: i64,
}

/// A stock decision's "no". Nothing is to be written then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StockRefusal {
    /// Too few units; every key that is short is named, in key order.
    #[error("not enough units of {} of the wanted goods", short.len())]
    Insufficient {
        /// What is short, and by how much.
        short: Vec<Shortage>,
    },
    /// The hold has ended, whether or not anybody has noticed it yet.
    #[error("the hold ended at {ended_at}")]
    HoldExpired {
        /// When it ended.
        ended_at: Instant,
    },
    /// The hold is no longer active.
    #[error("the hold is already {state}")]
    HoldSettled {
        /// What has become of it.
        state: HoldState,
    },
    /// The hold's end has not come.
    #[error("the hold ends only at {ends_at}")]
    HoldNotEnded {
        /// When it will end.
        ends_at: Instant,
    },
    /// The hold has been extended before.
    #[error("the hold has already been extended once")]
    HoldAlreadyExtended,
    /// The hold is not an order, so there is nothing to cancel or ship.
    #[error("the hold is {state}, not claimed")]
    HoldNotClaimed {
        /// What it is instead.
        state: HoldState,
    },
    /// Everything has been dispatched, so there is nothing left to cancel.
    #[error("every unit has been dispatched")]
    AllShipped,
    /// More was to be dispatched than the order still awaits.
    #[error("{wanted} units to dispatch, but the order awaits only {awaiting}")]
    MoreThanOrdered {
        /// How many units were to be dispatched.
        wanted: i64,
        /// How many units of these goods the order still awaits.
        awaiting: i64,
    },
    /// A hold without lines.
    #[error("nothing is wanted")]
    NoLines,
    /// A hold with too many lines.
    #[error("more than {HOLD_LINES_MAX} lines")]
    TooManyLines,
    /// Zero, negative or too many units.
    #[error("units are not between 1 and {}", limits::UNITS_MAX)]
    UnitsOutOfRange,
    /// A hold's length or extension that is zero, negative or too long.
    #[error("duration is not between 1 and {} seconds", limits::TRANSFER_HOLD_S)]
    DurationOutOfRange,
    /// The quota to move to is the quota to move from, or lies elsewhere.
    #[error("a quota moves between two markets of one item at one site")]
    NotAnotherQuota,
    /// The count found fewer units than are promised to checkouts and orders.
    #[error("{counted} units counted, but {promised} are promised")]
    CountBelowPromised {
        /// Units counted.
        counted: i64,
        /// Units held and sold.
        promised: i64,
    },
}

impl StockRefusal {
    /// The stable code, such as `stock.insufficient`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Insufficient { .. } => "stock.insufficient",
            Self::HoldExpired { .. } => "stock.hold_expired",
            Self::HoldSettled { .. } => "stock.hold_settled",
            Self::HoldNotEnded { .. } => "stock.hold_not_ended",
            Self::HoldAlreadyExtended => "stock.hold_already_extended",
            Self::HoldNotClaimed { .. } => "stock.hold_not_claimed",
            Self::AllShipped => "stock.all_shipped",
            Self::MoreThanOrdered { .. } => "stock.more_than_ordered",
            Self::NoLines => "stock.no_lines",
            Self::TooManyLines => "stock.too_many_lines",
            Self::UnitsOutOfRange => "stock.units_out_of_range",
            Self::DurationOutOfRange => "stock.duration_out_of_range",
            Self::NotAnotherQuota => "stock.not_another_quota",
            Self::CountBelowPromised { .. } => "stock.count_below_promised",
        }
    }
}
