//! Stock: accounts, transfers, holds. The decisions are `kontor-ledger`'s; here they are read for
//! and written down.

use std::cmp::Reverse;

use kontor_base::Instant;
use kontor_base::id::{HoldId, TransferId};
use kontor_ledger::{
    Balances, Hold, HoldLine, HoldState, StockAccount, StockKey, StockState, Transfer,
};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Asked, Row, Tx, Value, parsed};
use crate::kernel::topic::Topic;
use crate::values;

pub mod serial;
pub mod unit;

/// The units available of `item` for `market`, by place and quota, in key order.
///
/// # Errors
///
/// When the database cannot be read.
pub fn available(
    tx: &mut Tx<'_>,
    market: &str,
    item: &str,
) -> Result<Vec<(StockKey, i64)>, StoreError> {
    tx.query(
        "SELECT account, balance FROM stock_account
         WHERE state = 'available' AND market = $1 AND item = $2 ORDER BY account",
        values![market, item],
        |row| {
            let account: StockAccount = parsed(&row.text(0)?, "stock_account")?;
            Ok((account.key, row.int(1)?))
        },
    )
}

/// What lies in a quota of an item, in every state but the supplier's, in the order of the accounts.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_quota(
    tx: &mut Tx<'_>,
    market: &str,
    item: &str,
) -> Result<Vec<(StockAccount, i64)>, StoreError> {
    tx.query(
        "SELECT account, balance FROM stock_account
         WHERE market = $1 AND item = $2 AND state <> 'supplier' ORDER BY account",
        values![market, item],
        |row| Ok((parsed(&row.text(0)?, "stock_account")?, row.int(1)?)),
    )
}

/// The balances of `keys` in `state`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn balances(
    tx: &mut Tx<'_>,
    keys: &[StockKey],
    state: StockState,
) -> Result<Balances, StoreError> {
    let mut balances = Balances::new();
    for key in keys {
        let account = key.account(state);
        let text = account.to_string();
        let balance = tx.optional(
            "SELECT balance FROM stock_account WHERE account = $1",
            values![&text],
            |row| row.int(0),
        )?;
        balances.set(account, balance.unwrap_or(0));
    }
    Ok(balances)
}

/// Every balance in the books, in the order of the accounts.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all_balances(tx: &mut Tx<'_>) -> Result<Vec<(StockAccount, i64)>, StoreError> {
    tx.query("SELECT account, balance FROM stock_account ORDER BY account", &[], |row| {
        Ok((parsed(&row.text(0)?, "stock_account")?, row.int(1)?))
    })
}

/// Units available per market and item: what shelves show.
///
/// # Errors
///
/// When the database cannot be read.
pub fn levels(tx: &mut Tx<'_>) -> Result<Vec<(String, String, i64)>, StoreError> {
    tx.query(
        "SELECT market, item, sum(balance) FROM stock_account WHERE state = 'available'
         GROUP BY market, item ORDER BY market, item",
        &[],
        |row| Ok((row.text(0)?, row.text(1)?, row.int(2)?)),
    )
}

/// Writes transfers and carries the balances along.
///
/// # Errors
///
/// When the database cannot be written.
///
/// # Panics
///
/// When a transfer would break the books (not balanced, or a balance below zero that may not be):
/// the decision that led here was wrong, and the transaction must not be kept.
pub fn post(tx: &mut Tx<'_>, transfers: &[Transfer]) -> Result<(), StoreError> {
    if transfers.is_empty() {
        return Ok(());
    }
    let texts: Vec<_> = (transfers.iter())
        .map(|transfer| (transfer.from.to_string(), transfer.to.to_string()))
        .collect();
    let mut rows = Vec::with_capacity(transfers.len() * TRANSFER_COLUMNS.len());
    let mut balances = Vec::with_capacity(transfers.len() * 2);
    for (transfer, (from, to)) in transfers.iter().zip(&texts) {
        let flaw = transfer.check().err();
        assert!(flaw.is_none(), "a transfer must be sound before it is written: {flaw:?}");
        let row: &[Value<'_>] = values![
            transfer.id.bytes(),
            transfer.at,
            from,
            to,
            transfer.units,
            transfer.cause.as_str(),
            transfer.reference.as_str(),
        ];
        rows.extend_from_slice(row);
        for (account, text, units) in
            [(&transfer.from, from, -transfer.units), (&transfer.to, to, transfer.units)]
        {
            balances.push((account, text, add(tx, account, text, units)?));
        }
    }
    tx.insert_many("stock_transfer", &TRANSFER_COLUMNS, &rows)?;
    tx.touch(Topic::Stock)?;
    for (account, text, balance) in balances {
        let balance = balance.fetch(tx)?.pop();
        let balance = balance.expect("an upsert that returns its row returns one");
        assert!(
            balance >= 0 || account.state.may_be_negative(),
            "{text} would fall to {balance}: the books must not oversell"
        );
    }
    Ok(())
}

const TRANSFER_COLUMNS: [&str; 7] =
    ["id", "made_at", "from_account", "to_account", "units", "cause", "reference"];

/// Changes a balance; the new one is looked at once all are under way.
fn add(
    tx: &mut Tx<'_>,
    account: &StockAccount,
    text: &str,
    units: i64,
) -> Result<Asked<i64>, StoreError> {
    tx.ask(
        "INSERT INTO stock_account (account, market, item, state, balance)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account) DO UPDATE SET balance = stock_account.balance + $5
         RETURNING balance",
        values![
            text,
            account.key.market_word(),
            account.key.item.as_str(),
            account.state.as_str(),
            units
        ],
        |row| row.int(0),
    )
}

/// Every transfer in the order in which it was made, a page at a time: up to `limit` rows after
/// the transfer `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn transfers_after(
    tx: &mut Tx<'_>,
    after: Option<TransferId>,
    limit: i64,
) -> Result<Vec<Transfer>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, made_at, from_account, to_account, units, cause, reference
         FROM stock_transfer WHERE id > $1 ORDER BY id LIMIT $2",
        values![&after, limit],
        read_transfer,
    )
}

fn read_transfer(row: &Row<'_>) -> Result<Transfer, StoreError> {
    let table = "stock_transfer";
    let reference = row.text(6)?;
    Ok(Transfer {
        id: TransferId::from_bytes(row.bytes16(0)?),
        at: row.instant(1)?,
        from: parsed(&row.text(2)?, table)?,
        to: parsed(&row.text(3)?, table)?,
        units: row.int(4)?,
        cause: parsed(&row.text(5)?, table)?,
        reference: kontor_base::Line::parse(&reference)
            .map_err(|error| StoreError::bad_row(table, error))?,
    })
}

/// Which accounts are looked for; an empty text looks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// The market's quota with those of its sales, or `-`.
    pub market: String,
    /// The site.
    pub site: String,
    /// The variant.
    pub item: String,
    /// The state.
    pub state: String,
}

/// Up to `limit` accounts after the account `after`, in the order of their text.
///
/// # Errors
///
/// When the database cannot be read.
pub fn accounts_after(
    tx: &mut Tx<'_>,
    filter: &AccountFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<(StockAccount, i64)>, StoreError> {
    let AccountFilter { market, site, item, state } = filter;
    let (sales, at_site) = (format!("{market}+"), format!("{site}/"));
    tx.query(
        "SELECT account, balance FROM stock_account
         WHERE account > $1
             AND ($2 = '' OR market = $2 OR substr(market, 1, length($3)) = $3)
             AND ($4 = '/' OR substr(account, 1, length($4)) = $4)
             AND ($5 = '' OR item = $5) AND ($6 = '' OR state = $6)
         ORDER BY account LIMIT $7",
        values![after, market.as_str(), &sales, &at_site, item.as_str(), state.as_str(), limit],
        |row| Ok((parsed(&row.text(0)?, "stock_account")?, row.int(1)?)),
    )
}

/// The transfers out of an account that are older than one, the newest first.
pub(crate) const OUT_OF: &str = "
    SELECT id, made_at, from_account, to_account, units, cause, reference
    FROM stock_transfer WHERE from_account = $1 AND id < $2
    ORDER BY from_account DESC, id DESC LIMIT $3";
/// The same into an account.
pub(crate) const INTO: &str = "
    SELECT id, made_at, from_account, to_account, units, cause, reference
    FROM stock_transfer WHERE to_account = $1 AND id < $2
    ORDER BY to_account DESC, id DESC LIMIT $3";

/// Up to `limit` transfers into or out of an account that are older than `before`, the newest first.
/// Each direction walks its own index.
///
/// # Errors
///
/// When the database cannot be read.
pub fn transfers_of(
    tx: &mut Tx<'_>,
    account: &StockAccount,
    before: Option<TransferId>,
    limit: i64,
) -> Result<Vec<Transfer>, StoreError> {
    let before = before.map_or([0xff; 16], |id| *id.bytes());
    let text = account.to_string();
    let mut found = tx.query(OUT_OF, values![&text, &before, limit], read_transfer)?;
    found.extend(tx.query(INTO, values![&text, &before, limit], read_transfer)?);
    found.sort_unstable_by_key(|transfer| Reverse(transfer.id));
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

pub(crate) const RECEIVED: &str = "
    SELECT units FROM stock_transfer
    WHERE to_account = $2 AND cause = 'received' AND reference = $1";

/// How many units were received into an account under a reference; none if nothing was.
///
/// # Errors
///
/// When the database cannot be read.
pub fn received(
    tx: &mut Tx<'_>,
    account: &StockAccount,
    reference: &str,
) -> Result<Option<i64>, StoreError> {
    let account = account.to_string();
    let units = tx.query(RECEIVED, values![reference, &account], |row| row.int(0))?;
    Ok(if units.is_empty() { None } else { Some(units.iter().sum()) })
}

/// Units that left an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// When.
    pub at: Instant,
    /// Where to.
    pub to: StockAccount,
    /// How many.
    pub units: i64,
}

/// What left an account for one reference, the first first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn moved_from(
    tx: &mut Tx<'_>,
    account: &StockAccount,
    reference: &str,
) -> Result<Vec<Moved>, StoreError> {
    let account = account.to_string();
    tx.query(
        "SELECT made_at, to_account, units FROM stock_transfer
         WHERE from_account = $1 AND reference = $2 ORDER BY id",
        values![&account, reference],
        |row| {
            Ok(Moved {
                at: row.instant(0)?,
                to: parsed(&row.text(1)?, "stock_transfer")?,
                units: row.int(2)?,
            })
        },
    )
}

/// Everything that was ever received, by reference and account.
///
/// # Errors
///
/// When the database cannot be read.
pub fn receipts(tx: &mut Tx<'_>) -> Result<Vec<(String, StockAccount, i64)>, StoreError> {
    tx.query(
        "SELECT reference, to_account, sum(units) FROM stock_transfer
         WHERE cause = 'received'
         GROUP BY reference, to_account ORDER BY reference, to_account",
        &[],
        |row| Ok((row.text(0)?, parsed(&row.text(1)?, "stock_transfer")?, row.int(2)?)),
    )
}

/// A hold.
///
/// # Errors
///
/// When the database cannot be read.
pub fn hold(tx: &mut Tx<'_>, id: HoldId) -> Result<Option<Hold>, StoreError> {
    tx.optional(HOLD, values![id.bytes()], read_hold)
}

/// Asks a server already now for [`hold`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn hold_ahead(tx: &mut Tx<'_>, id: HoldId) -> Result<(), StoreError> {
    tx.ahead(HOLD, values![id.bytes()])
}

const HOLD: &str =
    "SELECT id, state, placed_at, expires_at, extended, lines FROM stock_hold WHERE id = $1";

/// Active holds whose end has come, the oldest end first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn holds_due(tx: &mut Tx<'_>, at: Instant, limit: i64) -> Result<Vec<Hold>, StoreError> {
    tx.query(
        "SELECT id, state, placed_at, expires_at, extended, lines FROM stock_hold
         WHERE state = 'active' AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2",
        values![at, limit],
        read_hold,
    )
}

/// Every hold, a page at a time: up to `limit` rows after the hold `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn holds_after(
    tx: &mut Tx<'_>,
    after: Option<HoldId>,
    limit: i64,
) -> Result<Vec<Hold>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, state, placed_at, expires_at, extended, lines FROM stock_hold
         WHERE id > $1 ORDER BY id LIMIT $2",
        values![&after, limit],
        read_hold,
    )
}

fn read_hold(row: &Row<'_>) -> Result<Hold, StoreError> {
    let table = "stock_hold";
    let lines: Vec<(String, i64, i64)> = row.json(5, table)?;
    let lines = lines
        .into_iter()
        .map(|(key, units, shipped)| Ok(HoldLine { key: parsed(&key, table)?, units, shipped }))
        .collect::<Result<_, StoreError>>()?;
    Ok(Hold {
        id: HoldId::from_bytes(row.bytes16(0)?),
        state: parsed(&row.text(1)?, table)?,
        placed_at: row.instant(2)?,
        expires_at: row.instant(3)?,
        extended: if row.int(4)? == 0 {
            kontor_ledger::Extended::NotYet
        } else {
            kontor_ledger::Extended::Once
        },
        lines,
    })
}

/// Writes a hold as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_hold(tx: &mut Tx<'_>, hold: &Hold) -> Result<(), StoreError> {
    let lines: Vec<(String, i64, i64)> =
        hold.lines.iter().map(|line| (line.key.to_string(), line.units, line.shipped)).collect();
    let lines =
        serde_json::to_string(&lines).map_err(|error| StoreError::bad_row("stock_hold", error))?;
    let extended = i64::from(hold.extended == kontor_ledger::Extended::Once);
    tx.execute(
        "INSERT INTO stock_hold (id, state, placed_at, expires_at, extended, lines)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET
             state = excluded.state, expires_at = excluded.expires_at,
             extended = excluded.extended, lines = excluded.lines",
        values![
            hold.id.bytes(),
            hold.state.as_str(),
            hold.placed_at,
            hold.expires_at,
            extended,
            &lines
        ],
    )?;
    Ok(())
}

/// How many holds are in `state`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn count_holds(tx: &mut Tx<'_>, state: HoldState) -> Result<i64, StoreError> {
    let count = tx.optional(
        "SELECT count(*) FROM stock_hold WHERE state = $1",
        values![state.as_str()],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}
