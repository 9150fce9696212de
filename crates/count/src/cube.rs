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
    /// Devices by the day on which they were last seen, of whatever age: windows of any length are
    /// sums over it. Never longer than the newest day.
    last: Vec<u32>,
}

/// The part of a cell's key that is not the day.
pub(crate) const fn cell(said: u32, marks: u8) -> u64 {
    said as u64 | (marks as u64) << 32
}

impl Cube {
    pub(crate) fn add(&mut self, row: &Row, marks: u8) {
        let day = self.day(row.last);
        *self.days.entry(day).or_default().entry(cell(row.said, marks)).or_default() += 1;
        self.see(row.last, 1);
    }

    /// So many more devices were last seen on `day`.
    fn see(&mut self, day: u16, devices: u32) {
        let day = usize::from(day);
        if self.last.len() <= day {
            self.last.resize(day + 1, 0);
        }
        self.last[day] += devices;
    }

    pub(crate) fn remove(&mut self, row: &Row, marks: u8) {
        let day = self.day(row.last);
        let key = cell(row.said, marks);
        let seen = self.last.get_mut(usize::from(row.last)).filter(|count| **count > 0);
        *seen.expect("a device is in the sum of its day") -= 1;
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

    /// Devices by how many days before `day` they were last seen, the day itself first. Who was seen
    /// after it counts as seen on it.
    pub(crate) fn ages(&self, day: u16) -> Vec<u64> {
        let seen = self.last.iter().enumerate().map(|(last, count)| (last, u64::from(*count)));
        let mut ages = Vec::new();
        for (last, count) in seen.rev().filter(|(_, count)| *count > 0) {
            let age = usize::from(day).saturating_sub(last);
            if ages.len() <= age {
                ages.resize(age + 1, 0);
            }
            ages[age] += count;
        }
        ages
    }

    /// How many devices the step from day `from` to day `to` takes out of one of `windows`.
    pub(crate) fn leaving(&self, from: u16, to: u16, windows: &[u16]) -> u64 {
        let leaves = |last: u16| {
            let until = |days: u16| last.saturating_add(days);
            windows.iter().any(|days| until(*days) > from && until(*days) <= to)
        };
        let seen = (0_u16..).zip(&self.last).filter(|(last, _)| leaves(*last));
        seen.map(|(_, count)| u64::from(*count)).sum()
    }

    /// Counts the days anew that no cell tells, from the day of each device: after a snapshot was
    /// read. Nobody is looked at where every day has its cells.
    pub(crate) fn recall(&mut self, last: impl Iterator<Item = u16>) {
        if self.days.contains_key(&0) {
            let first = self.first;
            last.filter(|last| *last < first).for_each(|day| self.see(day, 1));
        }
    }

    /// Puts a cell back that a snapshot has kept.
    pub(crate) fn restore(&mut self, day: u16, key: u64, count: u32) {
        self.days.entry(day).or_default().insert(key, count);
        if day > 0 {
            self.see(day, count);
        }
    }
}
