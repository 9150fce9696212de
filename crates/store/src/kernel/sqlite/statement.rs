//! Statements on the embedded database.

use rusqlite::types::ToSqlOutput;
use rusqlite::{CachedStatement, Connection, types::ValueRef};

use crate::kernel::error::StoreError;
use crate::kernel::row::Row;
use crate::kernel::sql::Many;
use crate::kernel::value::Value;

/// How many rows one statement of [`put_many`] takes; far below the limit on parameters.
const ROWS_AT_ONCE: usize = 32;

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

pub(crate) fn execute(
    connection: &Connection,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<usize, StoreError> {
    let mut statement = prepare(connection, sql, values)?;
    statement.raw_execute().map_err(|error| StoreError::from_sqlite(sql, &error))
}

/// Hands every row to `each` until it says that it has enough.
pub(crate) fn query(
    connection: &Connection,
    sql: &'static str,
    values: &[Value<'_>],
    mut each: impl FnMut(&Row<'_>) -> Result<Enough, StoreError>,
) -> Result<(), StoreError> {
    let mut statement = prepare(connection, sql, values)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|error| StoreError::from_sqlite(sql, &error))? {
        if each(&Row::of_sqlite(row))? == Enough::Yes {
            break;
        }
    }
    Ok(())
}

/// Whether a query needs more rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enough {
    Yes,
    No,
}

pub(crate) fn put_many(
    connection: &Connection,
    many: &Many<'_>,
    values: &[Value<'_>],
) -> Result<(), StoreError> {
    let Many { table, columns, .. } = *many;
    let wrap = |error: rusqlite::Error| StoreError::from_sqlite(table, &error);
    // Two texts per table: blocks of many rows, and the rest row by row.
    let block = columns.len() * ROWS_AT_ONCE;
    let (blocks, rest) = values.split_at(values.len() - values.len() % block);
    for (part, size) in [(blocks, block), (rest, columns.len())] {
        if part.is_empty() {
            continue;
        }
        let sql = insert_text(many, size / columns.len());
        let mut statement = connection.prepare_cached(&sql).map_err(wrap)?;
        for rows in part.chunks_exact(size) {
            for (place, value) in rows.iter().enumerate() {
                statement.raw_bind_parameter(place + 1, value).map_err(wrap)?;
            }
            statement.raw_execute().map_err(wrap)?;
        }
    }
    Ok(())
}

/// `INSERT INTO table (a, b) VALUES (?, ?), (?, ?)` for `rows` rows.
fn insert_text(many: &Many<'_>, rows: usize) -> String {
    let Many { table, columns, on_conflict } = many;
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    let rows = vec![row; rows].join(", ");
    format!("INSERT INTO {table} ({}) VALUES {rows} {on_conflict}", columns.join(", "))
}

fn prepare<'c>(
    connection: &'c Connection,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<CachedStatement<'c>, StoreError> {
    let wrap = |error: rusqlite::Error| StoreError::from_sqlite(sql, &error);
    let mut statement = connection.prepare_cached(sql).map_err(wrap)?;
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
