//! Sessions: a random token in a cookie, its keyed hash in the database, and an end.

use std::sync::Arc;

use kontor_base::id::{self, StaffId};
use kontor_base::{Instant, KeyedHash};
use kontor_domain::staff::{AccountState, RECOVERY_S, SESSION_IDLE_S, SESSION_S};
use kontor_store::staff::account::{self as rows, Session};
use kontor_store::{StoreError, Tx};

use super::log::{By, Noted, note};
use super::person::Person;
use crate::core::Shop;

/// How a session is called that began with a recovery code.
pub(super) const RECOVERY: &str = "recovery";
/// How a session is called that began with the password, or in which a new one was set.
pub(super) const PASSWORD: &str = "password";
/// A session's last use is written at most this often, in seconds.
const SEEN_EVERY_S: i64 = 5 * 60;
/// The longest description of a browser that is kept, in characters.
const BROWSER_CHARS_MAX: usize = 80;

/// Begins a session; gives the token for the cookie and its hash.
pub(super) fn begin_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    account: StaffId,
    browser: &str,
    shown_as: &str,
    at: Instant,
) -> Result<(String, KeyedHash), StoreError> {
    // 256 random bits; a new token with every sign-in, so that nobody can plant one beforehand.
    let token = id::encode(shop.random.bytes16()) + &id::encode(shop.random.bytes16());
    let hash = shop.keys.staff_secret(token.as_bytes());
    let browser: String =
        browser.chars().filter(|c| !c.is_control()).take(BROWSER_CHARS_MAX).collect();
    let session = Session {
        token: hash,
        account,
        began_at: at,
        seen_at: at,
        browser,
        shown_as: shown_as.to_owned(),
    };
    rows::begin_session(tx, &session)?;
    Ok((token, hash))
}

/// Who holds this token, if it is of a session that has not ended and of an account in use.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn person_of(shop: &Arc<Shop>, token: &str) -> Result<Option<Person>, StoreError> {
    if token.len() != 52 {
        return Ok(None);
    }
    let at = shop.now();
    let hash = shop.keys.staff_secret(token.as_bytes());
    let found = shop
        .db
        .read("staff.person_of", move |tx| {
            let Some(session) = rows::session(tx, &hash)? else { return Ok(None) };
            let Some(account) = rows::find(tx, session.account)? else { return Ok(None) };
            let phc = rows::password(tx, account.id)?;
            Ok::<_, StoreError>(Some((session, account, phc.is_empty())))
        })
        .await?;
    let Some((session, account, needs_password)) = found else { return Ok(None) };
    if has_ended(&session, at) || account.state != AccountState::Active {
        return Ok(None);
    }
    if at >= session.seen_at.plus_seconds(SEEN_EVERY_S) {
        shop.db.write("staff.seen", move |tx| rows::see_session(tx, &hash, at)).await?;
    }
    Ok(Some(Person {
        id: account.id,
        name: account.name,
        email: account.email,
        language: account.language,
        held: account.held,
        session: hash,
        needs_password,
        recovers: recovers(&session, at),
    }))
}

/// Whether a session began with a recovery code, and so short a time ago that its owner sets new secrets.
pub(super) fn recovers(session: &Session, at: Instant) -> bool {
    session.shown_as == RECOVERY && at < session.began_at.plus_seconds(RECOVERY_S)
}

fn has_ended(session: &Session, at: Instant) -> bool {
    at >= session.began_at.plus_seconds(SESSION_S)
        || at >= session.seen_at.plus_seconds(SESSION_IDLE_S)
}

/// One's own sessions that have not ended, the last used first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn sessions(shop: &Arc<Shop>, person: &Person) -> Result<Vec<Session>, StoreError> {
    let (id, at) = (person.id, shop.now());
    let mut all = shop.db.read("staff.sessions", move |tx| rows::sessions(tx, id)).await?;
    all.retain(|session| !has_ended(session, at));
    Ok(all)
}

/// Signs out: the session ends.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn sign_out(shop: &Arc<Shop>, person: &Person) -> Result<(), StoreError> {
    end_session(shop, person, person.session).await.map(|_| ())
}

/// Ends one of one's own sessions; `false` when there is no such session.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn end_session(
    shop: &Arc<Shop>,
    person: &Person,
    token: KeyedHash,
) -> Result<bool, StoreError> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.end_session", move |tx| {
            let ended = rows::end_session(tx, person.id, &token)?;
            if ended {
                let subject = person.email.as_str();
                let noted =
                    Noted { act: "staff.sign_out", market: None, subject, was: "", is_now: "" };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
            }
            Ok(ended)
        })
        .await
}

/// Ends all of one's own sessions but the present one.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn end_others(shop: &Arc<Shop>, person: &Person) -> Result<usize, StoreError> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.end_others", move |tx| {
            let ended = rows::end_sessions(tx, person.id, Some(&person.session))?;
            let (subject, is_now) = (person.email.as_str(), ended.to_string());
            let noted =
                Noted { act: "staff.end_others", market: None, subject, was: "", is_now: &is_now };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok(ended)
        })
        .await
}

/// Removes sessions that have ended by themselves.
pub(crate) async fn forget_sessions(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let at = shop.now();
    let began_before = at.plus_seconds(-SESSION_S);
    let seen_before = at.plus_seconds(-SESSION_IDLE_S);
    shop.db
        .write("staff.forget_sessions", move |tx| {
            rows::forget_sessions(tx, began_before, seen_before)
        })
        .await
}
