//! Deposits for places in the line of a batch. The rules are `kontor_domain::sale`'s; the money is
//! in the payment's row and in the ledger.

use kontor_base::id::{CheckoutId, DepositId, EntryId, OrderId, PaymentId, SaleId};
use kontor_base::{Country, Email, Instant, KeyedHash, Language, Money, Phone};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::DepositState;
use serde::{Deserialize, Serialize};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, to_json, word};
use crate::values;

const TABLE: &str = "sale_deposit";

/// What somebody typed who wants a place. Not in the columns, so that it can be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The person's address; none: erased, or forgotten because nothing came of it.
    pub email: Option<Email>,
    /// The person's number, if it was given.
    pub phone: Option<Phone>,
    /// Where the parcel will go.
    pub ship_to: Country,
    /// The language of letters about it.
    pub language: Language,
}

/// A deposit as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDeposit {
    /// Its id.
    pub id: DepositId,
    /// The sale.
    pub sale: SaleId,
    /// The market, whose batch the place is in.
    pub market: MarketCode,
    /// The keyed hash of the person's address, as sales know people.
    pub person: KeyedHash,
    /// The same of the telephone number.
    pub phone: Option<KeyedHash>,
    /// Where it stands.
    pub state: DepositState,
    /// How much it is.
    pub amount: Money,
    /// The latest attempt to pay it.
    pub payment: Option<PaymentId>,
    /// The place that it bought; none before it is paid and after the place was given up before the
    /// line was made.
    pub entry: Option<EntryId>,
    /// The checkout of the units that it goes towards.
    pub checkout: Option<CheckoutId>,
    /// The order that it went towards.
    pub order: Option<OrderId>,
    /// What of it is with the order, in minor units.
    pub applied_minor: i64,
    /// Its place in a line that was made is free, and nobody had a unit on it.
    pub vacated: bool,
    /// When somebody wanted the place.
    pub began_at: Instant,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// When it was last written.
    pub changed_at: Instant,
    /// What was typed.
    pub wanted: Wanted,
}

/// Every column, in the order in which [`read`] reads them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.sale, d.market, d.person, d.phone, d.state, d.currency, d.minor, ",
            "d.payment, d.entry, d.checkout, d.order_id, d.applied_minor, d.vacated, d.began_at, ",
            "d.paid_at, d.changed_at, d.body FROM ",
            $rest
        )
    };
}

/// Writes a deposit as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, deposit: &KeptDeposit) -> Result<(), StoreError> {
    let body = to_json(&deposit.wanted, TABLE)?;
    tx.execute(
        "INSERT INTO sale_deposit (id, sale, market, person, phone, state, currency, minor, payment,
             entry, checkout, order_id, applied_minor, vacated, began_at, paid_at, changed_at, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         ON CONFLICT (id) DO UPDATE SET
             state = excluded.state, payment = excluded.payment, entry = excluded.entry,
             checkout = excluded.checkout, order_id = excluded.order_id,
             applied_minor = excluded.applied_minor, vacated = excluded.vacated,
             paid_at = excluded.paid_at, changed_at = excluded.changed_at, body = excluded.body",
        values![
            deposit.id.bytes(),
            deposit.sale.bytes(),
            deposit.market.as_str(),
            &deposit.person,
            deposit.phone.as_ref(),
            deposit.state.word(),
            deposit.amount.currency.code(),
            deposit.amount.minor,
            deposit.payment.as_ref().map(PaymentId::bytes),
            deposit.entry.as_ref().map(EntryId::bytes),
            deposit.checkout.as_ref().map(CheckoutId::bytes),
            deposit.order.as_ref().map(OrderId::bytes),
            deposit.applied_minor,
            i64::from(deposit.vacated),
            deposit.began_at,
            deposit.paid_at,
            deposit.changed_at,
            &body,
        ],
    )?;
    Ok(())
}

/// A deposit.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: DepositId) -> Result<Option<KeptDeposit>, StoreError> {
    tx.optional(select!("sale_deposit d WHERE d.id = $1"), values![id.bytes()], read)
}

/// The deposit that an entry's place was bought with.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_entry(tx: &mut Tx<'_>, entry: EntryId) -> Result<Option<KeptDeposit>, StoreError> {
    tx.optional(select!("sale_deposit d WHERE d.entry = $1"), values![entry.bytes()], read)
}

/// Every deposit of a person, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_person(tx: &mut Tx<'_>, person: &KeyedHash) -> Result<Vec<KeptDeposit>, StoreError> {
    tx.query(select!("sale_deposit d WHERE d.person = $1 ORDER BY d.id"), values![person], read)
}

/// Forgets a deposit that nobody ever began to pay.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget(tx: &mut Tx<'_>, id: DepositId) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM sale_deposit WHERE id = $1 AND state = 'open' AND payment IS NULL",
        values![id.bytes()],
    )?;
    Ok(())
}

/// Deposits in the order of the ids, a page at a time: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn after(
    tx: &mut Tx<'_>,
    after: Option<DepositId>,
    limit: i64,
) -> Result<Vec<KeptDeposit>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        select!("sale_deposit d WHERE d.id > $1 ORDER BY d.id LIMIT $2"),
        values![&after, limit],
        read,
    )
}

/// Deposits in `state` that have not changed since `before`, the oldest change first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_state(
    tx: &mut Tx<'_>,
    state: DepositState,
    before: Instant,
    limit: i64,
) -> Result<Vec<KeptDeposit>, StoreError> {
    tx.query(
        select!(
            "sale_deposit d WHERE d.state = $1 AND d.changed_at < $2
             ORDER BY d.changed_at, d.id LIMIT $3"
        ),
        values![state.word(), before, limit],
        read,
    )
}

/// Deposits that are held although their sale is over, or its rules keep their owner out: up to
/// `limit` for each of these reasons. Read from the few sales, refusals and people kept out, not from
/// the many deposits.
///
/// # Errors
///
/// When the database cannot be read.
pub fn to_return(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<KeptDeposit>, StoreError> {
    let mut found = tx.query(
        select!(
            "sale s JOIN sale_deposit d ON d.sale = s.id AND d.state = 'held'
             WHERE s.state IN ('settled', 'reported') ORDER BY d.id LIMIT $1"
        ),
        values![limit],
        read,
    )?;
    found.extend(tx.query(
        select!(
            "sale_refusal r JOIN sale_deposit d ON d.entry = r.entry AND d.sale = r.sale
             WHERE d.state = 'held' ORDER BY d.id LIMIT $1"
        ),
        values![limit],
        read,
    )?);
    found.extend(tx.query(
        select!(
            "sale_excluded x JOIN sale_deposit d ON d.person = x.trait
             WHERE d.state = 'held' ORDER BY d.id LIMIT $1"
        ),
        values![limit],
        read,
    )?);
    found.extend(tx.query(
        select!(
            "sale_excluded x JOIN sale_deposit d ON d.phone = x.trait
             WHERE d.state = 'held' ORDER BY d.id LIMIT $1"
        ),
        values![limit],
        read,
    )?);
    found.sort_unstable_by_key(|deposit| deposit.id);
    found.dedup_by_key(|deposit| deposit.id);
    Ok(found)
}

/// Places of a market's line that were given up after it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenUp {
    /// All of them.
    pub all: i64,
    /// Of these: those on which a unit was never held. As many more are let in.
    pub vacated: i64,
}

/// How many places of a market's line were given up after it was made.
///
/// # Errors
///
/// When the database cannot be read.
pub fn given_up(tx: &mut Tx<'_>, sale: SaleId, market: MarketCode) -> Result<GivenUp, StoreError> {
    let found = tx.optional(
        "SELECT count(*), coalesce(sum(vacated), 0) FROM sale_deposit
         WHERE sale = $1 AND state = 'returned' AND market = $2 AND entry IS NOT NULL",
        values![sale.bytes(), market.as_str()],
        |row| Ok(GivenUp { all: row.int(0)?, vacated: row.int(1)? }),
    )?;
    Ok(found.unwrap_or_default())
}

/// The entries whose places were given up after a market's line was made, in the order in which their
/// deposits were begun.
///
/// # Errors
///
/// When the database cannot be read.
pub fn entries_given_up(
    tx: &mut Tx<'_>,
    sale: SaleId,
    market: MarketCode,
) -> Result<Vec<EntryId>, StoreError> {
    tx.query(
        "SELECT entry FROM sale_deposit
         WHERE sale = $1 AND state = 'returned' AND market = $2 AND entry IS NOT NULL ORDER BY id",
        values![sale.bytes(), market.as_str()],
        |row| Ok(EntryId::from_bytes(row.bytes16(0)?)),
    )
}

/// A deposit whose place stands in the line, as far as the report needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacePaidFor {
    /// The deposit.
    pub deposit: DepositId,
    /// The place.
    pub entry: EntryId,
    /// Whether it went towards an order, whatever became of the order.
    pub had_order: bool,
}

/// The deposits of a sale in `state` whose places stand in the line, in the order of their ids: up to
/// `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn places_of(
    tx: &mut Tx<'_>,
    sale: SaleId,
    state: DepositState,
    after: Option<DepositId>,
    limit: i64,
) -> Result<Vec<PlacePaidFor>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, entry, order_id FROM sale_deposit
         WHERE sale = $1 AND state = $2 AND id > $3 AND entry IS NOT NULL ORDER BY id LIMIT $4",
        values![sale.bytes(), state.word(), &after, limit],
        |row| {
            Ok(PlacePaidFor {
                deposit: DepositId::from_bytes(row.bytes16(0)?),
                entry: EntryId::from_bytes(row.bytes16(1)?),
                had_order: row.maybe_bytes16(2)?.is_some(),
            })
        },
    )
}

/// Whether a sale holds a deposit: one that is neither with an order nor has gone back.
///
/// # Errors
///
/// When the database cannot be read.
pub fn is_any_held(tx: &mut Tx<'_>, sale: SaleId) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM sale_deposit WHERE sale = $1 AND state = 'held' LIMIT 1";
    Ok(tx.optional(sql, values![sale.bytes()], |row| row.bytes16(0))?.is_some())
}

/// How many deposits a market's batch has taken, and what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositCount {
    /// The market.
    pub market: MarketCode,
    /// Deposits that were paid.
    pub taken: i64,
    /// Of these: those that went towards an order, whatever became of the order.
    pub credited: i64,
    /// Of these: those that are still held.
    pub held: i64,
}

/// The counts of a sale, by market.
///
/// # Errors
///
/// When the database cannot be read.
pub fn counts(tx: &mut Tx<'_>, sale: SaleId) -> Result<Vec<DepositCount>, StoreError> {
    tx.query(
        "SELECT market, count(*), count(order_id),
             count(CASE WHEN state = 'held' THEN 1 ELSE NULL END)
         FROM sale_deposit WHERE sale = $1 AND state IN ('held', 'applied', 'returned')
         GROUP BY market ORDER BY market",
        values![sale.bytes()],
        |row| {
            Ok(DepositCount {
                market: parsed(&row.text(0)?, TABLE)?,
                taken: row.int(1)?,
                credited: row.int(2)?,
                held: row.int(3)?,
            })
        },
    )
}

fn read(row: &Row<'_>) -> Result<KeptDeposit, StoreError> {
    Ok(KeptDeposit {
        id: DepositId::from_bytes(row.bytes16(0)?),
        sale: SaleId::from_bytes(row.bytes16(1)?),
        market: parsed(&row.text(2)?, TABLE)?,
        person: row.bytes16(3)?,
        phone: row.maybe_bytes16(4)?,
        state: word(&row.text(5)?, TABLE, DepositState::from_word)?,
        amount: Money::new(row.int(7)?, parsed(&row.text(6)?, TABLE)?),
        payment: row.maybe_bytes16(8)?.map(PaymentId::from_bytes),
        entry: row.maybe_bytes16(9)?.map(EntryId::from_bytes),
        checkout: row.maybe_bytes16(10)?.map(CheckoutId::from_bytes),
        order: row.maybe_bytes16(11)?.map(OrderId::from_bytes),
        applied_minor: row.int(12)?,
        vacated: row.int(13)? != 0,
        began_at: row.instant(14)?,
        paid_at: row.maybe_int(15)?.map(Instant::from_micros),
        changed_at: row.instant(16)?,
        wanted: row.json(17, TABLE)?,
    })
}
