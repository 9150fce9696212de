//! The repository that devices trust: its files, what waits for offline keys, and the sealed keys
//! of the server.
//!
//! A file whose name carries a version is written once. `timestamp.json` is replaced only by
//! whoever knows the version that it replaces: of two nodes that renew it at once, one does.

use kontor_base::Instant;

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::kernel::topic::Topic;
use crate::values;

/// The file that is replaced; all others are written once.
pub const TIMESTAMP: &str = "timestamp.json";

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedFile {
    /// Its name.
    pub name: String,
    /// The version of the document in it.
    pub version: u64,
    /// The document.
    pub body: String,
    /// When it was written.
    pub written_at: Instant,
}

/// A document that waits for signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The role whose it is.
    pub role: String,
    /// The document with the signatures so far.
    pub body: String,
    /// Since when it waits.
    pub made_at: Instant,
}

/// A key that signs on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// The key's id.
    pub id: String,
    /// The role for which it was made.
    pub role: String,
    /// Its public half.
    pub public: String,
    /// Its secret half, sealed.
    pub sealed: String,
    /// When it was made.
    pub made_at: Instant,
}

fn version(found: i64) -> Result<u64, StoreError> {
    u64::try_from(found).map_err(|error| StoreError::bad_row("signing_document", error))
}

fn to_row(version: u64) -> Result<i64, StoreError> {
    i64::try_from(version).map_err(|error| StoreError::bad_row("signing_document", error))
}

/// Every file, by name.
///
/// # Errors
///
/// When the database cannot be read.
pub fn files(tx: &mut Tx<'_>) -> Result<Vec<SignedFile>, StoreError> {
    tx.query(
        "SELECT name, version, body, written_at FROM signing_document ORDER BY name",
        &[],
        |row| {
            Ok(SignedFile {
                name: row.text(0)?,
                version: version(row.int(1)?)?,
                body: row.text(2)?,
                written_at: row.instant(3)?,
            })
        },
    )
}

/// Writes a file that never changes; `false` when there is one of this name with other contents.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_file(
    tx: &mut Tx<'_>,
    name: &str,
    version: u64,
    body: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let new = tx
        .execute(
            "INSERT INTO signing_document (name, version, body, written_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO NOTHING",
            values![name, to_row(version)?, body, at],
        )?
        .rows()?;
    if new > 0 {
        tx.touch(Topic::Rollout)?;
        return Ok(true);
    }
    let there =
        tx.optional("SELECT body FROM signing_document WHERE name = $1", values![name], |row| {
            row.text(0)
        })?;
    Ok(there.as_deref() == Some(body))
}

/// Replaces the timestamp of version `replaces` (none: there is none yet); `false` when another
/// node was faster.
///
/// # Errors
///
/// When the database cannot be written.
pub fn put_timestamp(
    tx: &mut Tx<'_>,
    replaces: Option<u64>,
    version: u64,
    body: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let Some(replaces) = replaces else { return add_file(tx, TIMESTAMP, version, body, at) };
    let replaced = tx
        .execute(
            "UPDATE signing_document SET version = $2, body = $3, written_at = $4
         WHERE name = $1 AND version = $5",
            values![TIMESTAMP, to_row(version)?, body, at, to_row(replaces)?],
        )?
        .rows()?;
    if replaced > 0 {
        tx.touch(Topic::Rollout)?;
    }
    Ok(replaced > 0)
}

/// Forgets a file that no client can ask for any more.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget_file(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM signing_document WHERE name = $1", values![name])?;
    Ok(())
}

/// What waits for signatures, by role.
///
/// # Errors
///
/// When the database cannot be read.
pub fn pending(tx: &mut Tx<'_>) -> Result<Vec<Pending>, StoreError> {
    tx.query("SELECT role, body, made_at FROM signing_pending ORDER BY role", &[], |row| {
        Ok(Pending { role: row.text(0)?, body: row.text(1)?, made_at: row.instant(2)? })
    })
}

/// Writes what waits for signatures; for a role only the newest.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_pending(
    tx: &mut Tx<'_>,
    role: &str,
    body: &str,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO signing_pending (role, body, made_at) VALUES ($1, $2, $3)
         ON CONFLICT (role) DO UPDATE SET body = excluded.body, made_at = excluded.made_at",
        values![role, body, at],
    )?;
    Ok(())
}

/// Nothing of this role waits any more.
///
/// # Errors
///
/// When the database cannot be written.
pub fn drop_pending(tx: &mut Tx<'_>, role: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM signing_pending WHERE role = $1", values![role])?;
    Ok(())
}

/// The keys of the server, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn keys(tx: &mut Tx<'_>) -> Result<Vec<SealedKey>, StoreError> {
    tx.query(
        "SELECT id, role, public_key, sealed, made_at FROM signing_key ORDER BY made_at, id",
        &[],
        |row| {
            Ok(SealedKey {
                id: row.text(0)?,
                role: row.text(1)?,
                public: row.text(2)?,
                sealed: row.text(3)?,
                made_at: row.instant(4)?,
            })
        },
    )
}

/// Adds a key of the server.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_key(tx: &mut Tx<'_>, key: &SealedKey) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO signing_key (id, role, public_key, sealed, made_at)
         VALUES ($1, $2, $3, $4, $5)",
        values![&key.id, &key.role, &key.public, &key.sealed, key.made_at],
    )?;
    tx.touch(Topic::Rollout)
}

/// Forgets a key of the server that no document names any more.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget_key(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM signing_key WHERE id = $1", values![id])?;
    tx.touch(Topic::Rollout)
}
