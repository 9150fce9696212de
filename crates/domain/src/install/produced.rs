//! How many devices the maker has produced: a ceiling that is shown beside the count. More devices
//! than were made cannot run the ROM, except on hardware of others.

use kontor_base::{Date, Line};

use super::Name;

/// A batch of devices whose serial numbers the maker has given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Produced {
    /// The model, as its devices report it.
    pub model: Name,
    /// The batch.
    pub batch: Line<80>,
    /// How many serial numbers it has.
    pub units: u32,
    /// The day by which they had been given out.
    pub until: Date,
    /// Where the number is from.
    pub source: Line<200>,
}

/// Why a row is no batch: the column, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{column}: {wrong}")]
pub struct ProducedError {
    /// The column.
    pub column: &'static str,
    /// What is wrong.
    pub wrong: &'static str,
}

impl Produced {
    /// The columns of the table, in order.
    pub const COLUMNS: [&'static str; 5] = ["model", "batch", "units", "until", "source"];

    /// Reads a row.
    ///
    /// # Errors
    ///
    /// See [`ProducedError`].
    pub fn read(
        model: &str,
        batch: &str,
        units: &str,
        until: &str,
        source: &str,
    ) -> Result<Self, ProducedError> {
        let wrong = |column, wrong| ProducedError { column, wrong };
        let line = "one line of text, not empty";
        Ok(Self {
            model: model.parse().map_err(|_| wrong("model", "not a name that a device can say"))?,
            batch: Line::parse(batch).map_err(|_| wrong("batch", line))?,
            units: units.parse().map_err(|_| wrong("units", "not a whole number"))?,
            until: until.parse().map_err(|_| wrong("until", "not a date such as 2015-02-13"))?,
            source: Line::parse(source).map_err(|_| wrong("source", line))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_or_its_column_named() {
        let read = |row: [&str; 5]| Produced::read(row[0], row[1], row[2], row[3], row[4]);
        let good = ["cancro", "2014-W40", "250000", "2014-10-05", "factory report 40"];
        assert_eq!(read(good).map(|batch| batch.units), Ok(250_000));
        for (column, value) in
            [(0, "=x"), (1, ""), (2, "-5"), (2, "many"), (3, "5.10.2014"), (4, "a\nb")]
        {
            let mut bad = good;
            bad[column] = value;
            let error = read(bad).expect_err(value);
            assert_eq!(error.column, Produced::COLUMNS[column]);
        }
    }
}
