//! What the simulator asks of a store, and what the store answers.

use kontor_base::Instant;
use kontor_base::id::{HoldId, TransferId};

use crate::audit::AuditReport;
use crate::hold::{PlaceHold, WantedLine};
use crate::key::MarketKey;
use crate::stock::{Balances, StockKey};
use crate::warehouse::{Movement, WriteOffFrom};

/// The code with which a [`Subject`] refuses a step of a hold that was never placed.
pub const HOLD_UNKNOWN: &str = "stock.hold_unknown";

/// A request at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// When the store carries it out. A repeated request comes with the time of its repetition.
    pub at: Instant,
    /// What is asked.
    pub request: Request,
}

/// What can be asked of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Place a hold. If one with this id is there, the answer is `Done` and nothing changes.
    Place(PlaceHold),
    /// Extend a hold by so many seconds.
    Extend(HoldId, i64),
    /// Release a hold; `Done` if it is released already.
    Release(HoldId),
    /// Expire a hold; `Done` if it has expired already.
    Expire(HoldId),
    /// Claim a hold; `Done` if it is claimed already.
    Claim(HoldId),
    /// Cancel a claimed hold; `Done` if it is cancelled already.
    Cancel(HoldId),
    /// Dispatch units of a claimed hold; `Done` if this transfer was written already.
    Ship(HoldId, TransferId, WantedLine),
    /// Move goods; `Done` if this movement was carried out already. A count that changed nothing
    /// was carried out too, though no transfer tells of it.
    Move(GoodsMove, Movement),
}

impl Request {
    /// The word for it in a summary.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Place(_) => "place",
            Self::Extend(..) => "extend",
            Self::Release(_) => "release",
            Self::Expire(_) => "expire",
            Self::Claim(_) => "claim",
            Self::Cancel(_) => "cancel",
            Self::Ship(..) => "ship",
            Self::Move(GoodsMove::Receive, _) => "receive",
            Self::Move(GoodsMove::TakeBack, _) => "take_back",
            Self::Move(GoodsMove::Restock, _) => "restock",
            Self::Move(GoodsMove::WriteOff(_), _) => "write_off",
            Self::Move(GoodsMove::MoveQuota(_), _) => "move_quota",
            Self::Move(GoodsMove::Count, _) => "count",
        }
    }
}

/// Which decision of [`crate::warehouse`] a movement asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoodsMove {
    /// [`crate::warehouse::receive`]
    Receive,
    /// [`crate::warehouse::take_back`]
    TakeBack,
    /// [`crate::warehouse::restock`]
    Restock,
    /// [`crate::warehouse::write_off`]
    WriteOff(WriteOffFrom),
    /// [`crate::warehouse::move_quota`]
    MoveQuota(Option<MarketKey>),
    /// [`crate::warehouse::adjust_count`]
    Count,
}

/// Where the store dies while it carries out a command, to be there again for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// It does not.
    Never,
    /// After the decision and before anything is written: the plan is lost.
    BeforeWrite,
    /// After the write: the answer is lost.
    AfterWrite,
}

/// What a store answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is written.
    Done,
    /// It is refused, with this code, and nothing changed.
    Refused(String),
    /// No answer, because of the wanted [`Crash`].
    Lost,
}

/// A store that the simulator can try to break.
pub trait Subject {
    /// Carries out `command`, dying where `crash` says. A command that is refused is answered as
    /// such and never dies.
    fn carry_out(&mut self, command: &Command, crash: Crash) -> Answer;

    /// The kept balances of `keys` in every state.
    fn balances(&mut self, keys: &[StockKey]) -> Balances;

    /// An audit of everything the store has.
    fn audit(&mut self) -> AuditReport;
}
