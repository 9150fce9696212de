//! Keys of other programs, found by the keyed hash of their secret.

use kontor_base::id::{KeyId, StaffId};
use kontor_base::{Instant, KeyedHash};
use kontor_domain::staff::{KeyGrant, KeyName, Permission};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, word};
use crate::values;

const TABLE: &str = "staff_key";

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its id: no secret.
    pub id: KeyId,
    /// What it is called.
    pub name: KeyName,
    /// What it opens.
    pub grant: KeyGrant,
    /// Who made it; none: whoever runs the server.
    pub made_by: Option<StaffId>,
    /// When.
    pub made_at: Instant,
    /// When it was last used, to within a few minutes.
    pub used_at: Option<Instant>,
}

/// Writes a new key; `token` is the keyed hash of its secret.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn insert(tx: &mut Tx<'_>, token: &KeyedHash, key: &Key) -> Result<(), StoreError> {
    let scopes: Vec<&str> = key.grant.scopes.iter().map(|scope| scope.word()).collect();
    tx.execute(
        "INSERT INTO staff_key (token, id, name, scopes, markets, made_by, made_at,
             expires_at, used_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL)",
        values![
            token,
            key.id.bytes(),
            key.name.as_str(),
            &scopes.join(" "),
            &key.grant.markets.to_string(),
            key.made_by.as_ref().map(StaffId::bytes),
            key.made_at,
            key.grant.expires_at,
        ],
    )?;
    Ok(())
}

/// The key with this secret's hash.
///
/// # Errors
///
/// When the database cannot be read; likewise below.
pub fn by_token(tx: &mut Tx<'_>, token: &KeyedHash) -> Result<Option<Key>, StoreError> {
    tx.optional(
        "SELECT id, name, scopes, markets, made_by, made_at, expires_at, used_at, ended_at
         FROM staff_key WHERE token = $1",
        values![token],
        read,
    )
}

/// The key with this id.
///
/// # Errors
///
/// See [`by_token`].
pub fn find(tx: &mut Tx<'_>, id: KeyId) -> Result<Option<Key>, StoreError> {
    tx.optional(
        "SELECT id, name, scopes, markets, made_by, made_at, expires_at, used_at, ended_at
         FROM staff_key WHERE id = $1",
        values![id.bytes()],
        read,
    )
}

/// Every key, the newest first.
///
/// # Errors
///
/// See [`by_token`].
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Key>, StoreError> {
    tx.query(
        "SELECT id, name, scopes, markets, made_by, made_at, expires_at, used_at, ended_at
         FROM staff_key ORDER BY id DESC",
        &[],
        read,
    )
}

/// Keys, the newest first, from before one of them on.
pub(crate) const NEWEST_KEYS: &str = "
    SELECT id, name, scopes, markets, made_by, made_at, expires_at, used_at, ended_at
    FROM staff_key WHERE id < $1 ORDER BY id DESC LIMIT $2";

/// A page of the keys, the newest first: up to `limit`, from before the key `before` on.
///
/// # Errors
///
/// See [`by_token`].
pub fn page(tx: &mut Tx<'_>, before: Option<KeyId>, limit: i64) -> Result<Vec<Key>, StoreError> {
    let before = before.map_or([0xff; 16], |id| *id.bytes());
    tx.query(NEWEST_KEYS, values![&before, limit], read)
}

/// Notes that a key was used.
///
/// # Errors
///
/// See [`insert`].
pub fn use_key(tx: &mut Tx<'_>, id: KeyId, at: Instant) -> Result<(), StoreError> {
    tx.execute("UPDATE staff_key SET used_at = $2 WHERE id = $1", values![id.bytes(), at])?;
    Ok(())
}

/// Ends a key; `false` when it had ended or never was.
///
/// # Errors
///
/// See [`insert`].
pub fn end(tx: &mut Tx<'_>, id: KeyId, at: Instant) -> Result<bool, StoreError> {
    let ended = tx
        .execute(
            "UPDATE staff_key SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
            values![id.bytes(), at],
        )?
        .rows()?;
    Ok(ended == 1)
}

fn read(row: &Row<'_>) -> Result<Key, StoreError> {
    let scopes = row.text(2)?;
    let scopes: Result<_, StoreError> =
        scopes.split_whitespace().map(|text| word(text, TABLE, Permission::from_word)).collect();
    Ok(Key {
        id: KeyId::from_bytes(row.bytes16(0)?),
        name: KeyName::parse(&row.text(1)?).map_err(|e| StoreError::bad_row(TABLE, e))?,
        grant: KeyGrant {
            scopes: scopes?,
            markets: parsed(&row.text(3)?, TABLE)?,
            expires_at: row.instant(6)?,
            ended_at: row.maybe_int(8)?.map(Instant::from_micros),
        },
        made_by: row.maybe_bytes16(4)?.map(StaffId::from_bytes),
        made_at: row.instant(5)?,
        used_at: row.maybe_int(7)?.map(Instant::from_micros),
    })
}
