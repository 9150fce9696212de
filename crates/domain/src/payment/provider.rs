//! The contract with every payment provider, as plain values.

use kontor_base::Money;
use kontor_base::id::{CheckoutId, PaymentId};
use serde::{Deserialize, Serialize};

use super::test_provider::TestScenario;

/// Who takes the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// The built-in provider that takes no money and plays scenarios.
    Test,
    /// The buyer transfers the money and the shop waits for it.
    BankTransfer,
}

impl ProviderKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Test, Self::BankTransfer];

    /// The word in data, URLs and forms.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::BankTransfer => "bank_transfer",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether the money has already moved when the provider says "authorised": a transfer that
    /// has arrived cannot be voided, it has to be sent back.
    #[must_use]
    pub const fn moves_money_at_once(self) -> bool {
        matches!(self, Self::BankTransfer)
    }
}

/// What a provider is asked. The payment's id is also the idempotency key towards the provider:
/// asking twice blocks the money once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthoriseRequest {
    /// The attempt.
    pub payment: PaymentId,
    /// The checkout it belongs to.
    pub checkout: CheckoutId,
    /// What to block or collect; more than zero.
    pub amount: Money,
    /// What the test provider plays; other providers ignore it.
    pub scenario: TestScenario,
}

/// What a provider answers when asked to authorise, at once or later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum ProviderAnswer {
    /// The money is blocked (or has arrived).
    Authorised {
        /// The provider's name for the payment.
        reference: String,
    },
    /// The buyer has to do something first.
    NeedsAction {
        /// Where the buyer does it: a path of this shop.
        path: String,
    },
    /// The provider does not know yet and will answer later.
    Pending,
    /// No.
    Declined {
        /// The reason's code, such as `payment.declined`.
        code: String,
    },
}

/// What a provider answers when asked to collect blocked money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum CaptureAnswer {
    /// The money is collected.
    Captured,
    /// Not now; ask again later. The order stands meanwhile.
    Failed {
        /// The reason's code.
        code: String,
    },
}
