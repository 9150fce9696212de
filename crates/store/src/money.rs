//! The money ledger: transfers and the balances they make. The decisions are `kontor-ledger`'s.

use std::collections::BTreeMap;

use kontor_base::id::{DepositId, OrderId, TransferId};
use kontor_base::{Currency, Line, Money};
use kontor_ledger::money::{MoneyAccount, MoneyTransfer};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value, parsed};
use crate::values;

/// Writes transfers and carries the balances along.
///
/// # Errors
///
/// When the database cannot be written.
///
/// # Panics
///
/// When a transfer is not sound: the decision that led here was wrong, and the transaction must
/// not be kept.
pub fn post(tx: &mut Tx<'_>, transfers: &[MoneyTransfer]) -> Result<(), StoreError> {
    let owned: Vec<_> = (transfers.iter())
        .map(|transfer| {
            let flaw = transfer.check().err();
            assert!(flaw.is_none(), "a transfer must be sound before it is written: {flaw:?}");
            let owner = transfer.owner();
            let owner = owner.expect("a sound transfer belongs to an order or a deposit");
            (transfer, owner, transfer.from.to_string(), transfer.to.to_string())
        })
        .collect();
    let mut rows = Vec::with_capacity(owned.len() * TRANSFER_COLUMNS.len());
    // One statement must not change a row twice.
    let mut sums: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (transfer, owner, from, to) in &owned {
        let Money { minor, currency } = transfer.amount;
        let row: &[Value<'_>] = values![
            transfer.id.bytes(),
            owner,
            transfer.at,
            from,
            to,
            minor,
            currency.code(),
            transfer.cause.as_str(),
            transfer.reference.as_str(),
        ];
        rows.extend_from_slice(row);
        for (account, minor) in [(from, -minor), (to, minor)] {
            *sums.entry((account, currency.code())).or_default() += minor;
        }
    }
    tx.insert_many("money_transfer", &TRANSFER_COLUMNS, &rows)?;
    let sums: Vec<Value<'_>> = (sums.into_iter())
        .flat_map(|((account, currency), minor)| [account.into(), currency.into(), minor.into()])
        .collect();
    tx.upsert_many(
        "money_account",
        &["account", "currency", "balance_minor"],
        "ON CONFLICT (account, currency) DO UPDATE SET
             balance_minor = money_account.balance_minor + excluded.balance_minor",
        &sums,
    )
}

const TRANSFER_COLUMNS: [&str; 9] = [
    "id",
    "order_id",
    "made_at",
    "from_account",
    "to_account",
    "minor",
    "currency",
    "cause",
    "reference",
];

/// Every transfer of an order, in the order in which they were made.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_order(tx: &mut Tx<'_>, order: OrderId) -> Result<Vec<MoneyTransfer>, StoreError> {
    tx.query(OF_ORDER, values![order.bytes()], read)
}

/// Asks a server already now for [`of_order`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn of_order_ahead(tx: &mut Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    tx.ahead(OF_ORDER, values![order.bytes()])
}

const OF_ORDER: &str = "
    SELECT id, made_at, from_account, to_account, minor, currency, cause, reference
    FROM money_transfer WHERE order_id = $1 ORDER BY id";

/// Every transfer of a deposit that is not one of an order too, in the order in which they were made.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_deposit(tx: &mut Tx<'_>, deposit: DepositId) -> Result<Vec<MoneyTransfer>, StoreError> {
    // The column has the id of whom a transfer belongs to; ids of both kinds never meet.
    of_order(tx, OrderId::from_bytes(*deposit.bytes()))
}

/// What an account has in a currency.
///
/// # Errors
///
/// When the database cannot be read.
pub fn balance(
    tx: &mut Tx<'_>,
    account: &MoneyAccount,
    currency: Currency,
) -> Result<Money, StoreError> {
    let minor = tx.optional(
        "SELECT balance_minor FROM money_account WHERE account = $1 AND currency = $2",
        values![&account.to_string(), currency.code()],
        |row| row.int(0),
    )?;
    Ok(Money::new(minor.unwrap_or(0), currency))
}

/// Every transfer in the order of the ids, a page at a time: up to `limit` after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn transfers_after(
    tx: &mut Tx<'_>,
    after: Option<TransferId>,
    limit: i64,
) -> Result<Vec<MoneyTransfer>, StoreError> {
    let after = after.map_or([0; 16], |id| *id.bytes());
    tx.query(
        "SELECT id, made_at, from_account, to_account, minor, currency, cause, reference
         FROM money_transfer WHERE id > $1 ORDER BY id LIMIT $2",
        values![&after, limit],
        read,
    )
}

/// Every balance in the books.
///
/// # Errors
///
/// When the database cannot be read.
pub fn balances(tx: &mut Tx<'_>) -> Result<Vec<(MoneyAccount, Money)>, StoreError> {
    tx.query(
        "SELECT account, currency, balance_minor FROM money_account ORDER BY account, currency",
        &[],
        |row| {
            let table = "money_account";
            let account = parsed(&row.text(0)?, table)?;
            let currency = parsed(&row.text(1)?, table)?;
            Ok((account, Money::new(row.int(2)?, currency)))
        },
    )
}

fn read(row: &Row<'_>) -> Result<MoneyTransfer, StoreError> {
    let table = "money_transfer";
    Ok(MoneyTransfer {
        id: TransferId::from_bytes(row.bytes16(0)?),
        at: row.instant(1)?,
        from: parsed(&row.text(2)?, table)?,
        to: parsed(&row.text(3)?, table)?,
        amount: Money::new(row.int(4)?, parsed(&row.text(5)?, table)?),
        cause: parsed(&row.text(6)?, table)?,
        reference: Line::parse(&row.text(7)?).map_err(|error| StoreError::bad_row(table, error))?,
    })
}
