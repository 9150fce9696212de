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

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Money;
    use kontor_base::id::CheckoutId;

    fn request(scenario: TestScenario) -> AuthoriseRequest {
        AuthoriseRequest {
            payment: PaymentId::from_bytes([1; 16]),
            checkout: CheckoutId::from_bytes([2; 16]),
            amount: Money::new(1499, "USD".parse().expect("USD is a currency")),
            scenario,
        }
    }

    #[test]
    fn each_scenario_plays_the_same_every_time() {
        for scenario in TestScenario::ALL {
            assert_eq!(TestScenario::from_word(scenario.word()), Some(scenario));
            let request = request(scenario);
            let answer = test_authorise(&request);
            assert_eq!(answer, test_authorise(&request));
            let payment = request.payment;
            let wanted = match scenario {
                TestScenario::Succeeds | TestScenario::CaptureFails => test_late_answer(payment),
                TestScenario::Declined => test_second_step(payment, SecondStep::Refuse),
                TestScenario::NeedsAction => {
                    ProviderAnswer::NeedsAction { path: format!("/pay/test/{payment}") }
                }
                TestScenario::AnswersLate => ProviderAnswer::Pending,
            };
            assert_eq!(answer, wanted, "{scenario:?}");
        }
        assert_eq!(TestScenario::from_word("free_money"), None);
    }

    #[test]
    fn collecting_fails_once_where_it_should() {
        for scenario in TestScenario::ALL {
            let first = test_capture(scenario, 1);
            let fails = scenario == TestScenario::CaptureFails;
            assert_eq!(matches!(first, CaptureAnswer::Failed { .. }), fails, "{scenario:?}");
            assert_eq!(test_capture(scenario, 2), CaptureAnswer::Captured);
        }
    }
}
