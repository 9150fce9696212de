//! One file's import inside the transaction: what it is given, what it counts, and the helpers
//! that compare before they write.

use std::collections::HashMap;

use kontor_base::{Instant, Random, Wrong};
use kontor_store::fact::{self, Origin};
use kontor_store::{StoreError, Tx};

use super::cell::{Read, confidence, text};
use super::report::Problems;

/// What an area's import is given.
pub(super) struct Job<'a> {
    pub(super) at: Instant,
    pub(super) random: &'a Random,
    pub(super) problems: &'a mut Problems,
    pub(super) counts: Counts,
    pub(super) step: &'a dyn Fn(),
}

/// How many rows were what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) new: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    pub(super) removed: u64,
}

/// How a row stands to what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    New,
    Changed,
    Unchanged,
}

impl Change {
    /// How `new` stands to what is there.
    pub(super) fn between<T: PartialEq>(old: Option<&T>, new: &T) -> Self {
        match old {
            None => Self::New,
            Some(old) if old == new => Self::Unchanged,
            Some(_) => Self::Changed,
        }
    }

    /// The same, where something else about the row was changed as well.
    pub(super) const fn or_changed(self, also: bool) -> Self {
        if also && matches!(self, Self::Unchanged) { Self::Changed } else { self }
    }
}

impl Job<'_> {
    pub(super) fn count(&mut self, change: Change) {
        match change {
            Change::New => self.counts.new += 1,
            Change::Changed => self.counts.changed += 1,
            Change::Unchanged => self.counts.unchanged += 1,
        }
        (self.step)();
    }

    pub(super) fn bad(&mut self, line: u64, column: &str, reason: impl Into<Wrong>) {
        self.problems.add(line, Some(column), reason);
    }

    /// Whether there is something to complain about, so that nothing is written any more.
    pub(super) fn is_bad(&self) -> bool {
        self.problems.are_there()
    }
}

/// A value with where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sourced<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl<T> Sourced<T> {
    /// The value with the two last cells of its row.
    pub(super) fn read(value: T, source: &str, how_sure: &str) -> Read<Self> {
        let origin = Origin { source: text("source", source)?, confidence: confidence(how_sure)? };
        Ok(Self { value, origin })
    }
}

/// Where the facts of one kind are from.
pub(super) struct Origins {
    kind: &'static str,
    known: HashMap<String, Origin>,
}

impl Origins {
    pub(super) fn load(tx: &mut Tx<'_>, kind: &'static str) -> Result<Self, StoreError> {
        Ok(Self { kind, known: fact::origins(tx, kind)?.into_iter().collect() })
    }

    /// Keeps where a fact is from; gives whether that is news.
    pub(super) fn keep(
        &mut self,
        tx: &mut Tx<'_>,
        code: &str,
        origin: &Origin,
    ) -> Result<bool, StoreError> {
        let news = match self.known.get(code) {
            Some(known) => known != origin,
            None => *origin != Origin::default(),
        };
        if news {
            fact::save_origin(tx, self.kind, code, origin)?;
        }
        Ok(news)
    }

    /// Forgets where a fact is from.
    pub(super) fn forget(&mut self, tx: &mut Tx<'_>, code: &str) -> Result<(), StoreError> {
        if self.known.remove(code).is_some() {
            fact::remove_origin(tx, self.kind, code)?;
        }
        Ok(())
    }

    /// Where a fact is from.
    pub(super) fn of(&self, code: &str) -> Origin {
        self.known.get(code).cloned().unwrap_or_default()
    }
}

/// The places of a file's rows among all: its rows take the places that they have together, in the
/// order of the file, and new ones come last. So a file of all rows gives the order, and a file of
/// a few leaves the others where they are.
pub(super) fn places<'a>(
    rows: impl Iterator<Item = &'a str>,
    stored: &HashMap<String, i64>,
) -> Vec<i64> {
    let mut next = stored.values().max().map_or(0, |last| last + 1);
    let mut places: Vec<i64> = rows
        .map(|code| {
            stored.get(code).copied().unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        })
        .collect();
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_file_share_their_places_in_its_order() {
        let stored: HashMap<String, i64> =
            [("us", 0), ("br", 1), ("cn", 2)].map(|(code, at)| (code.to_owned(), at)).into();
        let of = |codes: &[&'static str]| places(codes.iter().copied(), &stored);
        assert_eq!(of(&["us", "br", "cn"]), [0, 1, 2]);
        assert_eq!(of(&["cn", "us"]), [0, 2], "cn goes first, br stays between");
        assert_eq!(of(&["us", "xx", "cn"]), [0, 2, 3]);
        assert_eq!(places(["b", "a"].into_iter(), &HashMap::new()), [0, 1]);
    }
}
