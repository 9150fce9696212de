//! Talking to payment providers. Called outside of every transaction; what they answer is a value
//! that a use case writes down.
//!
//! So far two are built in and neither leaves the process: the test provider, which plays
//! scenarios, and bank transfers, which people make by hand. An outside provider gets its arm here.

use kontor_base::Money;
use kontor_base::id::{PaymentId, RefundId};
use kontor_domain::payment::{
    AuthoriseRequest, CaptureAnswer, ProviderAnswer, ProviderKind, TestScenario, test_authorise,
    test_capture, test_late_answer,
};

use crate::core::Policy;

/// A way to pay that the operator offers.
pub type Offered = ProviderKind;

/// The ways to pay that are offered.
#[must_use]
pub fn offered(policy: &Policy) -> Vec<Offered> {
    let mut kinds = Vec::new();
    if policy.test_provider {
        kinds.push(ProviderKind::Test);
    }
    if policy.bank_account.is_some() {
        kinds.push(ProviderKind::BankTransfer);
    }
    kinds
}

/// Asks the provider to block the money. Asking again with the same payment blocks it once.
pub async fn authorise(kind: ProviderKind, request: &AuthoriseRequest) -> ProviderAnswer {
    if request.amount.minor == 0 {
        // A deposit has paid for all of it: there is nothing to block, and nobody to ask.
        return ProviderAnswer::Authorised { reference: request.payment.to_string() };
    }
    match kind {
        ProviderKind::Test => test_authorise(request),
        ProviderKind::BankTransfer => ProviderAnswer::Pending,
    }
}

/// Asks the provider for an answer that it promised for later.
pub async fn late_answer(kind: ProviderKind, payment: PaymentId) -> ProviderAnswer {
    match kind {
        ProviderKind::Test => test_late_answer(payment),
        ProviderKind::BankTransfer => ProviderAnswer::Pending,
    }
}

/// Asks the provider to collect blocked money; `attempt` counts from one.
pub async fn capture(kind: ProviderKind, scenario: TestScenario, attempt: u32) -> CaptureAnswer {
    match kind {
        ProviderKind::Test => test_capture(scenario, attempt),
        ProviderKind::BankTransfer => CaptureAnswer::Captured,
    }
}

/// Asks the provider to release blocked money or to send collected money back. The test provider
/// has none; a transfer is sent back by a person, who finds the job in the log.
///
/// # Errors
///
/// Why it was not done; the job is tried again.
pub async fn give_back(
    kind: ProviderKind,
    payment: PaymentId,
    amount: Money,
) -> Result<(), &'static str> {
    match kind {
        _ if amount.minor == 0 => Ok(()),
        ProviderKind::Test => Ok(()),
        ProviderKind::BankTransfer => {
            tracing::warn!(%payment, %amount, "a bank transfer has to be sent back by hand");
            Ok(())
        }
    }
}

/// Asks the provider to send a part of collected money back. `refund` is the key under which it does
/// so once, `reference` its own name of the payment.
///
/// # Errors
///
/// Why it was not done; the job is tried again.
pub async fn send_back(
    kind: ProviderKind,
    refund: RefundId,
    reference: Option<&str>,
    amount: Money,
) -> Result<(), &'static str> {
    match kind {
        ProviderKind::Test => Ok(()),
        ProviderKind::BankTransfer => {
            let reference = reference.unwrap_or_default();
            tracing::warn!(%refund, reference, %amount, "a refund has to be transferred by hand");
            Ok(())
        }
    }
}
