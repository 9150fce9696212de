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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_432_000_000_000_000;

    #[test]
    fn every_answer_meets_every_hold() {
        use Settlement::{AlreadyDone, Claim, Fail, ReserveAgainThenClaim, VoidBecauseGone, Wait};
        let at = |seconds: i64| Instant::from_micros(NOW).plus_seconds(seconds);
        let answers = [
            ProviderAnswer::Authorised { reference: "r".to_owned() },
            ProviderAnswer::NeedsAction { path: "/p".to_owned() },
            ProviderAnswer::Pending,
            ProviderAnswer::Declined { code: "payment.declined".to_owned() },
        ];
        #[rustfmt::skip]
        let table = [
            (HoldState::Active { until: at(1) }, [Claim, Wait, Wait, Fail]),
            // At its end a hold holds no more, even if no keeper has released it yet.
            (HoldState::Active { until: at(0) }, [ReserveAgainThenClaim, Wait, Wait, Fail]),
            (HoldState::Active { until: at(-60) }, [ReserveAgainThenClaim, Wait, Wait, Fail]),
            (HoldState::Ended, [ReserveAgainThenClaim, Wait, Wait, Fail]),
            (HoldState::Gone, [VoidBecauseGone, Wait, Wait, Fail]),
            (HoldState::Claimed, [AlreadyDone; 4]),
        ];
        for (hold, wanted) in table {
            for (answer, wanted) in answers.iter().zip(wanted) {
                assert_eq!(settle(answer, hold, at(0)), wanted, "{answer:?} meets {hold:?}");
            }
        }
    }

    #[test]
    fn money_that_comes_late_reserves_again_or_goes_back() {
        let yes = ProviderAnswer::Authorised { reference: "r".to_owned() };
        let late = Instant::from_micros(NOW);
        let hold = HoldState::Active { until: late.plus_seconds(-1) };
        assert_eq!(settle(&yes, hold, late), Settlement::ReserveAgainThenClaim);
        // The new reservation worked …
        let again = HoldState::Active { until: late.plus_seconds(300) };
        assert_eq!(settle(&yes, again, late), Settlement::Claim);
        // … or somebody else has the last one.
        assert_eq!(settle(&yes, HoldState::Gone, late), Settlement::VoidBecauseGone);
    }
}
