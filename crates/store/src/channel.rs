//! Which builds are in which channels.

use kontor_base::id::BuildId;
use kontor_domain::channel::{Channel, Entry};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, word};
use crate::kernel::topic::Topic;
use crate::values;

/// Every entry, by model, channel and the moment of entering.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Entry>, StoreError> {
    tx.query(
        "SELECT model, channel, build, since, floor FROM channel_build
         ORDER BY model, channel, since, build",
        &[],
        read,
    )
}

/// The entries of a model.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_model(tx: &mut Tx<'_>, model: &str) -> Result<Vec<Entry>, StoreError> {
    tx.query(
        "SELECT model, channel, build, since, floor FROM channel_build
         WHERE model = $1 ORDER BY channel, since, build",
        values![model],
        read,
    )
}

/// Writes an entry.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO channel_build (model, channel, build, since, floor) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (model, channel, build) DO UPDATE SET floor = excluded.floor",
        values![
            entry.model.as_str(),
            entry.channel.word(),
            entry.build.bytes(),
            entry.since,
            i64::from(entry.floor),
        ],
    )?;
    tx.touch(Topic::Rollout)
}

fn read(row: &Row<'_>) -> Result<Entry, StoreError> {
    let table = "channel_build";
    Ok(Entry {
        model: parsed(&row.text(0)?, table)?,
        channel: word(&row.text(1)?, table, Channel::from_word)?,
        build: BuildId::from_bytes(row.bytes16(2)?),
        since: row.instant(3)?,
        floor: row.int(4)? != 0,
    })
}
