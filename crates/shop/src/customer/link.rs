//! The links in letters to those who wait: one confirms an entry, one ends it. Looking at a link changes
//! nothing, so that programs which follow every link of a letter confirm nothing; both acts can be done
//! twice.

use std::sync::Arc;

use kontor_base::{Instant, KeyedHash};
use kontor_domain::customer::{CONFIRM_WITHIN_S, WaitingEntry};
use kontor_store::Tx;
use kontor_store::customer::{self as lists, KeptWaiting};

use super::waiting::stop_waiting_in;
use crate::core::{Failure, Outcome, Shop};

/// An entry whose link was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirming {
    /// Who waits for what.
    pub entry: WaitingEntry,
    /// Whether it is confirmed.
    pub is_confirmed: bool,
}

/// Why a link leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefusal {
    /// The shop has never made this link.
    #[error("the shop has not made this link")]
    Forged,
    /// Its time is over, or what it was for is: told, left or erased.
    #[error("the link is not good any more")]
    Over,
}

/// What a link would confirm.
///
/// # Errors
///
/// A [`LinkRefusal`], or a fault of the store.
pub async fn confirmation(shop: &Arc<Shop>, token: &str) -> Outcome<Confirming, LinkRefusal> {
    let (person, asked_at) = open(shop, token)?;
    let at = shop.now();
    shop.db
        .read("customer.confirmation", move |tx| Ok(told(&found(tx, &person, asked_at, at)?)))
        .await
}

/// Confirms what a link is for.
///
/// # Errors
///
/// A [`LinkRefusal`], or a fault of the store.
pub async fn confirm(shop: &Arc<Shop>, token: &str) -> Outcome<Confirming, LinkRefusal> {
    let (person, asked_at) = open(shop, token)?;
    let at = shop.now();
    shop.db
        .write("customer.confirm", move |tx| {
            let kept = found(tx, &person, asked_at, at)?;
            lists::confirm_waiting(tx, &person, at)?;
            Ok(Confirming { is_confirmed: true, ..told(&kept) })
        })
        .await
}

/// Whom a link takes off a list; none: nobody is on it any more.
///
/// # Errors
///
/// [`LinkRefusal::Forged`], or a fault of the store.
pub async fn leaving(shop: &Arc<Shop>, token: &str) -> Outcome<Option<WaitingEntry>, LinkRefusal> {
    let person = shop.keys.open_leave(token).ok_or(Failure::Refused(LinkRefusal::Forged))?;
    let found = shop.db.read("customer.leaving", move |tx| lists::waiting(tx, &person)).await?;
    Ok(found.map(|kept| kept.entry))
}

/// Takes somebody off a list; gives what they waited for, the first time.
///
/// # Errors
///
/// [`LinkRefusal::Forged`], or a fault of the store.
pub async fn leave(shop: &Arc<Shop>, token: &str) -> Outcome<Option<WaitingEntry>, LinkRefusal> {
    let person = shop.keys.open_leave(token).ok_or(Failure::Refused(LinkRefusal::Forged))?;
    let own = Arc::clone(shop);
    shop.db
        .write("customer.leave", move |tx| {
            let kept = lists::waiting(tx, &person)?;
            stop_waiting_in(tx, &own, &person)?;
            Ok(kept.map(|kept| kept.entry))
        })
        .await
}

fn open(shop: &Shop, token: &str) -> Result<(KeyedHash, Instant), Failure<LinkRefusal>> {
    shop.keys.open_waiting(token).ok_or(Failure::Refused(LinkRefusal::Forged))
}

/// The entry that a link was made for. One that was left and made anew is another one: the link of
/// then does not confirm it.
fn found(
    tx: &mut Tx<'_>,
    person: &KeyedHash,
    asked_at: Instant,
    at: Instant,
) -> Result<KeptWaiting, Failure<LinkRefusal>> {
    let over = || Failure::Refused(LinkRefusal::Over);
    let kept: Option<KeptWaiting> = lists::waiting(tx, person)?;
    let kept = kept.ok_or_else(over)?;
    // Links carry whole seconds.
    let signed = kept.moments.signed_at.timestamp().as_second();
    let in_time = at < asked_at.plus_seconds(CONFIRM_WITHIN_S);
    let is_good = kept.moments.confirmed_at.is_some() || in_time;
    if is_good && signed <= asked_at.timestamp().as_second() { Ok(kept) } else { Err(over()) }
}

fn told(kept: &KeptWaiting) -> Confirming {
    Confirming { entry: kept.entry.clone(), is_confirmed: kept.moments.confirmed_at.is_some() }
}
