//! One SQL text for every back end: numbered parameters (`$1`), values and rows of three types.

use rusqlite::types::ToSqlOutput;
use rusqlite::{CachedStatement, Connection, OptionalExtension, types::ValueRef};

use super::error::StoreError;
use super::topic::Topic;

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// SQL `NULL`.
    Null,
    /// A 64-bit integer: counts, minor units, microseconds, flags (0 and 1).
    Int(i64),
    /// Text.
    Text(&'a str),
    /// Bytes: ids and hashes.
    Bytes(&'a [u8]),
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<kontor_base::Instant> for Value<'_> {
    fn from(instant: kontor_base::Instant) -> Self {
        Self::Int(instant.micros())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8; 16]> for Value<'a> {
    fn from(bytes: &'a [u8; 16]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The parameters of a statement: `values![id.bytes(), at, "text"]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}

/// A row of an answer. Columns are read by their place in the statement, which names them.
#[derive(Debug)]
pub struct Row<'r>(&'r rusqlite::Row<'r>);

impl Row<'_> {
    fn get<T: rusqlite::types::FromSql>(&self, column: usize) -> Result<T, StoreError> {
        self.0.get(column).map_err(|error| StoreError::from_sqlite("read of a column", &error))
    }

    /// An integer.
    ///
    /// # Errors
    ///
    /// When the column is not an integer; likewise for the other readers.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.get(column)
    }

    /// An integer or `NULL`.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    /// A moment.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn instant(&self, column: usize) -> Result<kontor_base::Instant, StoreError> {
        self.get(column).map(kontor_base::Instant::from_micros)
    }

    /// Text.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.get(column)
    }

    /// Text or `NULL`.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    /// The sixteen bytes of an id or a hash.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn bytes16(&self, column: usize) -> Result<[u8; 16], StoreError> {
        self.get(column)
    }

    /// The sixteen bytes of an id, or `NULL`.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn maybe_bytes16(&self, column: usize) -> Result<Option<[u8; 16]>, StoreError> {
        self.get(column)
    }

    /// Bytes of any length.
    ///
    /// # Errors
    ///
    /// See [`Row::int`].
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.get(column)
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
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(|error| StoreError::bad_row(table, error))
    }
}

/// A running transaction: what a closure given to [`crate::Db::write`] or [`crate::Db::read`] works with.
#[derive(Debug)]
pub struct Tx<'c> {
    connection: &'c Connection,
    touched: u32,
}

impl<'c> Tx<'c> {
    pub(crate) const fn new(connection: &'c Connection) -> Self {
        Self { connection, touched: 0 }
    }

    pub(crate) const fn touched(&self) -> u32 {
        self.touched
    }

    /// Says that the transaction changes what `topic`'s readers keep a snapshot of. For the topics
    /// that decisions are made from, the version in the database rises too, so that a decision in
    /// a later transaction can tell that its snapshot is old.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn touch(&mut self, topic: Topic) -> Result<(), StoreError> {
        self.touched |= topic.bit();
        if Topic::FACTS.contains(&topic) {
            self.execute(
                "INSERT INTO fact_version (area, version) VALUES ($1, 1)
                 ON CONFLICT (area) DO UPDATE SET version = fact_version.version + 1",
                values![topic.word()],
            )?;
        }
        Ok(())
    }

    /// Runs a statement that answers no rows; gives the number of rows it changed.
    ///
    /// # Errors
    ///
    /// When the database refuses it.
    pub fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<usize, StoreError> {
        let mut statement = self.prepare(sql, values)?;
        statement.raw_execute().map_err(|error| StoreError::from_sqlite(sql, &error))
    }

    /// Every row of the answer, read by `read`.
    ///
    /// # Errors
    ///
    /// When the database refuses the statement or `read` fails.
    pub fn query<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.prepare(sql, values)?;
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(|error| StoreError::from_sqlite(sql, &error))? {
            found.push(read(&Row(row))?);
        }
        Ok(found)
    }

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    ///
    /// When the database refuses the statement or `read` fails.
    pub fn optional<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.prepare(sql, values)?;
        let mut rows = statement.raw_query();
        match rows.next().map_err(|error| StoreError::from_sqlite(sql, &error))? {
            Some(row) => read(&Row(row)).map(Some),
            None => Ok(None),
        }
    }

    /// Inserts many rows into `table`; `values` holds them one after the other, each as long as
    /// `columns`. Meant for hundreds of rows at once: the whole batch of a sale is one call.
    ///
    /// # Errors
    ///
    /// When the database refuses a row; the caller's transaction is then rolled back.
    ///
    /// # Panics
    ///
    /// When `values` does not divide into rows of `columns`: a mistake of the caller.
    pub fn insert_many(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        assert!(!columns.is_empty() && values.len().is_multiple_of(columns.len()), "whole rows");
        let wrap = |error: rusqlite::Error| StoreError::from_sqlite(table, &error);
        // Two texts per table: blocks of many rows, and the rest row by row.
        let block = columns.len() * ROWS_AT_ONCE;
        let (blocks, rest) = values.split_at(values.len() - values.len() % block);
        for (part, size) in [(blocks, block), (rest, columns.len())] {
            if part.is_empty() {
                continue;
            }
            let sql = insert_text(table, columns, size / columns.len());
            let mut statement = self.connection.prepare_cached(&sql).map_err(wrap)?;
            for rows in part.chunks_exact(size) {
                for (place, value) in rows.iter().enumerate() {
                    statement.raw_bind_parameter(place + 1, value).map_err(wrap)?;
                }
                statement.raw_execute().map_err(wrap)?;
            }
        }
        Ok(())
    }

    fn prepare(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<CachedStatement<'c>, StoreError> {
        let wrap = |error: rusqlite::Error| StoreError::from_sqlite(sql, &error);
        let mut statement = self.connection.prepare_cached(sql).map_err(wrap)?;
        // The embedded database numbers `$n` by first appearance, not by n: bind by the name.
        for place in 1..=statement.parameter_count() {
            let number = statement
                .parameter_name(place)
                .and_then(|name| name.strip_prefix('$'))
                .and_then(|number| number.parse::<usize>().ok());
            let value = number.and_then(|number| values.get(number.wrapping_sub(1)));
            let Some(value) = value else {
                return Err(StoreError::Fault {
                    what: sql.into(),
                    problem: format!("parameter {place} has no value").into(),
                });
            };
            statement.raw_bind_parameter(place, value).map_err(wrap)?;
        }
        Ok(statement)
    }
}

/// How many rows one statement of [`Tx::insert_many`] takes; far below the limit on parameters.
const ROWS_AT_ONCE: usize = 32;

/// `INSERT INTO table (a, b) VALUES (?, ?), (?, ?)` for `rows` rows.
fn insert_text(table: &str, columns: &[&str], rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    let rows = vec![row; rows].join(", ");
    format!("INSERT INTO {table} ({}) VALUES {rows}", columns.join(", "))
}

/// One integer from a pragma or a count, outside of a transaction.
pub(crate) fn single_int(connection: &Connection, sql: &str) -> rusqlite::Result<Option<i64>> {
    connection.query_row(sql, [], |row| row.get(0)).optional()
}

/// The JSON text that a row keeps of `value`.
pub(crate) fn to_json<T: serde::Serialize>(
    value: &T,
    table: &'static str,
) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::bad_row(table, error))
}

/// Reads a stored text form; a text that is not one is a damaged row.
pub(crate) fn parsed<T: std::str::FromStr>(text: &str, table: &'static str) -> Result<T, StoreError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| StoreError::bad_row(table, format!("{text:?}: {error}")))
}

/// Reads a stored word; an unknown one is a damaged row.
pub(crate) fn word<T>(
    text: &str,
    table: &'static str,
    from_word: fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    from_word(text).ok_or_else(|| StoreError::bad_row(table, format!("unknown word {text:?}")))
}
