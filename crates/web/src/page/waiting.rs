//! The waiting list: signed up, already on it, or the address needs another look.

use askama::Template;

use super::{Field, FieldError, FieldProblem, Shell};

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
#[derive(Clone, Debug, Template)]
#[template(path = "waiting.html")]
pub struct WaitingPage {
    /// The layout's part.
    pub shell: Shell,
    /// For what.
    pub subject: WaitingSubject,
    /// How it stands.
    pub state: WaitingState,
}

impl WaitingPage {
    fn model(&self) -> &str {
        match &self.subject {
            WaitingSubject::Model { model, .. } => model,
            WaitingSubject::Market => "",
        }
    }

    fn promise(&self, email: &str) -> String {
        let t = &self.shell.text();
        match &self.subject {
            WaitingSubject::Model { name, .. } => {
                t.two("waiting-done-model", "email", email, "name", name)
            }
            WaitingSubject::Market => t.one("waiting-done-market", "email", email),
        }
        .into_owned()
    }

    fn problem(&self, form: &WaitingForm) -> String {
        FieldError { field: Field::Email, problem: form.problem }.words(&self.shell.text())
    }
}
