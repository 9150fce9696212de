//! The rows of answers: columns of three types, whatever database they are from.

use super::error::StoreError;
use super::postgres::value::Whole;

/// A row of an answer. Columns are read by their place in the statement, which names them.
#[derive(Debug)]
pub struct Row<'r>(Source<'r>);

#[derive(Debug)]
enum Source<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// Reads a column from whichever database the row is from.
macro_rules! column {
    ($row:expr, $column:expr, $postgres:ty) => {
        match $row.0 {
            Source::Sqlite(row) => row
                .get($column)
                .map_err(|error| StoreError::from_sqlite("read of a column", &error)),
            Source::Postgres(row) => row
                .try_get::<_, $postgres>($column)
                .map(Into::into)
                .map_err(|error| StoreError::from_postgres("read of a column", &error)),
        }
    };
}

impl<'r> Row<'r> {
    pub(crate) const fn of_sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Self(Source::Sqlite(row))
    }

    pub(crate) const fn of_postgres(row: &'r tokio_postgres::Row) -> Self {
        Self(Source::Postgres(row))
    }
}

impl Row<'_> {
    /// An integer.
    ///
    /// # Errors
    ///
    /// When the column is not an integer; likewise for the other readers.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        column!(self, column, Whole)
    }

    /// An integer or `NULL`.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0 {
            Source::Sqlite(_) => column!(self, column, Option<i64>),
            Source::Postgres(row) => row
                .try_get::<_, Option<Whole>>(column)
                .map(|number| number.map(i64::from))
                .map_err(|error| StoreError::from_postgres("read of a column", &error)),
        }
    }

    /// A moment.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn instant(&self, column: usize) -> Result<kontor_base::Instant, StoreError> {
        self.int(column).map(kontor_base::Instant::from_micros)
    }

    /// Text.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        column!(self, column, String)
    }

    /// Text or `NULL`.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        column!(self, column, Option<String>)
    }

    /// The sixteen bytes of an id or a hash.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn bytes16(&self, column: usize) -> Result<[u8; 16], StoreError> {
        self.maybe_bytes16(column)?.ok_or_else(|| StoreError::Fault {
            what: "read of a column".into(),
            problem: "sixteen bytes were expected, not NULL".into(),
        })
    }

    /// The sixteen bytes of an id, or `NULL`.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn maybe_bytes16(&self, column: usize) -> Result<Option<[u8; 16]>, StoreError> {
        match self.0 {
            Source::Sqlite(row) => {
                row.get(column).map_err(|error| StoreError::from_sqlite("read of a column", &error))
            }
            Source::Postgres(row) => {
                let bytes: Option<&[u8]> = row
                    .try_get(column)
                    .map_err(|error| StoreError::from_postgres("read of a column", &error))?;
                bytes.map(<[u8; 16]>::try_from).transpose().map_err(|error| StoreError::Fault {
                    what: "read of a column".into(),
                    problem: format!("sixteen bytes were expected: {error}").into(),
                })
            }
        }
    }

    /// Bytes of any length.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        column!(self, column, Vec<u8>)
    }

    /// Bytes of any length, or `NULL`.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn maybe_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        column!(self, column, Option<Vec<u8>>)
    }

    /// A value kept as JSON text.
    ///
    /// # Errors
    ///
    /// [`StoreError::BadRow`] when the text is not of the wanted form.
    pub fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: usize,
        table: &'static str,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|error| StoreError::bad_row(table, error))
    }
}
