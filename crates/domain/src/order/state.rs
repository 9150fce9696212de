//! The state of an order. It is not kept but derived from how payment, fulfilment and clearance
//! stand, so that it can never contradict them.

use serde::{Deserialize, Serialize};

use crate::payment::PaymentState;

/// How far the parcel has come, as far as the order cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfilmentState {
    /// Still with the shop.
    Waiting,
    /// It will never be sent.
    Cancelled,
    /// Handed to the carrier.
    Dispatched,
    /// With the buyer.
    Delivered,
    /// Back at the shop.
    Returned,
}

impl FulfilmentState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Waiting, Self::Cancelled, Self::Dispatched, Self::Delivered, Self::Returned];

    /// The word in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Cancelled => "cancelled",
            Self::Dispatched => "dispatched",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// Whether everything in the order may still be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClearanceState {
    /// Yes, by the last verdict.
    Clear,
    /// No: a clearance was withdrawn, expired or blocked after the sale. It is asked again before
    /// dispatch.
    Held,
}

impl ClearanceState {
    /// Every state.
    pub const ALL: [Self; 2] = [Self::Clear, Self::Held];

    /// The word in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Held => "held",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What a page says about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// The money has not come yet.
    AwaitingPayment,
    /// Paid; the parcel is being made ready.
    Paid,
    /// Nothing is sent (and no more money taken) until a clearance is settled.
    OnHold,
    /// On its way.
    Dispatched,
    /// With the buyer.
    Delivered,
    /// The goods came back; the money is about to follow.
    Returned,
    /// Nothing was or will be sent. Money that was paid goes back.
    Cancelled,
    /// A part of the money went back, the goods are with the buyer or back.
    PartlyRefunded,
    /// All of the money went back.
    Refunded,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::AwaitingPayment,
        Self::Paid,
        Self::OnHold,
        Self::Dispatched,
        Self::Delivered,
        Self::Returned,
        Self::Cancelled,
        Self::PartlyRefunded,
        Self::Refunded,
    ];

    /// The word in data and the last part of its text's key on pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AwaitingPayment => "awaiting_payment",
            Self::Paid => "paid",
            Self::OnHold => "on_hold",
            Self::Dispatched => "dispatched",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
            Self::PartlyRefunded => "partly_refunded",
            Self::Refunded => "refunded",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// One row of the table; an empty list stands for "any".
#[derive(Clone, Copy, Debug)]
pub struct OrderStateRow {
    /// How the payment stands.
    pub payment: &'static [PaymentState],
    /// How far the parcel has come.
    pub fulfilment: &'static [FulfilmentState],
    /// How clearance stands.
    pub clearance: &'static [ClearanceState],
    /// What the order is then.
    pub state: OrderState,
}

const fn row(
    payment: &'static [PaymentState],
    fulfilment: &'static [FulfilmentState],
    clearance: &'static [ClearanceState],
    state: OrderState,
) -> OrderStateRow {
    OrderStateRow { payment, fulfilment, clearance, state }
}

use ClearanceState as C;
use FulfilmentState as F;
use OrderState as O;
use PaymentState as P;

/// The state of an order: the first row that fits. What physically happened goes before what was
/// planned, and money that went back before everything.
pub const ORDER_STATE_TABLE: &[OrderStateRow] = &[
    row(&[P::Refunded], &[], &[], O::Refunded),
    row(&[], &[F::Cancelled], &[], O::Cancelled),
    row(&[P::PartlyRefunded], &[F::Delivered, F::Returned], &[], O::PartlyRefunded),
    row(&[], &[F::Returned], &[], O::Returned),
    row(&[], &[F::Delivered], &[], O::Delivered),
    row(&[], &[F::Dispatched], &[], O::Dispatched),
    row(&[P::Failed, P::Voided], &[F::Waiting], &[], O::Cancelled),
    row(&[], &[F::Waiting], &[C::Held], O::OnHold),
    row(&[P::Created, P::Authorising, P::NeedsAction], &[F::Waiting], &[], O::AwaitingPayment),
    row(&[P::Authorised, P::Captured, P::PartlyRefunded], &[F::Waiting], &[], O::Paid),
];

/// The state of an order.
///
/// # Panics
///
/// Never: a test walks every combination through the table.
#[must_use]
pub fn order_state(
    payment: PaymentState,
    fulfilment: FulfilmentState,
    clearance: ClearanceState,
) -> OrderState {
    fn fits<T: PartialEq>(list: &[T], value: &T) -> bool {
        list.is_empty() || list.contains(value)
    }
    ORDER_STATE_TABLE
        .iter()
        .find(|row| {
            fits(row.payment, &payment)
                && fits(row.fulfilment, &fulfilment)
                && fits(row.clearance, &clearance)
        })
        .map(|row| row.state)
        .expect("the table covers every combination")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combinations() -> impl Iterator<Item = (PaymentState, FulfilmentState, ClearanceState)> {
        PaymentState::ALL.into_iter().flat_map(|p| {
            FulfilmentState::ALL
                .into_iter()
                .flat_map(move |f| ClearanceState::ALL.into_iter().map(move |c| (p, f, c)))
        })
    }

    #[test]
    fn the_table_covers_every_combination_and_every_state_occurs() {
        let seen: Vec<OrderState> = combinations().map(|(p, f, c)| order_state(p, f, c)).collect();
        assert_eq!(seen.len(), 9 * 5 * 2);
        for state in OrderState::ALL {
            assert!(seen.contains(&state), "{state:?} never occurs");
            assert_eq!(OrderState::from_word(state.word()), Some(state));
        }
    }

    #[test]
    fn what_the_buyer_reads() {
        #[rustfmt::skip]
        let table = [
            (P::Created, F::Waiting, C::Clear, O::AwaitingPayment),
            (P::NeedsAction, F::Waiting, C::Clear, O::AwaitingPayment),
            (P::Authorised, F::Waiting, C::Clear, O::Paid),
            (P::Captured, F::Waiting, C::Clear, O::Paid),
            (P::PartlyRefunded, F::Waiting, C::Clear, O::Paid),
            // A clearance that is gone overnight holds what is not sent, and undoes nothing else.
            (P::Created, F::Waiting, C::Held, O::OnHold),
            (P::Captured, F::Waiting, C::Held, O::OnHold),
            (P::Captured, F::Dispatched, C::Held, O::Dispatched),
            (P::Captured, F::Delivered, C::Held, O::Delivered),
            (P::Failed, F::Waiting, C::Held, O::Cancelled),
            (P::Voided, F::Waiting, C::Clear, O::Cancelled),
            (P::Captured, F::Cancelled, C::Clear, O::Cancelled),
            (P::Refunded, F::Cancelled, C::Clear, O::Refunded),
            (P::Captured, F::Returned, C::Clear, O::Returned),
            (P::PartlyRefunded, F::Returned, C::Clear, O::PartlyRefunded),
            (P::PartlyRefunded, F::Delivered, C::Clear, O::PartlyRefunded),
            (P::Refunded, F::Returned, C::Clear, O::Refunded),
        ];
        for (payment, fulfilment, clearance, wanted) in table {
            let state = order_state(payment, fulfilment, clearance);
            assert_eq!(state, wanted, "{payment:?} {fulfilment:?} {clearance:?}");
        }
    }

    #[test]
    fn nothing_on_hold_or_unpaid_looks_ready_to_send() {
        for (payment, fulfilment, clearance) in combinations() {
            if order_state(payment, fulfilment, clearance) == OrderState::Paid {
                assert!(payment.is_paid() && clearance == C::Clear && fulfilment == F::Waiting);
            }
        }
    }
}
