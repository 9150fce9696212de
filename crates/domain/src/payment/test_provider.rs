//! The built-in test provider: it takes no money and plays what it is told, always the same way.

use kontor_base::id::PaymentId;
use serde::{Deserialize, Serialize};

use super::provider::{AuthoriseRequest, CaptureAnswer, ProviderAnswer};

/// After how many seconds the late scenario answers.
pub const ANSWERS_LATE_AFTER_S: i64 = 20;
/// Where the buyer confirms or refuses: this path, a slash and the payment's id.
pub const TEST_ACTION_PATH: &str = "/pay/test";

/// What the test provider plays.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum TestScenario {
    /// Says yes at once.
    #[default]
    Succeeds,
    /// Says no at once.
    Declined,
    /// Asks the buyer to confirm first.
    NeedsAction,
    /// Says "later" and then yes, [`ANSWERS_LATE_AFTER_S`] seconds later.
    AnswersLate,
    /// Says yes, but the first attempt to collect the money fails.
    CaptureFails,
}

impl TestScenario {
    /// Every scenario.
    pub const ALL: [Self; 5] =
        [Self::Succeeds, Self::Declined, Self::NeedsAction, Self::AnswersLate, Self::CaptureFails];

    /// The word in forms and requests.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Succeeds => "succeeds",
            Self::Declined => "declined",
            Self::NeedsAction => "needs_action",
            Self::AnswersLate => "answers_late",
            Self::CaptureFails => "capture_fails",
        }
    }

    /// The scenario with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.word() == word)
    }
}

/// What the buyer does on the test provider's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondStep {
    /// Confirms the payment.
    Confirm,
    /// Refuses it.
    Refuse,
}

impl SecondStep {
    /// The step with this word: `confirm` or `refuse`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "confirm" => Some(Self::Confirm),
            "refuse" => Some(Self::Refuse),
            _ => None,
        }
    }
}

/// The first answer.
#[must_use]
pub fn test_authorise(request: &AuthoriseRequest) -> ProviderAnswer {
    match request.scenario {
        TestScenario::Succeeds | TestScenario::CaptureFails => authorised(request.payment),
        TestScenario::Declined => declined(),
        TestScenario::NeedsAction => {
            ProviderAnswer::NeedsAction { path: format!("{TEST_ACTION_PATH}/{}", request.payment) }
        }
        TestScenario::AnswersLate => ProviderAnswer::Pending,
    }
}

/// The answer after the buyer's second step.
#[must_use]
pub fn test_second_step(payment: PaymentId, step: SecondStep) -> ProviderAnswer {
    match step {
        SecondStep::Confirm => authorised(payment),
        SecondStep::Refuse => declined(),
    }
}

/// The answer that comes late.
#[must_use]
pub fn test_late_answer(payment: PaymentId) -> ProviderAnswer {
    authorised(payment)
}

/// The answer to the `attempt`-th wish to collect the money, counted from one.
#[must_use]
pub fn test_capture(scenario: TestScenario, attempt: u32) -> CaptureAnswer {
    if scenario == TestScenario::CaptureFails && attempt <= 1 {
        CaptureAnswer::Failed { code: "payment.capture_failed".to_owned() }
    } else {
        CaptureAnswer::Captured
    }
}

fn authorised(payment: PaymentId) -> ProviderAnswer {
    ProviderAnswer::Authorised { reference: format!("test_{payment}") }
}

fn declined() -> ProviderAnswer {
    ProviderAnswer::Declined { code: "payment.declined".to_owned() }
}
