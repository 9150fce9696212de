//! Who has entered a sale: an entry, and the hashed traits by which its person is known again.

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Instant, KeyedHash};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::sale::Way;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value, parsed, word};
use crate::values;

const TABLE: &str = "sale_entry";

const OF_PERSON: &str = "
    SELECT e.sale, e.entry, e.market, e.way, e.present, e.ticket, e.entered_at, p.trait
    FROM sale_person p JOIN sale_entry e ON e.sale = p.sale AND e.entry = p.entry
    WHERE p.trait IN ($1, $2, $3, $4) AND p.sale = $5 ORDER BY p.trait, p.entry";
/// A question for each entry, not a join: PostgreSQL reads all that was ever bought, in order, to join it
/// with the few entries of a person.
const BOUGHT_OF: &str = "
    SELECT p.sale, p.entry, (SELECT b.units FROM sale_bought b
                             WHERE b.sale = p.sale AND b.entry = p.entry AND b.sku = $5)
    FROM sale_person p WHERE p.trait IN ($1, $2, $3, $4) ORDER BY p.sale, p.entry";
const HAS_TRAIT: &str = "
    SELECT count(*) FROM sale_person
    WHERE trait IN ($1, $2, $3, $4) AND sale = $5 AND entry = $6";
const BOUGHT: &str = "SELECT units FROM sale_bought WHERE sale = $1 AND entry = $2";

/// An entry. It says nothing about the person but that there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEntry {
    /// The sale.
    pub sale: SaleId,
    /// The entry.
    pub entry: EntryId,
    /// The market in which the person buys.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// Whether the person was there before it went live.
    pub present: bool,
    /// The ticket that was given.
    pub ticket: String,
    /// When.
    pub entered_at: Instant,
}

/// Writes an entry down, with the traits of its person.
///
/// # Errors
///
/// When the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, entry: &KeptEntry, traits: &[KeyedHash]) -> Result<(), StoreError> {
    let market = entry.market.to_string();
    tx.execute(
        "INSERT INTO sale_entry (sale, entry, market, way, present, ticket, entered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            entry.sale.bytes(),
            entry.entry.bytes(),
            &market,
            entry.way.word(),
            i64::from(entry.present),
            &entry.ticket,
            entry.entered_at,
        ],
    )?;
    add_traits(tx, entry.sale, entry.entry, traits)
}

/// The entry of a sale that one of these traits belongs to; of several who have typed the same, the one
/// that was made first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_person(
    tx: &mut Tx<'_>,
    sale: SaleId,
    traits: &[KeyedHash],
) -> Result<Option<KeptEntry>, StoreError> {
    for slots in slots(traits) {
        let [a, b, c, d] = &slots;
        let found = tx.query(OF_PERSON, values![a, b, c, d, sale.bytes()], |row| {
            Ok((row.bytes16(7)?, read(row)?))
        })?;
        // The first trait that is known counts, and of its entries, which come in order, the first.
        for slot in &slots {
            if let Some((_, entry)) = found.iter().find(|(known, _)| known == slot) {
                return Ok(Some(entry.clone()));
            }
        }
    }
    Ok(None)
}

/// Asks a server already now for [`of_person`] and [`bought_of`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn person_ahead(
    tx: &mut Tx<'_>,
    sale: SaleId,
    traits: &[KeyedHash],
    sku: &Sku,
) -> Result<(), StoreError> {
    for [a, b, c, d] in &slots(traits) {
        tx.ahead(OF_PERSON, values![a, b, c, d, sale.bytes()])?;
        tx.ahead(BOUGHT_OF, values![a, b, c, d, sku.as_str()])?;
    }
    Ok(())
}

/// Asks a server already now for [`has_trait`] of some traits and [`bought_of`] of all.
///
/// # Errors
///
/// When the database has refused something before it.
pub fn standing_ahead(
    tx: &mut Tx<'_>,
    (sale, entry): (SaleId, EntryId),
    (some, all): (&[KeyedHash], &[KeyedHash]),
    sku: &Sku,
) -> Result<(), StoreError> {
    for [a, b, c, d] in &slots(some) {
        tx.ahead(HAS_TRAIT, values![a, b, c, d, sale.bytes(), entry.bytes()])?;
    }
    tx.ahead(BOUGHT, values![sale.bytes(), entry.bytes()])?;
    for [a, b, c, d] in &slots(all) {
        tx.ahead(BOUGHT_OF, values![a, b, c, d, sku.as_str()])?;
    }
    Ok(())
}

/// Traits as the statements take them, four at a time: a place that is left over has the last again.
pub(super) fn slots(traits: &[KeyedHash]) -> Vec<[KeyedHash; 4]> {
    let filled = |some: &[KeyedHash]| std::array::from_fn(|at| some[at.min(some.len() - 1)]);
    traits.chunks(4).map(filled).collect()
}

/// How many entries a sale has.
///
/// # Errors
///
/// When the database cannot be read.
pub fn count(tx: &mut Tx<'_>, sale: SaleId) -> Result<usize, StoreError> {
    let sql = "SELECT count(*) FROM sale_entry WHERE sale = $1";
    let count = tx.optional(sql, values![sale.bytes()], |row| row.int(0))?;
    Ok(count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0))
}

/// The entries of a sale in the order of their ids: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn after(
    tx: &mut Tx<'_>,
    sale: SaleId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<KeptEntry>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT sale, entry, market, way, present, ticket, entered_at FROM sale_entry
         WHERE sale = $1 AND entry > $2 ORDER BY entry LIMIT $3",
        values![sale.bytes(), &after, limit],
        read,
    )
}

/// Those who were there before the list was closed, in the order of their ids: up to `limit` after
/// `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn present_after(
    tx: &mut Tx<'_>,
    sale: SaleId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<(EntryId, MarketCode, Way)>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT entry, market, way FROM sale_entry
         WHERE sale = $1 AND entry > $2 AND present = 1 ORDER BY entry LIMIT $3",
        values![sale.bytes(), &after, limit],
        |row| {
            let entry = EntryId::from_bytes(row.bytes16(0)?);
            let way = word(&row.text(2)?, TABLE, Way::from_word)?;
            Ok((entry, parsed(&row.text(1)?, TABLE)?, way))
        },
    )
}

/// Those who came to a way in after the list was closed, in the order of their ids: up to `limit` after
/// `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn late_after(
    tx: &mut Tx<'_>,
    sale: SaleId,
    market: MarketCode,
    way: Way,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<EntryId>, StoreError> {
    let (market, after) = (market.to_string(), after.map_or([0; 16], |id| *id.bytes()));
    tx.query(
        "SELECT entry FROM sale_entry
         WHERE sale = $1 AND market = $2 AND way = $3 AND present = 0 AND entry > $4
         ORDER BY entry LIMIT $5",
        values![sale.bytes(), &market, way.word(), &after, limit],
        |row| Ok(EntryId::from_bytes(row.bytes16(0)?)),
    )
}

fn read(row: &Row<'_>) -> Result<KeptEntry, StoreError> {
    Ok(KeptEntry {
        sale: SaleId::from_bytes(row.bytes16(0)?),
        entry: EntryId::from_bytes(row.bytes16(1)?),
        market: parsed(&row.text(2)?, TABLE)?,
        way: word(&row.text(3)?, TABLE, Way::from_word)?,
        present: row.int(4)? != 0,
        ticket: row.text(5)?,
        entered_at: row.instant(6)?,
    })
}

/// Counts units that an entry has bought, or (below zero) that came back from it.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_bought(
    tx: &mut Tx<'_>,
    sale: SaleId,
    entry: EntryId,
    sku: &Sku,
    units: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sale_bought (sale, entry, units, sku) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sale, entry) DO UPDATE SET units = sale_bought.units + $3",
        values![sale.bytes(), entry.bytes(), units, sku.as_str()],
    )?;
    Ok(())
}

/// How many units of an item somebody has bought who is `own` or has one of these traits, over all
/// sales of the item; each entry counts once.
///
/// # Errors
///
/// When the database cannot be read.
pub fn bought_of(
    tx: &mut Tx<'_>,
    own: Option<(SaleId, EntryId)>,
    traits: &[KeyedHash],
    sku: &Sku,
) -> Result<i64, StoreError> {
    let mut found = std::collections::BTreeMap::new();
    if let Some((sale, entry)) = own {
        let rows = tx.query(BOUGHT, values![sale.bytes(), entry.bytes()], |row| {
            Ok(((*sale.bytes(), *entry.bytes()), row.int(0)?))
        })?;
        found.extend(rows);
    }
    for [a, b, c, d] in &slots(traits) {
        let rows = tx.query(BOUGHT_OF, values![a, b, c, d, sku.as_str()], |row| {
            Ok(((row.bytes16(0)?, row.bytes16(1)?), row.maybe_int(2)?))
        })?;
        found.extend(rows.into_iter().filter_map(|(entry, units)| Some((entry, units?))));
    }
    Ok(found.values().sum())
}

/// Whether one of these traits is one of the entry's.
///
/// # Errors
///
/// When the database cannot be read.
pub fn has_trait(
    tx: &mut Tx<'_>,
    sale: SaleId,
    entry: EntryId,
    traits: &[KeyedHash],
) -> Result<bool, StoreError> {
    for [a, b, c, d] in &slots(traits) {
        let values = values![a, b, c, d, sale.bytes(), entry.bytes()];
        if tx.optional(HAS_TRAIT, values, |row| row.int(0))?.is_some_and(|count| count > 0) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Adds traits that a person turned out to have: an address that was typed at the checkout. Others who
/// typed the same keep it too.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_traits(
    tx: &mut Tx<'_>,
    sale: SaleId,
    entry: EntryId,
    traits: &[KeyedHash],
) -> Result<(), StoreError> {
    let rows: Vec<_> = (traits.iter())
        .flat_map(|hash| [Value::from(hash), sale.bytes().into(), entry.bytes().into()])
        .collect();
    let once = "ON CONFLICT (trait, sale, entry) DO NOTHING";
    tx.upsert_many("sale_person", &["trait", "sale", "entry"], once, &rows)
}

/// The entry with this id.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, sale: SaleId, entry: EntryId) -> Result<Option<KeptEntry>, StoreError> {
    tx.optional(
        "SELECT sale, entry, market, way, present, ticket, entered_at FROM sale_entry
         WHERE sale = $1 AND entry = $2",
        values![sale.bytes(), entry.bytes()],
        read,
    )
}

/// Gives an entry to another person: their ticket in place of the old one, and their traits.
///
/// # Errors
///
/// When the database cannot be written.
pub fn hand_over(
    tx: &mut Tx<'_>,
    sale: SaleId,
    entry: EntryId,
    ticket: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sale_entry SET ticket = $3 WHERE sale = $1 AND entry = $2",
        values![sale.bytes(), entry.bytes(), ticket],
    )?;
    Ok(())
}

/// Forgets the traits of an entry: it belongs to somebody else from now on.
///
/// # Errors
///
/// When the database cannot be written.
pub fn forget_traits(
    tx: &mut Tx<'_>,
    sale: SaleId,
    entry: EntryId,
    traits: &[KeyedHash],
) -> Result<(), StoreError> {
    for hash in traits {
        tx.execute(
            "DELETE FROM sale_person WHERE trait = $1 AND sale = $2 AND entry = $3",
            values![hash, sale.bytes(), entry.bytes()],
        )?;
    }
    Ok(())
}

/// Takes an entry out of a sale whose line is not made yet. Its traits are forgotten by
/// [`forget_traits`].
///
/// # Errors
///
/// When the database cannot be written.
pub fn delete(tx: &mut Tx<'_>, sale: SaleId, entry: EntryId) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM sale_entry WHERE sale = $1 AND entry = $2",
        values![sale.bytes(), entry.bytes()],
    )?;
    Ok(())
}

/// How many units an entry has bought.
///
/// # Errors
///
/// When the database cannot be read.
pub fn bought(tx: &mut Tx<'_>, sale: SaleId, entry: EntryId) -> Result<i64, StoreError> {
    let units = tx.optional(BOUGHT, values![sale.bytes(), entry.bytes()], |row| row.int(0))?;
    Ok(units.unwrap_or(0))
}

/// The entries of a person in all sales, by their traits.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all_of_person(tx: &mut Tx<'_>, traits: &[KeyedHash]) -> Result<Vec<KeptEntry>, StoreError> {
    let mut found: Vec<KeptEntry> = Vec::new();
    for hash in traits {
        let entries = tx.query(
            "SELECT e.sale, e.entry, e.market, e.way, e.present, e.ticket, e.entered_at
             FROM sale_person p JOIN sale_entry e ON e.sale = p.sale AND e.entry = p.entry
             WHERE p.trait = $1 ORDER BY e.sale, e.entry",
            values![hash],
            read,
        )?;
        for entry in entries {
            if !found.iter().any(|known| known.entry == entry.entry) {
                found.push(entry);
            }
        }
    }
    Ok(found)
}
