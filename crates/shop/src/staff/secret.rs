//! One's own secrets: the password and the recovery codes.

use std::sync::Arc;

use kontor_base::KeyedHash;
use kontor_base::id::StaffId;
use kontor_domain::staff::{RECOVERY_CODES, check_password};
use kontor_store::StoreError;
use kontor_store::staff::account as rows;

use super::account::new_code;
use super::log::{By, Noted, note};
use super::person::{Person, Refusal};
use super::session::{PASSWORD, RECOVERY};
use crate::core::{Failure, Keys, Outcome, Refuse, Shop};

/// The hash under which a recovery code is kept: of its letters and digits alone, in lower case, so
/// that it may be typed with or without dashes.
pub(super) fn code_hash(keys: &Keys, account: StaffId, code: &str) -> KeyedHash {
    let typed: String =
        code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    keys.staff_secret(&[account.bytes().as_slice(), b"code", typed.as_bytes()].concat())
}

/// Sets one's own password; whoever has one must show it, unless they have just come in with a recovery code:
/// then they have lost it. Other sessions end, and the code has done its work.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn set_password(
    shop: &Arc<Shop>,
    person: &Person,
    old: String,
    new: String,
) -> Outcome<(), Refusal> {
    let at = shop.now();
    let id = person.id;
    let who = shop.keys.person(&person.email.normalised());
    check_password(&new, person.name.as_str(), person.email.as_str()).refuse()?;
    let phc = shop.db.read("staff.password", move |tx| rows::password(tx, id)).await?;
    if !phc.is_empty() && !person.needs_password && !person.recovers {
        let closed = |wait| Failure::Refused(Refusal::TooMany(wait));
        shop.door.knock(who, true, at).map_err(closed)?;
        if !shop.door.fits(old, phc, &shop.random).await {
            return Err(Failure::Refused(Refusal::NotKnown));
        }
        shop.door.forgive(who, true);
    }
    let hash = shop.door.hash(new, &shop.random).await;
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.set_password", move |tx| {
            rows::set_password(tx, person.id, &hash)?;
            rows::end_sessions(tx, person.id, Some(&person.session))?;
            let by_code = person.recovers && !person.needs_password;
            if person.recovers {
                // From here on this session shows what every other one shows.
                rows::show_session_as(tx, &person.session, PASSWORD)?;
            }
            let subject = person.email.as_str();
            let is_now = if by_code { RECOVERY } else { "" };
            let noted = Noted { act: "staff.set_password", market: None, subject, was: "", is_now };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok::<_, Failure<Refusal>>(())
        })
        .await
}

/// New recovery codes, each good once; older ones stop working. They are shown this one time.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn new_recovery_codes(
    shop: &Arc<Shop>,
    person: &Person,
) -> Result<Vec<String>, StoreError> {
    let at = shop.now();
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| new_code(&shop.random)).collect();
    let hashes: Vec<KeyedHash> =
        codes.iter().map(|code| code_hash(&shop.keys, person.id, code)).collect();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.recovery_codes", move |tx| {
            rows::set_recovery(tx, person.id, &hashes, at)?;
            let subject = person.email.as_str();
            let noted =
                Noted { act: "staff.recovery_codes", market: None, subject, was: "", is_now: "" };
            note(tx, &own.random, at, By::Person(&person), &noted)
        })
        .await?;
    Ok(codes)
}

/// How many recovery codes are left.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn recovery_left(shop: &Arc<Shop>, person: &Person) -> Result<i64, StoreError> {
    let id = person.id;
    shop.db.read("staff.recovery_left", move |tx| rows::recovery_left(tx, id)).await
}
