//! Whether an order can still be cancelled, and what follows.

use serde::{Deserialize, Serialize};

use crate::payment::PaymentState;

use super::state::{ClearanceState, FulfilmentState, OrderState, order_state};

/// What has to happen with the money of a cancelled order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyBack {
    /// None was taken; the attempt is given up.
    GiveUp,
    /// It is blocked and is released.
    Void,
    /// It was collected and goes back, as much as is left.
    Refund,
}

/// What follows from a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CancelPlan {
    /// What happens with the money. The units go back to the stock in any case.
    pub money: MoneyBack,
}

/// Why an order cannot be cancelled any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelRefusal {
    /// The parcel has left; from here on it is a return.
    #[error("the parcel has left already")]
    AlreadyDispatched,
    /// It is over already.
    #[error("the order is cancelled or refunded already")]
    AlreadyOver,
}

impl CancelRefusal {
    /// The stable code of the refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyDispatched => "order.already_dispatched",
            Self::AlreadyOver => "order.already_over",
        }
    }
}

/// What cancelling the order would mean. Buyer and shop may cancel until the parcel is handed to
/// the carrier; an order on hold may be cancelled too.
///
/// # Errors
///
/// [`CancelRefusal`].
pub fn cancel_plan(
    payment: PaymentState,
    fulfilment: FulfilmentState,
    clearance: ClearanceState,
) -> Result<CancelPlan, CancelRefusal> {
    match order_state(payment, fulfilment, clearance) {
        OrderState::AwaitingPayment | OrderState::Paid | OrderState::OnHold => {
            let money = match payment {
                PaymentState::Authorised => MoneyBack::Void,
                PaymentState::Captured | PaymentState::PartlyRefunded => MoneyBack::Refund,
                _ => MoneyBack::GiveUp,
            };
            Ok(CancelPlan { money })
        }
        OrderState::Cancelled | OrderState::Refunded => Err(CancelRefusal::AlreadyOver),
        OrderState::Dispatched
        | OrderState::Delivered
        | OrderState::Returned
        | OrderState::PartlyRefunded => Err(CancelRefusal::AlreadyDispatched),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ClearanceState::{Clear, Held};
    use PaymentState as P;

    #[test]
    fn until_the_parcel_leaves_it_can_be_cancelled() {
        for clearance in [Clear, Held] {
            for (payment, money) in [
                (P::Created, MoneyBack::GiveUp),
                (P::Authorising, MoneyBack::GiveUp),
                (P::NeedsAction, MoneyBack::GiveUp),
                (P::Authorised, MoneyBack::Void),
                (P::Captured, MoneyBack::Refund),
                (P::PartlyRefunded, MoneyBack::Refund),
            ] {
                let plan = cancel_plan(payment, FulfilmentState::Waiting, clearance);
                assert_eq!(plan, Ok(CancelPlan { money }), "{payment:?} {clearance:?}");
            }
        }
    }

    #[test]
    fn afterwards_it_cannot() {
        use FulfilmentState as F;
        for (payment, fulfilment, code) in [
            (P::Captured, F::Dispatched, "order.already_dispatched"),
            (P::Captured, F::Delivered, "order.already_dispatched"),
            (P::Captured, F::Returned, "order.already_dispatched"),
            (P::PartlyRefunded, F::Delivered, "order.already_dispatched"),
            (P::Captured, F::Cancelled, "order.already_over"),
            (P::Refunded, F::Waiting, "order.already_over"),
            (P::Failed, F::Waiting, "order.already_over"),
            (P::Voided, F::Waiting, "order.already_over"),
        ] {
            let refusal = cancel_plan(payment, fulfilment, Clear).map_err(CancelRefusal::code);
            assert_eq!(refusal, Err(code), "{payment:?} {fulfilment:?}");
        }
    }
}
