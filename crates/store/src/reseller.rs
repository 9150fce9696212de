//! Resellers: applications, contracts, what they sign in with, orders, bills, what they have sold on.

pub mod bill;
mod sold;

use std::collections::BTreeMap;

use kontor_base::id::{HoldId, ResellerId, ResellerOrderId};
use kontor_base::{Instant, KeyedHash};
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::{Cancellation, Contract, OrderBody, OrderStage, Profile, Standing};

use crate::fact;
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value, parsed, to_json, word};
use crate::{terms, values};

pub use sold::{
    SoldGroup, SoldOn, reported, save_sold, sold_after, sold_groups, sold_since, sold_since_to,
};

/// Whoever resells or wants to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reseller {
    /// The id.
    pub id: ResellerId,
    /// Where they stand.
    pub standing: Standing,
    /// When they applied.
    pub applied_at: Instant,
    /// What they said of themselves.
    pub profile: Profile,
}

/// Resellers as they are found by words: the firm's, and the whole address behind an `@`. Scopes are the
/// markets of their contracts; of whoever has none, the country of the firm behind an `@`.
#[derive(Clone, Copy, Debug)]
pub struct ByWords;

impl terms::Kind for ByWords {
    type Thing = ResellerId;
    const ON: terms::Statements =
        terms::statements!("reseller_term", "reseller_unindexed", "reseller", "reseller", "id");
    const ENDS: (Value<'static>, Value<'static>) =
        (Value::Bytes(&[0; 16]), Value::Bytes(&[u8::MAX; 16]));

    fn bound(thing: &ResellerId) -> Value<'_> {
        thing.bytes().into()
    }

    fn read(row: &Row<'_>, column: usize) -> Result<ResellerId, StoreError> {
        row.bytes16(column).map(ResellerId::from_bytes)
    }
}

/// Writes a reseller as it is now, and asks for the words by which they are found.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, reseller: &Reseller) -> Result<(), StoreError> {
    let body = to_json(&reseller.profile, "reseller")?;
    tx.execute(
        "INSERT INTO reseller (id, state, applied_at, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body",
        values![reseller.id.bytes(), reseller.standing.word(), reseller.applied_at, &body],
    )?;
    terms::queue::<ByWords>(tx, &reseller.id)
}

/// A reseller.
///
/// # Errors
///
/// When the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: ResellerId) -> Result<Option<Reseller>, StoreError> {
    tx.optional(
        "SELECT id, state, applied_at, body FROM reseller WHERE id = $1",
        values![id.bytes()],
        read_reseller,
    )
}

/// Resellers, the newest application first, a page at a time: up to `limit` before `before`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn before(
    tx: &mut Tx<'_>,
    before: Option<ResellerId>,
    limit: i64,
) -> Result<Vec<Reseller>, StoreError> {
    let before = before.map_or([u8::MAX; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, state, applied_at, body FROM reseller WHERE id < $1 ORDER BY id DESC LIMIT $2",
        values![&before, limit],
        read_reseller,
    )
}

fn read_reseller(row: &Row<'_>) -> Result<Reseller, StoreError> {
    let table = "reseller";
    Ok(Reseller {
        id: ResellerId::from_bytes(row.bytes16(0)?),
        standing: word(&row.text(1)?, table, Standing::from_word)?,
        applied_at: row.instant(2)?,
        profile: row.json(3, table)?,
    })
}

/// A contract, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptContract {
    /// Whose.
    pub reseller: ResellerId,
    /// The market out of whose quota the allotment comes.
    pub market: MarketCode,
    /// What was agreed on.
    pub contract: Contract,
}

/// Writes a contract as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_contract(tx: &mut Tx<'_>, kept: &KeptContract, at: Instant) -> Result<(), StoreError> {
    let body = to_json(&kept.contract, "reseller_contract")?;
    tx.execute(
        "INSERT INTO reseller_contract (code, reseller, market, agreed_at, body)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (code) DO UPDATE SET body = excluded.body",
        values![
            kept.contract.code.as_str(),
            kept.reseller.bytes(),
            kept.market.as_str(),
            at,
            &body
        ],
    )?;
    // Whoever has a contract is seen by other people.
    terms::queue::<ByWords>(tx, &kept.reseller)
}

/// The contract with this code.
///
/// # Errors
///
/// When the database cannot be read.
pub fn contract(tx: &mut Tx<'_>, code: &str) -> Result<Option<KeptContract>, StoreError> {
    tx.optional(
        "SELECT reseller, market, body FROM reseller_contract WHERE code = $1",
        values![code],
        read_contract,
    )
}

/// The contracts of a reseller, in the order of their codes.
///
/// # Errors
///
/// When the database cannot be read.
pub fn contracts(tx: &mut Tx<'_>, reseller: ResellerId) -> Result<Vec<KeptContract>, StoreError> {
    tx.query(
        "SELECT reseller, market, body FROM reseller_contract WHERE reseller = $1 ORDER BY code",
        values![reseller.bytes()],
        read_contract,
    )
}

/// What every reseller with whom a contract was made has said of themselves, with each of their contracts,
/// whether or not it has ended.
///
/// # Errors
///
/// When the database cannot be read.
pub fn under_contract(tx: &mut Tx<'_>) -> Result<Vec<(Profile, Contract)>, StoreError> {
    tx.query(
        "SELECT r.body, c.body FROM reseller r JOIN reseller_contract c ON c.reseller = r.id
         WHERE r.state = $1",
        values![Standing::Approved.word()],
        |row| Ok((row.json(0, "reseller")?, row.json(1, "reseller_contract")?)),
    )
}

fn read_contract(row: &Row<'_>) -> Result<KeptContract, StoreError> {
    let table = "reseller_contract";
    Ok(KeptContract {
        reseller: ResellerId::from_bytes(row.bytes16(0)?),
        market: parsed(&row.text(1)?, table)?,
        contract: row.json(2, table)?,
    })
}

/// Something to sign in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The keyed hash of the secret.
    pub hash: KeyedHash,
    /// Whose.
    pub reseller: ResellerId,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub made_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

/// Writes a new key; one with this hash stays as it is, ended or not.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn insert_key(tx: &mut Tx<'_>, key: &Key) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO reseller_key (hash, reseller, label, made_at, ended_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING",
        values![&key.hash, key.reseller.bytes(), &key.label, key.made_at, key.ended_at],
    )?;
    Ok(())
}

/// Ends a key of a reseller for good; `false` when it had ended or never was.
///
/// # Errors
///
/// See [`insert_key`].
pub fn end_key(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    hash: &KeyedHash,
    at: Instant,
) -> Result<bool, StoreError> {
    let ended = tx
        .execute(
            "UPDATE reseller_key SET ended_at = $3
             WHERE hash = $1 AND reseller = $2 AND ended_at IS NULL",
            values![hash, reseller.bytes(), at],
        )?
        .rows()?;
    Ok(ended == 1)
}

/// The key with this hash.
///
/// # Errors
///
/// When the database cannot be read.
pub fn key(tx: &mut Tx<'_>, hash: &KeyedHash) -> Result<Option<Key>, StoreError> {
    tx.optional(
        "SELECT hash, reseller, label, made_at, ended_at FROM reseller_key WHERE hash = $1",
        values![hash],
        read_key,
    )
}

/// The keys of a reseller, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn keys(tx: &mut Tx<'_>, reseller: ResellerId) -> Result<Vec<Key>, StoreError> {
    tx.query(
        "SELECT hash, reseller, label, made_at, ended_at FROM reseller_key
         WHERE reseller = $1 ORDER BY made_at, hash",
        values![reseller.bytes()],
        read_key,
    )
}

fn read_key(row: &Row<'_>) -> Result<Key, StoreError> {
    Ok(Key {
        hash: row.bytes16(0)?,
        reseller: ResellerId::from_bytes(row.bytes16(1)?),
        label: row.text(2)?,
        made_at: row.instant(3)?,
        ended_at: row.maybe_int(4)?.map(Instant::from_micros),
    })
}

/// An order of a reseller, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptOrder {
    /// Its id.
    pub id: ResellerOrderId,
    /// Whose.
    pub reseller: ResellerId,
    /// Under which contract.
    pub contract: String,
    /// The claimed hold on the allotment.
    pub hold: HoldId,
    /// How far it is.
    pub stage: OrderStage,
    /// What was agreed on, for good.
    pub body: OrderBody,
    /// How it was cancelled, if it was.
    pub cancelled: Option<Cancellation>,
    /// Since when it is held, if it is and has not left.
    pub held_since: Option<Instant>,
}

/// The list of all orders of resellers.
const ORDERS: &str = "reseller.order";

/// Writes an order as it is now; what was agreed on is never changed.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_order(tx: &mut Tx<'_>, order: &KeptOrder) -> Result<(), StoreError> {
    let body = to_json(&order.body, "reseller_order")?;
    let cancelled = order.cancelled.as_ref().map(|how| to_json(how, "reseller_order"));
    let cancelled = cancelled.transpose()?;
    tx.execute(
        "INSERT INTO reseller_order
             (id, reseller, market, contract, hold, state, body, cancelled, held_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, cancelled = excluded.cancelled,
             held_since = excluded.held_since",
        values![
            order.id.bytes(),
            order.reseller.bytes(),
            order.body.market.as_str(),
            &order.contract,
            order.hold.bytes(),
            order.stage.word(),
            &body,
            cancelled.as_deref(),
            order.held_since,
        ],
    )?;
    fact::raise_list(tx, ORDERS)
}

/// How often any order of a reseller has changed: for counts of them that are kept in memory.
///
/// # Errors
///
/// When the database cannot be read.
pub fn orders_version(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    fact::list_version(tx, ORDERS)
}

/// An order.
///
/// # Errors
///
/// When the database cannot be read.
pub fn order(tx: &mut Tx<'_>, id: ResellerOrderId) -> Result<Option<KeptOrder>, StoreError> {
    tx.optional(
        "SELECT id, reseller, contract, hold, state, body, cancelled, held_since
         FROM reseller_order WHERE id = $1",
        values![id.bytes()],
        read_order,
    )
}

/// The orders of a reseller, the newest first, up to `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn orders(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    limit: i64,
) -> Result<Vec<KeptOrder>, StoreError> {
    orders_before(tx, reseller, None, limit)
}

/// The orders of a reseller, the newest first, a page at a time: up to `limit` before `before`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn orders_before(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    before: Option<ResellerOrderId>,
    limit: i64,
) -> Result<Vec<KeptOrder>, StoreError> {
    let before = before.map_or([u8::MAX; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, reseller, contract, hold, state, body, cancelled, held_since
         FROM reseller_order
         WHERE reseller = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        values![reseller.bytes(), &before, limit],
        read_order,
    )
}

/// The same of those that one market serves.
///
/// # Errors
///
/// When the database cannot be read.
pub fn orders_in(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    market: MarketCode,
    before: Option<ResellerOrderId>,
    limit: i64,
) -> Result<Vec<KeptOrder>, StoreError> {
    let before = before.map_or([u8::MAX; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, reseller, contract, hold, state, body, cancelled, held_since
         FROM reseller_order
         WHERE reseller = $1 AND market = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        values![reseller.bytes(), market.as_str(), &before, limit],
        read_order,
    )
}

/// The orders that a market serves and that have not left, the oldest first, up to `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn open(tx: &mut Tx<'_>, market: &str, limit: i64) -> Result<Vec<KeptOrder>, StoreError> {
    open_after(tx, market, None, limit)
}

/// The same, a page at a time: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn open_after(
    tx: &mut Tx<'_>,
    market: &str,
    after: Option<ResellerOrderId>,
    limit: i64,
) -> Result<Vec<KeptOrder>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, reseller, contract, hold, state, body, cancelled, held_since
         FROM reseller_order
         WHERE market = $1 AND state = 'taken' AND id > $2 ORDER BY id LIMIT $3",
        values![market, &after, limit],
        read_order,
    )
}

/// Every order, a page at a time in the order of the ids: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn orders_after(
    tx: &mut Tx<'_>,
    after: Option<ResellerOrderId>,
    limit: i64,
) -> Result<Vec<KeptOrder>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, reseller, contract, hold, state, body, cancelled, held_since
         FROM reseller_order
         WHERE id > $1 ORDER BY id LIMIT $2",
        values![&after, limit],
        read_order,
    )
}

/// Under which contract each order of a reseller was placed; of the newest `limit` orders.
///
/// # Errors
///
/// When the database cannot be read.
pub fn contracts_of_orders(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    limit: i64,
) -> Result<BTreeMap<ResellerOrderId, String>, StoreError> {
    let rows = tx.query(
        "SELECT id, contract FROM reseller_order WHERE reseller = $1 ORDER BY id DESC LIMIT $2",
        values![reseller.bytes(), limit],
        |row| Ok((ResellerOrderId::from_bytes(row.bytes16(0)?), row.text(1)?)),
    )?;
    Ok(rows.into_iter().collect())
}

/// Under which contract one order of a reseller was placed; none where it is no order of theirs.
///
/// # Errors
///
/// When the database cannot be read.
pub fn contract_of_order(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    order: ResellerOrderId,
) -> Result<Option<String>, StoreError> {
    tx.optional(
        "SELECT contract FROM reseller_order WHERE id = $1 AND reseller = $2",
        values![order.bytes(), reseller.bytes()],
        |row| row.text(0),
    )
}

fn read_order(row: &Row<'_>) -> Result<KeptOrder, StoreError> {
    let table = "reseller_order";
    Ok(KeptOrder {
        id: ResellerOrderId::from_bytes(row.bytes16(0)?),
        reseller: ResellerId::from_bytes(row.bytes16(1)?),
        contract: row.text(2)?,
        hold: HoldId::from_bytes(row.bytes16(3)?),
        stage: word(&row.text(4)?, table, OrderStage::from_word)?,
        body: row.json(5, table)?,
        cancelled: match row.maybe_text(6)? {
            None => None,
            Some(text) => Some(
                serde_json::from_str(&text).map_err(|error| StoreError::bad_row(table, error))?,
            ),
        },
        held_since: row.maybe_int(7)?.map(Instant::from_micros),
    })
}
