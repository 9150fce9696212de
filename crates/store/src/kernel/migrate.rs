//! Numbered schema changes, embedded, only ever added.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::sql::single_int;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; without gaps, starting at 1.
    pub number: i64,
    /// What it is about.
    pub name: &'static str,
    /// Its statements.
    pub sql: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../../migrations/", $name, ".sql")),
        }
    };
}

/// Every migration, in order. Never edit a published one: add the next.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_facts"),
    migration!(2, "0002_ledger"),
    migration!(3, "0003_selling"),
    migration!(4, "0004_machinery"),
    migration!(5, "0005_exchange"),
    migration!(6, "0006_opening"),
    migration!(7, "0007_order_waiting"),
    migration!(8, "0008_rom"),
    migration!(9, "0009_sale"),
    migration!(10, "0010_install"),
    migration!(11, "0011_sale_checkout"),
    migration!(12, "0012_staff"),
    migration!(13, "0013_reach"),
];

/// The newest schema that this release knows.
const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].number;

/// The schema of the database behind `connection`: 0 for an empty file.
///
/// # Errors
///
/// When the file cannot be read.
pub fn schema_version(connection: &Connection) -> Result<i64, StoreError> {
    let wrap = |error: rusqlite::Error| StoreError::from_sqlite("read of the schema", &error);
    let table = "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migration'";
    if single_int(connection, table).map_err(wrap)? == Some(0) {
        return Ok(0);
    }
    let newest = "SELECT coalesce(max(number), 0) FROM schema_migration";
    Ok(single_int(connection, newest).map_err(wrap)?.unwrap_or(0))
}

/// Refuses a schema that this release cannot work with.
pub(crate) fn check(connection: &Connection) -> Result<(), StoreError> {
    match schema_version(connection)? {
        found if found > KNOWN => Err(StoreError::NewerSchema { found, known: KNOWN }),
        found if found < KNOWN => Err(StoreError::OlderSchema { found, needed: KNOWN }),
        _ => Ok(()),
    }
}

/// Refuses a schema of a later release; an older one can be brought up to date.
pub(crate) fn check_not_newer(connection: &Connection) -> Result<(), StoreError> {
    match schema_version(connection)? {
        found if found > KNOWN => Err(StoreError::NewerSchema { found, known: KNOWN }),
        _ => Ok(()),
    }
}

/// Brings the schema up to date; each step in a transaction of its own.
pub(crate) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    let found = schema_version(connection)?;
    if found > KNOWN {
        return Err(StoreError::NewerSchema { found, known: KNOWN });
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.number > found) {
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

    #[test]
    fn numbers_have_no_gaps_and_match_their_files() {
        for (i, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(usize::try_from(migration.number), Ok(i + 1));
            assert!(migration.name.starts_with(&format!("{:04}_", i + 1)), "{}", migration.name);
        }
    }

    #[test]
    fn running_twice_changes_nothing_and_a_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().expect("memory opens");
        run(&mut connection).expect("an empty file migrates");
        run(&mut connection).expect("a second run does nothing");
        assert_eq!(schema_version(&connection).ok(), Some(KNOWN));
        check(&connection).expect("up to date");
        connection
            .execute("INSERT INTO schema_migration (number, name) VALUES (9999, 'future')", [])
            .expect("a row from the future");
        assert!(matches!(run(&mut connection), Err(StoreError::NewerSchema { found: 9999, .. })));
        assert!(matches!(check(&connection), Err(StoreError::NewerSchema { .. })));
    }
}
