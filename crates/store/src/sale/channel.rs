//! One market's way in, as far as the report needs it: who was there when it went live (as a
//! digest), how many were let in, whom the limits turned away, and whose purchase was refused.

use kontor_base::id::{EntryId, SaleId};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Commitment, Limit, LimitMet, MetAt, Way};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, parsed, word};
use crate::values;

const TABLE: &str = "sale_channel";

/// A way in, as kept since it went live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptChannel {
    /// The market.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// The digest of the entries that were there.
    pub digest: Commitment,
    /// How many of them were let in.
    pub admitted: u64,
}

/// Keeps the digest of a way in, once: what was kept first stays.
///
/// # Errors
///
/// When the database cannot be written.
pub fn keep_digest(tx: &mut Tx<'_>, sale: SaleId, channel: &KeptChannel) -> Result<(), StoreError> {
    let (market, digest) = (channel.market.to_string(), channel.digest.to_string());
    tx.execute(
        "INSERT INTO sale_channel (sale, market, way, digest, admitted) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (sale, market, way) DO NOTHING",
        values![sale.bytes(), &market, channel.way.word(), &digest, count(channel.admitted)],
    )?;
    Ok(())
}

/// Notes how many were let in; never fewer than before.
///
/// # Errors
///
/// When the database cannot be written.
pub fn let_in(
    tx: &mut Tx<'_>,
    sale: SaleId,
    market: MarketCode,
    way: Way,
    admitted: u64,
) -> Result<(), StoreError> {
    let market = market.to_string();
    tx.execute(
        "UPDATE sale_channel SET admitted = $4
         WHERE sale = $1 AND market = $2 AND way = $3 AND admitted < $4",
        values![sale.bytes(), &market, way.word(), count(admitted)],
    )?;
    Ok(())
}

/// The ways in of a sale that went live.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_sale(tx: &mut Tx<'_>, sale: SaleId) -> Result<Vec<KeptChannel>, StoreError> {
    tx.query(
        "SELECT market, way, digest, admitted FROM sale_channel WHERE sale = $1
         ORDER BY market, way",
        values![sale.bytes()],
        |row| {
            let digest = format!("\"{}\"", row.text(2)?);
            let digest = serde_json::from_str(&digest);
            Ok(KeptChannel {
                market: parsed(&row.text(0)?, TABLE)?,
                way: word(&row.text(1)?, TABLE, Way::from_word)?,
                digest: digest.map_err(|error| StoreError::bad_row(TABLE, error))?,
                admitted: u64::try_from(row.int(3)?).unwrap_or(0),
            })
        },
    )
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Notes that the rules have refused an entry's purchase; the first reason stays.
///
/// # Errors
///
/// When the database cannot be written.
pub fn refused(
    tx: &mut Tx<'_>,
    sale: SaleId,
    entry: EntryId,
    reason: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sale_refusal (sale, entry, reason) VALUES ($1, $2, $3)
         ON CONFLICT (sale, entry) DO NOTHING",
        values![sale.bytes(), entry.bytes(), reason],
    )?;
    Ok(())
}

/// Every entry of a sale that was refused, with the reason's code.
///
/// # Errors
///
/// When the database cannot be read.
pub fn refusals(tx: &mut Tx<'_>, sale: SaleId) -> Result<Vec<(EntryId, String)>, StoreError> {
    tx.query(
        "SELECT entry, reason FROM sale_refusal WHERE sale = $1 ORDER BY entry",
        values![sale.bytes()],
        |row| Ok((EntryId::from_bytes(row.bytes16(0)?), row.text(1)?)),
    )
}

/// How often a limit of one way in turned somebody away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnedAway {
    /// The market.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// Which limit, where, how often.
    pub met: LimitMet,
}

/// Adds to how often limits turned somebody away.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_turned_away(
    tx: &mut Tx<'_>,
    sale: SaleId,
    counted: &[TurnedAway],
) -> Result<(), StoreError> {
    for TurnedAway { market, way, met } in counted {
        tx.execute(
            "INSERT INTO sale_turned_away (sale, market, way, met_at, rule, times)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (sale, market, way, met_at, rule)
             DO UPDATE SET times = sale_turned_away.times + excluded.times",
            values![
                sale.bytes(),
                market.as_str(),
                way.word(),
                met.at.word(),
                met.limit.word(),
                count(met.times),
            ],
        )?;
    }
    Ok(())
}

/// How often the limits of a sale turned somebody away, in a fixed order.
///
/// # Errors
///
/// When the database cannot be read.
pub fn turned_away(tx: &mut Tx<'_>, sale: SaleId) -> Result<Vec<TurnedAway>, StoreError> {
    tx.query(
        "SELECT market, way, met_at, rule, times FROM sale_turned_away WHERE sale = $1
         ORDER BY market, way, met_at, rule",
        values![sale.bytes()],
        |row| {
            Ok(TurnedAway {
                market: parsed(&row.text(0)?, TABLE)?,
                way: word(&row.text(1)?, TABLE, Way::from_word)?,
                met: LimitMet {
                    at: word(&row.text(2)?, TABLE, MetAt::from_word)?,
                    limit: word(&row.text(3)?, TABLE, Limit::from_word)?,
                    times: u64::try_from(row.int(4)?).unwrap_or(0),
                },
            })
        },
    )
}
