//! What to do with a provider's answer, given how the hold on stock stands.
//!
//! The decision of the house for money that comes after the hold has ended: the goods are not
//! promised any more, but the buyer has paid, so the shop tries to reserve them once more. If they
//! are still there, the sale goes through as if nothing had happened. If not, the money is
//! released at once and the buyer is told so; nothing is oversold, and nobody's money is kept for
//! goods that are gone.

use kontor_base::Instant;
use serde::{Deserialize, Serialize};

use super::provider::ProviderAnswer;

/// How the hold on the stock of a checkout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "hold", rename_all = "snake_case")]
pub enum HoldState {
    /// The stock is held.
    Active {
        /// The first moment at which it is no longer held.
        until: Instant,
    },
    /// The hold was released, or its end has passed.
    Ended,
    /// The hold had ended and could not be had again: the goods are gone.
    Gone,
    /// The stock is already sold to this checkout.
    Claimed,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// Turn the hold into a sale and place the order.
    Claim,
    /// Reserve again; if that works, [`Settlement::Claim`], else settle again with
    /// [`HoldState::Gone`].
    ReserveAgainThenClaim,
    /// Give the money back and say that the goods are gone.
    VoidBecauseGone,
    /// Nothing can be decided yet.
    Wait,
    /// The payment failed: the checkout is open again (and keeps its hold as long as that lasts).
    Fail,
    /// The order is placed already: an answer that came twice.
    AlreadyDone,
}

/// What to do with `answer` at `at`.
///
/// Once the order is placed, no answer undoes it: the first final one counts, and a contradiction
/// is a matter for the audit of money.
#[must_use]
pub fn settle(answer: &ProviderAnswer, hold: HoldState, at: Instant) -> Settlement {
    let hold = match hold {
        HoldState::Active { until } if until <= at => HoldState::Ended,
        other => other,
    };
    match (answer, hold) {
        (_, HoldState::Claimed) => Settlement::AlreadyDone,
        (ProviderAnswer::Declined { .. }, _) => Settlement::Fail,
        (ProviderAnswer::Authorised { .. }, HoldState::Active { .. }) => Settlement::Claim,
        (ProviderAnswer::Authorised { .. }, HoldState::Ended) => Settlement::ReserveAgainThenClaim,
        (ProviderAnswer::Authorised { .. }, HoldState::Gone) => Settlement::VoidBecauseGone,
        (ProviderAnswer::NeedsAction { .. } | ProviderAnswer::Pending, _) => Settlement::Wait,
    }
}
