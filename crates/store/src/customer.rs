//! Waiting lists. Addresses are personal data: they leave this module only to be written to.

use kontor_base::{Instant, KeyedHash};
use kontor_domain::customer::WaitingEntry;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::Tx;
use crate::values;

/// Puts somebody on a waiting list; `person` is the keyed hash of the entry's key. Whoever is on it
/// already stays, with the first date.
///
/// # Errors
///
/// When the database cannot be written.
pub fn sign_up(
    tx: &mut Tx<'_>,
    person: &KeyedHash,
    entry: &WaitingEntry,
    at: Instant,
) -> Result<(), StoreError> {
    let model = entry.model.as_ref().map_or("", |model| model.as_str());
    tx.execute(
        "INSERT INTO customer_waiting (person, market, model, language, email, signed_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (person) DO NOTHING",
        values![
            person,
            entry.market.as_str(),
            model,
            entry.language.tag(),
            entry.email.as_str(),
            at
        ],
    )?;
    Ok(())
}

/// How many people wait in a market, by model; the empty model is the market's opening.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_counts(
    tx: &mut Tx<'_>,
    market: MarketCode,
) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query(
        "SELECT model, count(*) FROM customer_waiting WHERE market = $1
         GROUP BY model ORDER BY model",
        values![market.as_str()],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )
}
