//! The waiting list: signed up, already on it, or the address needs another look.

use super::{FieldProblem, Shell};

/// What somebody waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitingSubject {
    /// A model.
    Model {
        /// Its name in URLs, the form field `model`.
        model: String,
        /// Its name.
        name: String,
    },
    /// The opening of the market.
    Market,
}

/// The form as it was sent, with what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingForm {
    /// What was typed.
    pub email: String,
    /// What is wrong.
    pub problem: FieldProblem,
}

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitingState {
    /// On the list. Says the same whether the address was on it before: the page must not tell
    /// strangers who waits for what.
    SignedUp {
        /// The address, as it was typed.
        email: String,
    },
    /// The address could not be taken.
    Refused(WaitingForm),
}

/// The answer to `POST /{market}/{language}/waiting` (fields `model`, `email`).
#[derive(Clone, Debug)]
pub struct WaitingPage {
    /// The layout's part.
    pub shell: Shell,
    /// For what.
    pub subject: WaitingSubject,
    /// How it stands.
    pub state: WaitingState,
}
