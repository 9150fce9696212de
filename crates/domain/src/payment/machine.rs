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
    // Late or twice: nothing changes.
    step(S::Failed, E::Declined, S::Failed),
    step(S::Failed, E::GivenUp, S::Failed),
    step(S::Failed, E::Pending, S::Failed),
    step(S::Failed, E::ActionNeeded, S::Failed),
    step(S::Authorised, E::Authorised, S::Authorised),
    step(S::Authorised, E::Pending, S::Authorised),
    step(S::Authorised, E::ActionNeeded, S::Authorised),
    step(S::Captured, E::Authorised, S::Captured),
    step(S::Captured, E::Captured, S::Captured),
    step(S::Captured, E::CaptureFailed, S::Captured),
    step(S::Voided, E::Authorised, S::Voided),
    step(S::Voided, E::Voided, S::Voided),
    step(S::Voided, E::GivenUp, S::Voided),
    step(S::Voided, E::Declined, S::Voided),
    step(S::Voided, E::Pending, S::Voided),
    step(S::PartlyRefunded, E::Authorised, S::PartlyRefunded),
    step(S::PartlyRefunded, E::Captured, S::PartlyRefunded),
    step(S::Refunded, E::Authorised, S::Refunded),
    step(S::Refunded, E::Captured, S::Refunded),
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
