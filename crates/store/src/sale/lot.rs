//! Lots and the leases under which they are owned.

use kontor_base::Instant;
use kontor_base::id::SaleId;
use kontor_domain::market::MarketCode;
use kontor_domain::sale::Way;
use kontor_ledger::StockKey;
use kontor_ledger::sale::{Counted, LotHead};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, word};
use crate::values;

const TABLE: &str = "sale_lot";

/// The number of a lot, unique over all sales.
pub type LotNumber = i64;

/// Units of a sale that one owner gives out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLot {
    /// Its number.
    pub lot: LotNumber,
    /// The sale.
    pub sale: SaleId,
    /// The market.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// The sale's own stock that the units lie in.
    pub stock: StockKey,
    /// Quota, halt and lease.
    pub head: LotHead,
    /// Units that are held, in checkout or sold, as of the last batch.
    pub taken: u32,
    /// Units that people have asked for in vain, as of the last batch.
    pub wanted: u32,
    /// What else was counted, as of the last batch.
    pub counted: Counted,
}

/// Writes a new lot down: nobody owns it, and nothing of it is taken.
///
/// # Errors
///
/// When the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, lot: &KeptLot) -> Result<(), StoreError> {
    let stock = lot.stock.to_string();
    let market = lot.market.to_string();
    tx.execute(
        "INSERT INTO sale_lot
             (lot, sale, market, way, stock_key, quota, halted, fence, owner, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', 0)",
        values![
            lot.lot,
            lot.sale.bytes(),
            &market,
            lot.way.word(),
            &stock,
            i64::from(lot.head.quota),
            i64::from(lot.head.halted),
        ],
    )?;
    Ok(())
}

/// The lots of a sale, in order.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_sale(tx: &mut Tx<'_>, sale: SaleId) -> Result<Vec<KeptLot>, StoreError> {
    tx.query(
        "SELECT lot, sale, market, way, stock_key, quota, halted, fence, taken, wanted, sold, ended, in_line
         FROM sale_lot
         WHERE sale = $1 ORDER BY lot",
        values![sale.bytes()],
        read,
    )
}

/// A lot.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, lot: LotNumber) -> Result<Option<KeptLot>, StoreError> {
    tx.optional(GET, values![lot], read)
}

/// Asks a server already now for [`get`].
pub(super) fn get_ahead(tx: &mut Tx<'_>, lot: LotNumber) -> Result<(), StoreError> {
    tx.ahead(GET, values![lot])
}

const GET: &str = "
    SELECT lot, sale, market, way, stock_key, quota, halted, fence, taken, wanted, sold, ended, in_line
    FROM sale_lot WHERE lot = $1";

fn read(row: &Row<'_>) -> Result<KeptLot, StoreError> {
    let small = |number: i64| u32::try_from(number).map_err(|e| StoreError::bad_row(TABLE, e));
    let quota = small(row.int(5)?)?;
    Ok(KeptLot {
        lot: row.int(0)?,
        sale: SaleId::from_bytes(row.bytes16(1)?),
        market: parsed(&row.text(2)?, TABLE)?,
        way: word(&row.text(3)?, TABLE, Way::from_word)?,
        stock: parsed(&row.text(4)?, TABLE)?,
        head: LotHead { quota, halted: row.int(6)? != 0, fence: row.int(7)? },
        taken: small(row.int(8)?)?,
        wanted: small(row.int(9)?)?,
        counted: Counted {
            sold: small(row.int(10)?)?,
            ended: small(row.int(11)?)?,
            in_line: small(row.int(12)?)?,
        },
    })
}

/// The largest number of a lot; 0 where there is none.
///
/// # Errors
///
/// When the database cannot be read.
pub fn last_number(tx: &mut Tx<'_>) -> Result<LotNumber, StoreError> {
    let last = tx.optional("SELECT coalesce(max(lot), 0) FROM sale_lot", &[], |row| row.int(0))?;
    Ok(last.unwrap_or(0))
}

/// Takes the lease of a lot for `owner`: if it is free, has ended, or is the owner's own from before
/// a restart. Gives the new fence: whoever had the lot before can write nothing to it any more.
///
/// # Errors
///
/// When the database cannot be written.
pub fn take_lease(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    owner: &str,
    now: Instant,
    until: Instant,
) -> Result<Option<i64>, StoreError> {
    tx.optional(
        "UPDATE sale_lot SET fence = fence + 1, owner = $2, lease_until = $4
         WHERE lot = $1 AND (owner = $2 OR lease_until <= $3)
         RETURNING fence",
        values![lot, owner, now, until],
        |row| row.int(0),
    )
}

/// Makes the lease longer; gives whether the fence still stands.
///
/// # Errors
///
/// When the database cannot be written.
pub fn renew_lease(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    fence: i64,
    until: Instant,
) -> Result<bool, StoreError> {
    let rows = tx
        .execute(
            "UPDATE sale_lot SET lease_until = $3 WHERE lot = $1 AND fence = $2",
            values![lot, fence, until],
        )?
        .rows()?;
    Ok(rows == 1)
}

/// Takes every lot of a sale from whoever owns it: nothing is written to them any more.
///
/// # Errors
///
/// When the database cannot be written.
pub fn close_all(tx: &mut Tx<'_>, sale: SaleId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sale_lot SET fence = fence + 1, owner = '', lease_until = 0 WHERE sale = $1",
        values![sale.bytes()],
    )?;
    Ok(())
}
