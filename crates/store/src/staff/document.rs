//! Papers, by the hash of their bytes.

use kontor_base::Instant;
use kontor_base::id::StaffId;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value, parsed};
use crate::{terms, values};

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

/// Papers as they are found by words: of the file's name. Scopes are the markets for which a paper was
/// added, and the id of whoever added it behind an `@`.
#[derive(Clone, Copy, Debug)]
pub struct ByWords;

impl terms::Kind for ByWords {
    type Thing = String;
    const ON: terms::Statements = terms::statements!(
        "staff_document_term",
        "staff_document_unindexed",
        "hash",
        "staff_document",
        "hash"
    );
    const ENDS: (Value<'static>, Value<'static>) = (Value::Text(""), Value::Text("\u{10ffff}"));

    fn bound(thing: &String) -> Value<'_> {
        thing.into()
    }

    fn read(row: &Row<'_>, column: usize) -> Result<String, StoreError> {
        row.text(column)
    }
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
    terms::queue::<ByWords>(tx, &document.hash)
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
    terms::queue::<ByWords>(tx, &hash.to_owned())
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

/// Papers whose hash begins so, in the order of their hashes: up to `limit`. Their bytes are not read.
///
/// # Errors
///
/// When the database cannot be read.
pub fn beginning(tx: &mut Tx<'_>, begin: &str, limit: i64) -> Result<Vec<Named>, StoreError> {
    let end = format!("{begin}\u{10ffff}");
    tx.query(
        "SELECT hash, name, added_by FROM staff_document WHERE hash >= $1 AND hash < $2
         ORDER BY hash LIMIT $3",
        values![begin, &end, limit],
        read_named,
    )
}

/// A paper without its bytes.
///
/// # Errors
///
/// When the database cannot be read.
pub fn named(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Named>, StoreError> {
    tx.optional(
        "SELECT hash, name, added_by FROM staff_document WHERE hash = $1",
        values![hash],
        read_named,
    )
}

fn read_named(row: &Row<'_>) -> Result<Named, StoreError> {
    let added_by = StaffId::from_bytes(row.bytes16(2)?);
    Ok(Named { hash: row.text(0)?, name: row.text(1)?, added_by })
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
