//! What makes a letter, and putting it into the queue.

use kontor_base::id::{DepositId, LetterId, OrderId, ResellerOrderId, StaffId};
use kontor_base::{Instant, KeyedHash, Money};
use kontor_domain::order::{ClearanceState, FulfilmentState};
use kontor_domain::payment::PaymentState;
use kontor_store::order::PlacedOrder;
use kontor_store::{StoreError, Tx, mail};
use serde::{Deserialize, Serialize};

use crate::core::Shop;

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An order was placed: the confirmation on a durable medium (2011/83/EU, Art. 8(7)).
    OrderPlaced,
    /// A bank transfer has arrived.
    PaymentReceived,
    /// Money goes back, as a whole or in part.
    PaymentRefunded,
    /// An order was cancelled.
    OrderCancelled,
    /// An order may not leave for the time being: a clearance ended or a product was withdrawn.
    OrderHeld,
    /// A held order goes on.
    OrderFreed,
    /// A reseller's order may not leave for the time being.
    ResellerHeld,
    /// A reseller's held order goes on.
    ResellerFreed,
    /// A deposit was paid, and there is a place in line.
    DepositPaid,
    /// A deposit goes back.
    DepositReturned,
    /// Somebody has typed an address into a waiting list: is it theirs?
    WaitingConfirm,
    /// What somebody waited for can be bought.
    WaitingOver,
    /// What somebody waits for was withdrawn and cannot be bought for the time being.
    WaitingDelayed,
    /// Somebody has a new account and comes in with a code.
    StaffCode,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::OrderPlaced,
        Self::PaymentReceived,
        Self::PaymentRefunded,
        Self::OrderCancelled,
        Self::OrderHeld,
        Self::OrderFreed,
        Self::ResellerHeld,
        Self::ResellerFreed,
        Self::DepositPaid,
        Self::DepositReturned,
        Self::WaitingConfirm,
        Self::WaitingOver,
        Self::WaitingDelayed,
        Self::StaffCode,
    ];

    /// The word in the store and in commands.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order.placed",
            Self::PaymentReceived => "payment.received",
            Self::PaymentRefunded => "payment.refunded",
            Self::OrderCancelled => "order.cancelled",
            Self::OrderHeld => "order.held",
            Self::OrderFreed => "order.freed",
            Self::ResellerHeld => "reseller.order_held",
            Self::ResellerFreed => "reseller.order_freed",
            Self::DepositPaid => "sale.deposit_paid",
            Self::DepositReturned => "sale.deposit_returned",
            Self::WaitingConfirm => "customer.waiting_confirm",
            Self::WaitingOver => "customer.waiting_over",
            Self::WaitingDelayed => "customer.waiting_delayed",
            Self::StaffCode => "staff.code",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it is about a buyer's order, and so can be sent again from the order's page.
    #[must_use]
    pub const fn of_order(self) -> bool {
        !matches!(
            self,
            Self::ResellerHeld
                | Self::ResellerFreed
                | Self::DepositPaid
                | Self::DepositReturned
                | Self::WaitingConfirm
                | Self::WaitingOver
                | Self::WaitingDelayed
                | Self::StaffCode
        )
    }

    /// Whether a letter of this kind says what is true of an order. One that no longer does is not
    /// sent again: nobody is told that an order waits which has left.
    #[must_use]
    pub fn fits(self, placed: &PlacedOrder) -> bool {
        let cancelled = placed.fulfilment_state == FulfilmentState::Cancelled;
        let held = placed.clearance_state == ClearanceState::Held;
        match self {
            Self::OrderPlaced => true,
            Self::PaymentReceived => {
                matches!(
                    placed.payment_state,
                    PaymentState::Captured | PaymentState::PartlyRefunded
                )
            }
            Self::PaymentRefunded => {
                matches!(
                    placed.payment_state,
                    PaymentState::PartlyRefunded | PaymentState::Refunded
                )
            }
            Self::OrderCancelled => cancelled,
            Self::OrderHeld => held && !cancelled,
            Self::OrderFreed => !held && !cancelled,
            Self::ResellerHeld
            | Self::ResellerFreed
            | Self::DepositPaid
            | Self::DepositReturned
            | Self::WaitingConfirm
            | Self::WaitingOver
            | Self::WaitingDelayed
            | Self::StaffCode => false,
        }
    }
}

/// What causes a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something happened to an order.
    Order(Kind, OrderId),
    /// This much of an order's money goes back.
    Refund(OrderId, Money),
    /// An order was cancelled, and this much goes back.
    Cancelled(OrderId, Option<Money>),
    /// Something happened to an order of a reseller.
    Reseller(Kind, ResellerOrderId),
    /// Something happened to a deposit, of which this much was paid or goes back.
    Deposit(Kind, DepositId, Money),
    /// The entry of the person with this keyed hash is to be confirmed.
    WaitingConfirm(KeyedHash),
    /// What the person with this keyed hash waits for can be bought.
    WaitingOver(KeyedHash),
    /// What the person with this keyed hash waits for was withdrawn.
    WaitingDelayed(KeyedHash),
    /// An account was made.
    StaffCode(StaffId),
}

/// What a letter needs to know beside what it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Details {
    /// The amount it is about.
    pub(super) amount: Option<Money>,
}

impl Cause {
    fn parts(self) -> (Kind, [u8; 16], Details) {
        let plain = Details::default();
        match self {
            Self::Order(kind, order) => (kind, *order.bytes(), plain),
            Self::Reseller(kind, order) => (kind, *order.bytes(), plain),
            Self::Refund(order, amount) => {
                (Kind::PaymentRefunded, *order.bytes(), Details { amount: Some(amount) })
            }
            Self::Cancelled(order, amount) => {
                (Kind::OrderCancelled, *order.bytes(), Details { amount })
            }
            Self::Deposit(kind, deposit, amount) => {
                (kind, *deposit.bytes(), Details { amount: Some(amount) })
            }
            Self::WaitingConfirm(person) => (Kind::WaitingConfirm, person, plain),
            Self::WaitingOver(person) => (Kind::WaitingOver, person, plain),
            Self::WaitingDelayed(person) => (Kind::WaitingDelayed, person, plain),
            Self::StaffCode(account) => (Kind::StaffCode, *account.bytes(), plain),
        }
    }
}

/// Queues a letter, in the transaction that causes it. Where the shop sends no letters, nothing is
/// queued: what is switched on next year does not send this year's.
pub(crate) fn queue_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    cause: Cause,
    at: Instant,
) -> Result<(), StoreError> {
    if !shop.policy.mail {
        return Ok(());
    }
    let (kind, about, details) = cause.parts();
    let body = serde_json::to_string(&details).expect("an amount is JSON");
    mail::queue(tx, LetterId::new(at, &shop.random), kind.word(), &about, &body, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_word() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(Kind::from_word("order.eaten"), None);
    }
}
