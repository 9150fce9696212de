//! One SQL text for every back end: numbered parameters (`$1`), values and rows of three types.

use super::error::StoreError;
use super::postgres::session::Session;
use super::sqlite::statement::{self as sqlite, Enough};
use super::topic::Topic;
use crate::values;

pub use super::row::Row;
pub use super::value::Value;

/// A running transaction: what a closure given to [`crate::Db::write`] or [`crate::Db::read`] works with.
#[derive(Debug)]
pub struct Tx<'c> {
    on: On<'c>,
    touched: u32,
}

#[derive(Debug)]
enum On<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut Session),
}

impl<'c> Tx<'c> {
    pub(crate) const fn on_sqlite(connection: &'c rusqlite::Connection) -> Self {
        Self { on: On::Sqlite(connection), touched: 0 }
    }

    pub(crate) const fn on_postgres(session: &'c mut Session) -> Self {
        Self { on: On::Postgres(session), touched: 0 }
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
        match &mut self.on {
            On::Sqlite(connection) => sqlite::execute(connection, sql, values),
            On::Postgres(session) => session.execute(sql, values),
        }
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
        match &mut self.on {
            On::Sqlite(connection) => {
                let mut found = Vec::new();
                sqlite::query(connection, sql, values, |row| {
                    found.push(read(row)?);
                    Ok(Enough::No)
                })?;
                Ok(found)
            }
            On::Postgres(session) => {
                let rows = session.query(sql, values)?;
                rows.iter().map(|row| read(&Row::of_postgres(row))).collect()
            }
        }
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
        match &mut self.on {
            On::Sqlite(connection) => {
                let (mut read, mut found) = (Some(read), None);
                sqlite::query(connection, sql, values, |row| {
                    found = read.take().map(|read| read(row)).transpose()?;
                    Ok(Enough::Yes)
                })?;
                Ok(found)
            }
            On::Postgres(session) => {
                let rows = session.query(sql, values)?;
                rows.first().map(|row| read(&Row::of_postgres(row))).transpose()
            }
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
        self.put_many(&Many { table, columns, on_conflict: "" }, values)
    }

    /// The same for rows that may be there already: `on_conflict` is what the statement ends with,
    /// such as `ON CONFLICT (lot) DO UPDATE SET quota = excluded.quota`.
    ///
    /// # Errors
    ///
    /// When the database refuses a row; the caller's transaction is then rolled back.
    ///
    /// # Panics
    ///
    /// When `values` does not divide into rows of `columns`: a mistake of the caller.
    pub fn upsert_many(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        on_conflict: &'static str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        self.put_many(&Many { table, columns, on_conflict }, values)
    }

    fn put_many(&mut self, many: &Many<'_>, values: &[Value<'_>]) -> Result<(), StoreError> {
        let width = many.columns.len();
        assert!(width > 0 && values.len().is_multiple_of(width), "whole rows");
        if values.is_empty() {
            return Ok(());
        }
        match &mut self.on {
            On::Sqlite(connection) => sqlite::put_many(connection, many, values),
            On::Postgres(session) => session.put_many(many, values),
        }
    }
}

/// What puts many rows into a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Many<'a> {
    pub(crate) table: &'static str,
    pub(crate) columns: &'a [&'static str],
    /// What happens to a row that is there already; empty: it is refused.
    pub(crate) on_conflict: &'static str,
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
