//! Comes in: with a password, or with a recovery code that works once.

use std::sync::Arc;

use kontor_base::id::StaffId;
use kontor_base::{Email, Instant};
use kontor_domain::staff::{Account, AccountState, PASSWORD_BYTES_MAX};
use kontor_store::staff::account as rows;
use kontor_store::{StoreError, Tx};

use super::log::{By, Noted, note};
use super::person::{Person, Refusal};
use super::secret::code_hash;
use super::session::{RECOVERY, begin_in};
use crate::core::{Failure, Outcome, Shop};

/// What somebody shows.
#[derive(Clone)]
pub enum SecretGiven {
    /// A password.
    Password(String),
    /// A recovery code.
    Recovery(String),
}

/// A wish to come in.
pub struct SignIn {
    /// The address, as typed.
    pub email: String,
    /// The secret, as typed.
    pub secret: SecretGiven,
    /// The browser in a few words.
    pub browser: String,
    /// The account that this browser came in with before, from its signed mark.
    pub known: Option<StaffId>,
}

/// Somebody has come in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The token of the session: goes into the cookie and nowhere else.
    pub token: String,
    /// Who.
    pub person: Person,
}

/// Comes in. Every way of being wrong is answered the same and takes as long.
///
/// # Errors
///
/// [`Refusal::NotKnown`] or [`Refusal::TooMany`], or a fault of the store.
pub async fn sign_in(shop: &Arc<Shop>, wish: SignIn) -> Outcome<SignedIn, Refusal> {
    let at = shop.now();
    let wrong = || Failure::Refused(Refusal::NotKnown);
    let email = Email::parse(&wish.email).map_err(|_| wrong())?;
    let address = email.normalised();
    let who = shop.keys.person(&address);
    let looked = address.clone();
    let found = shop
        .db
        .read("staff.by_address", move |tx| {
            let Some(account) = rows::by_address(tx, &looked)? else { return Ok(None) };
            let phc = rows::password(tx, account.id)?;
            Ok::<_, StoreError>(Some((account, phc)))
        })
        .await?;
    let known = wish.known.is_some() && wish.known == found.as_ref().map(|(own, _)| own.id);
    // A code has a hundred random bits: nobody guesses one, and counting would only let strangers
    // keep somebody out whose code is all they have. How many are tried is limited by the network.
    let counts = matches!(wish.secret, SecretGiven::Password(_));
    if counts {
        let closed = |wait| Failure::Refused(Refusal::TooMany(wait));
        shop.door.knock(who, known, at).map_err(closed)?;
    }
    let (account, phc) = match found {
        Some((account, phc)) => (Some(account), phc),
        None => (None, String::new()),
    };
    let has_password = !phc.is_empty();
    let (fits, code) = match wish.secret {
        SecretGiven::Password(password) if password.len() <= PASSWORD_BYTES_MAX => {
            (shop.door.fits(password, phc, &shop.random).await, None)
        }
        SecretGiven::Password(_) => (false, None),
        // Whether the code is good is found out where it is used up.
        SecretGiven::Recovery(code) => (true, Some(code)),
    };
    let right = fits && account.as_ref().is_some_and(|own| own.state == AccountState::Active);
    let account = match account {
        Some(account) if right => account,
        Some(account) if counts && shop.door.tells(who, known, at) => {
            note_closed(shop, &account, known, at);
            return Err(wrong());
        }
        _ => return Err(wrong()),
    };
    let entered = enter(shop, account, code, wish.browser, has_password).await;
    if entered.is_ok() {
        shop.door.forgive(who, known);
    }
    entered
}

/// Has it written down that wrong passwords have closed an account's door. Only of accounts that there are:
/// else anybody could fill the log with addresses. Nobody waits for it: the answer would tell by its time
/// which addresses these are.
fn note_closed(shop: &Arc<Shop>, account: &Account, known: bool, at: Instant) {
    let (own, email) = (Arc::clone(shop), account.email.as_str().to_owned());
    let whose = if known { "own browser" } else { "other browsers" };
    tokio::spawn(async move {
        let random = own.random.clone();
        let write = move |tx: &mut Tx<'_>| {
            let noted = Noted {
                act: "staff.door_closed",
                market: None,
                subject: &email,
                was: "",
                is_now: whose,
            };
            note(tx, &random, at, By::Stranger, &noted)
        };
        if let Err(fault) = own.db.write("staff.door_closed", write).await {
            tracing::error!(error = %fault, "a closed door could not be written down");
        }
    });
}

async fn enter(
    shop: &Arc<Shop>,
    account: Account,
    code: Option<String>,
    browser: String,
    has_password: bool,
) -> Outcome<SignedIn, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("staff.sign_in", move |tx| {
            let shown_as = if let Some(code) = &code {
                let hash = code_hash(&own.keys, account.id, code);
                if !rows::use_recovery(tx, account.id, &hash, at)? {
                    return Err(Failure::Refused(Refusal::NotKnown));
                }
                RECOVERY
            } else {
                "password"
            };
            let (token, session) = begin_in(tx, &own, account.id, &browser, shown_as, at)?;
            let name = account.name.as_str();
            let subject = account.email.as_str();
            let noted =
                Noted { act: "staff.sign_in", market: None, subject, was: "", is_now: shown_as };
            note(tx, &own.random, at, By::Account(account.id, name), &noted)?;
            let person = Person {
                id: account.id,
                name: account.name.clone(),
                email: account.email.clone(),
                language: account.language,
                held: account.held.clone(),
                session,
                needs_password: !has_password,
                recovers: shown_as == RECOVERY,
            };
            Ok(SignedIn { token, person })
        })
        .await
}
