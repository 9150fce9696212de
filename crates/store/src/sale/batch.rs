//! What an owner decided, written in one transaction; and read back when an owner starts.

use kontor_base::Instant;
use kontor_ledger::sale::{Claim, PlaceState, Staged, Waiting};

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

/// What a row that changes gets of the new one. The request, the person and the units never change.
const CLAIM_CHANGES: &str = "ON CONFLICT (lot, sequence) DO UPDATE SET
    state = excluded.state, expires_at = excluded.expires_at, extended = excluded.extended";

/// What is written with each batch beside what was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The first moment at which the lease is no longer good.
    pub lease_until: Instant,
    /// Units that people have asked for in vain: another lot may have some.
    pub wanted: u32,
    /// The most units that all lots of the market may have together.
    pub market_units: u64,
}

/// What became of a batch. Whatever is not [`Written::Yes`] must not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Yes,
    /// The lot's lease is another one than it was decided under.
    Fenced,
    /// The lots of the market would have more units than there are: another lot was faster.
    TooMany,
}

/// Writes a batch if the lot's lease is still the one it was decided under, and makes the lease
/// longer.
///
/// # Errors
///
/// When the database cannot be written.
pub fn write(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    staged: &Staged,
    beside: &Beside,
) -> Result<Written, StoreError> {
    // The lot's row first: two owners on two nodes wait for each other here, not on the claims.
    let owned = tx
        .execute(
            "UPDATE sale_lot
         SET quota = $3, halted = $4, lease_until = $5, taken = $6, wanted = $7,
             sold = $8, ended = $9, in_line = $10
         WHERE lot = $1 AND fence = $2",
            values![
                lot,
                staged.head.fence,
                i64::from(staged.head.quota),
                i64::from(staged.head.halted),
                beside.lease_until,
                i64::from(staged.taken),
                i64::from(beside.wanted),
                i64::from(staged.counted.sold),
                i64::from(staged.counted.ended),
                i64::from(staged.counted.in_line),
            ],
        )?
        .rows()?;
    if owned != 1 {
        return Ok(Written::Fenced);
    }
    if staged.grown && units_of_market(tx, lot)? > beside.market_units {
        return Ok(Written::TooMany);
    }
    let new = (staged.first_claim..).zip(&staged.claims);
    tx.insert_many("sale_claim", &CLAIM_COLUMNS, &claim_rows(lot, new))?;
    let changed = staged.changed.iter().map(|(sequence, claim)| (*sequence, claim));
    tx.upsert_many("sale_claim", &CLAIM_COLUMNS, CLAIM_CHANGES, &claim_rows(lot, changed))?;
    write_line(tx, lot, staged)?;
    Ok(Written::Yes)
}

/// The rows of claims, one after the other.
fn claim_rows<'a>(
    lot: LotNumber,
    claims: impl Iterator<Item = (u32, &'a Claim)>,
) -> Vec<Value<'a>> {
    let mut rows = Vec::with_capacity(claims.size_hint().0 * CLAIM_COLUMNS.len());
    for (sequence, claim) in claims {
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
    rows
}

/// The units of all lots of a lot's market, counted in the transaction that makes one of them larger:
/// two nodes that take the same units at once are a conflict, and the second sees the first.
fn units_of_market(tx: &mut Tx<'_>, lot: LotNumber) -> Result<u64, StoreError> {
    let units = tx.optional(
        "SELECT coalesce(sum(other.quota), 0)
         FROM sale_lot own JOIN sale_lot other ON other.sale = own.sale
         WHERE own.lot = $1 AND other.market = own.market",
        values![lot],
        |row| row.int(0),
    )?;
    small(units.unwrap_or(0), "sale_lot")
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
            waiting.state.number(),
        ];
        rows.extend_from_slice(row);
    }
    tx.insert_many("sale_waiting", &WAITING_COLUMNS, &rows)?;
    set_places(tx, lot, &staged.served, PlaceState::Served)?;
    set_places(tx, lot, &staged.left, PlaceState::Left)
}

/// Says how places stand now. The line is served in its order: they are one run, as a rule.
fn set_places(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    places: &[u32],
    state: PlaceState,
) -> Result<(), StoreError> {
    for run in places.chunk_by(|place, next| place + 1 == *next) {
        let (first, last) = (run[0], run[run.len() - 1]);
        tx.execute(
            "UPDATE sale_waiting SET served = $4 WHERE lot = $1 AND place BETWEEN $2 AND $3",
            values![lot, i64::from(first), i64::from(last), state.number()],
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

/// Who has made the claims of a lot, in the order of their numbers: up to `limit` after number `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn persons_after(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    after: u32,
    limit: i64,
) -> Result<Vec<(u32, [u8; 16])>, StoreError> {
    tx.query(
        "SELECT sequence, person FROM sale_claim
         WHERE lot = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
        values![lot, i64::from(after), limit],
        |row| Ok((small(row.int(0)?, "sale_claim")?, row.bytes16(1)?)),
    )
}

/// A claim.
///
/// # Errors
///
/// When the database cannot be read.
pub fn claim(tx: &mut Tx<'_>, lot: LotNumber, sequence: u32) -> Result<Option<Claim>, StoreError> {
    let found = tx.optional(CLAIM, values![lot, i64::from(sequence)], read_claim)?;
    Ok(found.map(|(_, claim)| claim))
}

/// Asks a server already now for a claim and its lot.
///
/// # Errors
///
/// When the database has refused something before it.
pub fn claim_ahead(tx: &mut Tx<'_>, lot: LotNumber, sequence: u32) -> Result<(), StoreError> {
    tx.ahead(CLAIM, values![lot, i64::from(sequence)])?;
    super::lot::get_ahead(tx, lot)
}

const CLAIM: &str = "
    SELECT sequence, request, person, body, units, state, ship_to,
           claimed_at, expires_at, extended
    FROM sale_claim WHERE lot = $1 AND sequence = $2";

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

/// The number of a lot's last claim; 0 where there is none.
///
/// # Errors
///
/// When the database cannot be read.
pub fn last_claim(tx: &mut Tx<'_>, lot: LotNumber) -> Result<u32, StoreError> {
    let last = tx.optional(LAST_CLAIM, values![lot], |row| small(row.int(0)?, "sale_claim"))?;
    Ok(last.unwrap_or(0))
}

pub(crate) const LAST_CLAIM: &str =
    "SELECT sequence FROM sale_claim WHERE lot = $1 ORDER BY sequence DESC LIMIT 1";

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
                state: place_state(row.int(8)?, table)?,
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

fn place_state(number: i64, table: &'static str) -> Result<PlaceState, StoreError> {
    let unknown = || StoreError::bad_row(table, format!("no place stands like {number}"));
    PlaceState::from_number(number).ok_or_else(unknown)
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
