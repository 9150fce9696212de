//! What every row of a data file has in common: how well it is known, and what is said when it
//! cannot be read. What a row means is the matter of its area.

use serde::{Deserialize, Serialize};

use crate::wrong::{Cell, Wrong};

/// How well a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Confidence {
    /// Found in a primary or official source.
    S1,
    /// Found in a secondary source (press, law firm, data vendor).
    S2,
    /// From memory, unverified: to be checked before it is relied on.
    M,
}

impl Confidence {
    /// Every degree, the best first.
    pub const ALL: [Self; 3] = [Self::S1, Self::S2, Self::M];

    /// The word in data files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S2 => "S2",
            Self::M => "M",
        }
    }

    /// The degree with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confidence| confidence.word() == word)
    }
}

/// What is wrong with one row: the first column that could not be read. The importer adds the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct RowError {
    /// The column.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Wrong,
}

impl RowError {
    /// What is wrong with the column `field`.
    #[must_use]
    pub fn of(field: &'static str, problem: impl Into<Wrong>) -> Self {
        Self { field, problem: problem.into() }
    }

    /// Reads the cell of the column `field`, without what is empty around it.
    ///
    /// # Errors
    ///
    /// What is wrong with the cell, with the column.
    pub fn read<T: Cell>(field: &'static str, cell: &str) -> Result<T, Self> {
        let cell = cell.trim();
        cell.parse().map_err(|error| Self::of(field, T::wrong(cell, &error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_is_written_as_its_word_everywhere() {
        for confidence in Confidence::ALL {
            assert_eq!(Confidence::from_word(confidence.word()), Some(confidence));
        }
        assert_eq!(Confidence::from_word("s1"), None);
        assert!(Confidence::S1 < Confidence::M, "the best sorts first");
    }

    #[test]
    fn what_is_wrong_with_a_row_begins_with_its_column() {
        assert_eq!(RowError::of("price", Wrong::Empty).to_string(), "price: is empty");
    }
}
