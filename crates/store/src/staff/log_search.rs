//! Finds what staff did: by act, person, subject, market and day, in any combination, newest first.
//!
//! A day is a range of ids, so it costs nothing. Of the others each has an index that ends with the id. Where
//! several are asked for, the one that is rarest in the days in question leads, found by asking each index for
//! the entry where its first thousands end; the rest is compared row by row. What no index makes rare is looked
//! at in parts: after some thousand rows in vain the search says how far it has come, and can be gone on
//! with from there. So no combination reads the whole log for one page.

use std::cmp::Reverse;

use kontor_base::Instant;
use kontor_base::id::StaffId;

use super::log::{Entry, read};
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, Value};
use crate::values;

/// What to look for. Empty texts look for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Acts that begin so: `clearance.` finds an area, `clearance.grant` an act.
    pub act: String,
    /// By whom.
    pub account: Option<StaffId>,
    /// To what, exactly.
    pub subject: String,
    /// In this market.
    pub market: String,
    /// Not before this moment.
    pub from: Option<Instant>,
    /// Before this moment.
    pub until: Option<Instant>,
    /// Older than this entry.
    pub before: Option<[u8; 16]>,
}

/// A page of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The entries, the newest first.
    pub entries: Vec<Entry>,
    /// From where the search goes on; none: there is nothing more.
    pub next: Option<[u8; 16]>,
}

/// How many entries of an index are one part of a search.
const PART: usize = 2_000;
/// After so many rows that did not fit, or so many parts, a search stops and says how far it has come.
const REJECTED_MAX: usize = 8_000;
const PARTS_MAX: usize = 16;
/// With more acts than these another index leads: each act is a walk of its own.
const LEADING_ACTS_MAX: usize = 16;
/// The least that is taken of each of several acts.
const EACH_MIN: usize = 100;

macro_rules! along {
    ($column:literal) => {
        concat!(
            "SELECT id, made_at, account, person, act, market, subject, was, is_now, reason
             FROM staff_log
             WHERE ",
            $column,
            " = $1 AND id >= $2 AND id < $3
                 AND (subject = $4 OR $4 = '') AND (account = $5 OR LENGTH($5) = 0)
                 AND (market = $6 OR $6 = '') AND ((act >= $7 AND act < $8) OR $7 = '')
             ORDER BY id DESC LIMIT $9"
        )
    };
}

macro_rules! part {
    ($column:literal) => {
        concat!(
            "SELECT id FROM staff_log WHERE ",
            $column,
            " = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT 1 OFFSET $4"
        )
    };
}

pub(crate) const BY_SUBJECT: &str = along!("subject");
pub(crate) const BY_ACCOUNT: &str = along!("account");
pub(crate) const BY_MARKET: &str = along!("market");
pub(crate) const BY_ACT: &str = along!("act");
pub(crate) const SUBJECT_PART: &str = part!("subject");
pub(crate) const ACCOUNT_PART: &str = part!("account");
pub(crate) const MARKET_PART: &str = part!("market");
pub(crate) const ACT_PART: &str = part!("act");

/// Without a word on anything else: with one for all of them the database takes another index and sorts the
/// whole log.
pub(crate) const NEWEST: &str = "
    SELECT id, made_at, account, person, act, market, subject, was, is_now, reason
    FROM staff_log WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT $3";

/// The acts there are that begin so, by steps from one to the next: an area has a dozen, among a million
/// entries. Each of them is in the order of the ids; a range of acts is not.
const ACTS: &str = "
    WITH RECURSIVE word (act) AS (
        SELECT MIN(act) FROM staff_log WHERE act >= $1 AND act < $2
        UNION ALL
        SELECT (SELECT MIN(act) FROM staff_log WHERE act > word.act AND act < $2)
        FROM word WHERE word.act IS NOT NULL
    )
    SELECT act FROM word WHERE act IS NOT NULL";

/// An index that can lead, with what to look up in it: several values where one act is not all of it.
struct Way<'s> {
    rows: &'static str,
    part: &'static str,
    values: Vec<Value<'s>>,
}

impl Way<'_> {
    /// How many entries of each value are one part.
    fn each(&self) -> usize {
        (PART / self.values.len().max(1)).max(EACH_MIN)
    }
}

/// The way that leads, and where its first part ends; no end: all of it is one part.
type Led<'w, 's> = (&'w Way<'s>, Option<[u8; 16]>);

/// A range of ids: from the first, and before the second.
type Span = ([u8; 16], [u8; 16]);

/// The newest entries that fit, at most `limit`. Fewer, and still a place to go on from: so far nothing else
/// fits, and the rest has not been looked at.
///
/// # Errors
///
/// When the database cannot be read.
pub fn search(tx: &mut Tx<'_>, what: &Search, limit: usize) -> Result<Found, StoreError> {
    let oldest = what.from.map_or([0; 16], first_id);
    let newest = what.before.unwrap_or([0xff; 16]).min(what.until.map_or([0xff; 16], first_id));
    let mut span = (oldest, newest);
    let acts = if what.act.is_empty() { Vec::new() } else { acts(tx, &what.act)? };
    if (!what.act.is_empty() && acts.is_empty()) || span.0 >= span.1 {
        return Ok(Found::default());
    }
    let (ways, narrows) = ways(what, &acts);
    let Some((way, mut end)) = rarest(tx, &ways, span)? else {
        return Ok(page(newest_of(tx, span, limit + 1)?, limit));
    };
    let mut entries = Vec::new();
    let (mut rejected, mut parts) = (0, 0);
    loop {
        let wanted = limit + 1 - entries.len();
        let rows = rows(tx, way, what, (end.unwrap_or(span.0), span.1), wanted)?;
        (rejected, parts) = (rejected + way.each().saturating_sub(rows.len()), parts + 1);
        entries.extend(rows);
        let Some(reached) = end.filter(|_| entries.len() <= limit) else { break };
        if narrows && (rejected >= REJECTED_MAX || parts >= PARTS_MAX) {
            return Ok(Found { entries, next: Some(reached) });
        }
        span.1 = reached;
        end = part_end(tx, way, span)?;
    }
    Ok(page(entries, limit))
}

/// A page of entries of which one more was asked for than it has room for.
fn page(mut entries: Vec<Entry>, limit: usize) -> Found {
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(|entry| entry.id);
    Found { entries, next }
}

/// The indices that can lead to what is looked for, and whether rows have to be compared with the rest of it.
fn ways<'s>(what: &'s Search, acts: &'s [String]) -> (Vec<Way<'s>>, bool) {
    let mut ways = Vec::new();
    if !what.subject.is_empty() {
        let values = vec![Value::from(&what.subject)];
        ways.push(Way { rows: BY_SUBJECT, part: SUBJECT_PART, values });
    }
    if let Some(account) = &what.account {
        let values = vec![Value::from(account.bytes())];
        ways.push(Way { rows: BY_ACCOUNT, part: ACCOUNT_PART, values });
    }
    if !what.market.is_empty() {
        let values = vec![Value::from(&what.market)];
        ways.push(Way { rows: BY_MARKET, part: MARKET_PART, values });
    }
    let narrows = ways.len() + usize::from(!acts.is_empty()) > 1;
    if !acts.is_empty() && (ways.is_empty() || acts.len() <= LEADING_ACTS_MAX) {
        let values = acts.iter().map(Value::from).collect();
        ways.push(Way { rows: BY_ACT, part: ACT_PART, values });
    }
    (ways, narrows)
}

/// The way whose next part reaches back the farthest, and where that part ends; no way: all entries are wanted.
fn rarest<'w, 's>(
    tx: &mut Tx<'_>,
    ways: &'w [Way<'s>],
    span: Span,
) -> Result<Option<Led<'w, 's>>, StoreError> {
    let mut best: Option<Led<'_, '_>> = None;
    for way in ways {
        let end = part_end(tx, way, span)?;
        // No end is before any: the whole way is one part.
        if best.is_none_or(|(_, farthest)| end < farthest) {
            best = Some((way, end));
        }
        if end.is_none() {
            break;
        }
    }
    Ok(best)
}

/// The id at which a part of a way ends; none: there is no more of it.
fn part_end(tx: &mut Tx<'_>, way: &Way<'_>, span: Span) -> Result<Option<[u8; 16]>, StoreError> {
    let each = i64::try_from(way.each()).unwrap_or(i64::MAX);
    let mut end = None;
    for value in &way.values {
        let asked = [*value, Value::from(&span.0), Value::from(&span.1), each.into()];
        end = end.max(tx.optional(way.part, &asked, |row| row.bytes16(0))?);
    }
    Ok(end)
}

/// What fits of a part of a way.
fn rows(
    tx: &mut Tx<'_>,
    way: &Way<'_>,
    what: &Search,
    part: Span,
    wanted: usize,
) -> Result<Vec<Entry>, StoreError> {
    let account = what.account.as_ref().map_or(&[][..], |account| account.bytes());
    let end = beyond(&what.act);
    let mut found = Vec::new();
    for value in &way.values {
        let asked = [
            *value,
            Value::from(&part.0),
            Value::from(&part.1),
            Value::from(&what.subject),
            Value::Bytes(account),
            Value::from(&what.market),
            Value::from(&what.act),
            Value::from(&end),
            Value::from(i64::try_from(wanted).unwrap_or(i64::MAX)),
        ];
        found.extend(tx.query(way.rows, &asked, read)?);
    }
    if way.values.len() > 1 {
        found.sort_unstable_by_key(|entry: &Entry| Reverse(entry.id));
        found.truncate(wanted);
    }
    Ok(found)
}

fn newest_of(tx: &mut Tx<'_>, span: Span, wanted: usize) -> Result<Vec<Entry>, StoreError> {
    let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
    tx.query(NEWEST, values![&span.0, &span.1, limit], read)
}

fn acts(tx: &mut Tx<'_>, begin: &str) -> Result<Vec<String>, StoreError> {
    tx.query(ACTS, values![begin, &beyond(begin)], |row| row.text(0))
}

/// The text before which everything lies that begins with `text`.
fn beyond(text: &str) -> String {
    format!("{text}\u{10ffff}")
}

/// The lowest id that an entry of this moment can have.
fn first_id(at: Instant) -> [u8; 16] {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&u64::try_from(at.micros()).unwrap_or(0).to_be_bytes());
    id
}
