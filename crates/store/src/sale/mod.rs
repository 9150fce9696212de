//! Sales: their definitions, entries, lots, claims and lines. The decisions are `kontor-ledger`'s
//! ([`kontor_ledger::sale`]) and `kontor-domain`'s; here they are read for and written down.
//!
//! [`batch`] is the hot path: everything that one owner decided in one go, in one transaction,
//! under the lot's lease. Start reading there.

pub mod batch;
pub mod channel;
pub mod checkout;
pub mod code;
pub mod deposit;
pub mod entry;
pub mod excluded;
pub mod lot;

use kontor_base::Instant;
use kontor_base::id::SaleId;
use kontor_domain::sale::{Definition, OrderSecret, SaleState};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value, to_json, word};
use crate::kernel::topic::Topic;
use crate::{terms, values};

/// A sale as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSale {
    /// What it is.
    pub definition: Definition,
    /// Where it stands.
    pub state: SaleState,
    /// What the order is made from; shown in the report only.
    pub secret: OrderSecret,
    /// What it is called, in the shop's own words.
    pub title: String,
    /// When it was settled.
    pub settled_at: Option<Instant>,
    /// The value of the beacon that the definition names, once it is known.
    pub beacon: Option<[u8; 32]>,
}

/// The list of who was there before a sale went live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOfEntries {
    /// Whoever enters is one of them.
    Open,
    /// Whoever enters comes after them.
    Closed,
}

const TABLE: &str = "sale";

/// Sales as they are found by words: of the title and the id. Scopes are their markets.
#[derive(Clone, Copy, Debug)]
pub struct ByWords;

impl terms::Kind for ByWords {
    type Thing = SaleId;
    const ON: terms::Statements =
        terms::statements!("sale_term", "sale_unindexed", "sale", "sale", "id");
    const ENDS: (Value<'static>, Value<'static>) =
        (Value::Bytes(&[0; 16]), Value::Bytes(&[u8::MAX; 16]));

    fn bound(thing: &SaleId) -> Value<'_> {
        thing.bytes().into()
    }

    fn read(row: &Row<'_>, column: usize) -> Result<SaleId, StoreError> {
        row.bytes16(column).map(SaleId::from_bytes)
    }
}

/// Writes a new sale down, and asks for the words by which it is found.
///
/// # Errors
///
/// When the database cannot be written, or has it already.
pub fn insert(tx: &mut Tx<'_>, sale: &KeptSale) -> Result<(), StoreError> {
    let definition = to_json(&sale.definition, TABLE)?;
    let secret = to_json(&sale.secret, TABLE)?;
    tx.execute(
        "INSERT INTO sale (id, state, definition, secret, title) VALUES ($1, $2, $3, $4, $5)",
        values![sale.definition.sale.bytes(), sale.state.word(), &definition, &secret, &sale.title],
    )?;
    terms::queue::<ByWords>(tx, &sale.definition.sale)?;
    tx.touch(Topic::Sale)
}

/// A sale.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: SaleId) -> Result<Option<KeptSale>, StoreError> {
    tx.optional(
        "SELECT state, definition, secret, title, settled_at, beacon FROM sale WHERE id = $1",
        values![id.bytes()],
        read,
    )
}

/// What a sale is called.
///
/// # Errors
///
/// When the database cannot be read.
pub fn title(tx: &mut Tx<'_>, id: SaleId) -> Result<Option<String>, StoreError> {
    tx.optional("SELECT title FROM sale WHERE id = $1", values![id.bytes()], |row| row.text(0))
}

/// Where a sale stands, without reading what it is.
///
/// # Errors
///
/// When the database cannot be read.
pub fn state(tx: &mut Tx<'_>, id: SaleId) -> Result<Option<SaleState>, StoreError> {
    let found =
        tx.optional("SELECT state FROM sale WHERE id = $1", values![id.bytes()], |row| {
            row.text(0)
        })?;
    found.map(|text| word(&text, TABLE, SaleState::from_word)).transpose()
}

/// Where a sale stands, and whether the list of who was there is closed.
///
/// # Errors
///
/// When the database cannot be read.
pub fn state_and_list(
    tx: &mut Tx<'_>,
    id: SaleId,
) -> Result<Option<(SaleState, ListOfEntries)>, StoreError> {
    let found = tx.optional(STATE_AND_LIST, values![id.bytes()], |row| {
        let list = if row.int(1)? > 0 { ListOfEntries::Closed } else { ListOfEntries::Open };
        Ok((row.text(0)?, list))
    })?;
    found.map(|(text, list)| Ok((word(&text, TABLE, SaleState::from_word)?, list))).transpose()
}

/// Asks a server already now for [`state_and_list`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn state_and_list_ahead(tx: &mut Tx<'_>, id: SaleId) -> Result<(), StoreError> {
    tx.ahead(STATE_AND_LIST, values![id.bytes()])
}

const STATE_AND_LIST: &str = "SELECT state, closed_at FROM sale WHERE id = $1";

/// Every sale, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<KeptSale>, StoreError> {
    tx.query(
        "SELECT state, definition, secret, title, settled_at, beacon FROM sale ORDER BY id",
        &[],
        read,
    )
}

pub(crate) const IN_STATE: &str = "
    SELECT state, definition, secret, title, settled_at, beacon FROM sale
    WHERE state = $1 ORDER BY id DESC LIMIT $2";

/// Sales in a state, the newest first: up to `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_state(
    tx: &mut Tx<'_>,
    state: SaleState,
    limit: i64,
) -> Result<Vec<KeptSale>, StoreError> {
    tx.query(IN_STATE, values![state.word(), limit], read)
}

/// Sales, the newest first: up to `limit` before `before`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn before(
    tx: &mut Tx<'_>,
    before: Option<SaleId>,
    limit: i64,
) -> Result<Vec<KeptSale>, StoreError> {
    let before = before.map_or([u8::MAX; 16], |id| *id.bytes());
    tx.query(
        "SELECT state, definition, secret, title, settled_at, beacon FROM sale
         WHERE id < $1 ORDER BY id DESC LIMIT $2",
        values![&before, limit],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<KeptSale, StoreError> {
    Ok(KeptSale {
        state: word(&row.text(0)?, TABLE, SaleState::from_word)?,
        definition: row.json(1, TABLE)?,
        secret: row.json(2, TABLE)?,
        title: row.text(3)?,
        settled_at: Some(row.instant(4)?).filter(|at| at.micros() > 0),
        beacon: row.maybe_text(5)?.map(|text| beacon(&text)).transpose()?,
    })
}

/// Moves a sale from one state to another; gives whether it was in the first.
///
/// # Errors
///
/// When the database cannot be written.
pub fn set_state(
    tx: &mut Tx<'_>,
    id: SaleId,
    from: SaleState,
    to: SaleState,
) -> Result<bool, StoreError> {
    let rows = tx
        .execute(
            "UPDATE sale SET state = $3 WHERE id = $1 AND state = $2",
            values![id.bytes(), from.word(), to.word()],
        )?
        .rows()?;
    if rows > 0 {
        tx.touch(Topic::Sale)?;
    }
    Ok(rows > 0)
}

/// The bytes of a beacon's value, kept as JSON of a list.
fn beacon(text: &str) -> Result<[u8; 32], StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::bad_row(TABLE, error))
}

/// Keeps the value of a sale's beacon, once; gives whether there was none before.
///
/// # Errors
///
/// When the database cannot be written.
pub fn set_beacon(tx: &mut Tx<'_>, id: SaleId, value: &[u8; 32]) -> Result<bool, StoreError> {
    let text = to_json(value, TABLE)?;
    let rows = tx
        .execute(
            "UPDATE sale SET beacon = $2 WHERE id = $1 AND beacon IS NULL",
            values![id.bytes(), &text],
        )?
        .rows()?;
    if rows > 0 {
        tx.touch(Topic::Sale)?;
    }
    Ok(rows > 0)
}

/// Closes the list of who was there, once, and counts it: whoever enters later came later.
///
/// That it is counted in this transaction is what makes it true on several nodes. An entry's
/// transaction reads that the list is open and adds a row to what is counted here; this one counts and
/// closes. Neither sees the other, so no order of the two explains both, and the database keeps one of
/// them only. Whoever is thrown back is run again and finds the list closed.
///
/// # Errors
///
/// When the database cannot be written.
pub fn close_entries(tx: &mut Tx<'_>, id: SaleId, at: Instant) -> Result<(), StoreError> {
    if are_entries_closed(tx, id)? {
        return Ok(());
    }
    let present = i64::try_from(entry::count(tx, id)?).unwrap_or(i64::MAX);
    let rows = tx
        .execute(
            "UPDATE sale SET closed_at = $2, present = $3 WHERE id = $1 AND closed_at = 0",
            values![id.bytes(), at, present],
        )?
        .rows()?;
    if rows > 0 {
        tx.touch(Topic::Sale)?;
    }
    Ok(())
}

/// Whether the list of who was there is closed.
///
/// # Errors
///
/// When the database cannot be read.
pub fn are_entries_closed(tx: &mut Tx<'_>, id: SaleId) -> Result<bool, StoreError> {
    let sql = "SELECT closed_at FROM sale WHERE id = $1";
    let closed = tx.optional(sql, values![id.bytes()], |row| row.int(0))?;
    Ok(closed.is_some_and(|at| at > 0))
}

/// How many were there when the list was closed; none where that was not counted yet.
///
/// # Errors
///
/// When the database cannot be read.
pub fn counted_entries(tx: &mut Tx<'_>, id: SaleId) -> Result<Option<usize>, StoreError> {
    let sql = "SELECT present FROM sale WHERE id = $1";
    let present = tx.optional(sql, values![id.bytes()], |row| row.maybe_int(0))?.flatten();
    Ok(present.and_then(|present| usize::try_from(present).ok()))
}

/// Notes when a sale was settled.
///
/// # Errors
///
/// When the database cannot be written.
pub fn settled(tx: &mut Tx<'_>, id: SaleId, at: Instant) -> Result<(), StoreError> {
    tx.execute("UPDATE sale SET settled_at = $2 WHERE id = $1", values![id.bytes(), at])?;
    Ok(())
}
