//! The schema of the embedded database, brought up to date.

use rusqlite::{Connection, OptionalExtension, params};

use crate::kernel::error::StoreError;
use crate::kernel::migrate::{Migration, check_not_newer, missing};

/// The schema of the database behind `connection`: 0 for an empty file.
pub(crate) fn schema_version(connection: &Connection) -> Result<i64, StoreError> {
    let wrap = |error: rusqlite::Error| StoreError::from_sqlite("read of the schema", &error);
    let table = "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migration'";
    if single_int(connection, table).map_err(wrap)? == Some(0) {
        return Ok(0);
    }
    let newest = "SELECT coalesce(max(number), 0) FROM schema_migration";
    Ok(single_int(connection, newest).map_err(wrap)?.unwrap_or(0))
}

fn single_int(connection: &Connection, sql: &str) -> rusqlite::Result<Option<i64>> {
    connection.query_row(sql, [], |row| row.get(0)).optional()
}

/// Brings the schema up to date; each step in a transaction of its own.
pub(crate) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    let found = schema_version(connection)?;
    check_not_newer(found)?;
    for migration in missing(found) {
        apply(connection, migration).map_err(|error| {
            StoreError::from_sqlite(&format!("migration {}", migration.name), &error)
        })?;
        tracing::info!(migration = migration.name, "schema brought forward");
    }
    Ok(())
}

fn apply(connection: &mut Connection, migration: &Migration) -> rusqlite::Result<()> {
    let step = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    step.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_migration (
             number BIGINT PRIMARY KEY,
             name TEXT NOT NULL
         )",
    )?;
    // Another process may have been faster between our look and our lock.
    let done: i64 = step.query_row(
        "SELECT count(*) FROM schema_migration WHERE number = ?1",
        params![migration.number],
        |row| row.get(0),
    )?;
    if done == 0 {
        step.execute_batch(migration.sql)?;
        step.execute(
            "INSERT INTO schema_migration (number, name) VALUES (?1, ?2)",
            params![migration.number, migration.name],
        )?;
    }
    step.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::migrate::{KNOWN, check};

    #[test]
    fn running_twice_changes_nothing_and_a_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().expect("memory opens");
        run(&mut connection).expect("an empty file migrates");
        run(&mut connection).expect("a second run does nothing");
        assert_eq!(schema_version(&connection).ok(), Some(KNOWN));
        connection
            .execute("INSERT INTO schema_migration (number, name) VALUES (9999, 'future')", [])
            .expect("a row from the future");
        assert!(matches!(run(&mut connection), Err(StoreError::NewerSchema { found: 9999, .. })));
        let found = schema_version(&connection).expect("read");
        assert!(matches!(check(found), Err(StoreError::NewerSchema { .. })));
    }
}
