//! Waiting lists. Addresses are personal data: they leave this module only to be written to.

pub mod contact;
pub mod guest;

use kontor_base::id::CustomerId;
use kontor_base::{Email, Instant, KeyedHash, Language};
use kontor_domain::customer::{WaitingEntry, WaitingMoments};
use kontor_domain::market::MarketCode;

use crate::fact;
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed};
use crate::values;

/// What the names of all waiting lists begin with, where their versions are kept.
const LISTS: &str = "customer.waiting/";

/// Puts somebody on a waiting list, unconfirmed; `person` is the keyed hash of the entry's key,
/// `customer` that of the address. Whoever is on it already stays, with the first date.
///
/// # Errors
///
/// When the database cannot be written.
pub fn sign_up(
    tx: &mut Tx<'_>,
    person: &KeyedHash,
    customer: CustomerId,
    entry: &WaitingEntry,
    at: Instant,
) -> Result<(), StoreError> {
    let model = entry.model.as_ref().map_or("", |model| model.as_str());
    tx.execute(
        "INSERT INTO customer_waiting
             (person, market, model, language, email, signed_at, customer, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $6)
         ON CONFLICT (person) DO NOTHING",
        values![
            person,
            entry.market.as_str(),
            model,
            entry.language.tag(),
            entry.email.as_str(),
            at,
            customer.bytes(),
        ],
    )?;
    Ok(())
}

/// How many people are on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingCount {
    /// The model; empty: the market's opening.
    pub model: String,
    /// Those who have confirmed their address.
    pub confirmed: i64,
    /// Those who have not: somebody has typed the address.
    pub unconfirmed: i64,
}

/// How many people wait in a market, by model.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_counts(
    tx: &mut Tx<'_>,
    market: MarketCode,
) -> Result<Vec<WaitingCount>, StoreError> {
    tx.query(WAITING_COUNTS, values![market.as_str()], |row| {
        Ok(WaitingCount { model: row.text(0)?, confirmed: row.int(1)?, unconfirmed: row.int(2)? })
    })
}

pub(crate) const WAITING_COUNTS: &str = "
    SELECT model, count(confirmed_at), count(*) - count(confirmed_at) FROM customer_waiting
    WHERE market = $1 GROUP BY model ORDER BY model";

/// The most models that [`waiting_addresses`] asks for at once.
pub const WAITING_MODELS_MAX: usize = 16;

/// How many different addresses that were confirmed since a moment wait for at least one of `models` in
/// a market; an empty model is the market's opening. Of more than [`WAITING_MODELS_MAX`] models the first are
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
        WAITING_ADDRESSES,
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

pub(crate) const WAITING_ADDRESSES: &str = "
    SELECT count(DISTINCT lower(email)) FROM customer_waiting
    WHERE market = $1 AND confirmed_at >= $2 AND model IN
        ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptWaiting {
    /// The keyed hash of its key.
    pub person: KeyedHash,
    /// Who waits for what.
    pub entry: WaitingEntry,
    /// Since when, and how far it has come.
    pub moments: WaitingMoments,
}

/// An entry by the keyed hash of its key.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting(tx: &mut Tx<'_>, person: &KeyedHash) -> Result<Option<KeptWaiting>, StoreError> {
    tx.optional(
        "SELECT person, market, model, language, email, signed_at, asked_at, confirmed_at
         FROM customer_waiting WHERE person = $1",
        values![person],
        read_waiting,
    )
}

/// A page of the confirmed entries of one list in the order of their keys: up to `limit` after `after`.
/// An empty model is the market's opening.
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
        "SELECT person, market, model, language, email, signed_at, asked_at, confirmed_at
         FROM customer_waiting
         WHERE market = $1 AND model = $2 AND person > $3 AND confirmed_at IS NOT NULL
         ORDER BY person LIMIT $4",
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
        "SELECT person, market, model, language, email, signed_at, asked_at, confirmed_at
         FROM customer_waiting WHERE person > $1 ORDER BY person LIMIT $2",
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

/// The keyed hashes of those who wait in a market for a model (empty: for its opening), have confirmed
/// their address and have not been told, in the order of the hashes: up to `limit` after `after`.
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
         WHERE market = $1 AND model = $2 AND person > $3 AND confirmed_at IS NOT NULL
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
         WHERE market = $1 AND model = $2 AND confirmed_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM mail_letter WHERE about = person AND kind = $3
                 AND (state = 'waiting' OR (state = 'sent' AND queued_at >= $4)))
         GROUP BY language ORDER BY language",
        values![market.as_str(), model, news.kind, news.since],
        |row| Ok((parsed(&row.text(0)?, "customer_waiting")?, row.int(1)?)),
    )
}

/// Entries that the keeper is to look at, the first due first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_due(
    tx: &mut Tx<'_>,
    now: Instant,
    limit: i64,
) -> Result<Vec<KeptWaiting>, StoreError> {
    tx.query(WAITING_DUE, values![now, limit], read_waiting)
}

pub(crate) const WAITING_DUE: &str =
    "SELECT person, market, model, language, email, signed_at, asked_at, confirmed_at
     FROM customer_waiting WHERE due_at <= $1 ORDER BY due_at LIMIT $2";

/// An address was asked to confirm an entry; the keeper looks at it again at `due_at`.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn waiting_asked(
    tx: &mut Tx<'_>,
    person: &KeyedHash,
    customer: CustomerId,
    at: Instant,
    due_at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE customer_waiting SET customer = $2, asked_at = $3, due_at = $4 WHERE person = $1",
        values![person, customer.bytes(), at, due_at],
    )?;
    Ok(())
}

/// Nothing is done about an entry until `due_at`; none: for good.
///
/// # Errors
///
/// See [`waiting_asked`].
pub fn waiting_put_off(
    tx: &mut Tx<'_>,
    person: &KeyedHash,
    customer: CustomerId,
    due_at: Option<Instant>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE customer_waiting SET customer = $2, due_at = $3 WHERE person = $1",
        values![person, customer.bytes(), due_at],
    )?;
    Ok(())
}

/// An entry is confirmed; one that was stays as it is.
///
/// # Errors
///
/// See [`waiting_asked`].
pub fn confirm_waiting(tx: &mut Tx<'_>, person: &KeyedHash, at: Instant) -> Result<(), StoreError> {
    let list = tx.query(
        "UPDATE customer_waiting SET confirmed_at = $2, due_at = NULL
         WHERE person = $1 AND confirmed_at IS NULL RETURNING market, model",
        values![person, at],
        list_name,
    )?;
    list.iter().try_for_each(|list| fact::raise_list(tx, list))
}

/// The entries of an address. Of entries from before it was kept the address is not known here:
/// [`any_waiting_unnamed`].
///
/// # Errors
///
/// When the database cannot be read; likewise below.
pub fn waiting_of_customer(
    tx: &mut Tx<'_>,
    customer: CustomerId,
) -> Result<Vec<KeptWaiting>, StoreError> {
    tx.query(WAITING_OF_CUSTOMER, values![customer.bytes()], read_waiting)
}

pub(crate) const WAITING_OF_CUSTOMER: &str =
    "SELECT person, market, model, language, email, signed_at, asked_at, confirmed_at
     FROM customer_waiting WHERE customer = $1";

/// Whether there are entries whose address the keeper has not noted yet.
///
/// # Errors
///
/// See [`waiting_of_customer`].
pub fn any_waiting_unnamed(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let found = tx.optional(
        "SELECT signed_at FROM customer_waiting WHERE customer IS NULL LIMIT 1",
        &[],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Takes somebody off a list.
///
/// # Errors
///
/// When the database cannot be written.
pub fn stop_waiting(tx: &mut Tx<'_>, person: &KeyedHash) -> Result<(), StoreError> {
    let list = tx.query(
        "DELETE FROM customer_waiting WHERE person = $1 RETURNING market, model",
        values![person],
        list_name,
    )?;
    list.iter().try_for_each(|list| fact::raise_list(tx, list))
}

/// How often the confirmed entries of each list have changed: for counts of them that are kept in memory.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_versions(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    fact::list_versions(tx, LISTS)
}

/// The name of a list, from its market and its model.
fn list_name(row: &Row<'_>) -> Result<String, StoreError> {
    Ok(format!("{LISTS}{}/{}", row.text(0)?, row.text(1)?))
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
    let moments = WaitingMoments {
        signed_at: row.instant(5)?,
        asked_at: row.maybe_int(6)?.map(Instant::from_micros),
        confirmed_at: row.maybe_int(7)?.map(Instant::from_micros),
    };
    Ok(KeptWaiting { person: row.bytes16(0)?, entry, moments })
}
