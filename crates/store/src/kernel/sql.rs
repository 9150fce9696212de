//! One SQL text for every back end: numbered parameters (`$1`), values and rows of three types.

use super::error::StoreError;
use super::postgres::session::{Session, Ticket};
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
    effort: Effort,
}

/// What a transaction has asked of the database so far: for tests of what a page costs, which may not ask
/// the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Statements.
    pub statements: u64,
    /// Rows that were read.
    pub rows: u64,
}

#[derive(Debug)]
enum On<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut Session),
}

impl<'c> Tx<'c> {
    pub(crate) const fn on_sqlite(connection: &'c rusqlite::Connection) -> Self {
        Self { on: On::Sqlite(connection), touched: 0, effort: Effort { statements: 0, rows: 0 } }
    }

    pub(crate) const fn on_postgres(session: &'c mut Session) -> Self {
        Self { on: On::Postgres(session), touched: 0, effort: Effort { statements: 0, rows: 0 } }
    }

    pub(crate) const fn touched(&self) -> u32 {
        self.touched
    }

    /// What this transaction has asked so far.
    #[must_use]
    pub const fn effort(&self) -> Effort {
        self.effort
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

    /// Asks a server already now what this closure will ask in a moment with the same words and values:
    /// what is asked ahead goes over with the first question that waits. Where nothing is far away this
    /// does nothing.
    ///
    /// # Errors
    ///
    /// When the database has refused something before it.
    pub(crate) fn ahead(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        match &mut self.on {
            On::Sqlite(_) => Ok(()),
            On::Postgres(session) => session.ahead(sql, values),
        }
    }

    /// Runs a statement that answers no rows.
    ///
    /// On a server it is *sent*: that this is `Ok` does not say that the server has taken it. Whether it
    /// has is known when something is asked next ([`Changed::rows`], a query), or when the closure has
    /// ended. If it has not, the closure fails by it, whatever it gives, and nothing of it is kept. So
    /// there is no way to try a statement and do something else where it fails.
    ///
    /// # Errors
    ///
    /// When the database has refused it, or something before it.
    pub fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Changed<'_>, StoreError> {
        self.effort.statements += 1;
        Ok(Changed(match &mut self.on {
            On::Sqlite(connection) => Count::Known(sqlite::execute(connection, sql, values)?),
            On::Postgres(session) => {
                session.execute(sql, values)?;
                Count::Sent(session)
            }
        }))
    }

    /// Asks for the rows of a statement that are wanted later: what is asked one after another goes to a
    /// server together and is answered in one round trip. They are fetched in the same closure.
    ///
    /// # Errors
    ///
    /// When the database has refused the statement, or something before it.
    pub(crate) fn ask<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Asked<T>, StoreError> {
        Ok(Asked(match &mut self.on {
            On::Sqlite(_) => Rows::Known(self.query(sql, values, read)?),
            On::Postgres(session) => {
                self.effort.statements += 1;
                Rows::Sent(session.ask(sql, values)?, read)
            }
        }))
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
        let found: Vec<T> = match &mut self.on {
            On::Sqlite(connection) => {
                let mut found = Vec::new();
                sqlite::query(connection, sql, values, |row| {
                    found.push(read(row)?);
                    Ok(Enough::No)
                })?;
                found
            }
            On::Postgres(session) => {
                let rows = session.query(sql, values)?;
                rows.iter()
                    .map(|row| read(&Row::of_postgres(row)))
                    .collect::<Result<_, StoreError>>()?
            }
        };
        self.count(found.len());
        Ok(found)
    }

    /// Counts a question and its answer.
    fn count(&mut self, rows: usize) {
        self.effort.statements += 1;
        self.effort.rows += u64::try_from(rows).unwrap_or(u64::MAX);
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
        let found = match &mut self.on {
            On::Sqlite(connection) => {
                let (mut read, mut found) = (Some(read), None);
                sqlite::query(connection, sql, values, |row| {
                    found = read.take().map(|read| read(row)).transpose()?;
                    Ok(Enough::Yes)
                })?;
                found
            }
            On::Postgres(session) => {
                let rows = session.query(sql, values)?;
                rows.first().map(|row| read(&Row::of_postgres(row))).transpose()?
            }
        };
        self.count(usize::from(found.is_some()));
        Ok(found)
    }

    /// Inserts many rows into `table`; `values` holds them one after the other, each as long as
    /// `columns`. Meant for hundreds of rows at once: the whole batch of a sale is one call. To a server
    /// it is sent as by [`Tx::execute`].
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
        self.effort.statements += 1;
        match &mut self.on {
            On::Sqlite(connection) => sqlite::put_many(connection, many, values),
            On::Postgres(session) => session.put_many(many, values),
        }
    }
}

/// How many rows a statement has changed, for who wants to know: only then a server is waited for.
#[derive(Debug)]
pub struct Changed<'t>(Count<'t>);

#[derive(Debug)]
enum Count<'t> {
    Known(usize),
    Sent(&'t mut Session),
}

impl Changed<'_> {
    /// How many they are.
    ///
    /// # Errors
    ///
    /// When the database has refused the statement, or something before it.
    pub fn rows(self) -> Result<usize, StoreError> {
        match self.0 {
            Count::Known(rows) => Ok(rows),
            Count::Sent(session) => session.changed(),
        }
    }
}

/// Rows that were asked for.
#[derive(Debug)]
#[must_use = "what is asked for and not fetched is asked for in vain"]
pub(crate) struct Asked<T>(Rows<T>);

#[derive(Debug)]
enum Rows<T> {
    Known(Vec<T>),
    Sent(Ticket, fn(&Row<'_>) -> Result<T, StoreError>),
}

impl<T> Asked<T> {
    /// All of them.
    ///
    /// # Errors
    ///
    /// When the database has refused the statement, or something before it, or a row cannot be read.
    pub(crate) fn fetch(self, tx: &mut Tx<'_>) -> Result<Vec<T>, StoreError> {
        match (self.0, &mut tx.on) {
            (Rows::Known(rows), _) => Ok(rows),
            (Rows::Sent(ticket, read), On::Postgres(session)) => {
                session.fetch(ticket)?.iter().map(|row| read(&Row::of_postgres(row))).collect()
            }
            (Rows::Sent(..), On::Sqlite(_)) => Err(StoreError::Fault {
                what: "fetch of rows".into(),
                problem: "they were asked for elsewhere".into(),
            }),
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
