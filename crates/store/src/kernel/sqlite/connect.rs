//! Connections to the file, with the settings that durability and speed stand on.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::kernel::error::StoreError;
use crate::kernel::pool::Pooled;
use crate::kernel::sql::Tx;

/// The connection that writes.
pub(crate) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let wrap = |error: rusqlite::Error| {
        StoreError::from_sqlite(&format!("open of {}", path.display()), &error)
    };
    let connection = Connection::open(path).map_err(wrap)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(wrap)?;
    connection.set_prepared_statement_cache_capacity(256);
    keep_plans(&connection).map_err(wrap)?;
    // WAL: readers do not wait for the writer. FULL: an answered write has been synced.
    // secure_delete: what is erased leaves no bytes behind in the file (ADR 0018).
    // A checkpoint every 4000 pages (16 MB) keeps the log short without stopping every batch.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -16000;
             PRAGMA wal_autocheckpoint = 4000;",
        )
        .map_err(wrap)?;
    Ok(connection)
}

/// A prepared statement keeps its plan whatever is bound to it. Without this the database looks at
/// each new value and parses and plans most statements anew every time they run: half of the
/// processor time of an entry into a sale.
fn keep_plans(connection: &Connection) -> rusqlite::Result<bool> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
}

/// A connection that cannot write.
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let wrap = |error: rusqlite::Error| {
        StoreError::from_sqlite(&format!("open of {} for reading", path.display()), &error)
    };
    let connection = plain(path)?;
    connection.set_prepared_statement_cache_capacity(128);
    keep_plans(&connection).map_err(wrap)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -4000;").map_err(wrap)?;
    Ok(connection)
}

/// A connection for one look, to a file that is there.
pub(crate) fn plain(path: &Path) -> Result<Connection, StoreError> {
    let wrap = |error: rusqlite::Error| {
        StoreError::from_sqlite(&format!("open of {} for reading", path.display()), &error)
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(wrap)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(wrap)?;
    Ok(connection)
}

/// One read transaction on the last committed state.
pub(crate) fn read<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let wrap = |error: rusqlite::Error| StoreError::from_sqlite("begin of a read", &error);
    connection.execute_batch("BEGIN DEFERRED").map_err(wrap)?;
    let outcome = work(&mut Tx::on_sqlite(connection));
    connection.execute_batch("ROLLBACK").map_err(wrap)?;
    outcome
}

impl Pooled for Connection {
    fn reset(&mut self) {
        // A closure that panicked may have left its transaction open.
        if !self.is_autocommit() {
            let _ = self.execute_batch("ROLLBACK");
        }
    }
}
