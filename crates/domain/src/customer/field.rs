//! What is wrong with one field of a form, so that a page can say it beside the field.

use kontor_base::TextError;
use serde::{Deserialize, Serialize};

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblem {
    /// It is empty and must not be.
    Missing,
    /// It has too many characters.
    TooLong,
    /// It contains control characters or invisible ones.
    ControlCharacter,
    /// A word mixes letters of scripts that imitate each other.
    MixedScripts,
    /// It is not of the wanted form.
    Malformed,
    /// It names nothing that exists (a country, a state).
    Unknown,
    /// The country exists, but the market does not ship there.
    NotServed,
}

impl FieldProblem {
    /// Every problem.
    pub const ALL: [Self; 7] = [
        Self::Missing,
        Self::TooLong,
        Self::ControlCharacter,
        Self::MixedScripts,
        Self::Malformed,
        Self::Unknown,
        Self::NotServed,
    ];

    /// The last word of the code.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong => "too_long",
            Self::ControlCharacter => "control_character",
            Self::MixedScripts => "mixed_scripts",
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::NotServed => "not_served",
        }
    }
}

impl From<TextError> for FieldProblem {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::Missing,
            TextError::TooLong { .. } => Self::TooLong,
            TextError::ControlCharacter => Self::ControlCharacter,
            TextError::MixedScripts => Self::MixedScripts,
            TextError::Malformed => Self::Malformed,
        }
    }
}

/// One field of a form is wrong. It never repeats what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, thiserror::Error)]
#[error("{}", self.code())]
pub struct FieldError {
    /// The field with its form in front: `address.postcode`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

impl FieldError {
    /// The stable code of the refusal, such as `address.postcode.malformed`.
    #[must_use]
    pub fn code(&self) -> String {
        format!("{}.{}", self.field, self.problem.word())
    }
}

/// Keeps the problem of a field and goes on, so that a form shows all of them at once.
pub(super) fn collect<T, E: Into<FieldProblem>>(
    errors: &mut Vec<FieldError>,
    field: &'static str,
    result: Result<T, E>,
) -> Option<T> {
    result.map_err(|e| errors.push(FieldError { field, problem: e.into() })).ok()
}
