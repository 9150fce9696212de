//! Letting old segments of the log go: what they say becomes a base, a snapshot from which the
//! count is counted again instead.
//!
//! A base holds no more of a device than the count itself does: the days on which it was there
//! are gone with the segments, but for the last month. The server may be running: it reads nothing
//! that is before its newest snapshot, and only such segments are let go.

use std::path::Path;
use std::sync::{Arc, RwLock};

use kontor_domain::install::Day;

use crate::book::Book;
use crate::counter::replay;
use crate::error::CountError;
use crate::log::{self, Part};
use crate::snapshot::{self, Frozen};

/// What was let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// Segments.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The segment with which the log begins now.
    pub first: u64,
}

/// Folds the segments whose reports all came before `before` into a base and removes them.
///
/// # Errors
///
/// When something cannot be read or written, or is damaged; what was there stays.
pub fn fold(folder: &Path, before: Day) -> Result<Folded, CountError> {
    let (mut book, first) = snapshot::base(folder)?.unwrap_or((Book::default(), 1));
    let newest = snapshot::numbers(folder)?.pop().unwrap_or(0);
    let mut folded = Folded { first, ..Folded::default() };
    let all = log::segments(folder)?;
    for number in all.iter().copied().filter(|number| (first..newest).contains(number)) {
        let path = log::segment(folder, number);
        let mut last = 0;
        let bytes = log::read_segment(&path, Part::Whole, |frame| last = last.max(frame.received))?;
        if last >= before.number() {
            break;
        }
        log::read_segment(&path, Part::Whole, |frame| replay(&mut book, &frame))?;
        folded.segments += 1;
        folded.bytes += bytes;
        folded.first = number + 1;
    }
    if folded.segments > 0 {
        Frozen::of(&Arc::new(RwLock::new(book))).write_base(folder, folded.first)?;
    }
    // What an earlier, interrupted run has left behind, too: the base says it all.
    for number in all.into_iter().filter(|number| *number < folded.first) {
        let path = log::segment(folder, number);
        std::fs::remove_file(&path).map_err(CountError::io("remove", &path))?;
    }
    Ok(folded)
}
