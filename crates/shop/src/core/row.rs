//! What the small files of commands have in common: rows that are none, and where a row is from.

use kontor_base::{RowError, Wrong};

/// The longest note of where a row is from, in characters.
const SOURCE_CHARS_MAX: usize = 200;

/// What is wrong with a line that is no row of these columns.
pub(crate) fn not_a_row(error: &csv::Error, columns: &str) -> RowError {
    let problem = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Wrong::Cells { cells: len.to_string(), columns: expected_len.to_string() }
        }
        csv::ErrorKind::Utf8 { .. } => Wrong::NotUtf8,
        _ => Wrong::NotARow { columns: columns.to_owned() },
    };
    RowError::of("row", problem)
}

/// Where a row is from; it is always said.
pub(crate) fn row_source(field: &'static str, cell: &str) -> Result<String, RowError> {
    match cell.chars().count() {
        0 => Err(RowError::of(field, Wrong::NoSource)),
        1..=SOURCE_CHARS_MAX => Ok(cell.to_owned()),
        _ => Err(RowError::of(field, Wrong::TooLong { max: SOURCE_CHARS_MAX.to_string() })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_row_says_how_it_differs() {
        let read = |text: &str| {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let error = reader.deserialize::<(String, u8)>().next().expect("a line");
            not_a_row(&error.expect_err("no row"), "name, number").problem
        };
        let cells = Wrong::Cells { cells: "1".to_owned(), columns: "2".to_owned() };
        assert_eq!(read("a,b\nx\n"), cells);
        assert_eq!(read("a,b\nx,y\n"), Wrong::NotARow { columns: "name, number".to_owned() });
    }

    #[test]
    fn where_a_row_is_from_is_said_in_a_line() {
        assert_eq!(row_source("source", "x").as_deref(), Ok("x"));
        assert!(
            row_source("source", "").is_err() && row_source("source", &"x".repeat(201)).is_err()
        );
    }
}
