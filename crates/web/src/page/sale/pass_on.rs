//! Passing a code on: a form with the code, its holder and whoever gets it.

use askama::Template;

use crate::kit::text::Text;
use crate::page::{FieldProblem, Shell};

/// What was typed into the form.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PassOnForm {
    /// `code`
    pub code: String,
    /// `from`: the holder's address.
    pub from: String,
    /// `from_phone`: the holder's number.
    pub from_phone: String,
    /// `to`: the address of whoever gets it.
    pub to: String,
}

// Two people's addresses must not get into a log by accident.
impl std::fmt::Debug for PassOnForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PassOnForm")
    }
}

/// Why a code was not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassOnProblem {
    /// `code`: there is no such code.
    CodeUnknown,
    /// `code`: a unit was bought with it.
    CodeUsed,
    /// `code`: it has changed hands once already.
    PassedOnBefore,
    /// `from`
    From(FieldProblem),
    /// `from`: the code belongs to somebody else.
    NotYours,
    /// `from_phone`
    Phone,
    /// `to`
    To(FieldProblem),
    /// `to`: that is the holder.
    SamePerson,
    /// The sale is over.
    Closed,
}

impl PassOnProblem {
    /// The field that it belongs to.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::CodeUnknown | Self::CodeUsed | Self::PassedOnBefore | Self::Closed => "code",
            Self::From(_) | Self::NotYours => "from",
            Self::Phone => "from_phone",
            Self::To(_) | Self::SamePerson => "to",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::CodeUnknown => "sale-error-code-unknown",
            Self::CodeUsed => "pass-on-error-used",
            Self::PassedOnBefore => "pass-on-error-before",
            Self::NotYours => "pass-on-error-not-yours",
            Self::SamePerson => "pass-on-error-same",
            Self::Closed => "pass-on-error-closed",
            Self::Phone => "sale-error-phone",
            Self::From(FieldProblem::Missing) | Self::To(FieldProblem::Missing) => "field-missing",
            Self::From(_) | Self::To(_) => "field-malformed-email",
        };
        t.get(id).into_owned()
    }
}

/// `GET /{market}/{language}/sale/{sale}/code`, and the answer to its form.
#[derive(Clone, Debug, Template)]
#[template(path = "sale/pass_on.html")]
pub struct PassOnPage {
    /// The layout's part; its path is the form's address.
    pub shell: Shell,
    /// The sale's id in URLs.
    pub sale: String,
    /// What is sold.
    pub name: String,
    /// What was typed.
    pub form: PassOnForm,
    /// What is wrong with it.
    pub problems: Vec<PassOnProblem>,
    /// It belongs to somebody else now.
    pub is_done: bool,
}

impl PassOnPage {
    fn problem(&self, field: &str) -> Option<String> {
        let found = self.problems.iter().find(|problem| problem.field() == field);
        found.map(|problem| problem.words(&self.shell.text()))
    }

    fn title(&self) -> String {
        let id = if self.is_done { "pass-on-done-title" } else { "pass-on-title" };
        self.shell.text().get(id).into_owned()
    }
}
