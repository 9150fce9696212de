//! What is wrong with a plan's file, as a value: a page says it in its reader's language, with the name
//! that the file itself uses for the place.

use std::fmt;

use kontor_base::{Currency, Money, Rate, Wrong};

/// The most characters of a file that are told back.
const TOLD_CHARS_MAX: usize = 60;

/// Why a file comes to nothing: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The line, counted from 1, where something cannot be read at all.
    pub line: Option<u64>,
    /// What it is about, as the file calls it: `charge freight`; empty: all of it.
    pub place: String,
    /// What is wrong.
    pub problem: Wrong,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for FileError {}

pub(super) fn bad(place: impl Into<String>, problem: Wrong) -> FileError {
    FileError { line: None, place: place.into(), problem }
}

pub(super) fn at((place, problem): (String, Wrong)) -> FileError {
    bad(place, problem)
}

/// What could not be read: the library says it in English, so only what can be said in every language is
/// taken of it.
pub(super) fn unreadable(text: &str, error: &toml::de::Error) -> FileError {
    let span = error.span().unwrap_or(0..0);
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let piece = text.get(span).unwrap_or_default().lines().next().unwrap_or_default();
    let piece = piece.trim().trim_matches('"');
    let cell: String = piece.chars().take(TOLD_CHARS_MAX).collect();
    let message = error.message();
    let problem = if let Some(rest) = message.strip_prefix("unknown field `") {
        let (name, known) = rest.split_once('`').unwrap_or((rest, ""));
        Wrong::NoKey { name: name.to_owned(), known: listed(known) }
    } else if let Some(rest) = message.strip_prefix("unknown variant `") {
        let (name, known) = rest.split_once('`').unwrap_or((rest, ""));
        Wrong::NoneOf { cell: name.to_owned(), known: listed(known) }
    } else if let Some(rest) = message.strip_prefix("missing field `") {
        Wrong::KeyMissing { name: rest.trim_end_matches('`').to_owned() }
    } else if cell.is_empty() {
        Wrong::NotToml
    } else {
        Wrong::NotReadable { cell }
    };
    let row = text.lines().nth(line - 1).unwrap_or_default();
    let place = match problem {
        // The value stands behind its name.
        Wrong::NoneOf { .. } | Wrong::NotReadable { .. } => {
            row.split_once('=').map(|(name, _)| name)
        }
        _ => None,
    };
    let place = place.unwrap_or_default().trim().chars().take(TOLD_CHARS_MAX).collect();
    FileError { line: u64::try_from(line).ok(), place, problem }
}

/// The names of a list such as ``, expected one of `a`, `b` ``.
fn listed(known: &str) -> String {
    known.split('`').skip(1).step_by(2).collect::<Vec<_>>().join(", ")
}

/// An amount of the file's currency; `place` names it in the complaint.
pub(super) fn money(place: &str, text: &str, currency: Currency) -> Result<Money, FileError> {
    Money::parse(text, currency).map_err(|error| bad(place, Wrong::of_money(text, error)))
}

pub(super) fn currency(text: &str) -> Result<Currency, FileError> {
    text.parse().map_err(|_| bad("currency", Wrong::NotCurrency { cell: text.to_owned() }))
}

pub(super) fn rate(place: &str, percent: &str) -> Result<Rate, FileError> {
    Rate::parse_percent(percent).ok_or_else(|| bad(place, Wrong::NotPercentage))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[allow(dead_code, reason = "only whether it can be read matters")]
        units: u32,
        #[allow(dead_code, reason = "only whether it can be read matters")]
        way: Way,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        Import,
        Local,
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line_and_in_no_words_of_a_library() {
        for (text, told) in [
            (
                "units = 1\nway = \"import\"\nmore = 2",
                "line 3: \"more\" is no name here; there are units, way",
            ),
            ("units = 1", "line 1: \"way\" is missing"),
            ("units = 1\nway = \"sea\"", "line 2: way: \"sea\" is none of import, local"),
            ("way = \"local\"\nunits = \"x\"", "line 2: units: \"x\" cannot be read here"),
            ("units = 1\nway =", "line 2: cannot be read as TOML"),
        ] {
            let error = toml::from_str::<File>(text).expect_err("it is wrong");
            assert_eq!(unreadable(text, &error).to_string(), told, "{error}");
        }
    }
}
