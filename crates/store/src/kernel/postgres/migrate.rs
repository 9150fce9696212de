//! The schema on PostgreSQL: the same numbered files, brought in under a lock.

use super::marker;
use super::session::{Role, Session};
use super::url::PostgresUrl;
use crate::kernel::error::StoreError;
use crate::kernel::migrate::{Migration, check_not_newer, missing};

/// One process at a time brings a schema forward; the others wait and then find it done.
const LOCK: &str =
    "SELECT pg_advisory_lock(hashtextextended('kontor schema ' || current_schema(), 0))";

/// Whether text is compared byte by byte, as the embedded database does it and as the order of
/// codes is meant.
const BYTEWISE: &str = "SELECT 'B' < 'a' AND 'a-b' < 'ab' AND 'Z' < '\u{e4}'";

/// The schema of the database that `url` names: 0 where there is none.
pub(crate) fn version_at(url: &PostgresUrl) -> Result<i64, StoreError> {
    schema_version(&mut Session::connect(url, Role::Migrate)?)
}

/// The schema of the database: 0 where there is none.
pub(crate) fn schema_version(session: &mut Session) -> Result<i64, StoreError> {
    let table = "SELECT to_regclass('schema_migration') IS NOT NULL";
    if !session.value::<bool>(table, &[])? {
        return Ok(0);
    }
    session.value("SELECT coalesce(max(number), 0) FROM schema_migration", &[])
}

/// Brings the schema up to date; each step in a transaction of its own.
pub(crate) fn run(url: &PostgresUrl) -> Result<(), StoreError> {
    let mut session = Session::connect(url, Role::Migrate)?;
    if missing(schema_version(&mut session)?).next().is_none() {
        return check_not_newer(schema_version(&mut session)?);
    }
    // The lock goes with the session.
    session.control(LOCK)?;
    let found = schema_version(&mut session)?;
    check_not_newer(found)?;
    session.control(
        "CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL)",
    )?;
    session.control(marker::TABLE)?;
    let bytewise = session.value(BYTEWISE, &[])?;
    for migration in missing(found) {
        session.control(step(migration, bytewise)).map_err(|error| named(migration, error))?;
        tracing::info!(migration = migration.name, "schema brought forward");
    }
    Ok(())
}

/// A migration as one message, which the server carries out whole or not at all.
fn step(migration: &Migration, bytewise: bool) -> String {
    let Migration { number, name, sql } = migration;
    let sql = if bytewise { (*sql).to_owned() } else { compared_bytewise(sql) };
    format!(
        "BEGIN;\n{sql}\n;INSERT INTO schema_migration (number, name) VALUES ({number}, '{name}');\
         COMMIT"
    )
}

/// Declares every column of text to be compared byte by byte, whatever the database's locale is.
fn compared_bytewise(sql: &str) -> String {
    let mut lines = String::with_capacity(sql.len() * 2);
    for line in sql.lines() {
        let code = line.split("--").next().unwrap_or_default();
        lines.push_str(&code.replace(" TEXT", " TEXT COLLATE \"C\""));
        lines.push('\n');
    }
    lines
}

fn named(migration: &Migration, error: StoreError) -> StoreError {
    match error {
        StoreError::Fault { problem, .. } => {
            StoreError::Fault { what: format!("migration {}", migration.name).into(), problem }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_text_are_declared_and_nothing_else() {
        let sql = "-- A TEXT about it.\nCREATE TABLE a (\n b TEXT NOT NULL, -- TEXT\n c BIGINT,\n d TEXT,\n);";
        assert_eq!(
            compared_bytewise(sql),
            "\nCREATE TABLE a (\n b TEXT COLLATE \"C\" NOT NULL, \n c BIGINT,\n d TEXT COLLATE \"C\",\n);\n"
        );
    }
}
