//! Plans: the files they are worked out from, and what past openings have taught.

use kontor_base::Instant;
use kontor_domain::planning::PastOpening;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json};
use crate::values;

/// A file as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSheet {
    /// The text.
    pub body: String,
    /// When it was saved.
    pub saved_at: Instant,
    /// By whom.
    pub saved_by: String,
}

/// The file of a kind, if one was saved.
///
/// # Errors
///
/// When the database cannot be read.
pub fn sheet(tx: &mut Tx<'_>, kind: &str) -> Result<Option<KeptSheet>, StoreError> {
    tx.optional(
        "SELECT body, saved_at, saved_by FROM planning_sheet WHERE kind = $1",
        values![kind],
        |row| {
            let (body, saved_at, saved_by) = (row.text(0)?, row.instant(1)?, row.text(2)?);
            Ok(KeptSheet { body, saved_at, saved_by })
        },
    )
}

/// Saves a file in place of the one before.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_sheet(tx: &mut Tx<'_>, kind: &str, sheet: &KeptSheet) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO planning_sheet (kind, body, saved_at, saved_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (kind) DO UPDATE SET
             body = excluded.body, saved_at = excluded.saved_at, saved_by = excluded.saved_by",
        values![kind, &sheet.body, sheet.saved_at, &sheet.saved_by],
    )?;
    Ok(())
}

/// Every past opening, in the order of countries, classes and signals.
///
/// # Errors
///
/// When the database cannot be read.
pub fn openings(tx: &mut Tx<'_>) -> Result<Vec<PastOpening>, StoreError> {
    tx.query("SELECT body FROM planning_opening ORDER BY country, class, signal", &[], |row| {
        row.json(0, "planning_opening")
    })
}

/// Writes a past opening as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_opening(tx: &mut Tx<'_>, past: &PastOpening) -> Result<(), StoreError> {
    let body = to_json(past, "planning_opening")?;
    let lesson = &past.lesson;
    tx.execute(
        "INSERT INTO planning_opening (country, class, signal, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (country, class, signal) DO UPDATE SET body = excluded.body",
        values![lesson.country.code(), lesson.class.word(), lesson.kind.word(), &body],
    )?;
    Ok(())
}
