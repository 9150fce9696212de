//! What of the count is a fact of the shop: which folder counts, and how many devices there are.
//! The count itself is not in the database (see `kontor_count`).

pub mod stay;

use kontor_base::Instant;
use kontor_domain::install::Produced;

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

/// The only home that there is at present.
const COUNT: &str = "count";

/// Makes the folder with this identity the home of the count if it has none; gives the home's.
///
/// # Errors
///
/// When the database cannot be written.
pub fn claim_home(tx: &mut Tx<'_>, identity: &str, at: Instant) -> Result<String, StoreError> {
    tx.execute(
        "INSERT INTO install_home (name, identity, since) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO NOTHING",
        values![COUNT, identity, at],
    )?;
    let home = home(tx)?;
    Ok(home.unwrap_or_else(|| identity.to_owned()))
}

/// The identity of the folder that counts.
///
/// # Errors
///
/// When the database cannot be read.
pub fn home(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    tx.optional("SELECT identity FROM install_home WHERE name = $1", values![COUNT], |row| {
        row.text(0)
    })
}

/// Makes the folder with this identity the home of the count, whatever was before.
///
/// # Errors
///
/// When the database cannot be written.
pub fn move_home(tx: &mut Tx<'_>, identity: &str, at: Instant) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO install_home (name, identity, since) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET identity = excluded.identity, since = excluded.since",
        values![COUNT, identity, at],
    )?;
    Ok(())
}

/// Every batch of produced devices, by model and batch.
///
/// # Errors
///
/// When the database cannot be read.
pub fn produced(tx: &mut Tx<'_>) -> Result<Vec<Produced>, StoreError> {
    let rows = tx.query(
        "SELECT model, batch, units, until, source FROM install_produced ORDER BY model, batch",
        &[],
        |row| Ok((row.text(0)?, row.text(1)?, row.int(2)?, row.text(3)?, row.text(4)?)),
    )?;
    let produced = rows.into_iter().map(|(model, batch, units, until, source)| {
        Produced::read(&model, &batch, &units.to_string(), &until, &source)
            .map_err(|error| StoreError::bad_row("install_produced", error))
    });
    produced.collect()
}

/// Writes a batch as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_produced(tx: &mut Tx<'_>, batch: &Produced) -> Result<(), StoreError> {
    let units = i64::from(batch.units);
    tx.execute(
        "INSERT INTO install_produced (model, batch, units, until, source)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (model, batch) DO UPDATE SET units = excluded.units, until = excluded.until,
         source = excluded.source",
        values![
            batch.model.as_str(),
            batch.batch.as_str(),
            units,
            batch.until.to_string().as_str(),
            batch.source.as_str()
        ],
    )?;
    Ok(())
}
