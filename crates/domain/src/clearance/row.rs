//! Rows of text, as data files and the store keep facts, and how their cells are read. A row is
//! read as a whole or refused with the name of the column: no fact is ever half there.

use std::fmt;

use kontor_base::{Cell, Date, RowError, Wrong};

use crate::catalogue::{ComponentKind, ProductClass};
use crate::market::Act;

/// The longest text in a cell, in characters.
pub(super) const CELL_CHARS_MAX: usize = 2_000;

/// A text that may be empty.
pub(super) fn text(field: &'static str, cell: &str) -> Result<String, RowError> {
    let cell = cell.trim();
    if cell.chars().count() > CELL_CHARS_MAX {
        return Err(RowError::of(field, Wrong::TooLong { max: CELL_CHARS_MAX.to_string() }));
    }
    if cell.chars().any(char::is_control) {
        return Err(RowError::of(field, Wrong::Control));
    }
    Ok(cell.to_owned())
}

/// A text that must be there.
pub(super) fn required_text(field: &'static str, cell: &str) -> Result<String, RowError> {
    let text = text(field, cell)?;
    if text.is_empty() { Err(RowError::of(field, Wrong::Empty)) } else { Ok(text) }
}

/// A value that must be there.
pub(super) fn value<T: Cell>(field: &'static str, cell: &str) -> Result<T, RowError> {
    cell.trim().parse().map_err(|error: T::Err| RowError::of(field, T::wrong(cell, &error)))
}

/// A value that may be empty.
pub(super) fn optional<T: Cell>(field: &'static str, cell: &str) -> Result<Option<T>, RowError> {
    if cell.trim().is_empty() { Ok(None) } else { value(field, cell).map(Some) }
}

/// A day such as `2026-11-23`.
pub(super) fn date(field: &'static str, cell: &str) -> Result<Date, RowError> {
    let cell = cell.trim();
    // The parser of dates is generous (it takes times and offsets); a data file is not.
    let plain = cell.len() == 10 && cell.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let parsed = if plain { cell.parse().ok() } else { None };
    parsed.ok_or_else(|| RowError::of(field, Wrong::NotDay { cell: cell.to_owned() }))
}

/// A day that may be empty.
pub(super) fn optional_date(field: &'static str, cell: &str) -> Result<Option<Date>, RowError> {
    if cell.trim().is_empty() { Ok(None) } else { date(field, cell).map(Some) }
}

/// One of a few words.
pub(super) fn word<T>(
    field: &'static str,
    cell: &str,
    find: impl FnOnce(&str) -> Option<T>,
) -> Result<T, RowError> {
    let cell = cell.trim();
    find(cell).ok_or_else(|| RowError::of(field, Wrong::NotAWord { cell: cell.to_owned() }))
}

/// One of a few words, or nothing.
pub(super) fn optional_word<T>(
    field: &'static str,
    cell: &str,
    find: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, RowError> {
    if cell.trim().is_empty() { Ok(None) } else { word(field, cell, find).map(Some) }
}

/// `yes`, `no` or nothing (which is no).
pub(super) fn flag(field: &'static str, cell: &str) -> Result<bool, RowError> {
    word(field, cell, |cell| match cell {
        "yes" => Some(true),
        "no" | "" => Some(false),
        _ => None,
    })
}

/// Two days must follow each other.
pub(super) fn in_order(
    field: &'static str,
    earlier: Option<Date>,
    later: Option<Date>,
) -> Result<(), RowError> {
    match (earlier, later) {
        (Some(earlier), Some(later)) if later < earlier => {
            Err(RowError::of(field, Wrong::Before { other: earlier.to_string() }))
        }
        _ => Ok(()),
    }
}

/// The cell of an optional value.
pub(super) fn cell<T: fmt::Display>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}

/// The words of types of other areas, in the form that [`word`] takes.
pub(super) fn act(cell: &str) -> Option<Act> {
    Act::from_word(cell)
}

/// See [`act`].
pub(super) fn class(cell: &str) -> Option<ProductClass> {
    ProductClass::from_word(cell)
}

/// See [`act`].
pub(super) fn component_kind(cell: &str) -> Option<ComponentKind> {
    ComponentKind::from_word(cell)
}

/// Declares an enum whose values are written as words in data files.
macro_rules! word_enum {
    ($(#[$meta:meta])* $name:ident { $( $(#[$value_meta:meta])* $value:ident = $word:literal ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $( $(#[$value_meta])* #[serde(rename = $word)] $value ),+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[ $( Self::$value ),+ ];

            /// The word in data files.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $( Self::$value => $word ),+ }
            }

            /// The value with this word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $( $word => Some(Self::$value), )+ _ => None }
            }
        }
    };
}
pub(super) use word_enum;
