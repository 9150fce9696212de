//! The count itself, in memory: what a report does, and every number that is read from it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use kontor_domain::install::{Day, DeviceKey, Kind, LATE_DAYS_MAX, Report, Timing, place};
use kontor_domain::reach::Sighting;

use crate::changed::Changed;
use crate::column::{Column, Row};
use crate::cube::{Cube, cell};
use crate::days::Days;
use crate::dictionary::{Dictionary, NAMES_MAX, NAMES_OPEN_MAX, country, country_number};
use crate::index::{DEVICES_MAX, Index};
use crate::mix::Mix;
use crate::present::{Close, Position, Present, Slice, Sums, WINDOWS, largest};
use crate::record::{Event, country_of, said, version_of};

/// How many days of bitmaps are kept in memory besides today's: every day that a late report can
/// still be counted on. Older days have their [`Close`], and the log.
pub(crate) const DAYS_KEPT: u16 = LATE_DAYS_MAX + 1;

/// After a silence as long as this the days before it are not closed one by one: nothing moved.
pub(crate) const CLOSES_AT_ONCE_MAX: u16 = 92;

/// Whether a report changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It did, and has to be on disk before it is answered.
    Counted,
    /// Everything it says was known.
    Repeat,
}

/// A table of devices by one or more properties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// All devices in the table.
    pub total: u64,
    /// Devices by value; of several properties, the values joined by `/`.
    pub cells: BTreeMap<String, u64>,
}

/// The count.
#[derive(Debug)]
pub struct Book {
    pub(crate) column: Column,
    index: Index,
    pub(crate) days: Days,
    pub(crate) models: Dictionary,
    pub(crate) versions: Dictionary,
    pub(crate) cube: Cube,
    pub(crate) reported: BTreeMap<u16, u64>,
    pub(crate) inferred: BTreeMap<u16, u64>,
    pub(crate) timing: [u64; 4],
    pub(crate) aside: u64,
    pub(crate) closes: BTreeMap<u16, Arc<Close>>,
    pub(crate) today: u16,
    /// What of the log is counted; what is counted may still be on its way to the disk.
    pub(crate) position: Position,
    /// Names entered since the log last took them: (0 model or 1 version, name).
    fresh: Vec<(u8, String)>,
    /// The devices that have changed since the last edition.
    changed: Mutex<Changed>,
}

impl Default for Book {
    fn default() -> Self {
        Self::of(Column::default(), Days::default())
    }
}

impl Book {
    pub(crate) fn of(column: Column, days: Days) -> Self {
        let index = Index::of(&column);
        Self {
            column,
            index,
            days,
            models: Dictionary::default(),
            versions: Dictionary::default(),
            cube: Cube::default(),
            reported: BTreeMap::new(),
            inferred: BTreeMap::new(),
            timing: [0; 4],
            aside: 0,
            closes: BTreeMap::new(),
            today: 0,
            position: Position::default(),
            fresh: Vec::new(),
            changed: Mutex::new(Changed::default()),
        }
    }

    /// Counts a report that came on `received`.
    pub fn apply(&mut self, report: &Report, received: Day) -> Applied {
        self.advance(received);
        let event = self.event(report, false);
        if self.take(&event) { Applied::Counted } else { Applied::Repeat }
    }

    /// Whether the device is known.
    #[must_use]
    pub fn knows(&self, report: &Report) -> bool {
        self.index.find(report.device.0, &self.column).is_some()
    }

    /// Where and when a device was seen, if it was: the country that it said last, its first and its
    /// last day.
    #[must_use]
    pub fn sighting(&self, device: DeviceKey) -> Option<Sighting> {
        let number = self.index.find(device.0, &self.column)?;
        let (row, _) = self.column.get(number);
        Some(Sighting {
            country: country(country_of(row.said)),
            first: Day::from_number(row.first).date(),
            last: Day::from_number(row.last).date(),
        })
    }

    /// Whether everything that a report says is known. May say no where it is.
    pub(crate) fn is_repeat(&self, report: &Report, received: Day) -> bool {
        if received.number() > self.today {
            return false;
        }
        let names = (
            self.models.number(report.model.as_str()),
            self.versions.number(report.version.as_str()),
        );
        let ((Some(model), Some(version)), Some(number)) =
            (names, self.index.find(report.device.0, &self.column))
        else {
            return false;
        };
        let (day, _) = place(report.day, self.today());
        let (row, marks) = self.column.get(number);
        let country = match country_number(report.country) {
            0 => country_of(row.said),
            country => country,
        };
        let channel = match report.channel as u8 {
            0 => marks & 0xF,
            channel => channel,
        };
        self.days.has(day.number(), number)
            && (day.number() < row.last
                || row.said == said(country, model, version)
                    && marks == channel | (report.standing as u8) << 4)
    }

    /// The event of a report. One that is set aside enters no names: inventing them is what a
    /// flood would do.
    pub(crate) fn event(&mut self, report: &Report, aside: bool) -> Event {
        let (day, timing) = place(report.day, Day::from_number(self.today));
        let mut number = |which: u8, name: &str| {
            let names = if which == 0 { &mut self.models } else { &mut self.versions };
            if aside {
                return names.number(name).unwrap_or(0);
            }
            let (number, new) = names.enter(name, NAMES_OPEN_MAX);
            if new {
                self.fresh.push((which, name.to_owned()));
            }
            number
        };
        let (model, version) =
            (number(0, report.model.as_str()), number(1, report.version.as_str()));
        let (mut country, mut channel) = (country_number(report.country), report.channel as u8);
        // What a report does not say stays as the device has said it before.
        if (country == 0 || channel == 0)
            && let Some(number) = self.index.find(report.device.0, &self.column)
        {
            let (row, marks) = self.column.get(number);
            country = if country == 0 { country_of(row.said) } else { country };
            channel = if channel == 0 { marks & 0xF } else { channel };
        }
        Event {
            key: report.device.0,
            said: said(country, model, version),
            day: day.number(),
            marks: channel | (report.standing as u8) << 4,
            kind: report.kind,
            timing,
            aside,
        }
    }

    pub(crate) fn fresh(&mut self) -> Vec<(u8, String)> {
        std::mem::take(&mut self.fresh)
    }

    /// Gives a name that the log or the maker knows its number.
    pub(crate) fn enter_name(&mut self, which: u8, name: &str) -> bool {
        let names = if which == 0 { &mut self.models } else { &mut self.versions };
        names.enter(name, NAMES_MAX).1
    }

    /// Gives the names that the maker declares their numbers before reports can take them all.
    pub(crate) fn declare(&mut self, which: u8, name: &str) {
        if self.enter_name(which, name) {
            self.fresh.push((which, name.to_owned()));
        }
    }

    /// Counts an event; false if it changed nothing.
    pub(crate) fn take(&mut self, event: &Event) -> bool {
        if event.aside {
            self.aside += 1;
            return true;
        }
        let changed = match self.index.find(event.key, &self.column) {
            // Half a thousand million devices have no number left for another: kept, not counted.
            None if self.column.len() >= DEVICES_MAX => {
                self.aside += 1;
                return true;
            }
            None => {
                self.add(event);
                true
            }
            Some(number) => self.change(number, event),
        };
        if changed {
            self.timing[event.timing as usize] += 1;
        }
        changed
    }

    fn add(&mut self, event: &Event) {
        let row = Row { key: event.key, said: event.said, first: event.day, last: event.day };
        let number = self.column.push(row, event.marks);
        self.note(number);
        self.index.insert(event.key, number, &self.column);
        self.days.mark(event.day, number);
        self.cube.add(&row, event.marks);
        if event.kind == Kind::Install {
            *self.reported.entry(version_of(event.said)).or_default() += 1;
        }
    }

    fn change(&mut self, number: u32, event: &Event) -> bool {
        let mut changed = self.days.mark(event.day, number);
        let (row, marks) = self.column.get(number);
        let newest = event.day >= row.last;
        let mut new = Row { first: row.first.min(event.day), ..row };
        let mut new_marks = marks;
        if newest {
            if version_of(event.said) != version_of(row.said) {
                let installs = match event.kind {
                    Kind::Install => &mut self.reported,
                    Kind::Check => &mut self.inferred,
                };
                *installs.entry(version_of(event.said)).or_default() += 1;
            }
            (new.said, new.last, new_marks) = (event.said, event.day, event.marks);
        }
        if changed || new != row || new_marks != marks {
            self.note(number);
        }
        if new != row || new_marks != marks {
            changed = true;
            self.column.set(number, new, new_marks);
            if (new.said, new.last, new_marks) != (row.said, row.last, marks) {
                self.cube.remove(&row, marks);
                self.cube.add(&new, new_marks);
            }
        }
        changed
    }

    /// A device has changed.
    fn note(&mut self, number: u32) {
        self.changed.get_mut().unwrap_or_else(PoisonError::into_inner).note(number);
    }

    /// Goes on to the day on which reports now come, and closes the days before it. A clock that
    /// is set back does not take the count back.
    pub(crate) fn advance(&mut self, received: Day) {
        let received = received.number();
        if received <= self.today {
            return;
        }
        if self.column.len() > 0 {
            for day in self.today.max(received.saturating_sub(CLOSES_AT_ONCE_MAX))..received {
                let close = Arc::new(self.close(day));
                self.closes.insert(day, close);
            }
        }
        let leaving = self.cube.leaving(self.today, received, &WINDOWS);
        self.changed.get_mut().unwrap_or_else(PoisonError::into_inner).leave(leaving);
        self.today = received;
        self.cube.advance(received);
        self.days.forget_before(received.saturating_sub(DAYS_KEPT));
    }

    fn close(&self, day: u16) -> Close {
        let mut sums = Sums::of(&self.cube, day, &self.models, &self.versions);
        let month = WINDOWS.iter().position(|days| *days == 30).expect("a window of 30 days");
        Close {
            activations: self.activations(),
            active: WINDOWS.map(|days| sums.active(days)),
            installs_reported: self.reported.values().sum(),
            installs_inferred: self.inferred.values().sum(),
            tables: Slice::ALL
                .map(|by| largest(std::mem::take(&mut sums.tables[by as usize][month]))),
        }
    }

    /// Everything at this moment, if at least so many devices have changed or left a window of days
    /// since the last edition; then this is the last edition. Between two of them nobody reads what
    /// fewer devices did.
    #[must_use]
    pub fn edition(&self, least: u64) -> Option<Present> {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.begin_anew(least).then(|| self.present())
    }

    /// Everything that is to be read at this moment, in one pass over the cells.
    #[must_use]
    pub fn present(&self) -> Present {
        let (reported, inferred) = self.installs();
        Present {
            today: self.today(),
            position: self.position,
            activations: self.activations(),
            reported,
            inferred,
            timing: self.timing,
            set_aside: self.aside,
            history: self
                .closes
                .iter()
                .map(|(day, close)| (Day::from_number(*day), Arc::clone(close)))
                .collect(),
            sums: Sums::of(&self.cube, self.today, &self.models, &self.versions),
        }
    }

    /// What of the log is counted.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The newest day on which a report came.
    #[must_use]
    pub const fn today(&self) -> Day {
        Day::from_number(self.today)
    }

    /// Devices ever seen.
    #[must_use]
    pub const fn activations(&self) -> u64 {
        self.column.len() as u64
    }

    /// Devices active in the `days` days that end with `today`.
    #[must_use]
    pub fn active(&self, days: u16) -> u64 {
        self.cube.ages(self.today).iter().take(usize::from(days)).sum()
    }

    /// Distinct devices on the days `from..=to`, from the days' bitmaps. None where a day is
    /// older than those that are kept.
    #[must_use]
    pub fn active_between(&self, from: Day, to: Day) -> Option<u64> {
        let kept = from.number() >= self.today.saturating_sub(DAYS_KEPT);
        kept.then(|| self.days.union(from.number(), to.number()))
    }

    /// Devices active in the last `days` days (or ever) by some properties. A window that is longer
    /// than [`crate::WINDOW_DAYS_MAX`] needs a look at every device.
    #[must_use]
    pub fn breakdown(&self, days: Option<u16>, by: &[Slice]) -> Breakdown {
        let first = days.map_or(0, |days| self.today().window_start(days).number());
        let mask = by.iter().fold(0, |mask, slice| mask | slice.mask());
        // As many sums as the largest day has cells, at the most: growing would copy them again.
        let largest = self.cube.days().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let mut sums: HashMap<u64, u64, Mix> =
            HashMap::with_capacity_and_hasher(largest, Mix::default());
        let mut total = 0;
        let mut add = |key: u64, count: u64| {
            *sums.entry(key & mask).or_default() += count;
            total += count;
        };
        for (_, cells) in self.cube.days().filter(|(day, _)| *day >= first) {
            cells.iter().for_each(|(key, count)| add(*key, u64::from(*count)));
        }
        let told_apart = self.cube.first();
        if (1..told_apart).contains(&first) {
            // The cells of day 0 do not say how old they are; the rows do.
            let old = |(row, _): &(Row, u8)| (first..told_apart).contains(&row.last);
            let rows = self.column.iter().filter(old);
            rows.for_each(|(row, marks)| add(cell(row.said, marks), 1));
        }
        Breakdown { total, cells: self.named(by, &sums) }
    }

    /// The same of these devices alone; those that are not known are left out.
    #[must_use]
    pub fn breakdown_of(
        &self,
        devices: &[DeviceKey],
        days: Option<u16>,
        by: &[Slice],
    ) -> Breakdown {
        let first = days.map_or(0, |days| self.today().window_start(days).number());
        let mask = by.iter().fold(0, |mask, slice| mask | slice.mask());
        let mut sums: HashMap<u64, u64, Mix> = HashMap::default();
        let mut total = 0;
        for device in devices {
            let Some(number) = self.index.find(device.0, &self.column) else { continue };
            let (row, marks) = self.column.get(number);
            if row.last >= first {
                *sums.entry(cell(row.said, marks) & mask).or_default() += 1;
                total += 1;
            }
        }
        Breakdown { total, cells: self.named(by, &sums) }
    }

    /// The sums by their names. Sorted by the places of the names, which are numbers: with half a
    /// million combinations comparing the joined texts would take longer than counting.
    fn named(&self, by: &[Slice], sums: &HashMap<u64, u64, Mix>) -> BTreeMap<String, u64> {
        let name =
            |slice: Slice, key: u64| slice.name(slice.number(key), &self.models, &self.versions);
        // A property that is asked for again tells nothing more apart.
        let mut distinct: Vec<(Slice, Vec<u16>)> = Vec::new();
        for slice in by {
            if !distinct.iter().any(|(known, _)| known == slice) {
                distinct.push((*slice, slice.places(&self.models, &self.versions)));
            }
        }
        let mut placed: Vec<(u64, u64, u64)> = sums
            .iter()
            .map(|(key, count)| {
                // Five properties of at most 4,096 names: 60 bits.
                let place = distinct.iter().fold(0, |place, (slice, places)| {
                    place << 12 | u64::from(places[slice.number(*key)])
                });
                (place, *key, *count)
            })
            .collect();
        placed.sort_unstable();
        // Numbers that have no name of their own share one, and are one cell.
        placed.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.2 += if same { next.2 } else { 0 };
            same
        });
        let text = |key: u64| {
            let mut text = String::with_capacity(48);
            for (at, slice) in by.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "/" });
                text.push_str(name(*slice, key));
            }
            text
        };
        placed.into_iter().map(|(_, key, count)| (text(key), count)).collect()
    }

    /// Installations by version: told by devices, and seen in a changed version.
    #[must_use]
    pub fn installs(&self) -> (BTreeMap<String, u64>, BTreeMap<String, u64>) {
        let named = |counts: &BTreeMap<u16, u64>| {
            let name =
                |(number, count): (&u16, &u64)| (self.versions.name(*number).to_owned(), *count);
            counts.iter().map(name).collect()
        };
        (named(&self.reported), named(&self.inferred))
    }

    /// Reports that counted, by how their date stood to the day they came.
    #[must_use]
    pub fn timing(&self, timing: Timing) -> u64 {
        self.timing[timing as usize]
    }

    /// Reports that are kept in the log but were not counted, because too many new devices came
    /// from one place.
    #[must_use]
    pub const fn set_aside(&self) -> u64 {
        self.aside
    }

    /// The days that have ended, with what was true then.
    #[must_use]
    pub fn history(&self) -> Vec<(Day, &Close)> {
        self.closes.iter().map(|(day, close)| (Day::from_number(*day), close.as_ref())).collect()
    }
}
