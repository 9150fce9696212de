//! What an owner decided, written in one transaction; and read back when an owner starts.

use kontor_base::Instant;
use kontor_ledger::sale::{Claim, Staged, Waiting};

use super::lot::LotNumber;
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value, parsed};
use crate::values;

const CLAIM_COLUMNS: [&str; 11] = [
    "lot",
    "sequence",
    "request",
    "person",
    "body",
    "units",
    "state",
    "ship_to",
    "claimed_at",
    "expires_at",
    "extended",
];

const WAITING_COLUMNS: [&str; 10] = [
    "lot",
    "place",
    "request",
    "person",
    "body",
    "units",
    "allowance",
    "ship_to",
    "joined_at",
    "served",
];

/// Writes a batch if the lot's lease is still the one it was decided under, and makes the lease
/// longer. Gives whether it was; if not, nothing is written and the transaction must not be kept.
///
/// # Errors
///
/// When the database cannot be written.
pub fn write(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    staged: &Staged,
    lease_until: Instant,
) -> Result<bool, StoreError> {
    // The lot's row first: two owners on two nodes wait for each other here, not on the claims.
    let owned = tx.execute(
        "UPDATE sale_lot SET quota = $3, halted = $4, lease_until = $5
         WHERE lot = $1 AND fence = $2",
        values![
            lot,
            staged.head.fence,
            i64::from(staged.head.quota),
            i64::from(staged.head.halted),
            lease_until,
        ],
    )?;
    if owned != 1 {
        return Ok(false);
    }
    let mut rows = Vec::with_capacity(staged.claims.len() * CLAIM_COLUMNS.len());
    for (sequence, claim) in (staged.first_claim..).zip(&staged.claims) {
        let row: &[Value<'_>] = values![
            lot,
            i64::from(sequence),
            &claim.request,
            &claim.person,
            i64::from(claim.body),
            i64::from(claim.units),
            claim.state.as_str(),
            country(&claim.ship_to),
            claim.claimed_at,
            claim.expires_at,
            i64::from(claim.extended),
        ];
        rows.extend_from_slice(row);
    }
    tx.insert_many("sale_claim", &CLAIM_COLUMNS, &rows)?;
    for (sequence, claim) in &staged.changed {
        tx.execute(
            "UPDATE sale_claim SET state = $3, expires_at = $4, extended = $5
             WHERE lot = $1 AND sequence = $2",
            values![
                lot,
                i64::from(*sequence),
                claim.state.as_str(),
                claim.expires_at,
                i64::from(claim.extended),
            ],
        )?;
    }
    write_line(tx, lot, staged)?;
    Ok(true)
}

fn write_line(tx: &mut Tx<'_>, lot: LotNumber, staged: &Staged) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(staged.waiting.len() * WAITING_COLUMNS.len());
    for (place, waiting) in (staged.first_place..).zip(&staged.waiting) {
        let row: &[Value<'_>] = values![
            lot,
            i64::from(place),
            &waiting.request,
            &waiting.person,
            i64::from(waiting.body),
            i64::from(waiting.units),
            i64::from(waiting.allowance),
            country(&waiting.ship_to),
            waiting.joined_at,
            i64::from(waiting.served),
        ];
        rows.extend_from_slice(row);
    }
    tx.insert_many("sale_waiting", &WAITING_COLUMNS, &rows)?;
    for place in &staged.served {
        tx.execute(
            "UPDATE sale_waiting SET served = 1 WHERE lot = $1 AND place = $2",
            values![lot, i64::from(*place)],
        )?;
    }
    Ok(())
}

/// Two letters that came from a parsed country code.
fn country(code: &[u8; 2]) -> &str {
    std::str::from_utf8(code).unwrap_or("??")
}

/// Claims of a lot in the order of their numbers: up to `limit` after number `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn claims_after(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    after: u32,
    limit: i64,
) -> Result<Vec<(u32, Claim)>, StoreError> {
    tx.query(
        "SELECT sequence, request, person, body, units, state, ship_to,
                claimed_at, expires_at, extended
         FROM sale_claim WHERE lot = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
        values![lot, i64::from(after), limit],
        read_claim,
    )
}

/// A claim.
///
/// # Errors
///
/// When the database cannot be read.
pub fn claim(tx: &mut Tx<'_>, lot: LotNumber, sequence: u32) -> Result<Option<Claim>, StoreError> {
    let found = tx.optional(
        "SELECT sequence, request, person, body, units, state, ship_to,
                claimed_at, expires_at, extended
         FROM sale_claim WHERE lot = $1 AND sequence = $2",
        values![lot, i64::from(sequence)],
        read_claim,
    )?;
    Ok(found.map(|(_, claim)| claim))
}

fn read_claim(row: &Row<'_>) -> Result<(u32, Claim), StoreError> {
    let table = "sale_claim";
    let claim = Claim {
        request: row.bytes16(1)?,
        person: row.bytes16(2)?,
        body: small(row.int(3)?, table)?,
        units: small(row.int(4)?, table)?,
        state: parsed(&row.text(5)?, table)?,
        ship_to: letters(&row.text(6)?, table)?,
        claimed_at: row.int(7)?,
        expires_at: row.int(8)?,
        extended: row.int(9)? != 0,
        earlier: 0,
    };
    Ok((small(row.int(0)?, table)?, claim))
}

/// The line of a lot in order: up to `limit` places after place `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn waiting_after(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    after: u32,
    limit: i64,
) -> Result<Vec<(u32, Waiting)>, StoreError> {
    let table = "sale_waiting";
    tx.query(
        "SELECT place, request, person, body, units, allowance, ship_to, joined_at, served
         FROM sale_waiting WHERE lot = $1 AND place > $2 ORDER BY place LIMIT $3",
        values![lot, i64::from(after), limit],
        |row| {
            let waiting = Waiting {
                request: row.bytes16(1)?,
                person: row.bytes16(2)?,
                body: small(row.int(3)?, table)?,
                units: small(row.int(4)?, table)?,
                allowance: small(row.int(5)?, table)?,
                ship_to: letters(&row.text(6)?, table)?,
                joined_at: row.int(7)?,
                served: row.int(8)? != 0,
            };
            Ok((small(row.int(0)?, table)?, waiting))
        },
    )
}

/// Claims of a lot that are being paid: up to `limit` after number `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_checkout(tx: &mut Tx<'_>, lot: LotNumber) -> Result<Vec<u32>, StoreError> {
    tx.query(
        "SELECT sequence FROM sale_claim WHERE lot = $1 AND state = 'checkout' ORDER BY sequence",
        values![lot],
        |row| small(row.int(0)?, "sale_claim"),
    )
}

/// How many claims and units of a lot are in each state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The state's word.
    pub state: String,
    /// Claims.
    pub claims: i64,
    /// Their units.
    pub units: i64,
}

/// Counts a lot's claims by state, in the order of the words.
///
/// # Errors
///
/// When the database cannot be read.
pub fn tally(tx: &mut Tx<'_>, lot: LotNumber) -> Result<Vec<Tally>, StoreError> {
    tx.query(
        "SELECT state, count(*), coalesce(sum(units), 0) FROM sale_claim WHERE lot = $1
         GROUP BY state ORDER BY state",
        values![lot],
        |row| Ok(Tally { state: row.text(0)?, claims: row.int(1)?, units: row.int(2)? }),
    )
}

/// How many people stand in a lot's line.
///
/// # Errors
///
/// When the database cannot be read.
pub fn count_waiting(tx: &mut Tx<'_>, lot: LotNumber) -> Result<i64, StoreError> {
    let count = tx.optional(
        "SELECT count(*) FROM sale_waiting WHERE lot = $1 AND served = 0",
        values![lot],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

fn small<T: TryFrom<i64>>(number: i64, table: &'static str) -> Result<T, StoreError>
where
    T::Error: std::fmt::Display,
{
    T::try_from(number).map_err(|error| StoreError::bad_row(table, error))
}

fn letters(text: &str, table: &'static str) -> Result<[u8; 2], StoreError> {
    text.as_bytes().try_into().map_err(|error| StoreError::bad_row(table, error))
}
