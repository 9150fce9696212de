//! Passkeys by the id of their credential, and challenges, each good for one answer.

use kontor_base::id::StaffId;
use kontor_base::{Instant, KeyedHash};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx};
use crate::values;

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// The id of its credential, in base 64 for URLs.
    pub id: String,
    /// Whose it is.
    pub account: StaffId,
    /// What its owner calls it.
    pub name: String,
    /// Its public key, as text.
    pub public_key: String,
    /// How often it has signed, where it counts.
    pub sign_count: i64,
    /// It is copied to its owner's other devices.
    pub copied: bool,
    /// When it was added.
    pub made_at: Instant,
    /// When it was last used.
    pub used_at: Option<Instant>,
}

/// Writes a new passkey; `false` when there is one with this id already.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn insert(tx: &mut Tx<'_>, passkey: &Passkey) -> Result<bool, StoreError> {
    let added = tx
        .execute(
            "INSERT INTO staff_passkey
             (id, account, name, public_key, sign_count, copied, made_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT (id) DO NOTHING",
            values![
                &passkey.id,
                passkey.account.bytes(),
                &passkey.name,
                &passkey.public_key,
                passkey.sign_count,
                i64::from(passkey.copied),
                passkey.made_at,
            ],
        )?
        .rows()?;
    Ok(added == 1)
}

/// The passkey with this id.
///
/// # Errors
///
/// When the database cannot be read; likewise below.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Passkey>, StoreError> {
    tx.optional(
        "SELECT id, account, name, public_key, sign_count, copied, made_at, used_at
         FROM staff_passkey WHERE id = $1",
        values![id],
        read,
    )
}

/// The passkeys of an account, the oldest first.
///
/// # Errors
///
/// See [`find`].
pub fn of_account(tx: &mut Tx<'_>, account: StaffId) -> Result<Vec<Passkey>, StoreError> {
    tx.query(
        "SELECT id, account, name, public_key, sign_count, copied, made_at, used_at
         FROM staff_passkey WHERE account = $1 ORDER BY made_at, id",
        values![account.bytes()],
        read,
    )
}

/// Notes that a passkey was used, and its counter.
///
/// # Errors
///
/// See [`insert`].
pub fn use_passkey(
    tx: &mut Tx<'_>,
    id: &str,
    sign_count: i64,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_passkey SET sign_count = $2, used_at = $3 WHERE id = $1",
        values![id, sign_count, at],
    )?;
    Ok(())
}

/// Removes a passkey of an account; `false` when it has no such one.
///
/// # Errors
///
/// See [`insert`].
pub fn remove(tx: &mut Tx<'_>, account: StaffId, id: &str) -> Result<bool, StoreError> {
    let removed = tx
        .execute(
            "DELETE FROM staff_passkey WHERE id = $1 AND account = $2",
            values![id, account.bytes()],
        )?
        .rows()?;
    Ok(removed == 1)
}

fn read(row: &Row<'_>) -> Result<Passkey, StoreError> {
    Ok(Passkey {
        id: row.text(0)?,
        account: StaffId::from_bytes(row.bytes16(1)?),
        name: row.text(2)?,
        public_key: row.text(3)?,
        sign_count: row.int(4)?,
        copied: row.int(5)? != 0,
        made_at: row.instant(6)?,
        used_at: row.maybe_int(7)?.map(Instant::from_micros),
    })
}

/// Writes a challenge down by its keyed hash; `account`: only they may answer it, none: whoever can.
///
/// # Errors
///
/// See [`insert`].
pub fn ask(
    tx: &mut Tx<'_>,
    challenge: &KeyedHash,
    account: Option<StaffId>,
    expires_at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_challenge (challenge, account, expires_at) VALUES ($1, $2, $3)",
        values![challenge, account.as_ref().map(StaffId::bytes), expires_at],
    )?;
    Ok(())
}

/// Uses a challenge up; gives for whom it was, or nothing when there is no such challenge, it was
/// answered before or its time is over.
///
/// # Errors
///
/// See [`insert`].
pub fn answer(
    tx: &mut Tx<'_>,
    challenge: &KeyedHash,
    at: Instant,
) -> Result<Option<Option<StaffId>>, StoreError> {
    let found = tx.optional(
        "SELECT account FROM staff_challenge WHERE challenge = $1 AND expires_at > $2",
        values![challenge, at],
        |row| Ok(row.maybe_bytes16(0)?.map(StaffId::from_bytes)),
    )?;
    let used = tx
        .execute("DELETE FROM staff_challenge WHERE challenge = $1", values![challenge])?
        .rows()?;
    Ok(found.filter(|_| used == 1))
}

/// Removes challenges whose time is over.
///
/// # Errors
///
/// See [`insert`].
pub fn forget(tx: &mut Tx<'_>, at: Instant) -> Result<usize, StoreError> {
    tx.execute("DELETE FROM staff_challenge WHERE expires_at <= $1", values![at])?.rows()
}
