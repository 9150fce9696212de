//! Whole images of builds, and deltas between them: wanted, being made, there.

use kontor_base::Instant;
use kontor_base::id::BuildId;
use kontor_domain::build::{BuildFile, Digest};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, word};
use crate::kernel::topic::Topic;
use crate::values;

/// Where a delta stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeltaState {
    /// To be made.
    Wanted,
    /// Being made by some node.
    Working,
    /// Made, applied once, compared.
    Ready,
    /// Made, and not worth offering.
    Skipped,
    /// It could not be made.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl DeltaState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Wanted, Self::Working, Self::Ready, Self::Skipped, Self::Failed, Self::Cancelled];

    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn from_word(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == text)
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeDelta {
    /// The file.
    pub file: BuildFile,
    /// The image that it starts from.
    pub from_sha256: Digest,
    /// The image that it makes.
    pub to_sha256: Digest,
    /// The size of that, in bytes.
    pub to_bytes: u64,
}

/// A delta. From a build to itself it leads from nothing: the packed form of its whole image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeltaRow {
    /// From which build.
    pub from: BuildId,
    /// To which.
    pub to: BuildId,
    /// Their model.
    pub model: String,
    /// Where it stands.
    pub state: DeltaState,
    /// Bytes of the new image that are done.
    pub done_bytes: u64,
    /// Of how many.
    pub total_bytes: u64,
    /// What devices would fetch without it, in bytes.
    pub whole_bytes: u64,
    /// What came out, once it is ready.
    pub made: Option<MadeDelta>,
    /// Why it was skipped or failed.
    pub note: String,
    /// Which node works on it.
    pub worker: String,
    /// When that last changed.
    pub changed_at: Instant,
}

impl DeltaRow {
    /// Whether it is the packed form of a whole image.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.from == self.to
    }
}

fn bytes(found: i64, table: &'static str) -> Result<u64, StoreError> {
    u64::try_from(found).map_err(|error| StoreError::bad_row(table, error))
}

fn to_row(bytes: u64) -> Result<i64, StoreError> {
    i64::try_from(bytes).map_err(|error| StoreError::bad_row("delta", error))
}

/// Every build's image.
///
/// # Errors
///
/// When the database cannot be read.
pub fn images(tx: &mut Tx<'_>) -> Result<Vec<(BuildId, BuildFile)>, StoreError> {
    tx.query("SELECT build, name, bytes, sha256 FROM build_image ORDER BY build", &[], |row| {
        let file = BuildFile {
            name: row.text(1)?,
            bytes: bytes(row.int(2)?, "build_image")?,
            sha256: parsed(&row.text(3)?, "build_image")?,
        };
        Ok((BuildId::from_bytes(row.bytes16(0)?), file))
    })
}

/// Writes a build's image; `false` when it has one.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_image(tx: &mut Tx<'_>, build: BuildId, file: &BuildFile) -> Result<bool, StoreError> {
    let sha256 = file.sha256.to_string();
    let new = tx
        .execute(
            "INSERT INTO build_image (build, name, bytes, sha256) VALUES ($1, $2, $3, $4)
         ON CONFLICT (build) DO NOTHING",
            values![build.bytes(), &file.name, to_row(file.bytes)?, &sha256],
        )?
        .rows()?;
    tx.touch(Topic::Rollout)?;
    Ok(new > 0)
}

fn read(row: &Row<'_>) -> Result<DeltaRow, StoreError> {
    const TABLE: &str = "delta";
    let state = word(&row.text(3)?, TABLE, DeltaState::from_word)?;
    let made = if state == DeltaState::Ready {
        Some(MadeDelta {
            file: BuildFile {
                name: row.text(7)?,
                bytes: bytes(row.int(8)?, TABLE)?,
                sha256: parsed(&row.text(9)?, TABLE)?,
            },
            from_sha256: parsed(&row.text(10)?, TABLE)?,
            to_sha256: parsed(&row.text(11)?, TABLE)?,
            to_bytes: bytes(row.int(12)?, TABLE)?,
        })
    } else {
        None
    };
    Ok(DeltaRow {
        from: BuildId::from_bytes(row.bytes16(0)?),
        to: BuildId::from_bytes(row.bytes16(1)?),
        model: row.text(2)?,
        state,
        done_bytes: bytes(row.int(4)?, TABLE)?,
        total_bytes: bytes(row.int(5)?, TABLE)?,
        whole_bytes: bytes(row.int(6)?, TABLE)?,
        made,
        note: row.text(13)?,
        worker: row.text(14)?,
        changed_at: row.instant(15)?,
    })
}

/// Every delta, by model and the builds' ids, which rise with time.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<DeltaRow>, StoreError> {
    tx.query(
        "SELECT from_build, to_build, model, state, done_bytes, total_bytes, whole_bytes,
             name, bytes, sha256, from_sha256, to_sha256, to_bytes, note, worker, changed_at
         FROM delta ORDER BY model, to_build, from_build",
        &[],
        read,
    )
}

/// Wants a delta; `false` when it is known already, however it stands.
///
/// # Errors
///
/// When the database cannot be written.
pub fn want(
    tx: &mut Tx<'_>,
    from: BuildId,
    to: BuildId,
    model: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let new = tx.execute(
        "INSERT INTO delta (from_build, to_build, model, state, done_bytes, total_bytes, whole_bytes,
             name, bytes, sha256, from_sha256, to_sha256, to_bytes, note, worker, changed_at)
         VALUES ($1, $2, $3, 'wanted', 0, 0, 0, '', 0, '', '', '', 0, '', '', $4)
         ON CONFLICT (from_build, to_build) DO NOTHING",
        values![from.bytes(), to.bytes(), model, at],
    )?.rows()?;
    Ok(new > 0)
}

/// Takes work back from nodes that have not been heard of since `silent_since`.
///
/// # Errors
///
/// When the database cannot be written.
pub fn reclaim(tx: &mut Tx<'_>, silent_since: Instant, at: Instant) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE delta SET state = 'wanted', worker = '', changed_at = $2
         WHERE state = 'working' AND changed_at < $1",
        values![silent_since, at],
    )?
    .rows()
}

/// Moves a delta from the state `before`; `false` when it stands elsewhere.
///
/// # Errors
///
/// When the database cannot be written.
pub fn step(
    tx: &mut Tx<'_>,
    (from, to): (BuildId, BuildId),
    before: DeltaState,
    after: DeltaState,
    worker: &str,
    note: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let moved = tx
        .execute(
            "UPDATE delta SET state = $4, worker = $5, note = $6, changed_at = $7
         WHERE from_build = $1 AND to_build = $2 AND state = $3",
            values![from.bytes(), to.bytes(), before.word(), after.word(), worker, note, at],
        )?
        .rows()?;
    Ok(moved > 0)
}

/// Writes how far a worker is; `false` when the work is no longer its own: it was cancelled.
///
/// # Errors
///
/// When the database cannot be written.
pub fn progress(
    tx: &mut Tx<'_>,
    (from, to): (BuildId, BuildId),
    worker: &str,
    (done_bytes, total_bytes): (u64, u64),
    at: Instant,
) -> Result<bool, StoreError> {
    let own = tx
        .execute(
            "UPDATE delta SET done_bytes = $4, total_bytes = $5, changed_at = $6
         WHERE from_build = $1 AND to_build = $2 AND state = 'working' AND worker = $3",
            values![
                from.bytes(),
                to.bytes(),
                worker,
                to_row(done_bytes)?,
                to_row(total_bytes)?,
                at
            ],
        )?
        .rows()?;
    Ok(own > 0)
}

/// Writes what a worker has made; `false` when the work is no longer its own.
///
/// # Errors
///
/// When the database cannot be written.
pub fn finish(
    tx: &mut Tx<'_>,
    (from, to): (BuildId, BuildId),
    worker: &str,
    state: DeltaState,
    made: &MadeDelta,
    whole_bytes: u64,
    note: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let (sha256, from_sha256, to_sha256) =
        (made.file.sha256.to_string(), made.from_sha256.to_string(), made.to_sha256.to_string());
    let own = tx
        .execute(
            "UPDATE delta SET state = $4, name = $5, bytes = $6, sha256 = $7, from_sha256 = $8,
             to_sha256 = $9, to_bytes = $10, whole_bytes = $11, note = $12, worker = '',
             changed_at = $13
         WHERE from_build = $1 AND to_build = $2 AND state = 'working' AND worker = $3",
            values![
                from.bytes(),
                to.bytes(),
                worker,
                state.word(),
                &made.file.name,
                to_row(made.file.bytes)?,
                &sha256,
                &from_sha256,
                &to_sha256,
                to_row(made.to_bytes)?,
                to_row(whole_bytes)?,
                note,
                at,
            ],
        )?
        .rows()?;
    tx.touch(Topic::Rollout)?;
    Ok(own > 0)
}
