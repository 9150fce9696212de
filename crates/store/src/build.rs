//! Builds, and what is known of the files that they consist of.

use kontor_base::Instant;
use kontor_base::id::BuildId;
use kontor_domain::build::{Build, Digest};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, parsed, to_json, word};
use crate::kernel::topic::Topic;
use crate::values;

/// What the last look at a file found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Its bytes are those that were published.
    Good,
    /// They are others: it is no longer served.
    Damaged,
    /// It is gone.
    Missing,
}

impl FileState {
    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Damaged => "damaged",
            Self::Missing => "missing",
        }
    }

    fn from_word(text: &str) -> Option<Self> {
        [Self::Good, Self::Damaged, Self::Missing].into_iter().find(|state| state.word() == text)
    }
}

/// A file as it was last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Its hash.
    pub sha256: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// What the last look found.
    pub state: FileState,
}

/// Every build, by model and date.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Build>, StoreError> {
    tx.query("SELECT body FROM build ORDER BY model, built_at, id", &[], |row| row.json(0, "build"))
}

/// A build.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: BuildId) -> Result<Option<Build>, StoreError> {
    tx.optional("SELECT body FROM build WHERE id = $1", values![id.bytes()], |row| {
        row.json(0, "build")
    })
}

/// The builds of a model, oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_model(tx: &mut Tx<'_>, model: &str) -> Result<Vec<Build>, StoreError> {
    tx.query(
        "SELECT body FROM build WHERE model = $1 ORDER BY built_at, id",
        values![model],
        |row| row.json(0, "build"),
    )
}

/// Writes a build as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, build: &Build) -> Result<(), StoreError> {
    let body = to_json(build, "build")?;
    tx.execute(
        "INSERT INTO build (id, model, incremental, built_at, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        values![
            build.id.bytes(),
            build.model.as_str(),
            build.incremental.as_str(),
            build.built_at,
            &body,
        ],
    )?;
    tx.touch(Topic::Rollout)
}

/// Every file, by hash.
///
/// # Errors
///
/// When the database cannot be read.
pub fn files(tx: &mut Tx<'_>) -> Result<Vec<KnownFile>, StoreError> {
    tx.query("SELECT sha256, bytes, state FROM build_file ORDER BY sha256", &[], read_file)
}

/// The files that were looked at longest ago, before `before`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn files_to_check(
    tx: &mut Tx<'_>,
    before: Instant,
    limit: i64,
) -> Result<Vec<KnownFile>, StoreError> {
    tx.query(
        "SELECT sha256, bytes, state FROM build_file WHERE checked_at < $1
         ORDER BY checked_at, sha256 LIMIT $2",
        values![before, limit],
        read_file,
    )
}

/// Writes what a look at a file found. Snapshots are made anew only where that is something else
/// than before.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_file(tx: &mut Tx<'_>, file: &KnownFile, at: Instant) -> Result<(), StoreError> {
    let sha256 = file.sha256.to_string();
    let bytes =
        i64::try_from(file.bytes).map_err(|error| StoreError::bad_row("build_file", error))?;
    let before =
        tx.optional("SELECT state FROM build_file WHERE sha256 = $1", values![&sha256], |row| {
            row.text(0)
        })?;
    tx.execute(
        "INSERT INTO build_file (sha256, bytes, state, checked_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sha256) DO UPDATE SET
             state = excluded.state, checked_at = excluded.checked_at",
        values![&sha256, bytes, file.state.word(), at],
    )?;
    if before.as_deref() == Some(file.state.word()) { Ok(()) } else { tx.touch(Topic::Rollout) }
}

fn read_file(row: &crate::Row<'_>) -> Result<KnownFile, StoreError> {
    let table = "build_file";
    Ok(KnownFile {
        sha256: parsed(&row.text(0)?, table)?,
        bytes: u64::try_from(row.int(1)?).map_err(|error| StoreError::bad_row(table, error))?,
        state: word(&row.text(2)?, table, FileState::from_word)?,
    })
}
