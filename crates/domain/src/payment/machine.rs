//! The states of one attempt to pay, as a table.
//!
//! Providers answer late, twice and out of order, so the table also says what an answer means that
//! comes when nobody waits for it any more: money that is blocked although the attempt is over is
//! given back, and a second copy of an answer changes nothing.

use serde::{Deserialize, Serialize};

/// Where an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Written down; nobody has been asked yet.
    Created,
    /// The provider has been asked and has not given a final answer.
    Authorising,
    /// The buyer has to do something first.
    NeedsAction,
    /// The money is blocked (or has arrived) and not yet collected.
    Authorised,
    /// The money is collected.
    Captured,
    /// The provider said no, or the attempt was given up.
    Failed,
    /// Blocked money was released (or arrived money sent back) without a sale.
    Voided,
    /// A part of collected money was given back.
    PartlyRefunded,
    /// All of it was given back.
    Refunded,
}

impl PaymentState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Authorising,
        Self::NeedsAction,
        Self::Authorised,
        Self::Captured,
        Self::Failed,
        Self::Voided,
        Self::PartlyRefunded,
        Self::Refunded,
    ];

    /// The word in data and codes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Authorising => "authorising",
            Self::NeedsAction => "needs_action",
            Self::Authorised => "authorised",
            Self::Captured => "captured",
            Self::Failed => "failed",
            Self::Voided => "voided",
            Self::PartlyRefunded => "partly_refunded",
            Self::Refunded => "refunded",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether the attempt still waits for its outcome.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Authorising | Self::NeedsAction)
    }

    /// Whether the shop has the money or can collect it.
    #[must_use]
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Authorised | Self::Captured | Self::PartlyRefunded)
    }
}

/// What happens to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentEvent {
    /// The provider is about to be asked.
    Asked,
    /// It wants the buyer to act.
    ActionNeeded,
    /// It will answer later.
    Pending,
    /// It says yes.
    Authorised,
    /// It says no.
    Declined,
    /// Nobody waits for its answer any more (the buyer cancelled, or it took too long).
    GivenUp,
    /// The money is collected.
    Captured,
    /// Collecting failed for now.
    CaptureFailed,
    /// The goods are gone or may no longer be sold: the money is released.
    Voided,
    /// A part of the money is given back.
    RefundedInPart,
    /// All (or the rest) of the money is given back.
    RefundedInFull,
}

impl PaymentEvent {
    /// Every event.
    pub const ALL: [Self; 11] = [
        Self::Asked,
        Self::ActionNeeded,
        Self::Pending,
        Self::Authorised,
        Self::Declined,
        Self::GivenUp,
        Self::Captured,
        Self::CaptureFailed,
        Self::Voided,
        Self::RefundedInPart,
        Self::RefundedInFull,
    ];

    /// The word in data and codes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::ActionNeeded => "action_needed",
            Self::Pending => "pending",
            Self::Authorised => "authorised",
            Self::Declined => "declined",
            Self::GivenUp => "given_up",
            Self::Captured => "captured",
            Self::CaptureFailed => "capture_failed",
            Self::Voided => "voided",
            Self::RefundedInPart => "refunded_in_part",
            Self::RefundedInFull => "refunded_in_full",
        }
    }
}

/// Whether a step leaves money at the provider that has to be given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GiveBack {
    /// No.
    Nothing,
    /// Yes: queue the release with the provider (for a transfer, the way back).
    AtProvider,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentStep {
    /// Where the attempt stands.
    pub from: PaymentState,
    /// What happens.
    pub event: PaymentEvent,
    /// Where it stands then; the same state for an answer that changes nothing.
    pub to: PaymentState,
    /// Whether money has to be given back.
    pub give_back: GiveBack,
}

const fn step(from: PaymentState, event: PaymentEvent, to: PaymentState) -> PaymentStep {
    PaymentStep { from, event, to, give_back: GiveBack::Nothing }
}

const fn back(from: PaymentState, event: PaymentEvent, to: PaymentState) -> PaymentStep {
    PaymentStep { from, event, to, give_back: GiveBack::AtProvider }
}

use PaymentEvent as E;
use PaymentState as S;

/// What may happen to an attempt; what is not here is refused.
pub const PAYMENT_TABLE: &[PaymentStep] = &[
    step(S::Created, E::Asked, S::Authorising),
    step(S::Created, E::GivenUp, S::Failed),
    step(S::Authorising, E::Asked, S::Authorising), // asked again after a crash
    step(S::Authorising, E::Pending, S::Authorising),
    step(S::Authorising, E::ActionNeeded, S::NeedsAction),
    step(S::Authorising, E::Authorised, S::Authorised),
    step(S::Authorising, E::Declined, S::Failed),
    step(S::Authorising, E::GivenUp, S::Failed),
    step(S::NeedsAction, E::ActionNeeded, S::NeedsAction),
    step(S::NeedsAction, E::Pending, S::Authorising),
    step(S::NeedsAction, E::Authorised, S::Authorised),
    step(S::NeedsAction, E::Declined, S::Failed),
    step(S::NeedsAction, E::GivenUp, S::Failed),
    step(S::Authorised, E::Captured, S::Captured),
    step(S::Authorised, E::CaptureFailed, S::Authorised), // tried again by a job
    back(S::Authorised, E::Voided, S::Voided),
    step(S::Captured, E::RefundedInPart, S::PartlyRefunded),
    step(S::Captured, E::RefundedInFull, S::Refunded),
    step(S::PartlyRefunded, E::RefundedInPart, S::PartlyRefunded),
    step(S::PartlyRefunded, E::RefundedInFull, S::Refunded),
    // Late: the attempt is over, and now the money is blocked.
    back(S::Failed, E::Authorised, S::Voided),
    // Late or twice: nothing changes. ("No" after "yes" is missing on purpose: a provider that
    // contradicts itself is refused here and shows up in the log and the audit of money.)
    step(S::Failed, E::Declined, S::Failed),
    step(S::Failed, E::GivenUp, S::Failed),
    step(S::Failed, E::Pending, S::Failed),
    step(S::Failed, E::ActionNeeded, S::Failed),
    step(S::Authorised, E::Authorised, S::Authorised),
    step(S::Authorised, E::Pending, S::Authorised),
    step(S::Authorised, E::ActionNeeded, S::Authorised),
    step(S::Captured, E::Authorised, S::Captured),
    step(S::Captured, E::Pending, S::Captured),
    step(S::Captured, E::ActionNeeded, S::Captured),
    step(S::Captured, E::Captured, S::Captured),
    step(S::Captured, E::CaptureFailed, S::Captured),
    step(S::Voided, E::Authorised, S::Voided),
    step(S::Voided, E::Pending, S::Voided),
    step(S::Voided, E::ActionNeeded, S::Voided),
    step(S::Voided, E::Declined, S::Voided),
    step(S::Voided, E::GivenUp, S::Voided),
    step(S::Voided, E::Voided, S::Voided),
    step(S::PartlyRefunded, E::Authorised, S::PartlyRefunded),
    step(S::PartlyRefunded, E::Pending, S::PartlyRefunded),
    step(S::PartlyRefunded, E::ActionNeeded, S::PartlyRefunded),
    step(S::PartlyRefunded, E::Captured, S::PartlyRefunded),
    step(S::PartlyRefunded, E::CaptureFailed, S::PartlyRefunded),
    step(S::Refunded, E::Authorised, S::Refunded),
    step(S::Refunded, E::Pending, S::Refunded),
    step(S::Refunded, E::ActionNeeded, S::Refunded),
    step(S::Refunded, E::Captured, S::Refunded),
    step(S::Refunded, E::CaptureFailed, S::Refunded),
    step(S::Refunded, E::RefundedInFull, S::Refunded),
];

/// The event cannot happen in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a payment that is {} cannot be {}", .from.word(), .event.word())]
pub struct PaymentRefusal {
    /// Where the attempt stands.
    pub from: PaymentState,
    /// What was to happen.
    pub event: PaymentEvent,
}

impl PaymentRefusal {
    /// The stable code of the refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "payment.wrong_state"
    }
}

/// The step that `event` makes from `from`.
///
/// # Errors
///
/// [`PaymentRefusal`] when the table has no such step.
pub fn payment_step(
    from: PaymentState,
    event: PaymentEvent,
) -> Result<PaymentStep, PaymentRefusal> {
    PAYMENT_TABLE
        .iter()
        .find(|step| step.from == from && step.event == event)
        .copied()
        .ok_or(PaymentRefusal { from, event })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_leads_to_one_state() {
        for (i, a) in PAYMENT_TABLE.iter().enumerate() {
            for b in &PAYMENT_TABLE[i + 1..] {
                assert!(a.from != b.from || a.event != b.event, "{a:?} and {b:?}");
            }
        }
        for state in PaymentState::ALL {
            assert_eq!(PaymentState::from_word(state.word()), Some(state));
        }
    }

    #[test]
    fn every_state_is_reached_from_created() {
        let mut reached = vec![PaymentState::Created];
        for _ in PaymentState::ALL {
            for step in PAYMENT_TABLE {
                if reached.contains(&step.from) && !reached.contains(&step.to) {
                    reached.push(step.to);
                }
            }
        }
        assert_eq!(reached.len(), PaymentState::ALL.len());
    }

    #[test]
    fn money_goes_only_the_allowed_ways() {
        for step in PAYMENT_TABLE {
            // Collected money is never just "voided" or "failed": it is refunded, on the books.
            if matches!(step.from, S::Captured | S::PartlyRefunded | S::Refunded) {
                assert!(matches!(step.to, S::Captured | S::PartlyRefunded | S::Refunded));
            }
            // Nothing comes back from refunded, and nothing is collected that was not authorised.
            if step.from == S::Refunded {
                assert_eq!(step.to, S::Refunded);
            }
            if step.to == S::Captured && step.from != S::Captured {
                assert_eq!(step.from, S::Authorised);
            }
            // Money is given back exactly when an attempt becomes voided, so never twice.
            let becomes_voided = step.to == S::Voided && step.from != S::Voided;
            assert_eq!(step.give_back == GiveBack::AtProvider, becomes_voided, "{step:?}");
        }
    }

    #[test]
    fn a_yes_is_understood_whenever_it_comes() {
        for from in PaymentState::ALL {
            let answer = payment_step(from, PaymentEvent::Authorised);
            match from {
                // Nobody was asked: such an answer belongs to something else.
                S::Created => assert_eq!(answer.map_err(|e| e.code()), Err("payment.wrong_state")),
                S::Authorising | S::NeedsAction => {
                    assert_eq!(answer.map(|step| step.to), Ok(S::Authorised));
                }
                S::Failed => {
                    let step = answer.expect("a late yes is understood");
                    assert_eq!((step.to, step.give_back), (S::Voided, GiveBack::AtProvider));
                }
                _ => {
                    let step = answer.expect("a second yes is understood");
                    assert_eq!((step.to, step.give_back), (from, GiveBack::Nothing));
                }
            }
        }
    }
}
