//! What staff did, in the order in which they did it. Rows are only ever added.

use kontor_base::Instant;
use kontor_base::id::StaffId;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx};
use crate::values;

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id, time-ordered: also where a page of the log begins.
    pub id: [u8; 16],
    /// When.
    pub made_at: Instant,
    /// Whose account; none: an operator at the command line, or somebody unknown at the door.
    pub account: Option<StaffId>,
    /// The name that the person had then.
    pub person: String,
    /// What, as a permission's word or `staff.…`.
    pub act: String,
    /// The market; empty: none, or all.
    pub market: String,
    /// To what: a SKU, an order's number, an account's address.
    pub subject: String,
    /// How it was before.
    pub was: String,
    /// How it is now.
    pub is_now: String,
    /// Why, in the person's words. Empty: nobody asked, or the proposal has it.
    pub reason: String,
}

/// What to look for. Empty texts look for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Acts that begin so: `clearance.` finds an area, `clearance.grant` an act.
    pub act: String,
    /// By whom.
    pub account: Option<StaffId>,
    /// To what, exactly.
    pub subject: String,
    /// Older than this entry.
    pub before: Option<[u8; 16]>,
}

/// Adds an entry.
///
/// # Errors
///
/// When the database cannot be written.
pub fn append(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_log (id, made_at, account, person, act, market, subject, was, is_now,
             reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            &entry.id,
            entry.made_at,
            entry.account.as_ref().map(StaffId::bytes),
            &entry.person,
            &entry.act,
            &entry.market,
            &entry.subject,
            &entry.was,
            &entry.is_now,
            &entry.reason,
        ],
    )?;
    Ok(())
}

/// Without a word on the act: with one for all of them the database takes the index of acts and sorts
/// the whole log.
pub(crate) const NEWEST: &str = "
    SELECT id, made_at, account, person, act, market, subject, was, is_now, reason
    FROM staff_log WHERE id < $1 ORDER BY id DESC LIMIT $2";

/// The newest entries that fit, at most `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn search(tx: &mut Tx<'_>, what: &Search, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let before = what.before.unwrap_or([0xff; 16]);
    let (from, to) = prefix(&what.act);
    // One statement per index: each walks its own from the newest down.
    if let Some(account) = what.account {
        return tx.query(
            "SELECT id, made_at, account, person, act, market, subject, was, is_now, reason
             FROM staff_log
             WHERE account = $1 AND id < $2 AND act >= $3 AND act < $4
             ORDER BY id DESC LIMIT $5",
            values![account.bytes(), &before, &from, &to, limit],
            read,
        );
    }
    if !what.subject.is_empty() {
        return tx.query(
            "SELECT id, made_at, account, person, act, market, subject, was, is_now, reason
             FROM staff_log
             WHERE subject = $1 AND id < $2 AND act >= $3 AND act < $4
             ORDER BY id DESC LIMIT $5",
            values![&what.subject, &before, &from, &to, limit],
            read,
        );
    }
    if what.act.is_empty() {
        return tx.query(NEWEST, values![&before, limit], read);
    }
    newest_of_acts(tx, (&from, &to), &before, limit)
}

/// The first act of the log from a text on, and the next behind one.
pub(crate) const FIRST_ACT: &str =
    "SELECT act FROM staff_log WHERE act >= $1 AND act < $2 ORDER BY act LIMIT 1";
pub(crate) const NEXT_ACT: &str =
    "SELECT act FROM staff_log WHERE act > $1 AND act < $2 ORDER BY act LIMIT 1";
/// The newest entries of an act, without reading them.
pub(crate) const NEWEST_OF_ACT: &str =
    "SELECT id FROM staff_log WHERE act = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
/// The entries of an act between two.
pub(crate) const OF_ACT: &str = "
    SELECT id, made_at, account, person, act, market, subject, was, is_now, reason
    FROM staff_log WHERE act = $1 AND id < $2 AND id >= $3 ORDER BY id DESC";

/// The newest entries of all acts between two texts. One question for all of them would sort everything
/// that was ever done under these acts: so each act is walked by itself, from its newest entry down, and
/// only what is among the newest of all is read.
fn newest_of_acts(
    tx: &mut Tx<'_>,
    (from, to): (&str, &str),
    before: &[u8; 16],
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let mut acts: Vec<String> = Vec::new();
    loop {
        let next = match acts.last() {
            None => tx.optional(FIRST_ACT, values![from, to], |row| row.text(0))?,
            Some(last) => tx.optional(NEXT_ACT, values![last.as_str(), to], |row| row.text(0))?,
        };
        match next {
            Some(act) => acts.push(act),
            None => break,
        }
    }
    let mut ids: Vec<[u8; 16]> = Vec::new();
    for act in &acts {
        ids.extend(
            tx.query(NEWEST_OF_ACT, values![act.as_str(), before, limit], |row| row.bytes16(0))?,
        );
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(usize::try_from(limit).unwrap_or(0));
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    let mut entries = Vec::with_capacity(ids.len());
    for act in &acts {
        entries.extend(tx.query(OF_ACT, values![act.as_str(), before, last], read)?);
    }
    entries.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.id));
    Ok(entries)
}

/// The texts between which everything lies that begins with `text`.
fn prefix(text: &str) -> (String, String) {
    (text.to_owned(), format!("{text}\u{10ffff}"))
}

fn read(row: &Row<'_>) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.bytes16(0)?,
        made_at: row.instant(1)?,
        account: row.maybe_bytes16(2)?.map(StaffId::from_bytes),
        person: row.text(3)?,
        act: row.text(4)?,
        market: row.text(5)?,
        subject: row.text(6)?,
        was: row.text(7)?,
        is_now: row.text(8)?,
        reason: row.text(9)?,
    })
}
