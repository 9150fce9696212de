//! Who has entered a sale: an entry, and the hashed traits by which its person is known again.

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Instant, KeyedHash};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::sale::Way;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, word};
use crate::values;

const TABLE: &str = "sale_entry";

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

/// The entry of a sale that one of these traits belongs to.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_person(
    tx: &mut Tx<'_>,
    sale: SaleId,
    traits: &[KeyedHash],
) -> Result<Option<KeptEntry>, StoreError> {
    for hash in traits {
        let found = tx.optional(
            "SELECT e.sale, e.entry, e.market, e.way, e.present, e.ticket, e.entered_at
             FROM sale_person p JOIN sale_entry e ON e.sale = p.sale AND e.entry = p.entry
             WHERE p.trait = $1 AND p.sale = $2",
            values![hash, sale.bytes()],
            read,
        )?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
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
        let rows = tx.query(
            "SELECT units FROM sale_bought WHERE sale = $1 AND entry = $2",
            values![sale.bytes(), entry.bytes()],
            |row| Ok(((*sale.bytes(), *entry.bytes()), row.int(0)?)),
        )?;
        found.extend(rows);
    }
    for hash in traits {
        let rows = tx.query(
            "SELECT b.sale, b.entry, b.units
             FROM sale_person p JOIN sale_bought b ON b.sale = p.sale AND b.entry = p.entry
             WHERE p.trait = $1 AND b.sku = $2 ORDER BY b.sale, b.entry",
            values![hash, sku.as_str()],
            |row| Ok(((row.bytes16(0)?, row.bytes16(1)?), row.int(2)?)),
        )?;
        found.extend(rows);
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
    for hash in traits {
        let found = tx.optional(
            "SELECT entry FROM sale_person WHERE trait = $1 AND sale = $2",
            values![hash, sale.bytes()],
            |row| row.bytes16(0),
        )?;
        if found.is_some_and(|found| found == *entry.bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Adds traits that a person turned out to have: an address that was typed at the checkout.
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
    for hash in traits {
        tx.execute(
            "INSERT INTO sale_person (trait, sale, entry) VALUES ($1, $2, $3)
             ON CONFLICT (trait, sale) DO NOTHING",
            values![hash, sale.bytes(), entry.bytes()],
        )?;
    }
    Ok(())
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
    let units = tx.optional(
        "SELECT units FROM sale_bought WHERE sale = $1 AND entry = $2",
        values![sale.bytes(), entry.bytes()],
        |row| row.int(0),
    )?;
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
