//! Writing to a waiting list: proposed by one person, approved by another, sent by a job.

use kontor_base::Instant;
use kontor_domain::staff::Permission;
use kontor_store::Tx;
use serde_json::json;

use super::act::{Bearing, Change, refused};
use super::act_refusal::ActRefusal;
use super::person::{Person, Refusal};
use crate::core::{Failure, Known, Outcome, Shop};
use crate::mail::{TellRefusal, Telling, check_news, queue_tell_in, untold_in};

fn of_mail(refusal: TellRefusal) -> Failure<Refusal> {
    refused(ActRefusal::Tell(Box::new(refusal)))
}

/// What it needs: the permission in the list's market, and that what is said is true.
pub(super) fn bearing(
    shop: &Shop,
    known: &Known,
    telling: &Telling,
    person: &Person,
    at: Instant,
) -> Outcome<Bearing, Refusal> {
    let market = telling.market;
    let list = telling.model.as_ref().map_or("opening", |model| model.as_str());
    let subject = format!("{market} {list}");
    let plain = Bearing::plain(Permission::CustomerTell, Some(market), subject);
    let bearing = plain.for_person(person)?;
    check_news(shop, known, telling, at).map_err(of_mail)?;
    Ok(bearing)
}

/// How many people it goes to. Once it was sent, or is no longer true, there is nobody.
pub(super) fn change(tx: &mut Tx<'_>, shop: &Shop, telling: &Telling) -> Outcome<Change, Refusal> {
    let at = shop.now();
    let known = shop.snapshots.current_in(tx, at)?;
    let people = match check_news(shop, &known, telling, at) {
        Ok(since) => untold_in(tx, telling, since)?,
        Err(_) => Vec::new(),
    };
    let by_language: Vec<String> =
        people.iter().map(|(language, count)| format!("{language}: {count}")).collect();
    let all: i64 = people.iter().map(|(_, count)| count).sum();
    let is_now = json!({
        "market": telling.market.as_str(),
        "list": telling.model.as_ref().map_or("opening", |model| model.as_str()),
        "letter": telling.news.word(),
        "people": all,
        "by_language": by_language.join(", "),
    });
    Ok(Change { was: String::new(), is_now: is_now.to_string() })
}

/// Queues the writing.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    shop: &Shop,
    telling: &Telling,
    at: Instant,
) -> Outcome<(), Refusal> {
    Ok(queue_tell_in(tx, shop, telling, at)?)
}
