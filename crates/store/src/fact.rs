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
