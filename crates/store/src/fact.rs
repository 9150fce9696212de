//! The versions of the facts that decisions are made from.

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::kernel::topic::Topic;

/// How often the facts of each area have changed since the database was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactVersions([i64; Topic::FACTS.len()]);

impl FactVersions {
    /// The version of an area's facts; 0 for areas without any.
    #[must_use]
    pub fn of(&self, topic: Topic) -> i64 {
        Topic::FACTS.iter().position(|fact| *fact == topic).map_or(0, |at| self.0[at])
    }
}

/// The versions as this transaction sees them.
///
/// # Errors
///
/// When the database cannot be read.
pub fn versions(tx: &mut Tx<'_>) -> Result<FactVersions, StoreError> {
    let mut versions = FactVersions::default();
    let rows = tx.query("SELECT area, version FROM fact_version ORDER BY area", &[], |row| {
        Ok((row.text(0)?, row.int(1)?))
    })?;
    for (area, version) in rows {
        if let Some(at) = Topic::FACTS.iter().position(|topic| topic.word() == area) {
            versions.0[at] = version;
        }
    }
    Ok(versions)
}
