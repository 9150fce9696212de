//! Cells: how each kind of value is read from text, and what is said when it cannot be.

use std::fmt;

use kontor_base::{Cell, Date, Line, RowError, Wrong};

/// The longest text in a cell, in characters.
const TEXT_CHARS_MAX: usize = 2_000;
/// The most parts of a cell that holds a list.
const PARTS_MAX: usize = 300;

/// What is wrong with a row: one column and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) column: &'static str,
    pub(super) reason: Wrong,
}

impl Bad {
    pub(super) fn new(column: &'static str, reason: impl Into<Wrong>) -> Self {
        Self { column, reason: reason.into() }
    }
}

impl From<RowError> for Bad {
    fn from(error: RowError) -> Self {
        Self { column: error.field, reason: error.problem }
    }
}

pub(super) type Read<T> = Result<T, Bad>;

/// A text that may be empty: one line, in Unicode normal form C, without control characters.
pub(super) fn text(column: &'static str, cell: &str) -> Read<String> {
    if cell.trim().is_empty() { Ok(String::new()) } else { required_text(column, cell) }
}

/// A text that must be there.
pub(super) fn required_text(column: &'static str, cell: &str) -> Read<String> {
    let line = Line::<TEXT_CHARS_MAX>::parse(cell).map_err(|error| Bad::new(column, error))?;
    Ok(line.as_str().to_owned())
}

/// A value that must be there.
pub(super) fn value<T: Cell>(column: &'static str, cell: &str) -> Read<T> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err(Bad::new(column, Wrong::Empty));
    }
    cell.parse().map_err(|error: T::Err| Bad::new(column, T::wrong(cell, &error)))
}

/// A whole number from `low` to `high`.
pub(super) fn number(column: &'static str, cell: &str, low: i64, high: i64) -> Read<i64> {
    let cell = cell.trim();
    let digits = !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
    let number: Option<i64> = if digits { cell.parse().ok() } else { None };
    number.filter(|number| (low..=high).contains(number)).ok_or_else(|| {
        let (cell, low, high) = (cell.to_owned(), low.to_string(), high.to_string());
        Bad::new(column, Wrong::NotNumber { cell, low, high })
    })
}

/// A day such as `2026-11-23`, or nothing.
pub(super) fn optional_date(column: &'static str, cell: &str) -> Read<Option<Date>> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    // The parser of dates is generous (it takes times and offsets); a data file is not.
    let plain = cell.len() == 10 && cell.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = if plain { cell.parse().ok() } else { None };
    date.map(Some).ok_or_else(|| Bad::new(column, Wrong::NotDay { cell: cell.to_owned() }))
}

/// One of a few words.
pub(super) fn word<T>(
    column: &'static str,
    cell: &str,
    words: impl IntoIterator<Item = (&'static str, T)>,
) -> Read<T> {
    let cell = cell.trim();
    let mut known = Vec::new();
    for (word, value) in words {
        if word == cell {
            return Ok(value);
        }
        known.push(word);
    }
    Err(Bad::new(column, Wrong::NoneOf { cell: cell.to_owned(), known: known.join(", ") }))
}

/// The parts of a list, separated by `|`; empty parts are dropped.
pub(super) fn parts(column: &'static str, cell: &str) -> Read<Vec<String>> {
    let parts = cell.split('|').filter(|part| !part.trim().is_empty());
    let parts: Vec<String> = parts.map(|part| text(column, part)).collect::<Read<_>>()?;
    if parts.len() > PARTS_MAX {
        return Err(Bad::new(column, Wrong::TooManyParts { max: PARTS_MAX.to_string() }));
    }
    Ok(parts)
}

/// A list of values, at least one, each once.
pub(super) fn values<T>(column: &'static str, cell: &str) -> Read<Vec<T>>
where
    T: Cell + PartialEq,
{
    let mut values = Vec::new();
    for part in parts(column, cell)? {
        let value = value(column, &part)?;
        if values.contains(&value) {
            return Err(Bad::new(column, Wrong::Twice { cell: part }));
        }
        values.push(value);
    }
    if values.is_empty() { Err(Bad::new(column, Wrong::Empty)) } else { Ok(values) }
}

/// A list as it is written.
pub(super) fn list<T: fmt::Display>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join("|")
}

/// `S1`, `S2`, `M` or nothing.
pub(super) fn confidence(cell: &str) -> Read<String> {
    match cell.trim() {
        known @ ("" | "S1" | "S2" | "M") => Ok(known.to_owned()),
        other => {
            let known = "S1, S2, M".to_owned();
            Err(Bad::new("confidence", Wrong::NoneOf { cell: other.to_owned(), known }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_says_what_would_have_been_good() {
        let reason = |bad: Bad| bad.reason.to_string();
        assert_eq!(
            number("units", "-1", 1, 9).map_err(reason),
            Err("\"-1\" is not a whole number from 1 to 9".to_owned())
        );
        assert_eq!(
            word("display", "x", [("inclusive", 1), ("exclusive", 2)]).map_err(reason),
            Err("\"x\" is none of inclusive, exclusive".to_owned())
        );
        assert!(optional_date("on", "2026-11-23T00:00").is_err());
        assert!(values::<kontor_base::Country>("countries", "US|US").is_err());
        assert_eq!(parts("box", "a| b |").expect("parts"), ["a", "b"]);
        assert!(text("name", "a\u{202e}b").is_err());
    }
}
