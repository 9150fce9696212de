//! The way from a cart to an order, as a table.

use serde::{Deserialize, Serialize};

/// Where a checkout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutState {
    /// The stock is held; the buyer fills in the page.
    Open,
    /// The provider is being asked.
    Paying,
    /// The buyer has to do something at the provider.
    WaitingForAction,
    /// The provider (or a bank transfer) has yet to answer.
    WaitingForProvider,
    /// There is an order.
    Placed,
    /// The payment failed; the buyer may try again.
    Failed,
    /// The hold ended without an order.
    Expired,
    /// It ended so long ago that what was typed is erased.
    Forgotten,
}

impl CheckoutState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::Paying,
        Self::WaitingForAction,
        Self::WaitingForProvider,
        Self::Placed,
        Self::Failed,
        Self::Expired,
        Self::Forgotten,
    ];

    /// The word in data and on pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paying => "paying",
            Self::WaitingForAction => "waiting_for_action",
            Self::WaitingForProvider => "waiting_for_provider",
            Self::Placed => "placed",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Forgotten => "forgotten",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether a payment is under way, so that a second one must not begin.
    #[must_use]
    pub const fn is_paying(self) -> bool {
        matches!(self, Self::Paying | Self::WaitingForAction | Self::WaitingForProvider)
    }
}

/// What happens to a checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutEvent {
    /// The buyer pays.
    Pay,
    /// The provider wants the buyer to act.
    ActionNeeded,
    /// The provider will answer later.
    Pending,
    /// Paid and claimed (perhaps on stock that was reserved again).
    Placed,
    /// The payment failed.
    PaymentFailed,
    /// The buyer tries again.
    TryAgain,
    /// The hold ended and nobody is paying.
    HoldEnded,
    /// Paid, but the goods are gone: the money is given back.
    Gone,
    /// Its time is over: what was typed is erased.
    Forgotten,
}

impl CheckoutEvent {
    /// Every event.
    pub const ALL: [Self; 9] = [
        Self::Pay,
        Self::ActionNeeded,
        Self::Pending,
        Self::Placed,
        Self::PaymentFailed,
        Self::TryAgain,
        Self::HoldEnded,
        Self::Gone,
        Self::Forgotten,
    ];

    /// The word in data and codes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::ActionNeeded => "action_needed",
            Self::Pending => "pending",
            Self::Placed => "placed",
            Self::PaymentFailed => "payment_failed",
            Self::TryAgain => "try_again",
            Self::HoldEnded => "hold_ended",
            Self::Gone => "gone",
            Self::Forgotten => "forgotten",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckoutStep {
    /// Where the checkout stands.
    pub from: CheckoutState,
    /// What happens.
    pub event: CheckoutEvent,
    /// Where it stands then.
    pub to: CheckoutState,
}

const fn step(from: CheckoutState, event: CheckoutEvent, to: CheckoutState) -> CheckoutStep {
    CheckoutStep { from, event, to }
}

use CheckoutEvent as E;
use CheckoutState as S;

/// What may happen to a checkout; what is not here is refused. The end of the hold does not end a
/// checkout whose payment is under way: the answer decides ([`crate::payment::settle`]).
pub const CHECKOUT_TABLE: &[CheckoutStep] = &[
    step(S::Open, E::Pay, S::Paying),
    step(S::Open, E::HoldEnded, S::Expired),
    step(S::Paying, E::ActionNeeded, S::WaitingForAction),
    step(S::Paying, E::Pending, S::WaitingForProvider),
    step(S::Paying, E::Placed, S::Placed),
    step(S::Paying, E::PaymentFailed, S::Failed),
    step(S::Paying, E::Gone, S::Expired),
    step(S::WaitingForAction, E::ActionNeeded, S::WaitingForAction),
    step(S::WaitingForAction, E::Pending, S::WaitingForProvider),
    step(S::WaitingForAction, E::Placed, S::Placed),
    step(S::WaitingForAction, E::PaymentFailed, S::Failed),
    step(S::WaitingForAction, E::Gone, S::Expired),
    step(S::WaitingForProvider, E::Pending, S::WaitingForProvider),
    step(S::WaitingForProvider, E::ActionNeeded, S::WaitingForAction),
    step(S::WaitingForProvider, E::Placed, S::Placed),
    step(S::WaitingForProvider, E::PaymentFailed, S::Failed),
    step(S::WaitingForProvider, E::Gone, S::Expired),
    step(S::Failed, E::TryAgain, S::Open),
    step(S::Failed, E::Pay, S::Paying),
    step(S::Failed, E::HoldEnded, S::Expired),
    step(S::Expired, E::Forgotten, S::Forgotten),
];

/// The event cannot happen in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot happen to a checkout that is {}", .event.word(), .from.word())]
pub struct CheckoutRefusal {
    /// Where the checkout stands.
    pub from: CheckoutState,
    /// What was to happen.
    pub event: CheckoutEvent,
}

impl CheckoutRefusal {
    /// The stable code of the refusal: what is in the way.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.from {
            S::Placed => "order.already_placed",
            S::Expired | S::Forgotten => "order.checkout_expired",
            S::Paying | S::WaitingForAction | S::WaitingForProvider => "order.payment_under_way",
            S::Open | S::Failed => "order.not_paying",
        }
    }
}

/// The state after `event`.
///
/// # Errors
///
/// [`CheckoutRefusal`] when the table has no such step.
pub fn checkout_step(
    from: CheckoutState,
    event: CheckoutEvent,
) -> Result<CheckoutState, CheckoutRefusal> {
    CHECKOUT_TABLE
        .iter()
        .find(|step| step.from == from && step.event == event)
        .map(|step| step.to)
        .ok_or(CheckoutRefusal { from, event })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_leads_to_one_state_and_every_state_is_reached() {
        let mut reached = vec![CheckoutState::Open];
        for (i, a) in CHECKOUT_TABLE.iter().enumerate() {
            let twin = |b: &CheckoutStep| a.from == b.from && a.event == b.event;
            assert!(!CHECKOUT_TABLE[i + 1..].iter().any(twin), "{a:?} twice");
        }
        for _ in CheckoutState::ALL {
            for step in CHECKOUT_TABLE {
                if reached.contains(&step.from) && !reached.contains(&step.to) {
                    reached.push(step.to);
                }
            }
        }
        assert_eq!(reached.len(), CheckoutState::ALL.len());
        for state in CheckoutState::ALL {
            assert_eq!(CheckoutState::from_word(state.word()), Some(state));
        }
    }

    #[test]
    fn an_order_is_placed_once_and_only_out_of_a_payment() {
        for step in CHECKOUT_TABLE {
            assert!(!matches!(step.from, S::Placed | S::Forgotten), "{step:?} leaves an end");
            // What has ended does not begin again, it is only forgotten.
            assert!(step.from != S::Expired || step.to == S::Forgotten, "{step:?}");
            if step.to == S::Placed {
                assert!(step.from.is_paying(), "{step:?}");
            }
            // While money is on its way, the end of the hold decides nothing.
            assert!(!(step.from.is_paying() && step.event == E::HoldEnded), "{step:?}");
        }
    }

    #[test]
    fn a_second_payment_does_not_begin_beside_the_first() {
        for (from, code) in [
            (S::Paying, "order.payment_under_way"),
            (S::WaitingForAction, "order.payment_under_way"),
            (S::WaitingForProvider, "order.payment_under_way"),
            (S::Placed, "order.already_placed"),
            (S::Expired, "order.checkout_expired"),
            (S::Forgotten, "order.checkout_expired"),
        ] {
            assert_eq!(checkout_step(from, E::Pay).map_err(|e| e.code()), Err(code));
        }
        assert_eq!(checkout_step(S::Failed, E::TryAgain), Ok(S::Open));
        assert_eq!(checkout_step(S::Open, E::Pay), Ok(S::Paying));
    }
}
