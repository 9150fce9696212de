//! The log of what staff did: written in the transaction of the act, read page by page.

use std::sync::Arc;

use kontor_base::id::StaffId;
use kontor_base::{Date, Instant, Random};
use kontor_domain::market::MarketCode;
use kontor_store::staff::log::{self, Entry};
use kontor_store::staff::log_search::{Search, search};
use kontor_store::{StoreError, Tx};

use super::person::Person;
use crate::core::Shop;

/// What is written down of an act.
pub(crate) struct Noted<'a> {
    pub(crate) act: &'a str,
    pub(crate) market: Option<MarketCode>,
    pub(crate) subject: &'a str,
    pub(crate) was: &'a str,
    pub(crate) is_now: &'a str,
}

/// Who is written down.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// Somebody who is signed in.
    Person(&'a Person),
    /// An account that nobody is signed in with yet.
    Account(StaffId, &'a str),
    /// Whoever runs commands on the server.
    Operator,
    /// Somebody before the door.
    Stranger,
}

/// Writes an act down.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    random: &Random,
    at: Instant,
    by: By<'_>,
    noted: &Noted<'_>,
) -> Result<(), StoreError> {
    note_why(tx, random, at, by, noted, "")
}

/// Writes an act down with its reason. Whoever typed it was told that the log is never erased.
pub(crate) fn note_why(
    tx: &mut Tx<'_>,
    random: &Random,
    at: Instant,
    by: By<'_>,
    noted: &Noted<'_>,
    reason: &str,
) -> Result<(), StoreError> {
    let (account, person) = match by {
        By::Person(person) => (Some(person.id), person.name.as_str()),
        By::Account(id, name) => (Some(id), name),
        By::Operator => (None, "operator"),
        By::Stranger => (None, "stranger"),
    };
    let entry = Entry {
        id: place(at, random),
        made_at: at,
        account,
        person: person.to_owned(),
        act: noted.act.to_owned(),
        market: noted.market.map(|market| market.to_string()).unwrap_or_default(),
        subject: noted.subject.to_owned(),
        was: noted.was.to_owned(),
        is_now: noted.is_now.to_owned(),
        reason: reason.to_owned(),
    };
    log::append(tx, &entry)
}

/// Where an entry stands: eight bytes of microseconds and eight random ones. Finer than the ids of
/// other things, because the order of two acts in one millisecond matters here.
fn place(at: Instant, random: &Random) -> [u8; 16] {
    let mut place = random.bytes16();
    place[..8].copy_from_slice(&u64::try_from(at.micros()).unwrap_or(0).to_be_bytes());
    place
}

/// What to look for in the log, as typed: whatever cannot be an account or an entry finds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Acts that begin so.
    pub act: String,
    /// By whom.
    pub account: Option<StaffId>,
    /// To what, exactly.
    pub subject: String,
    /// In this market; empty: in any, and in none.
    pub market: String,
    /// Not before this day, in UTC.
    pub from: Option<Date>,
    /// Not after this day, in UTC.
    pub until: Option<Date>,
    /// The page after this entry.
    pub after: Option<[u8; 16]>,
}

/// A page of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPage {
    /// The entries, the newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub next: Option<[u8; 16]>,
    /// The search came this far and stopped before it had a whole page: what is older was not looked at.
    pub reached: Option<Instant>,
}

/// A page of at most `limit` entries.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn entries(
    shop: &Arc<Shop>,
    query: LogQuery,
    limit: usize,
) -> Result<LogPage, StoreError> {
    let what = Search {
        act: query.act,
        account: query.account,
        subject: query.subject,
        market: query.market,
        from: query.from.map(Instant::start_of),
        // The last day that can be written has no next one: everything is before its end.
        until: query.until.and_then(|day| day.tomorrow().ok()).map(Instant::start_of),
        before: query.after,
    };
    let found = shop.db.read("staff.log", move |tx| search(tx, &what, limit)).await?;
    let reached = found.next.filter(|_| found.entries.len() < limit).map(moment);
    Ok(LogPage { entries: found.entries, next: found.next, reached })
}

/// The moment of a place in the log.
fn moment(place: [u8; 16]) -> Instant {
    let micros = place.first_chunk().map_or(0, |begin| u64::from_be_bytes(*begin));
    Instant::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}
