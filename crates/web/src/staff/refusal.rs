//! Why something is not done, in the reader's language. Each refusal has a stable code; its text is
//! `refusal-` and the code, with what the refusal has in it. What is put together of several refusals is
//! told sentence by sentence. A text that is missing is told in English, as a command would say it; a
//! test walks every refusal and finds it.

mod area;
mod reseller;
mod rom;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use kontor_domain::staff::{KeyRefusal, PasswordProblem};
use kontor_shop::staff::{ActRefusal, Refusal};

pub(super) use rom::{RomRefused, objection};

use crate::kit::text::Text;

/// What a refusal has in it, by name.
pub(super) type Parts = Vec<(&'static str, String)>;

/// How many bad rows are told with a refusal; the page of the file names them all.
const ROWS_TOLD: usize = 10;

/// A refusal that pages tell.
pub(crate) trait Refused: Display {
    /// What stands behind `refusal-` in the id of its text.
    fn key(&self) -> String;

    /// What it has in it, by name.
    fn parts(&self, _: &Text) -> Parts {
        Vec::new()
    }

    /// The whole sentence, where it is put together of others.
    fn said(&self, _: &Text) -> Option<String> {
        None
    }
}

/// Why, as the end of a sentence.
pub(crate) fn say(t: &Text, refusal: &dyn Refused) -> String {
    refusal.said(t).unwrap_or_else(|| {
        let parts = refusal.parts(t);
        let given: Vec<(&'static str, &str)> =
            parts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        t.find(&format!("refusal-{}", refusal.key()), &given)
            .map_or_else(|| refusal.to_string(), |words| words.into_owned())
    })
}

/// Why an act of the staff is not done, as the end of a sentence.
pub(super) fn why(t: &Text, refusal: &Refusal) -> String {
    say(t, refusal)
}

/// A code as a part of an id.
fn keyed(code: &str) -> String {
    code.replace(['.', '_'], "-")
}

/// One part.
fn one(name: &'static str, value: &dyn ToString) -> Parts {
    vec![(name, value.to_string())]
}

/// Several sentences as one.
fn joined<'r, R: Refused + 'r>(t: &Text, refusals: impl IntoIterator<Item = &'r R>) -> String {
    refusals.into_iter().map(|refusal| say(t, refusal)).collect::<Vec<_>>().join("; ")
}

impl Refused for Refusal {
    fn key(&self) -> String {
        let more = match self {
            Self::Act(act) => return act.key(),
            Self::Field(field) => field.word(),
            Self::Password(PasswordProblem::TooShort) => "short",
            Self::Password(PasswordProblem::TooLong) => "long",
            Self::Password(PasswordProblem::Guessable) => "guessable",
            Self::Key(KeyRefusal::NoScope) => "no-scope",
            Self::Key(KeyRefusal::NotForKeys(_)) => "not-for-keys",
            Self::Key(KeyRefusal::NotYours(_)) => "not-yours",
            Self::Key(KeyRefusal::Days) => "days",
            Self::Key(KeyRefusal::TooMany) => "too-many",
            _ => return keyed(self.code()),
        };
        format!("{}-{more}", keyed(self.code()))
    }

    fn parts(&self, t: &Text) -> Parts {
        match self {
            Self::Act(act) => act.parts(t),
            Self::TooMany(seconds) => one("seconds", seconds),
            Self::Key(KeyRefusal::NotForKeys(scope) | KeyRefusal::NotYours(scope)) => {
                one("scope", &scope.word())
            }
            _ => Vec::new(),
        }
    }

    fn said(&self, t: &Text) -> Option<String> {
        match self {
            Self::Act(act) => act.said(t),
            _ => None,
        }
    }
}

impl Refused for ActRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::UnknownClearance(name)
            | Self::CodeTaken(name)
            | Self::NoWithdrawal(name)
            | Self::NoDocument(name) => one("name", name),
            _ => Vec::new(),
        }
    }

    fn said(&self, t: &Text) -> Option<String> {
        let inner: &dyn Refused = match self {
            Self::Opening(refusal) => &**refusal,
            Self::Reseller(refusal) => &**refusal,
            Self::Dispatch(refusal) => &**refusal,
            Self::TakeBack(refusal) => &**refusal,
            Self::Sale(refusal) => &**refusal,
            Self::Stock(refusal) => &**refusal,
            Self::Tell(refusal) => &**refusal,
            Self::Account(problem) => problem,
            Self::Area(objection) => objection,
            Self::Row { field, problem } => return Some(format!("{field}: {}", t.wrong(problem))),
            Self::Rows(bad) => {
                let row = |problem: &kontor_shop::exchange::RowProblem| {
                    let column = problem.column.as_deref().map(|column| format!("{column}: "));
                    format!("{}{}", column.unwrap_or_default(), t.wrong(&problem.reason))
                };
                let told = bad.problems.iter().take(ROWS_TOLD).map(row);
                return Some(told.collect::<Vec<_>>().join("; "));
            }
            Self::UnknownClearance(_)
            | Self::CodeTaken(_)
            | Self::NoWithdrawal(_)
            | Self::OtherMarket
            | Self::Order { .. }
            | Self::NoDocument(_) => return None,
        };
        Some(say(t, inner))
    }
}
