//! The test provider's second step: a page that plays the bank and says so.

use askama::Template;
use kontor_base::Money;

use super::Shell;

/// The page behind the payment's second step. The form posts `outcome` (`approve` or `decline`)
/// and `key` to [`SecondStepPage::action`].
#[derive(Clone, Debug, Template)]
#[template(path = "second_step.html")]
pub struct SecondStepPage {
    /// The layout's part.
    pub shell: Shell,
    /// Where the form goes.
    pub action: String,
    /// A fresh idempotency key.
    pub key: String,
    /// How much is to be paid.
    pub amount: Money,
    /// The payment's reference.
    pub reference: String,
}
