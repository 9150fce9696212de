//! Gives a reseller a key to sign in with, and ends one. Alone and at once: a key that has got about
//! may not wait for anybody. A key orders under every contract of the reseller, so both take the permission
//! in every market that has one. Beside it, what an operator does about resellers from a command.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_base::{Instant, KeyedHash};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{Permission, StaffRefusal};
use kontor_store::{StoreError, Tx};

use super::act_refusal::ActRefusal;
use super::log::{By, Noted, note};
use super::person::{Person, Refusal};
use crate::core::{Failure, Outcome, Shop};
use crate::reseller::{
    Refusal as ResellerRefusal, allot_in, cancel_for_maker_in, end_key_in, issue_key_in, key_text,
};

/// A wish for a key.
#[derive(Clone, Debug)]
pub struct IssueKey {
    /// For whom.
    pub reseller: ResellerId,
    /// What it is for.
    pub label: String,
    /// The form's key: the same form twice gives the same key.
    pub form_key: String,
}

/// Makes a key; it is shown this once.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn issue_reseller_key(
    shop: &Arc<Shop>,
    person: &Person,
    wish: IssueKey,
) -> Outcome<String, Refusal> {
    let at = shop.now();
    // From the form's own key, so that sending the form again makes no second key.
    let seed = format!("{} {} {}", person.id, wish.reseller, wish.form_key);
    let secret = shop.keys.reseller_secret(seed.as_bytes());
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.issue_reseller_key", move |tx| {
            let IssueKey { reseller, label, .. } = &wish;
            let markets = markets_of_keys(tx, &person, *reseller)?;
            if !issue_key_in(tx, &own, *reseller, label, &secret, at).map_err(of_reseller)? {
                // The form was sent twice: it is the key that it made.
                return Ok(key_text(secret));
            }
            let subject = reseller.to_string();
            let is_now = format!("{label}; {}", told(&markets));
            let noted = Noted {
                act: "reseller.manage.key",
                market: only(&markets),
                subject: &subject,
                was: "",
                is_now: &is_now,
            };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok(key_text(secret))
        })
        .await
}

/// Makes a key at an operator's word.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn issue_key_as_operator(
    shop: &Arc<Shop>,
    reseller: ResellerId,
    label: String,
) -> Outcome<String, Refusal> {
    let (at, secret) = (shop.now(), shop.random.bytes16());
    let own = Arc::clone(shop);
    shop.db
        .write("staff.issue_key_as_operator", move |tx| {
            issue_key_in(tx, &own, reseller, &label, &secret, at).map_err(of_reseller)?;
            let subject = reseller.to_string();
            by_operator(tx, &own, "reseller.manage.key", &subject, &label, at)?;
            Ok(key_text(secret))
        })
        .await
}

/// Moves an allotment at an operator's word.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn allot_as_operator(
    shop: &Arc<Shop>,
    contract: String,
    sku: Sku,
    units: i64,
) -> Outcome<(), Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("staff.allot_as_operator", move |tx| {
            allot_in(tx, &own, &contract, &sku, units, at).map_err(of_reseller)?;
            let is_now = format!("{units} × {sku}");
            by_operator(tx, &own, "reseller.manage", &contract, &is_now, at)?;
            Ok(())
        })
        .await
}

/// Cancels a reseller's order at an operator's word.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn cancel_reseller_order_as_operator(
    shop: &Arc<Shop>,
    order: ResellerOrderId,
    reason: String,
) -> Outcome<(), Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("staff.cancel_reseller_order_as_operator", move |tx| {
            cancel_for_maker_in(tx, &own, order, &reason, at).map_err(of_reseller)?;
            by_operator(tx, &own, "reseller.manage", &order.to_string(), &reason, at)?;
            Ok(())
        })
        .await
}

fn by_operator(
    tx: &mut Tx<'_>,
    shop: &Shop,
    act: &str,
    subject: &str,
    is_now: &str,
    at: Instant,
) -> Result<(), StoreError> {
    let noted = Noted { act, market: None, subject, was: "", is_now };
    note(tx, &shop.random, at, By::Operator, &noted)
}

fn of_reseller(failure: Failure<ResellerRefusal>) -> Failure<Refusal> {
    failure.map(|refusal| Refusal::Act(ActRefusal::Reseller(Box::new(refusal))))
}

/// Ends a key; gives whether there was one.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn end_reseller_key(
    shop: &Arc<Shop>,
    person: &Person,
    reseller: ResellerId,
    hash: KeyedHash,
) -> Outcome<bool, Refusal> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.end_reseller_key", move |tx| {
            let markets = markets_of_keys(tx, &person, reseller)?;
            let ended = end_key_in(tx, reseller, &hash, at)?;
            if ended {
                let (subject, was) = (reseller.to_string(), told(&markets));
                let noted = Noted {
                    act: "reseller.manage.key_ended",
                    market: only(&markets),
                    subject: &subject,
                    was: &was,
                    is_now: "",
                };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
            }
            Ok(ended)
        })
        .await
}

/// Whether somebody gives and ends the keys of a reseller with contracts in these markets.
#[must_use]
pub fn may_key_reseller(person: &Person, markets: &BTreeSet<MarketCode>) -> bool {
    // Without a contract there is no key to give; whoever manages any reseller may see that there is none.
    person.may_somewhere(Permission::ResellerManage)
        && markets.iter().all(|market| person.may(Permission::ResellerManage, Some(*market)))
}

/// The markets in which a reseller's keys order, if they are the person's.
fn markets_of_keys(
    tx: &mut Tx<'_>,
    person: &Person,
    reseller: ResellerId,
) -> Outcome<BTreeSet<MarketCode>, Refusal> {
    let contracts = kontor_store::reseller::contracts(tx, reseller)?;
    let markets = contracts.into_iter().map(|kept| kept.market).collect();
    if may_key_reseller(person, &markets) {
        Ok(markets)
    } else {
        Err(StaffRefusal::NotPermitted.into())
    }
}

fn only(markets: &BTreeSet<MarketCode>) -> Option<MarketCode> {
    markets.first().copied().filter(|_| markets.len() == 1)
}

fn told(markets: &BTreeSet<MarketCode>) -> String {
    markets.iter().map(MarketCode::as_str).collect::<Vec<_>>().join(", ")
}
