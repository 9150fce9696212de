//! Papers, by the hash of their bytes.

use kontor_base::Instant;
use kontor_base::id::StaffId;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, Value, parsed};
use crate::values;

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The hash of its bytes, in hexadecimal: its name in evidence.
    pub hash: String,
    /// The name of the file that was uploaded.
    pub name: String,
    /// Its media type, as recognised from the bytes.
    pub media: String,
    /// The bytes.
    pub content: Vec<u8>,
    /// When it was added.
    pub added_at: Instant,
    /// By whom.
    pub added_by: StaffId,
}

/// Keeps a paper; the same bytes twice are one paper, under the first name.
///
/// # Errors
///
/// When the database cannot be written.
pub fn keep(tx: &mut Tx<'_>, document: &Document) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_document (hash, name, media, content, added_at, added_by)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING",
        values![
            &document.hash,
            &document.name,
            &document.media,
            Value::Bytes(&document.content),
            document.added_at,
            document.added_by.bytes(),
        ],
    )?;
    Ok(())
}

/// Notes that a paper was added for a market.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_market(tx: &mut Tx<'_>, hash: &str, market: MarketCode) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_document_market (hash, market) VALUES ($1, $2)
         ON CONFLICT (hash, market) DO NOTHING",
        values![hash, market.as_str()],
    )?;
    Ok(())
}

/// The markets for which a paper was added.
///
/// # Errors
///
/// When the database cannot be read.
pub fn markets(tx: &mut Tx<'_>, hash: &str) -> Result<Vec<MarketCode>, StoreError> {
    tx.query(
        "SELECT market FROM staff_document_market WHERE hash = $1 ORDER BY market",
        values![hash],
        |row| parsed(&row.text(0)?, "staff_document_market"),
    )
}

/// A paper without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The hash of its bytes.
    pub hash: String,
    /// The name of the file.
    pub name: String,
    /// Who added it.
    pub added_by: StaffId,
}

/// Papers by name, in the order of their hashes: up to `limit`. Their bytes are not read.
///
/// # Errors
///
/// When the database cannot be read.
pub fn names(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Named>, StoreError> {
    tx.query(
        "SELECT hash, name, added_by FROM staff_document ORDER BY hash LIMIT $1",
        values![limit],
        |row| {
            let added_by = StaffId::from_bytes(row.bytes16(2)?);
            Ok(Named { hash: row.text(0)?, name: row.text(1)?, added_by })
        },
    )
}

/// The paper with this hash.
///
/// # Errors
///
/// When the database cannot be read.
pub fn find(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Document>, StoreError> {
    tx.optional(
        "SELECT hash, name, media, content, added_at, added_by FROM staff_document WHERE hash = $1",
        values![hash],
        |row| {
            Ok(Document {
                hash: row.text(0)?,
                name: row.text(1)?,
                media: row.text(2)?,
                content: row.bytes(3)?,
                added_at: row.instant(4)?,
                added_by: StaffId::from_bytes(row.bytes16(5)?),
            })
        },
    )
}
