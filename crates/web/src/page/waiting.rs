//! The waiting list: signed up, or the address needs another look; and the pages behind the links of its
//! letters, where somebody confirms or leaves.

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
    /// The address is asked to confirm. Says the same whether the address was on the list before:
    /// the page must not tell strangers who waits for what.
    Asked {
        /// The address, as it was typed.
        email: String,
    },
    /// It will be asked as soon as the shop sends letters.
    Noted {
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

/// What a link in a letter leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingLink {
    /// A button that confirms. The page alone changes nothing: programs follow links, too.
    Confirm,
    /// It is confirmed.
    Confirmed,
    /// A button that ends it.
    Leave,
    /// Nobody is on the list any more.
    Left,
    /// The link is not good any more.
    Over,
}

/// `GET` and `POST /{market}/{language}/waiting/{confirm,leave}/{token}`.
#[derive(Clone, Debug, Template)]
#[template(path = "waiting_link.html")]
pub struct WaitingLinkPage {
    /// The layout's part.
    pub shell: Shell,
    /// For what; a market's opening where that is not known any more.
    pub subject: WaitingSubject,
    /// How it stands.
    pub state: WaitingLink,
}

impl WaitingLinkPage {
    const fn heading(&self) -> &'static str {
        match self.state {
            WaitingLink::Confirm => "waiting-confirm",
            WaitingLink::Confirmed => "waiting-confirmed",
            WaitingLink::Leave => "waiting-leave",
            WaitingLink::Left => "waiting-left",
            WaitingLink::Over => "waiting-link-over",
        }
    }

    fn lead(&self) -> String {
        let t = &self.shell.text();
        let country = self.shell.market.as_ref().map(|market| market.country);
        let there = country.map_or_else(String::new, |country| t.in_country(&country).into_owned());
        let about = |model: &str, market: &str| match &self.subject {
            WaitingSubject::Model { name, .. } => t.two(model, "name", name, "in", &there),
            WaitingSubject::Market => t.one(market, "in", &there),
        };
        match self.state {
            WaitingLink::Confirm => about("waiting-confirm-model", "waiting-confirm-market"),
            WaitingLink::Confirmed => about("waiting-confirmed-model", "waiting-confirmed-market"),
            WaitingLink::Leave => about("waiting-leave-model", "waiting-leave-market"),
            WaitingLink::Left => t.get("waiting-left-text"),
            WaitingLink::Over => t.get("waiting-link-over-text"),
        }
        .into_owned()
    }

    /// The button's words and what stands below it.
    const fn button(&self) -> Option<(&'static str, Option<&'static str>)> {
        match self.state {
            WaitingLink::Confirm => Some(("waiting-confirm-submit", Some("waiting-confirm-not"))),
            WaitingLink::Leave => Some(("waiting-leave-submit", None)),
            WaitingLink::Confirmed | WaitingLink::Left | WaitingLink::Over => None,
        }
    }
}
