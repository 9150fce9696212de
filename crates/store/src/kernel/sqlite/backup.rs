//! Copies of a running database, and putting one back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::migrate;
use crate::kernel::error::StoreError;
use crate::kernel::migrate::check_not_newer;

/// Why a backup was not made or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target exists already; nothing is overwritten.
    #[error("{} exists already and is not overwritten: move it away or name another", .0.display())]
    TargetExists(PathBuf),
    /// The copy does not pass the database's own integrity check.
    #[error("{} does not pass the integrity check: {problem}", path.display())]
    NotIntact {
        /// The file.
        path: PathBuf,
        /// What the check said.
        problem: String,
    },
    /// The file is a database, but not a shop's.
    #[error("{} is not a backup of a shop", .0.display())]
    NotAShop(PathBuf),
    /// The database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read or written.
    #[error("could not {what} {}", path.display())]
    Io {
        /// What was attempted.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Copies the database at `from` into the new file `to` while it is in use, then checks the copy.
/// `progress` gets the pages still to copy and the pages in all. Gives the size in bytes.
///
/// # Errors
///
/// See [`BackupError`]; a half-written copy is removed.
pub fn backup(
    from: &Path,
    to: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, BackupError> {
    if to.exists() {
        return Err(BackupError::TargetExists(to.to_owned()));
    }
    let copied = copy(from, to, &mut progress).and_then(|()| check_intact(to));
    if copied.is_err() {
        let _ = fs::remove_file(to);
    }
    copied?;
    let size = fs::metadata(to).map(|meta| meta.len());
    size.map_err(|source| BackupError::Io { what: "look at", path: to.to_owned(), source })
}

/// Puts the backup `from` in the place `to`, where no database may be.
///
/// # Errors
///
/// See [`BackupError`].
pub fn restore(from: &Path, to: &Path) -> Result<(), BackupError> {
    // A log that is left of another database would be played into this one.
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = to.as_os_str().to_owned();
        name.push(suffix);
        let beside = PathBuf::from(name);
        if beside.exists() {
            return Err(BackupError::TargetExists(beside));
        }
    }
    check_intact(from)?;
    let copied = fs::copy(from, to).and_then(|_| fs::File::open(to)?.sync_all());
    if copied.is_err() {
        // Half a database must not be taken for one by the next start.
        let _ = fs::remove_file(to);
    }
    copied.map_err(|source| BackupError::Io { what: "write", path: to.to_owned(), source })
}

fn copy(from: &Path, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), BackupError> {
    let fault = |error: rusqlite::Error| StoreError::from_sqlite("backup", &error);
    let source =
        Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(fault)?;
    source.busy_timeout(Duration::from_secs(5)).map_err(fault)?;
    let mut target = Connection::open(to).map_err(fault)?;
    // One step over all pages: a reader's snapshot, so that a busy writer cannot restart the copy
    // again and again.
    let copying = Backup::new(&source, &mut target).map_err(fault)?;
    loop {
        let step = copying.step(-1).map_err(fault)?;
        let state = copying.progress();
        let pages = |count: i32| u64::try_from(count).unwrap_or(0);
        progress(pages(state.remaining), pages(state.pagecount));
        match step {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

fn check_intact(path: &Path) -> Result<(), BackupError> {
    let fault = |error: rusqlite::Error| StoreError::from_sqlite("check of the copy", &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    let answer: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(fault)?;
    if answer != "ok" {
        let problem = answer.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        return Err(BackupError::NotIntact { path: path.to_owned(), problem });
    }
    // An empty file is an intact database, and a shop's database is more than intact.
    match migrate::schema_version(&connection)? {
        0 => Err(BackupError::NotAShop(path.to_owned())),
        found => Ok(check_not_newer(found)?),
    }
}
