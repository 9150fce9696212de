//! Deposits: what a place in the line of a market's batch costs, and what becomes of one.
//!
//! A deposit is the buyer's money until it goes towards an order. It can therefore be had back at any
//! time before, without a reason: by leaving the line, and by itself when the sale ends, is called
//! off, or keeps its owner out.

use kontor_base::Money;
use serde::{Deserialize, Serialize};

use crate::market::MarketCode;

/// What a place in the line of a market's batch costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// The market; it sells over [`Way::Batch`](super::Way::Batch).
    pub market: MarketCode,
    /// How much, in the market's currency: one amount for an entry, however many units it will buy.
    pub amount: Money,
}

/// Where a deposit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositState {
    /// Somebody wants a place and has not paid.
    Open,
    /// The provider was asked; there is no place yet.
    Paying,
    /// The payment came to nothing; it may be tried again for a while.
    Failed,
    /// It was not tried again: what was typed for it is forgotten.
    Lapsed,
    /// The money is there: the place counts.
    Held,
    /// It went towards an order.
    Applied,
    /// It went back.
    Returned,
}

impl DepositState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Paying,
        Self::Failed,
        Self::Lapsed,
        Self::Held,
        Self::Applied,
        Self::Returned,
    ];

    /// The word in data, answers and texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paying => "paying",
            Self::Failed => "failed",
            Self::Lapsed => "lapsed",
            Self::Held => "held",
            Self::Applied => "applied",
            Self::Returned => "returned",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether nothing more is owed to or awaited from whoever paid it, unless its order is called
    /// off.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Paying | Self::Held)
    }

    /// Whether the money was there once.
    #[must_use]
    pub const fn was_paid(self) -> bool {
        matches!(self, Self::Held | Self::Applied | Self::Returned)
    }
}

/// What happens to a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositEvent {
    /// The provider is asked.
    Pay,
    /// The provider said no, or the place could not be had before the money was collected.
    Fail,
    /// Nobody tries again.
    Lapse,
    /// The money was collected, and there is a place.
    Capture,
    /// It goes towards an order.
    Apply,
    /// All of it goes back.
    Return,
}

impl DepositEvent {
    /// Every event.
    pub const ALL: [Self; 6] =
        [Self::Pay, Self::Fail, Self::Lapse, Self::Capture, Self::Apply, Self::Return];

    /// The word in data and codes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Fail => "fail",
            Self::Lapse => "lapse",
            Self::Capture => "capture",
            Self::Apply => "apply",
            Self::Return => "return",
        }
    }
}

use DepositEvent as E;
use DepositState as S;

/// What may happen to a deposit; what is not here is refused.
pub const DEPOSIT_TABLE: &[(DepositState, DepositEvent, DepositState)] = &[
    (S::Open, E::Pay, S::Paying),
    (S::Failed, E::Pay, S::Paying),
    (S::Paying, E::Fail, S::Failed),
    (S::Failed, E::Lapse, S::Lapsed),
    (S::Paying, E::Capture, S::Held),
    // Collected, and the place could not be had any more.
    (S::Paying, E::Return, S::Returned),
    (S::Held, E::Apply, S::Applied),
    (S::Held, E::Return, S::Returned),
    // The order was called off, or all of its money went back.
    (S::Applied, E::Return, S::Returned),
];

/// The event cannot happen to a deposit that stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot happen to a deposit that is {}", .event.word(), .from.word())]
pub struct DepositRefusal {
    /// Where it stands.
    pub from: DepositState,
    /// What was to happen.
    pub event: DepositEvent,
}

impl DepositRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.from {
            S::Paying => "sale.deposit_being_paid",
            S::Held => "sale.deposit_paid",
            S::Open | S::Failed => "sale.deposit_not_paid",
            S::Lapsed | S::Applied | S::Returned => "sale.deposit_over",
        }
    }
}

/// Where a deposit stands after `event`.
///
/// # Errors
///
/// [`DepositRefusal`] when the table has no such step.
pub fn deposit_step(
    from: DepositState,
    event: DepositEvent,
) -> Result<DepositState, DepositRefusal> {
    let step = DEPOSIT_TABLE.iter().find(|step| step.0 == from && step.1 == event);
    step.map(|step| step.2).ok_or(DepositRefusal { from, event })
}

/// What of a deposit goes towards an order of this total: all of it, unless the order is worth less.
/// What is left over goes back. In minor units of the one currency of both.
#[must_use]
pub fn credited_minor(held_minor: i64, total_minor: i64) -> i64 {
    held_minor.min(total_minor).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_leads_to_one_state_and_every_state_is_reached() {
        for (i, a) in DEPOSIT_TABLE.iter().enumerate() {
            for b in &DEPOSIT_TABLE[i + 1..] {
                assert!(a.0 != b.0 || a.1 != b.1, "{a:?} and {b:?}");
            }
        }
        for state in DepositState::ALL {
            assert_eq!(DepositState::from_word(state.word()), Some(state));
            let reached = DEPOSIT_TABLE.iter().any(|step| step.2 == state);
            assert_eq!(reached, state != DepositState::Open, "{state:?}");
        }
        for event in DepositEvent::ALL {
            assert!(DEPOSIT_TABLE.iter().any(|step| step.1 == event), "{event:?}");
        }
    }

    #[test]
    fn money_that_was_paid_is_either_with_an_order_or_goes_back() {
        for (from, event, to) in DEPOSIT_TABLE {
            // What was paid never becomes unpaid, and what went back never comes again.
            assert!(!from.was_paid() || to.was_paid(), "{from:?} {event:?}");
            assert_ne!(*from, DepositState::Returned);
        }
        // Wherever money is, it can go back.
        for state in [DepositState::Paying, DepositState::Held, DepositState::Applied] {
            assert_eq!(deposit_step(state, DepositEvent::Return), Ok(DepositState::Returned));
        }
        let twice = deposit_step(DepositState::Returned, DepositEvent::Return);
        assert_eq!(twice.map_err(|refusal| refusal.code()), Err("sale.deposit_over"));
    }

    #[test]
    fn a_deposit_is_never_worth_more_than_the_order() {
        assert_eq!(credited_minor(2_000, 9_900), 2_000);
        assert_eq!(credited_minor(2_000, 1_500), 1_500);
        assert_eq!(credited_minor(2_000, 0), 0);
    }
}
