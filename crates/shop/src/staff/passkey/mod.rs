//! Passkeys: a key pair that the person's device guards, bound to this site, in place of a password.
//!
//! [`verify`] has the rules of the specification over bytes; here is what is asked, what is kept, and
//! that every question is answered once.

mod cbor;
mod verify;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kontor_base::id::StaffId;
use kontor_base::{Instant, KeyedHash, Line};
use kontor_domain::staff::AccountState;
use kontor_store::StoreError;
use kontor_store::staff::account as accounts;
use kontor_store::staff::passkey::{self as rows, Passkey};

use super::log::{By, Noted, note};
use super::person::{FieldProblem, Person, Refusal};
use super::session::begin_in;
use super::sign_in::SignedIn;
use crate::core::{Failure, Keys, Outcome, Shop};

pub use verify::{Algorithm, Doubt, Site};
use verify::{PublicKey, asserted, registered};

/// How long a question waits for its answer, in seconds.
const ANSWER_WITHIN_S: i64 = 5 * 60;
/// The most passkeys of one account.
pub const PASSKEYS_MAX: usize = 10;
/// The longest part of an answer as text, in characters.
const PART_CHARS_MAX: usize = 12 * 1024;

/// What is asked of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The challenge, in base 64 for URLs.
    pub challenge: String,
    /// The ids of the person's passkeys, in base 64 for URLs: no second one for the same device.
    pub known: Vec<String>,
}

/// The hash under which a challenge is kept: a copy of the database answers nothing.
fn hash_of(keys: &Keys, challenge: &[u8]) -> KeyedHash {
    keys.staff_secret(&[b"challenge".as_slice(), challenge].concat())
}

/// Asks whoever is at the door.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn ask_at_door(shop: &Arc<Shop>) -> Result<Question, StoreError> {
    ask(shop, None).await
}

/// Asks somebody's browser to make a passkey.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn ask_for_passkey(shop: &Arc<Shop>, person: &Person) -> Result<Question, StoreError> {
    ask(shop, Some(person.id)).await
}

async fn ask(shop: &Arc<Shop>, account: Option<StaffId>) -> Result<Question, StoreError> {
    let at = shop.now();
    let challenge = shop.random.bytes32();
    let hash = hash_of(&shop.keys, &challenge);
    let known = shop
        .db
        .write("staff.ask_passkey", move |tx| {
            rows::ask(tx, &hash, account, at.plus_seconds(ANSWER_WITHIN_S))?;
            match account {
                Some(account) => rows::of_account(tx, account),
                None => Ok(Vec::new()),
            }
        })
        .await?;
    Ok(Question {
        challenge: URL_SAFE_NO_PAD.encode(challenge),
        known: known.into_iter().map(|passkey| passkey.id).collect(),
    })
}

/// What an authenticator keeps as the account: its bytes in base 64 for URLs, which say nothing of the
/// person.
#[must_use]
pub fn passkey_handle(account: StaffId) -> String {
    URL_SAFE_NO_PAD.encode(account.bytes())
}

/// Removes questions whose time is over.
pub(crate) async fn forget_challenges(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let at = shop.now();
    shop.db.write("staff.forget_challenges", move |tx| rows::forget(tx, at)).await
}

fn part(text: &str) -> Result<Vec<u8>, Doubt> {
    if text.len() > PART_CHARS_MAX {
        return Err(Doubt::Malformed);
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Doubt::Malformed)
}

/// The challenge that an answer is to, as it says itself: whether it was asked is another question.
fn challenge_in(client_data: &[u8]) -> Result<Vec<u8>, Doubt> {
    #[derive(serde::Deserialize)]
    struct Said {
        challenge: String,
    }
    let said: Said = serde_json::from_slice(client_data).map_err(|_| Doubt::Malformed)?;
    let challenge = part(&said.challenge)?;
    if challenge.len() == 32 { Ok(challenge) } else { Err(Doubt::OtherChallenge) }
}

/// An answer to "make a passkey", as a browser sends it.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// The owner's password: a session alone must not be enough to come back for ever. Not asked for just
    /// after coming in with a recovery code.
    pub password: String,
    /// `clientDataJSON` in base 64 for URLs.
    pub client_data: String,
    /// `attestationObject` in base 64 for URLs.
    pub attestation: String,
}

/// Adds a passkey to one's own account.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn add_passkey(
    shop: &Arc<Shop>,
    person: &Person,
    site: Site<'_>,
    new: NewPasskey,
) -> Outcome<(), Refusal> {
    let at = shop.now();
    let name = Line::<60>::parse(&new.name)
        .map_err(|_| Failure::Refused(Refusal::Field(FieldProblem::PasskeyName)))?;
    let who = shop.keys.person(&person.email.normalised());
    let id = person.id;
    if !person.recovers {
        let closed = |wait| Failure::Refused(Refusal::TooMany(wait));
        shop.door.knock(who, true, at).map_err(closed)?;
        let phc = shop.db.read("staff.password", move |tx| accounts::password(tx, id)).await?;
        if !shop.door.fits(new.password, phc, &shop.random).await {
            return Err(Failure::Refused(Refusal::NotKnown));
        }
        shop.door.forgive(who, true);
    }
    let read = || {
        let client_data = part(&new.client_data)?;
        let challenge = challenge_in(&client_data)?;
        let made = registered(site, &challenge, &client_data, &part(&new.attestation)?)?;
        Ok::<_, Doubt>((challenge, made))
    };
    let (challenge, made) = read().map_err(doubtful)?;
    let asked = hash_of(&shop.keys, &challenge);
    let passkey = Passkey {
        id: URL_SAFE_NO_PAD.encode(&made.id),
        account: person.id,
        name: name.to_string(),
        public_key: made.key.to_text(),
        sign_count: i64::from(made.count),
        copied: made.copied,
        made_at: at,
        used_at: None,
    };
    let (own, person) = (Arc::clone(shop), person.clone());
    let added = shop
        .db
        .write("staff.add_passkey", move |tx| {
            // Used up in any case, so it stays so also where the rest is refused.
            if rows::answer(tx, &asked, at)? != Some(Some(person.id)) {
                return Ok(Err(Refusal::Passkey(Doubt::OtherChallenge)));
            }
            if rows::of_account(tx, person.id)?.len() >= PASSKEYS_MAX {
                return Ok(Err(Refusal::Field(FieldProblem::Passkeys)));
            }
            if !rows::insert(tx, &passkey)? {
                return Ok(Err(Refusal::Passkey(Doubt::Malformed)));
            }
            let subject = person.email.as_str();
            let noted = Noted {
                act: "staff.add_passkey",
                market: None,
                subject,
                was: "",
                is_now: &passkey.name,
            };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok::<_, StoreError>(Ok(()))
        })
        .await?;
    added.map_err(Failure::Refused)
}

fn doubtful(doubt: Doubt) -> Failure<Refusal> {
    tracing::info!(%doubt, "a passkey's answer was not believed");
    Failure::Refused(Refusal::Passkey(doubt))
}

/// One's own passkeys, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn passkeys(shop: &Arc<Shop>, person: &Person) -> Result<Vec<Passkey>, StoreError> {
    let id = person.id;
    shop.db.read("staff.passkeys", move |tx| rows::of_account(tx, id)).await
}

/// Removes one of one's own passkeys; `false` when there is no such one.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn remove_passkey(
    shop: &Arc<Shop>,
    person: &Person,
    id: String,
) -> Result<bool, StoreError> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.remove_passkey", move |tx| {
            let name = rows::find(tx, &id)?.map(|passkey| passkey.name).unwrap_or_default();
            let removed = rows::remove(tx, person.id, &id)?;
            if removed {
                let subject = person.email.as_str();
                let noted = Noted {
                    act: "staff.remove_passkey",
                    market: None,
                    subject,
                    was: &name,
                    is_now: "",
                };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
            }
            Ok(removed)
        })
        .await
}

/// An answer to "who are you", as a browser sends it; everything in base 64 for URLs.
#[derive(Clone, Debug)]
pub struct PasskeyAnswer {
    /// The id of the credential.
    pub id: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// `authenticatorData`.
    pub data: String,
    /// The signature.
    pub signature: String,
    /// The account, as the authenticator keeps it.
    pub user_handle: String,
    /// The browser in a few words.
    pub browser: String,
}

/// Comes in with a passkey. Every way of being wrong is answered the same.
///
/// # Errors
///
/// [`Refusal::NotKnown`], or a fault of the store.
pub async fn sign_in_by_passkey(
    shop: &Arc<Shop>,
    site: Site<'_>,
    answer: PasskeyAnswer,
) -> Outcome<SignedIn, Refusal> {
    let at = shop.now();
    let wrong = |doubt: Doubt| {
        let _ = doubtful(doubt);
        Failure::Refused(Refusal::NotKnown)
    };
    let read = || {
        let client_data = part(&answer.client_data)?;
        let challenge = challenge_in(&client_data)?;
        let parts = (part(&answer.data)?, part(&answer.signature)?, part(&answer.user_handle)?);
        Ok::<_, Doubt>((client_data, challenge, parts))
    };
    let (client_data, challenge, (data, signature, handle)) = read().map_err(wrong)?;
    let asked = hash_of(&shop.keys, &challenge);
    let asked_for =
        shop.db.write("staff.answer_passkey", move |tx| rows::answer(tx, &asked, at)).await?;
    if asked_for != Some(None) {
        return Err(wrong(Doubt::OtherChallenge));
    }
    let id = answer.id.clone();
    let found = shop.db.read("staff.passkey", move |tx| rows::find(tx, &id)).await?;
    let passkey = found.ok_or_else(|| wrong(Doubt::OtherSite))?;
    if handle != passkey.account.bytes() {
        return Err(wrong(Doubt::OtherSite));
    }
    let key = PublicKey::from_text(&passkey.public_key).ok_or_else(|| wrong(Doubt::Algorithm))?;
    let before = u32::try_from(passkey.sign_count).unwrap_or(u32::MAX);
    let count =
        asserted(site, &challenge, &key, before, &client_data, &data, &signature).map_err(wrong)?;
    enter(shop, passkey, count, answer.browser, at).await
}

async fn enter(
    shop: &Arc<Shop>,
    passkey: Passkey,
    count: u32,
    browser: String,
    at: Instant,
) -> Outcome<SignedIn, Refusal> {
    let own = Arc::clone(shop);
    shop.db
        .write("staff.enter_by_passkey", move |tx| {
            let wrong = || Failure::Refused(Refusal::NotKnown);
            // It may have been removed, or used, since it was looked at.
            let now = rows::find(tx, &passkey.id)?.ok_or_else(wrong)?;
            if now.sign_count != passkey.sign_count {
                return Err(wrong());
            }
            let account = accounts::find(tx, passkey.account)?
                .filter(|account| account.state == AccountState::Active)
                .ok_or_else(wrong)?;
            rows::use_passkey(tx, &passkey.id, i64::from(count), at)?;
            let needs_password = accounts::password(tx, account.id)?.is_empty();
            let (token, session) = begin_in(tx, &own, account.id, &browser, "passkey", at)?;
            let subject = account.email.as_str();
            let noted =
                Noted { act: "staff.sign_in", market: None, subject, was: "", is_now: "passkey" };
            note(tx, &own.random, at, By::Account(account.id, account.name.as_str()), &noted)?;
            let person = Person {
                id: account.id,
                name: account.name.clone(),
                email: account.email.clone(),
                language: account.language,
                held: account.held.clone(),
                session,
                needs_password,
                recovers: false,
            };
            Ok(SignedIn { token, person })
        })
        .await
}
