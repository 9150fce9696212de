//! The versions of the facts that decisions are made from, and where imported facts are from.

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

pub use crate::kernel::topic::FactVersions;

const VERSIONS: &str = "SELECT area, version FROM fact_version ORDER BY area";

/// The versions as this transaction sees them.
///
/// # Errors
///
/// When the database cannot be read.
pub fn versions(tx: &mut Tx<'_>) -> Result<FactVersions, StoreError> {
    let mut versions = FactVersions::default();
    for (area, version) in tx.query(VERSIONS, &[], |row| Ok((row.text(0)?, row.int(1)?)))? {
        versions.set(&area, version);
    }
    Ok(versions)
}

/// Asks a server for [`versions`] already now.
///
/// # Errors
///
/// When the database has refused something before it.
pub fn versions_ahead(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.ahead(VERSIONS, &[])
}

/// Says that what a list is counted from has changed, so that whoever keeps the count in memory counts
/// anew. Unlike the versions of facts it is asked for by those alone who keep that count.
pub(crate) fn raise_list(tx: &mut Tx<'_>, list: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO fact_list (list, version) VALUES ($1, 1)
         ON CONFLICT (list) DO UPDATE SET version = fact_list.version + 1",
        values![list],
    )?;
    Ok(())
}

/// How often what a list is counted from has changed.
pub(crate) fn list_version(tx: &mut Tx<'_>, list: &str) -> Result<i64, StoreError> {
    let found =
        tx.optional("SELECT version FROM fact_list WHERE list = $1", values![list], |row| {
            row.int(0)
        })?;
    Ok(found.unwrap_or(0))
}

/// The same of every list whose name begins so, in the order of the names.
pub(crate) fn list_versions(
    tx: &mut Tx<'_>,
    begin: &str,
) -> Result<Vec<(String, i64)>, StoreError> {
    // Names are small letters, digits, dots, dashes and slashes: all of them stand before `~`.
    let end = format!("{begin}~");
    tx.query(
        "SELECT list, version FROM fact_list WHERE list >= $1 AND list < $2 ORDER BY list",
        values![begin, &end],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )
}

/// Where a fact is from, as the file said that it was imported from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The source, in words.
    pub source: String,
    /// How well it is known: `S1`, `S2`, `M` or nothing.
    pub confidence: String,
}

/// The origin of every fact of a kind, by the fact's code.
///
/// # Errors
///
/// When the database cannot be read.
pub fn origins(tx: &mut Tx<'_>, kind: &str) -> Result<Vec<(String, Origin)>, StoreError> {
    tx.query(
        "SELECT code, source, confidence FROM fact_source WHERE kind = $1 ORDER BY code",
        values![kind],
        |row| Ok((row.text(0)?, Origin { source: row.text(1)?, confidence: row.text(2)? })),
    )
}

/// Keeps where a fact is from. No decision asks for it, so no version rises.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_origin(
    tx: &mut Tx<'_>,
    kind: &str,
    code: &str,
    origin: &Origin,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO fact_source (kind, code, source, confidence) VALUES ($1, $2, $3, $4)
         ON CONFLICT (kind, code) DO UPDATE SET
             source = excluded.source, confidence = excluded.confidence",
        values![kind, code, &origin.source, &origin.confidence],
    )?;
    Ok(())
}

/// Forgets where a fact is from, because the fact is gone.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove_origin(tx: &mut Tx<'_>, kind: &str, code: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM fact_source WHERE kind = $1 AND code = $2", values![kind, code])?;
    Ok(())
}
