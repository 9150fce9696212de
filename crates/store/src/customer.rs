//! Waiting lists. Addresses are personal data: they leave this module only to be written to.

pub mod contact;

use kontor_base::{Email, Instant, KeyedHash, Language};
use kontor_domain::customer::WaitingEntry;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed};
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

/// The most models that [`waiting_addresses`] asks for at once.
pub const WAITING_MODELS_MAX: usize = 16;

/// How many different addresses wait for at least one of `models` in a market since a moment; an
/// empty model is the market's opening. Of more than [`WAITING_MODELS_MAX`] models the first are
/// asked for: the answer is then a lower bound.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_addresses(
    tx: &mut Tx<'_>,
    market: MarketCode,
    models: &[&str],
    since: Instant,
) -> Result<i64, StoreError> {
    let Some(&first) = models.first() else { return Ok(0) };
    // A model that is named twice changes nothing, so that one statement does for any number.
    let model = |at: usize| models.get(at).copied().unwrap_or(first);
    let found = tx.optional(
        "SELECT count(DISTINCT lower(email)) FROM customer_waiting
         WHERE market = $1 AND signed_at >= $2 AND model IN
             ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        values![
            market.as_str(),
            since,
            model(0),
            model(1),
            model(2),
            model(3),
            model(4),
            model(5),
            model(6),
            model(7),
            model(8),
            model(9),
            model(10),
            model(11),
            model(12),
            model(13),
            model(14),
            model(15),
        ],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0))
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptWaiting {
    /// The keyed hash of its key.
    pub person: KeyedHash,
    /// Who waits for what.
    pub entry: WaitingEntry,
    /// Since when.
    pub signed_at: Instant,
}

/// An entry by the keyed hash of its key.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting(tx: &mut Tx<'_>, person: &KeyedHash) -> Result<Option<KeptWaiting>, StoreError> {
    tx.optional(
        "SELECT person, market, model, language, email, signed_at FROM customer_waiting
         WHERE person = $1",
        values![person],
        read_waiting,
    )
}

/// A page of the entries of one list in the order of their keys: up to `limit` after `after`. An
/// empty model is the market's opening.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_after(
    tx: &mut Tx<'_>,
    market: MarketCode,
    model: &str,
    after: &KeyedHash,
    limit: i64,
) -> Result<Vec<KeptWaiting>, StoreError> {
    tx.query(
        "SELECT person, market, model, language, email, signed_at FROM customer_waiting
         WHERE market = $1 AND model = $2 AND person > $3 ORDER BY person LIMIT $4",
        values![market.as_str(), model, after, limit],
        read_waiting,
    )
}

/// A page of all entries in the order of their keys.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all_waiting_after(
    tx: &mut Tx<'_>,
    after: &KeyedHash,
    limit: i64,
) -> Result<Vec<KeptWaiting>, StoreError> {
    tx.query(
        "SELECT person, market, model, language, email, signed_at FROM customer_waiting
         WHERE person > $1 ORDER BY person LIMIT $2",
        values![after, limit],
        read_waiting,
    )
}

/// What somebody on a list is to be told, as far as it says who was told it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// The kind of the letter.
    pub kind: &'static str,
    /// Whoever was sent one since then has been told, and whoever has one on its way at all.
    pub since: Instant,
}

/// The keyed hashes of those who wait in a market for a model (empty: for its opening) and have not
/// been told, in the order of the hashes: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_untold(
    tx: &mut Tx<'_>,
    market: MarketCode,
    model: &str,
    news: News,
    after: &KeyedHash,
    limit: i64,
) -> Result<Vec<KeyedHash>, StoreError> {
    tx.query(
        "SELECT person FROM customer_waiting
         WHERE market = $1 AND model = $2 AND person > $3
             AND NOT EXISTS (SELECT 1 FROM mail_letter WHERE about = person AND kind = $4
                 AND (state = 'waiting' OR (state = 'sent' AND queued_at >= $5)))
         ORDER BY person LIMIT $6",
        values![market.as_str(), model, after, news.kind, news.since, limit],
        |row| row.bytes16(0),
    )
}

/// How many of those are on the list, by language.
///
/// # Errors
///
/// When the database cannot be read.
pub fn untold_counts(
    tx: &mut Tx<'_>,
    market: MarketCode,
    model: &str,
    news: News,
) -> Result<Vec<(Language, i64)>, StoreError> {
    tx.query(
        "SELECT language, count(*) FROM customer_waiting
         WHERE market = $1 AND model = $2
             AND NOT EXISTS (SELECT 1 FROM mail_letter WHERE about = person AND kind = $3
                 AND (state = 'waiting' OR (state = 'sent' AND queued_at >= $4)))
         GROUP BY language ORDER BY language",
        values![market.as_str(), model, news.kind, news.since],
        |row| Ok((parsed(&row.text(0)?, "customer_waiting")?, row.int(1)?)),
    )
}

/// Takes somebody off a list.
///
/// # Errors
///
/// When the database cannot be written.
pub fn stop_waiting(tx: &mut Tx<'_>, person: &KeyedHash) -> Result<(), StoreError> {
    tx.execute("DELETE FROM customer_waiting WHERE person = $1", values![person])?;
    Ok(())
}

fn read_waiting(row: &Row<'_>) -> Result<KeptWaiting, StoreError> {
    let table = "customer_waiting";
    let model = row.text(2)?;
    let email = Email::parse(&row.text(4)?).map_err(|error| StoreError::bad_row(table, error))?;
    let entry = WaitingEntry {
        email,
        market: parsed(&row.text(1)?, table)?,
        model: if model.is_empty() { None } else { Some(parsed(&model, table)?) },
        language: parsed(&row.text(3)?, table)?,
    };
    Ok(KeptWaiting { person: row.bytes16(0)?, entry, signed_at: row.instant(5)? })
}
