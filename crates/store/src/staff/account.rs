//! Accounts, their recovery codes and sessions. A session's row is found by the keyed hash of its
//! token, so that a copy of the database signs nobody in.

use kontor_base::id::StaffId;
use kontor_base::{Email, Instant, KeyedHash};
use kontor_domain::staff::{Account, AccountState, Assignment, StaffName};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, to_json, word};
use crate::values;

const TABLE: &str = "staff_account";

/// Every account, by name.
///
/// # Errors
///
/// When the database cannot be read; likewise below.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Account>, StoreError> {
    tx.query(
        "SELECT id, name, email, language, state, held, created_at FROM staff_account
         ORDER BY name, id",
        &[],
        read,
    )
}

/// Accounts by name, from behind one of them on.
pub(crate) const BY_NAME: &str = "
    SELECT id, name, email, language, state, held, created_at FROM staff_account
    WHERE (name, id) > ($1, $2) ORDER BY name, id LIMIT $3";

/// A page of the accounts, by name: up to `limit`, from behind the account `after` on. Behind one that
/// there is not, the list begins anew.
///
/// # Errors
///
/// See [`all`].
pub fn page(
    tx: &mut Tx<'_>,
    after: Option<StaffId>,
    limit: i64,
) -> Result<Vec<Account>, StoreError> {
    let last = match after {
        Some(id) => find(tx, id)?,
        None => None,
    };
    // No name is empty: from there every account follows.
    let (name, id) =
        last.as_ref().map_or(("", [0; 16]), |last| (last.name.as_str(), *last.id.bytes()));
    tx.query(BY_NAME, values![name, &id, limit], read)
}

/// An account.
///
/// # Errors
///
/// See [`all`].
pub fn find(tx: &mut Tx<'_>, id: StaffId) -> Result<Option<Account>, StoreError> {
    tx.optional(
        "SELECT id, name, email, language, state, held, created_at FROM staff_account
         WHERE id = $1",
        values![id.bytes()],
        read,
    )
}

/// The account with this address, in its normal form.
///
/// # Errors
///
/// See [`all`].
pub fn by_address(tx: &mut Tx<'_>, normalised: &str) -> Result<Option<Account>, StoreError> {
    let id = tx.optional(
        "SELECT account FROM staff_address WHERE email = $1",
        values![normalised],
        |row| row.bytes16(0).map(StaffId::from_bytes),
    )?;
    match id {
        Some(id) => find(tx, id),
        None => Ok(None),
    }
}

fn read(row: &Row<'_>) -> Result<Account, StoreError> {
    let held: Vec<String> = row.json(5, TABLE)?;
    let held: Result<Vec<Assignment>, _> = held.iter().map(|text| parsed(text, TABLE)).collect();
    Ok(Account {
        id: StaffId::from_bytes(row.bytes16(0)?),
        name: StaffName::parse(&row.text(1)?).map_err(|e| StoreError::bad_row(TABLE, e))?,
        email: Email::parse(&row.text(2)?).map_err(|e| StoreError::bad_row(TABLE, e))?,
        language: parsed(&row.text(3)?, TABLE)?,
        state: word(&row.text(4)?, TABLE, AccountState::from_word)?,
        held: held?,
        created_at: row.instant(6)?,
    })
}

/// Writes a new account, without a password; `false` when its address has one already.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn insert(tx: &mut Tx<'_>, account: &Account) -> Result<bool, StoreError> {
    let free = tx.execute(
        "INSERT INTO staff_address (email, account) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING",
        values![&account.email.normalised(), account.id.bytes()],
    )?.rows()?;
    if free == 0 {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO staff_account (id, name, email, language, state, held, password, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            account.id.bytes(),
            account.name.as_str(),
            account.email.as_str(),
            account.language.tag(),
            account.state.word(),
            &held(account)?,
            "",
            account.created_at,
        ],
    )?;
    Ok(true)
}

fn held(account: &Account) -> Result<String, StoreError> {
    to_json(&account.held.iter().map(ToString::to_string).collect::<Vec<_>>(), TABLE)
}

/// Writes an account's language, state and assignments.
///
/// # Errors
///
/// See [`insert`].
pub fn update(tx: &mut Tx<'_>, account: &Account) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_account SET language = $2, state = $3, held = $4 WHERE id = $1",
        values![account.id.bytes(), account.language.tag(), account.state.word(), &held(account)?,],
    )?;
    Ok(())
}

/// The account's password as a PHC string; empty: it has none.
///
/// # Errors
///
/// See [`all`].
pub fn password(tx: &mut Tx<'_>, id: StaffId) -> Result<String, StoreError> {
    let found = tx.optional(
        "SELECT password FROM staff_account WHERE id = $1",
        values![id.bytes()],
        |row| row.text(0),
    )?;
    Ok(found.unwrap_or_default())
}

/// Sets the password, as a PHC string.
///
/// # Errors
///
/// See [`insert`].
pub fn set_password(tx: &mut Tx<'_>, id: StaffId, phc: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE staff_account SET password = $2 WHERE id = $1", values![id.bytes(), phc])?;
    Ok(())
}

/// Replaces the recovery codes of an account; only hashes are kept.
///
/// # Errors
///
/// See [`insert`].
pub fn set_recovery(
    tx: &mut Tx<'_>,
    id: StaffId,
    codes: &[KeyedHash],
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM staff_recovery WHERE account = $1", values![id.bytes()])?;
    for code in codes {
        tx.execute(
            "INSERT INTO staff_recovery (account, code, made_at, used_at) VALUES ($1, $2, $3, NULL)",
            values![id.bytes(), code, at],
        )?;
    }
    Ok(())
}

/// Uses a recovery code up; `false` when there is no such code or it was used before.
///
/// # Errors
///
/// See [`insert`].
pub fn use_recovery(
    tx: &mut Tx<'_>,
    id: StaffId,
    code: &KeyedHash,
    at: Instant,
) -> Result<bool, StoreError> {
    let used = tx
        .execute(
            "UPDATE staff_recovery SET used_at = $3
         WHERE account = $1 AND code = $2 AND used_at IS NULL",
            values![id.bytes(), code, at],
        )?
        .rows()?;
    Ok(used == 1)
}

/// How many recovery codes are left.
///
/// # Errors
///
/// See [`all`].
pub fn recovery_left(tx: &mut Tx<'_>, id: StaffId) -> Result<i64, StoreError> {
    let left = tx.optional(
        "SELECT count(*) FROM staff_recovery WHERE account = $1 AND used_at IS NULL",
        values![id.bytes()],
        |row| row.int(0),
    )?;
    Ok(left.unwrap_or(0))
}

/// A browser that somebody is signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The keyed hash of its token.
    pub token: KeyedHash,
    /// Who.
    pub account: StaffId,
    /// Since when.
    pub began_at: Instant,
    /// When it was last used, to within a few minutes.
    pub seen_at: Instant,
    /// The browser in a few words, as it named itself.
    pub browser: String,
    /// How the person showed who they are: `password`, `recovery`, `passkey`.
    pub shown_as: String,
}

/// Writes a session down.
///
/// # Errors
///
/// See [`insert`].
pub fn begin_session(tx: &mut Tx<'_>, session: &Session) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_session (token, account, began_at, seen_at, browser, shown_as)
         VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            &session.token,
            session.account.bytes(),
            session.began_at,
            session.seen_at,
            &session.browser,
            &session.shown_as,
        ],
    )?;
    Ok(())
}

/// The session with this token.
///
/// # Errors
///
/// See [`all`].
pub fn session(tx: &mut Tx<'_>, token: &KeyedHash) -> Result<Option<Session>, StoreError> {
    tx.optional(
        "SELECT token, account, began_at, seen_at, browser, shown_as FROM staff_session
         WHERE token = $1",
        values![token],
        read_session,
    )
}

/// The sessions of an account, the last used first.
///
/// # Errors
///
/// See [`all`].
pub fn sessions(tx: &mut Tx<'_>, account: StaffId) -> Result<Vec<Session>, StoreError> {
    tx.query(
        "SELECT token, account, began_at, seen_at, browser, shown_as FROM staff_session
         WHERE account = $1 ORDER BY seen_at DESC, token",
        values![account.bytes()],
        read_session,
    )
}

fn read_session(row: &Row<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        token: row.bytes16(0)?,
        account: StaffId::from_bytes(row.bytes16(1)?),
        began_at: row.instant(2)?,
        seen_at: row.instant(3)?,
        browser: row.text(4)?,
        shown_as: row.text(5)?,
    })
}

/// Notes that a session was used.
///
/// # Errors
///
/// See [`insert`].
pub fn see_session(tx: &mut Tx<'_>, token: &KeyedHash, at: Instant) -> Result<(), StoreError> {
    tx.execute("UPDATE staff_session SET seen_at = $2 WHERE token = $1", values![token, at])?;
    Ok(())
}

/// Ends one session of an account; `false` when it has no such session.
///
/// # Errors
///
/// See [`insert`].
pub fn end_session(
    tx: &mut Tx<'_>,
    account: StaffId,
    token: &KeyedHash,
) -> Result<bool, StoreError> {
    let ended = tx
        .execute(
            "DELETE FROM staff_session WHERE token = $1 AND account = $2",
            values![token, account.bytes()],
        )?
        .rows()?;
    Ok(ended == 1)
}

/// Ends every session of an account but `kept`.
///
/// # Errors
///
/// See [`insert`].
pub fn end_sessions(
    tx: &mut Tx<'_>,
    account: StaffId,
    kept: Option<&KeyedHash>,
) -> Result<usize, StoreError> {
    // No session has an all-zero token: it would be the hash of nothing.
    let kept = kept.copied().unwrap_or_default();
    tx.execute(
        "DELETE FROM staff_session WHERE account = $1 AND token <> $2",
        values![account.bytes(), &kept],
    )?
    .rows()
}

/// Writes down that a session has been shown to be its owner's in another way.
///
/// # Errors
///
/// See [`insert`].
pub fn show_session_as(
    tx: &mut Tx<'_>,
    token: &KeyedHash,
    shown_as: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_session SET shown_as = $2 WHERE token = $1",
        values![token, shown_as],
    )?;
    Ok(())
}

/// Removes sessions that have ended by themselves.
///
/// # Errors
///
/// See [`insert`].
pub fn forget_sessions(
    tx: &mut Tx<'_>,
    began_before: Instant,
    seen_before: Instant,
) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM staff_session WHERE began_at < $1 OR seen_at < $2",
        values![began_before, seen_before],
    )?
    .rows()
}
