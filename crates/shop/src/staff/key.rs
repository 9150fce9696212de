//! Keys of other programs: made once and shown once, looked up by their keyed hash, ended by a
//! person or by the clock.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::id::{self, KeyId};
use kontor_base::{Instant, KeyedHash, Random};
use kontor_domain::staff::{
    Account, AccountState, KEYS_MAX, KeyGrant, KeyName, KeyRefusal, Markets, Permission, check_key,
};
use kontor_store::staff::key::{self as rows, Key};
use kontor_store::{StoreError, Tx};

use super::log::{By, Noted, note};
use super::person::{FieldProblem, Person, Refusal};
use crate::core::{Failure, Keys, Once, Outcome, Refuse, Shop, once};

/// How every key begins, so that scanners for leaked secrets know one when they see it.
pub const KEY_PREFIX: &str = "kontor_";
/// The length of a key's text: the prefix and twice 26 characters, 256 random bits.
const KEY_CHARS: usize = KEY_PREFIX.len() + 52;
/// A key's last use is written at most this often, in seconds.
const USED_EVERY_S: i64 = 5 * 60;
/// One day, in seconds.
const DAY_S: i64 = 24 * 60 * 60;

/// A wish for a key.
#[derive(Clone, Debug)]
pub struct MakeKey {
    /// What it is for, in a few words.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// Where.
    pub markets: Markets,
    /// For how many days.
    pub days: u16,
    /// The request's identity.
    pub once: Once,
}

/// A key that was made.
pub struct MadeKey {
    /// The key.
    pub id: KeyId,
    /// What the other program sends: shown this once. None: the same request had made it before.
    pub secret: Option<String>,
}

impl std::fmt::Debug for MadeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MadeKey({})", self.id)
    }
}

/// Makes a key for a program of the maker's own.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn make_key(
    shop: &Arc<Shop>,
    person: &Person,
    wish: MakeKey,
) -> Outcome<MadeKey, Refusal> {
    let at = shop.now();
    let name = KeyName::parse(&wish.name)
        .map_err(|_| Failure::Refused(Refusal::Field(FieldProblem::KeyName)))?;
    check_key(&person.held, &wish.scopes, &wish.markets, wish.days).refuse()?;
    let key = Key {
        id: KeyId::new(at, &shop.random),
        name,
        grant: KeyGrant {
            scopes: wish.scopes,
            markets: wish.markets,
            expires_at: at.plus_seconds(i64::from(wish.days) * DAY_S),
            ended_at: None,
        },
        made_by: Some(person.id),
        made_at: at,
        used_at: None,
    };
    // The secret never stands in the answer that is kept for the request's key.
    let secret = new_secret(&shop.random);
    let id = key.id;
    let (own, person, told) = (Arc::clone(shop), person.clone(), secret.clone());
    let made = shop
        .db
        .write("staff.make_key", move |tx| {
            once(tx, Some(&wish.once), at, |tx| {
                let good = rows::all(tx)?.iter().filter(|key| key.grant.is_good(at)).count();
                if good >= KEYS_MAX {
                    return Err(Failure::Refused(Refusal::Key(KeyRefusal::TooMany)));
                }
                rows::insert(tx, &hash_of(&own.keys, &told), &key)?;
                let (subject, is_now) = (key.id.to_string(), described(&key));
                let noted = Noted {
                    act: "staff.make_key",
                    market: one_market(&key.grant.markets),
                    subject: &subject,
                    was: "",
                    is_now: &is_now,
                };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
                Ok(subject)
            })
        })
        .await?;
    let id = made.answer.parse().unwrap_or(id);
    Ok(MadeKey { id, secret: (!made.replayed).then_some(secret) })
}

fn new_secret(random: &Random) -> String {
    format!("{KEY_PREFIX}{}{}", id::encode(random.bytes16()), id::encode(random.bytes16()))
}

fn hash_of(keys: &Keys, secret: &str) -> KeyedHash {
    keys.staff_secret(&[b"key".as_slice(), secret.as_bytes()].concat())
}

fn described(key: &Key) -> String {
    let scopes: Vec<&str> = key.grant.scopes.iter().map(|scope| scope.word()).collect();
    format!("{}; {}; {}", key.name, scopes.join(" "), key.grant.markets)
}

fn one_market(markets: &Markets) -> Option<kontor_domain::market::MarketCode> {
    match markets {
        Markets::Only(own) if own.len() == 1 => own.first().copied(),
        _ => None,
    }
}

/// The key that a call carries, if it is good now. Every wrong one is answered the same.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn key_of(shop: &Arc<Shop>, secret: &str) -> Result<Option<Key>, StoreError> {
    if secret.len() != KEY_CHARS || !secret.starts_with(KEY_PREFIX) {
        return Ok(None);
    }
    let at = shop.now();
    let hash = hash_of(&shop.keys, secret);
    let found = shop.db.read("staff.key_of", move |tx| rows::by_token(tx, &hash)).await?;
    let Some(key) = found.filter(|key| key.grant.is_good(at)) else { return Ok(None) };
    if used_long_ago(&key, at) {
        let id = key.id;
        shop.db.write("staff.use_key", move |tx| rows::use_key(tx, id, at)).await?;
    }
    Ok(Some(key))
}

fn used_long_ago(key: &Key, at: Instant) -> bool {
    key.used_at.is_none_or(|used| at >= used.plus_seconds(USED_EVERY_S))
}

/// Whether somebody sees a key: each of its markets is theirs.
fn concerns(person: &Person, key: &Key) -> bool {
    match &key.grant.markets {
        Markets::All => person.may(Permission::StaffConnect, None),
        Markets::Only(own) => {
            own.iter().all(|market| person.may(Permission::StaffConnect, Some(*market)))
        }
    }
}

/// How many keys are read at once while those of one person are looked for.
const READ_AT_ONCE: i64 = 200;

/// A page of the keys that are somebody's to look after, the newest first: up to `limit`, from before
/// the key `before` on.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn keys(
    shop: &Arc<Shop>,
    person: &Person,
    before: Option<KeyId>,
    limit: usize,
) -> Result<Vec<Key>, StoreError> {
    let person = person.clone();
    let read = move |tx: &mut Tx<'_>| {
        let (mut own, mut before) = (Vec::new(), before);
        loop {
            let keys = rows::page(tx, before, READ_AT_ONCE)?;
            let Some(last) = keys.last().map(|key| key.id) else { return Ok(own) };
            before = Some(last);
            own.extend(keys.into_iter().filter(|key| concerns(&person, key)));
            if own.len() >= limit {
                own.truncate(limit);
                return Ok(own);
            }
        }
    };
    shop.db.read("staff.keys", read).await
}

/// The keys that are somebody's to look after, are good now and not at `soon`: the one that ends first
/// comes first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn keys_ending(
    shop: &Arc<Shop>,
    person: &Person,
    soon: Instant,
) -> Result<Vec<Key>, StoreError> {
    let now = shop.now();
    let mut keys = shop.db.read("staff.keys", rows::all).await?;
    keys.retain(|key| key.grant.is_good(now) && !key.grant.is_good(soon) && concerns(person, key));
    keys.sort_by_key(|key| key.grant.expires_at);
    Ok(keys)
}

/// Ends the keys that an account made and could not make any more: one that is locked has no rights, and
/// a key holds no more than whoever made it.
pub(super) fn end_unfounded_in(
    tx: &mut Tx<'_>,
    random: &Random,
    at: Instant,
    by: By<'_>,
    account: &Account,
) -> Result<(), StoreError> {
    for key in rows::all(tx)? {
        let theirs = key.made_by == Some(account.id) && key.grant.is_good(at);
        let KeyGrant { scopes, markets, .. } = &key.grant;
        let founded = account.state == AccountState::Active
            && check_key(&account.held, scopes, markets, 1).is_ok();
        if theirs && !founded && rows::end(tx, key.id, at)? {
            note_end(tx, random, at, by, &key)?;
        }
    }
    Ok(())
}

fn note_end(
    tx: &mut Tx<'_>,
    random: &Random,
    at: Instant,
    by: By<'_>,
    key: &Key,
) -> Result<(), StoreError> {
    let (subject, was) = (key.id.to_string(), described(key));
    let noted = Noted {
        act: "staff.end_key",
        market: one_market(&key.grant.markets),
        subject: &subject,
        was: &was,
        is_now: "",
    };
    note(tx, random, at, by, &noted)
}

/// Ends a key, at once.
///
/// # Errors
///
/// [`Refusal::UnknownKey`] also for a key that is not theirs, or a fault of the store.
pub async fn end_key(shop: &Arc<Shop>, person: &Person, id: KeyId) -> Outcome<(), Refusal> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.end_key", move |tx| {
            let found = rows::find(tx, id)?.filter(|key| concerns(&person, key));
            let key = found.ok_or(Failure::Refused(Refusal::UnknownKey))?;
            if rows::end(tx, id, at)? {
                note_end(tx, &own.random, at, By::Person(&person), &key)?;
            }
            Ok(())
        })
        .await
}
