//! What resellers are billed with.

use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::{BillBody, BillState};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, to_json, word};
use crate::values;

/// A bill, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBill {
    /// Its number.
    pub number: String,
    /// The order that it is for.
    pub order: ResellerOrderId,
    /// Whose.
    pub reseller: ResellerId,
    /// Where it stands.
    pub state: BillState,
    /// What is on it.
    pub body: BillBody,
}

/// The next place in a market's series. It is given out when the transaction commits, and not otherwise.
///
/// # Errors
///
/// When the database cannot be written.
pub fn next_place(tx: &mut Tx<'_>, market: MarketCode) -> Result<i64, StoreError> {
    let place = tx.optional(
        "INSERT INTO reseller_bill_series (market, last_number) VALUES ($1, 1)
         ON CONFLICT (market) DO UPDATE SET last_number = reseller_bill_series.last_number + 1
         RETURNING last_number",
        values![market.as_str()],
        |row| row.int(0),
    )?;
    place.ok_or_else(|| StoreError::bad_row("reseller_bill_series", "no number was given out"))
}

/// The next place in a market's series of credit notes, likewise.
///
/// # Errors
///
/// When the database cannot be written.
pub fn next_credit_place(tx: &mut Tx<'_>, market: MarketCode) -> Result<i64, StoreError> {
    let place = tx.optional(
        "INSERT INTO reseller_credit_series (market, last_number) VALUES ($1, 1)
         ON CONFLICT (market) DO UPDATE SET last_number = reseller_credit_series.last_number + 1
         RETURNING last_number",
        values![market.as_str()],
        |row| row.int(0),
    )?;
    place.ok_or_else(|| StoreError::bad_row("reseller_credit_series", "no number was given out"))
}

/// The last numbers that were given out, by market: of bills and of credit notes.
///
/// # Errors
///
/// When the database cannot be read.
pub fn last_places(tx: &mut Tx<'_>) -> Result<[Vec<(MarketCode, i64)>; 2], StoreError> {
    let mut read = |statement: &'static str, table: &'static str| {
        tx.query(statement, &[], |row| Ok((parsed(&row.text(0)?, table)?, row.int(1)?)))
    };
    Ok([
        read(
            "SELECT market, last_number FROM reseller_bill_series ORDER BY market",
            "reseller_bill_series",
        )?,
        read(
            "SELECT market, last_number FROM reseller_credit_series ORDER BY market",
            "reseller_credit_series",
        )?,
    ])
}

/// Writes a bill as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_bill(tx: &mut Tx<'_>, bill: &KeptBill) -> Result<(), StoreError> {
    let body = to_json(&bill.body, "reseller_bill")?;
    tx.execute(
        "INSERT INTO reseller_bill (number, order_id, reseller, state, body)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (number) DO UPDATE SET state = excluded.state, body = excluded.body",
        values![&bill.number, bill.order.bytes(), bill.reseller.bytes(), bill.state.word(), &body],
    )?;
    Ok(())
}

/// The bill of an order, if there is one.
///
/// # Errors
///
/// When the database cannot be read.
pub fn bill_of(tx: &mut Tx<'_>, order: ResellerOrderId) -> Result<Option<KeptBill>, StoreError> {
    tx.optional(
        "SELECT number, order_id, reseller, state, body FROM reseller_bill WHERE order_id = $1",
        values![order.bytes()],
        read,
    )
}

/// The bill with a number.
///
/// # Errors
///
/// When the database cannot be read.
pub fn bill(tx: &mut Tx<'_>, number: &str) -> Result<Option<KeptBill>, StoreError> {
    tx.optional(
        "SELECT number, order_id, reseller, state, body FROM reseller_bill WHERE number = $1",
        values![number],
        read,
    )
}

/// The bills of a reseller's orders from one id to another, both included, the highest numbers first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn bills_between(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    (first, last): (ResellerOrderId, ResellerOrderId),
) -> Result<Vec<KeptBill>, StoreError> {
    tx.query(
        "SELECT number, order_id, reseller, state, body FROM reseller_bill
         WHERE reseller = $1 AND order_id >= $2 AND order_id <= $3 ORDER BY number DESC",
        values![reseller.bytes(), first.bytes(), last.bytes()],
        read,
    )
}

/// Every bill, a page at a time in the order of the numbers: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn bills_after(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<KeptBill>, StoreError> {
    tx.query(
        "SELECT number, order_id, reseller, state, body FROM reseller_bill
         WHERE number > $1 ORDER BY number LIMIT $2",
        values![after, limit],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<KeptBill, StoreError> {
    let table = "reseller_bill";
    Ok(KeptBill {
        number: row.text(0)?,
        order: ResellerOrderId::from_bytes(row.bytes16(1)?),
        reseller: ResellerId::from_bytes(row.bytes16(2)?),
        state: word(&row.text(3)?, table, BillState::from_word)?,
        body: row.json(4, table)?,
    })
}
