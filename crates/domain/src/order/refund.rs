//! Whether money of an order can go back while the order stands, and what that makes of its payment.

use crate::payment::{PaymentEvent, PaymentState};

use super::state::{ClearanceState, FulfilmentState, OrderState, order_state};

/// Why no money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefusal {
    /// Nothing, or less.
    #[error("the amount must be above zero")]
    Nothing,
    /// More than there is.
    #[error("only {left_minor} of the money (in its smallest unit) is left to give back")]
    MoreThanLeft {
        /// What is left, in minor units.
        left_minor: i64,
    },
    /// No money has been collected yet.
    #[error("the money has not been collected yet; cancel the order instead")]
    NotCollected,
    /// All of it would go back while the goods are still here.
    #[error("the parcel has not left: cancel the order, and all of its money goes back")]
    CancelInstead,
}

impl RefundRefusal {
    /// The stable code of the refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "payment.nothing_to_refund",
            Self::MoreThanLeft { .. } => "payment.more_than_left",
            Self::NotCollected => "payment.not_collected",
            Self::CancelInstead => "order.cancel_instead",
        }
    }
}

/// What giving `wanted_minor` back means for the payment, of which `left_minor` has been collected
/// and not given back.
///
/// Everything back while the parcel is still here is a cancellation: only that brings the units back
/// to the shelf.
///
/// # Errors
///
/// [`RefundRefusal`].
pub fn refund_event(
    payment: PaymentState,
    fulfilment: FulfilmentState,
    clearance: ClearanceState,
    left_minor: i64,
    wanted_minor: i64,
) -> Result<PaymentEvent, RefundRefusal> {
    if wanted_minor <= 0 {
        return Err(RefundRefusal::Nothing);
    }
    if !matches!(payment, PaymentState::Captured | PaymentState::PartlyRefunded) {
        return Err(match payment {
            PaymentState::Refunded => RefundRefusal::MoreThanLeft { left_minor: 0 },
            _ => RefundRefusal::NotCollected,
        });
    }
    if wanted_minor > left_minor {
        return Err(RefundRefusal::MoreThanLeft { left_minor });
    }
    if wanted_minor < left_minor {
        return Ok(PaymentEvent::RefundedInPart);
    }
    match order_state(payment, fulfilment, clearance) {
        OrderState::Paid | OrderState::OnHold | OrderState::AwaitingPayment => {
            Err(RefundRefusal::CancelInstead)
        }
        _ => Ok(PaymentEvent::RefundedInFull),
    }
}

/// What of an amount goes back by which of an order's two payments, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundSplit {
    /// By the payment that the order was placed with.
    pub paid_minor: i64,
    /// Of the deposit.
    pub deposit_minor: i64,
}

/// Divides `wanted_minor`, of which no more is left than the two parts: first what was paid last, then
/// the deposit.
#[must_use]
pub fn split_refund(paid_left_minor: i64, wanted_minor: i64) -> RefundSplit {
    let paid_minor = wanted_minor.min(paid_left_minor).max(0);
    RefundSplit { paid_minor, deposit_minor: wanted_minor - paid_minor }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ClearanceState::{Clear, Held};
    use FulfilmentState as F;
    use PaymentState as P;

    #[test]
    fn what_was_paid_last_goes_back_first() {
        let split = |left, wanted| {
            let RefundSplit { paid_minor, deposit_minor } = split_refund(left, wanted);
            (paid_minor, deposit_minor)
        };
        assert_eq!(split(7_900, 500), (500, 0));
        assert_eq!(split(7_900, 7_900), (7_900, 0));
        assert_eq!(split(7_900, 9_900), (7_900, 2_000));
        assert_eq!(split(0, 2_000), (0, 2_000));
    }

    #[test]
    fn what_was_collected_can_go_back_and_no_more() {
        #[rustfmt::skip]
        let table = [
            (P::Captured, F::Dispatched, Clear, 1_000, 400, Ok(PaymentEvent::RefundedInPart)),
            (P::Captured, F::Waiting, Clear, 1_000, 999, Ok(PaymentEvent::RefundedInPart)),
            (P::Captured, F::Waiting, Held, 1_000, 1, Ok(PaymentEvent::RefundedInPart)),
            (P::Captured, F::Delivered, Clear, 1_000, 1_000, Ok(PaymentEvent::RefundedInFull)),
            (P::PartlyRefunded, F::Returned, Clear, 600, 600, Ok(PaymentEvent::RefundedInFull)),
            (P::Captured, F::Waiting, Clear, 1_000, 1_000, Err("order.cancel_instead")),
            (P::PartlyRefunded, F::Waiting, Held, 600, 600, Err("order.cancel_instead")),
            (P::Captured, F::Delivered, Clear, 1_000, 1_001, Err("payment.more_than_left")),
            (P::Refunded, F::Delivered, Clear, 0, 1, Err("payment.more_than_left")),
            (P::Captured, F::Delivered, Clear, 1_000, 0, Err("payment.nothing_to_refund")),
            (P::Captured, F::Delivered, Clear, 1_000, -5, Err("payment.nothing_to_refund")),
            (P::Authorised, F::Waiting, Clear, 0, 5, Err("payment.not_collected")),
            (P::Authorising, F::Waiting, Clear, 0, 5, Err("payment.not_collected")),
        ];
        for (payment, fulfilment, clearance, left, wanted, expected) in table {
            let said = refund_event(payment, fulfilment, clearance, left, wanted);
            assert_eq!(said.map_err(RefundRefusal::code), expected, "{payment:?} {wanted}/{left}");
        }
    }
}
