//! Devices by everything that they last said and the day of it: the cells from which every
//! breakdown of the present is summed, without a look at a single device.

use std::collections::{BTreeMap, HashMap};

use crate::column::Row;
use crate::mix::Mix;

/// How many days back the cells tell the days apart; what is older is one day, 0.
pub(crate) const CUBE_DAYS: u16 = 92;

/// Devices of one day by what they said (32 bits) and channel and standing (8 bits).
pub(crate) type Cells = HashMap<u64, u32, Mix>;

/// The cells by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cube {
    days: BTreeMap<u16, Cells>,
    /// Earlier days are kept as day 0.
    first: u16,
}

/// The part of a cell's key that is not the day.
pub(crate) const fn cell(said: u32, marks: u8) -> u64 {
    said as u64 | (marks as u64) << 32
}

impl Cube {
    pub(crate) fn add(&mut self, row: &Row, marks: u8) {
        let day = self.day(row.last);
        *self.days.entry(day).or_default().entry(cell(row.said, marks)).or_default() += 1;
    }

    pub(crate) fn remove(&mut self, row: &Row, marks: u8) {
        let day = self.day(row.last);
        let key = cell(row.said, marks);
        let cells = self.days.get_mut(&day).expect("a device is in the cell of its row");
        match cells.get_mut(&key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(cells.remove(&key)),
        }
        if cells.is_empty() {
            self.days.remove(&day);
        }
    }

    const fn day(&self, last: u16) -> u16 {
        if last < self.first { 0 } else { last }
    }

    /// Goes on to `today`: days that are too old become one.
    pub(crate) fn advance(&mut self, today: u16) {
        self.first = today.saturating_sub(CUBE_DAYS);
        let first = self.first.max(1);
        while let Some((&day, _)) = self.days.range(1..first).next() {
            let cells = self.days.remove(&day).unwrap_or_default();
            let old = self.days.entry(0).or_default();
            for (key, count) in cells {
                *old.entry(key).or_default() += count;
            }
        }
    }

    /// Every day with its cells, in order; day 0 stands for all that is older.
    pub(crate) fn days(&self) -> impl DoubleEndedIterator<Item = (u16, &Cells)> {
        self.days.iter().map(|(day, cells)| (*day, cells))
    }

    /// The first day that is told apart.
    pub(crate) const fn first(&self) -> u16 {
        self.first
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.days.values().map(HashMap::len).sum()
    }

    /// Puts a cell back that a snapshot has kept.
    pub(crate) fn restore(&mut self, day: u16, key: u64, count: u32) {
        self.days.entry(day).or_default().insert(key, count);
    }
}
