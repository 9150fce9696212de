//! The chain of the log: every entry has a number, without gaps, and a link that is made with the shop's key from
//! the link before. An entry that was taken out together with its seal is missed here. Numbers are given by a
//! keeper and not by who writes an entry: writers on several nodes would wait for each other.

use kontor_base::Instant;

use super::log::{Entry, read};
use super::log_seal::Seal;
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value};
use crate::values;

const TABLE: &str = "staff_log_chain";

/// A link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 1 on.
    pub number: i64,
    /// The entry.
    pub entry: [u8; 16],
    /// The entry's digest, as its seal had it.
    pub digest: [u8; 32],
    /// What the shop's key makes of it and of the link before.
    pub link: [u8; 32],
}

/// An entry that waits for its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The entry.
    pub entry: Entry,
    /// Its seal; none: it is from before the seals.
    pub seal: Option<Seal>,
}

/// A link as the audit sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLink {
    /// The link.
    pub link: Link,
    /// When the entry was made; none: it is not there.
    pub made_at: Option<Instant>,
    /// The entry's seal; none: it is not there.
    pub seal: Option<Seal>,
}

/// Whether an entry waits.
///
/// # Errors
///
/// When the database cannot be read.
pub fn any_waiting(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let one = tx.optional("SELECT 1 FROM staff_log_unchained LIMIT 1", &[], |row| row.int(0))?;
    Ok(one.is_some())
}

/// How many entries wait.
///
/// # Errors
///
/// When the database cannot be read.
pub fn count_waiting(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let count = tx.optional("SELECT COUNT(*) FROM staff_log_unchained", &[], |row| row.int(0))?;
    Ok(count.unwrap_or(0))
}

/// The entries whose turn it is: those from before the seals, then the others, each the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Waiting>, StoreError> {
    tx.query(
        "SELECT l.id, l.made_at, l.account, l.person, l.act, l.market, l.subject, l.was, l.is_now,
             l.reason, s.digest, s.sealed_at
         FROM staff_log_unchained u
             JOIN staff_log l ON l.id = u.id
             LEFT JOIN staff_log_seal s ON s.id = u.id
         ORDER BY u.sealed, u.id LIMIT $1",
        values![limit],
        |row| Ok(Waiting { entry: read(row)?, seal: seal(row, 10)? }),
    )
}

/// The last link, if there is one.
///
/// # Errors
///
/// When the database cannot be read.
pub fn last(tx: &mut Tx<'_>) -> Result<Option<Link>, StoreError> {
    tx.optional(
        "SELECT number, entry, digest, link FROM staff_log_chain ORDER BY number DESC LIMIT 1",
        &[],
        link,
    )
}

/// Puts an entry that waited behind the last link.
///
/// # Errors
///
/// When the database cannot be written, or the entry has no seal.
pub fn append(tx: &mut Tx<'_>, link: &Link) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_log_chain (number, entry, digest, link) VALUES ($1, $2, $3, $4)",
        values![link.number, &link.entry, Value::Bytes(&link.digest), Value::Bytes(&link.link)],
    )?;
    tx.execute("DELETE FROM staff_log_unchained WHERE id = $1", values![&link.entry])?;
    Ok(())
}

/// Links from behind number `after` on, with what they are made of.
///
/// # Errors
///
/// When the database cannot be read.
pub fn after(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<KeptLink>, StoreError> {
    tx.query(
        "SELECT c.number, c.entry, c.digest, c.link, l.made_at, s.digest, s.sealed_at
         FROM staff_log_chain c
             LEFT JOIN staff_log l ON l.id = c.entry
             LEFT JOIN staff_log_seal s ON s.id = c.entry
         WHERE c.number > $1 ORDER BY c.number LIMIT $2",
        values![after, limit],
        |row| {
            let made_at = row.maybe_int(4)?.map(Instant::from_micros);
            Ok(KeptLink { link: link(row)?, made_at, seal: seal(row, 5)? })
        },
    )
}

fn link(row: &Row<'_>) -> Result<Link, StoreError> {
    Ok(Link {
        number: row.int(0)?,
        entry: row.bytes16(1)?,
        digest: bytes32(row.bytes(2)?)?,
        link: bytes32(row.bytes(3)?)?,
    })
}

fn seal(row: &Row<'_>, column: usize) -> Result<Option<Seal>, StoreError> {
    let Some(digest) = row.maybe_bytes(column)? else { return Ok(None) };
    Ok(Some(Seal { digest: bytes32(digest)?, sealed_at: row.instant(column + 1)? }))
}

fn bytes32(bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::bad_row(TABLE, "a digest has 32 bytes"))
}
