//! Things that are found by words: one row a term, thing and scope, walked by its key; and the queue of
//! those whose terms have to be found. The tables of an area are its own ([`Kind`]); what is asked of
//! them is the same. Orders have tables of another shape ([`crate::order::term`], ADR 0018).
//!
//! A *scope* says who may see a thing without reading it: a market's code, or what an area writes
//! instead, which begins with `@`.

use std::collections::BTreeSet;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value};
use crate::values;

/// A kind of thing that is found by words.
pub trait Kind: 'static {
    /// What names one of them.
    type Thing: Clone + Ord + Send + 'static;
    /// The statements on its tables: [`statements!`].
    const ON: Statements;
    /// What is bound before and behind every thing.
    const ENDS: (Value<'static>, Value<'static>);

    /// One of them as it is bound.
    fn bound(thing: &Self::Thing) -> Value<'_>;

    /// One of them as it is read from a column.
    ///
    /// # Errors
    ///
    /// When something else stands there.
    fn read(row: &Row<'_>, column: usize) -> Result<Self::Thing, StoreError>;
}

/// What is asked of the tables of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Statements {
    pub(crate) queue: &'static str,
    pub(crate) queue_all: &'static str,
    pub(crate) queued: &'static str,
    pub(crate) done: &'static str,
    pub(crate) forget: &'static str,
    pub(crate) add: &'static str,
    pub(crate) exact: &'static str,
    pub(crate) from: &'static str,
}

/// The statements on a table of terms and its queue, in which `$thing` is the column of the thing; the things
/// are in the column `$key` of `$all`.
macro_rules! statements {
    ($terms:literal, $queue:literal, $thing:literal, $all:literal, $key:literal) => {
        $crate::terms::Statements {
            queue: concat!(
                "INSERT INTO ",
                $queue,
                " (",
                $thing,
                ") VALUES ($1) ON CONFLICT (",
                $thing,
                ") DO NOTHING"
            ),
            // Without a condition SQLite takes the conflict for one of a join.
            queue_all: concat!(
                "INSERT INTO ",
                $queue,
                " (",
                $thing,
                ") SELECT ",
                $key,
                " FROM ",
                $all,
                " WHERE 1 = 1 ON CONFLICT (",
                $thing,
                ") DO NOTHING"
            ),
            queued: concat!("SELECT ", $thing, " FROM ", $queue, " ORDER BY ", $thing, " LIMIT $1"),
            done: concat!("DELETE FROM ", $queue, " WHERE ", $thing, " = $1"),
            forget: concat!("DELETE FROM ", $terms, " WHERE ", $thing, " = $1"),
            add: concat!(
                "INSERT INTO ",
                $terms,
                " (term, ",
                $thing,
                ", scope, words) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (term, ",
                $thing,
                ", scope) DO NOTHING"
            ),
            exact: concat!(
                "SELECT ",
                $thing,
                ", scope, words, term FROM ",
                $terms,
                "
                 WHERE term = $1 AND (",
                $thing,
                ", scope) < ($2, $3)
                 ORDER BY ",
                $thing,
                " DESC, scope DESC LIMIT $4"
            ),
            from: concat!(
                "SELECT ",
                $thing,
                ", scope, words, term FROM ",
                $terms,
                "
                 WHERE (term, ",
                $thing,
                ", scope) > ($1, $2, $3) AND term < $4
                 ORDER BY term, ",
                $thing,
                ", scope LIMIT $5"
            ),
        }
    };
}
pub(crate) use statements;

/// What stands behind every text.
const LAST: &str = "\u{10ffff}";

/// Asks for the terms of a thing to be found; in the transaction that changes it.
///
/// # Errors
///
/// When the database cannot be written.
pub fn queue<K: Kind>(tx: &mut Tx<'_>, thing: &K::Thing) -> Result<(), StoreError> {
    tx.execute(K::ON.queue, &[K::bound(thing)])?;
    Ok(())
}

/// Asks for the terms of everything of a kind to be found anew.
///
/// # Errors
///
/// When the database cannot be written.
pub fn queue_all<K: Kind>(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.execute(K::ON.queue_all, &[])?;
    Ok(())
}

/// Things whose terms have to be found: up to `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn queued<K: Kind>(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<K::Thing>, StoreError> {
    tx.query(K::ON.queued, values![limit], |row| K::read(row, 0))
}

/// Writes what a thing is found by, in the place of what it was found by before, and takes it from the
/// queue: `terms` in every one of `scopes`.
///
/// # Errors
///
/// When the database cannot be written.
pub fn write<K: Kind>(
    tx: &mut Tx<'_>,
    thing: &K::Thing,
    terms: &BTreeSet<String>,
    scopes: &BTreeSet<String>,
) -> Result<(), StoreError> {
    tx.execute(K::ON.forget, &[K::bound(thing)])?;
    let words = terms.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    for term in terms {
        for scope in scopes {
            tx.execute(
                K::ON.add,
                &[Value::from(term), K::bound(thing), Value::from(scope), Value::from(&words)],
            )?;
        }
    }
    tx.execute(K::ON.done, &[K::bound(thing)])?;
    Ok(())
}

/// A row of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<T> {
    /// What it leads to.
    pub thing: T,
    /// Who may see it.
    pub scope: String,
    /// All of its terms, with a blank between two.
    pub words: String,
    term: String,
}

/// A walk over the rows whose term begins with a word: those with exactly the word, the newest things
/// first, then longer ones in the order of the terms. A thing comes once for every scope and term.
#[derive(Clone, Debug)]
pub struct Walk<K: Kind> {
    word: String,
    stage: Stage<K::Thing>,
}

#[derive(Clone, Debug)]
enum Stage<T> {
    Exact(Option<(T, String)>),
    Longer(Option<(String, T, String)>),
    Over,
}

impl<K: Kind> Walk<K> {
    /// Begins one.
    #[must_use]
    pub fn new(word: &str) -> Self {
        Self { word: word.to_owned(), stage: Stage::Exact(None) }
    }

    /// The next rows, up to `limit`; none: there are no more.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn next(&mut self, tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Hit<K::Thing>>, StoreError> {
        loop {
            let hits = match &self.stage {
                Stage::Exact(last) => {
                    let (thing, scope) = match last {
                        Some((thing, scope)) => (K::bound(thing), scope.as_str()),
                        None => (K::ENDS.1, LAST),
                    };
                    let bound = [Value::from(&self.word), thing, scope.into(), limit.into()];
                    tx.query(K::ON.exact, &bound, read::<K>)?
                }
                Stage::Longer(last) => {
                    let (term, thing, scope) = match last {
                        Some((term, thing, scope)) => (term, K::bound(thing), scope.as_str()),
                        None => (&self.word, K::ENDS.1, LAST),
                    };
                    let end = format!("{}{LAST}", self.word);
                    let bound =
                        [Value::from(term), thing, scope.into(), Value::from(&end), limit.into()];
                    tx.query(K::ON.from, &bound, read::<K>)?
                }
                Stage::Over => return Ok(Vec::new()),
            };
            let full = i64::try_from(hits.len()).is_ok_and(|found| found >= limit);
            let last = hits.last().filter(|_| full).cloned();
            self.stage = match (&self.stage, last) {
                (Stage::Exact(_), Some(hit)) => Stage::Exact(Some((hit.thing, hit.scope))),
                (Stage::Exact(_), None) => Stage::Longer(None),
                (_, Some(hit)) => Stage::Longer(Some((hit.term, hit.thing, hit.scope))),
                (_, None) => Stage::Over,
            };
            if !hits.is_empty() {
                return Ok(hits);
            }
        }
    }
}

/// How many rows there are whose term begins with a word: at most `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn count<K: Kind>(tx: &mut Tx<'_>, word: &str, limit: i64) -> Result<usize, StoreError> {
    let end = format!("{word}{LAST}");
    let bound = [word.into(), K::ENDS.0, "".into(), Value::from(&end), limit.into()];
    tx.query(K::ON.from, &bound, |_| Ok(())).map(|rows| rows.len())
}

fn read<K: Kind>(row: &Row<'_>) -> Result<Hit<K::Thing>, StoreError> {
    Ok(Hit {
        thing: K::read(row, 0)?,
        scope: row.text(1)?,
        words: row.text(2)?,
        term: row.text(3)?,
    })
}
