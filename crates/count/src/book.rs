//! The count itself, in memory: what a report does, and every number that is read from it.

use std::collections::{BTreeMap, HashMap};

use kontor_domain::install::{Channel, Day, Kind, Report, Standing, Timing, place};

use crate::column::{Column, Row};
use crate::days::Days;
use crate::dictionary::{Dictionary, country_code, country_number};
use crate::index::Index;
use crate::record::{Event, country_of, model_of, said, version_of};

/// How many days of bitmaps are kept in memory: every window of 30 days that a late report can
/// still change. Older days have their [`Close`], and the log.
pub(crate) const DAYS_KEPT: u16 = 62;

/// Whether a report changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It did, and has to be on disk before it is answered.
    Counted,
    /// Everything it says was known.
    Repeat,
}

/// A property by which devices are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// The country in which it was last seen.
    Country,
    /// The model.
    Model,
    /// The version that it last reported.
    Version,
    /// The channel.
    Channel,
    /// Anonymous or credentialed.
    Standing,
}

impl Slice {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Country, Self::Model, Self::Version, Self::Channel, Self::Standing];

    /// The word in addresses and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Model => "model",
            Self::Version => "version",
            Self::Channel => "channel",
            Self::Standing => "standing",
        }
    }

    /// The bits of a cell's key that tell this property.
    const fn mask(self) -> u64 {
        match self {
            Self::Country => 0xFF << 24,
            Self::Model => 0xFFF << 12,
            Self::Version => 0xFFF,
            Self::Channel => 0xF << 32,
            Self::Standing => 0xF << 36,
        }
    }
}

/// A table of devices by one or more properties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// All devices in the table.
    pub total: u64,
    /// Devices by value; of several properties, the values joined by `/`.
    pub cells: BTreeMap<String, u64>,
}

/// What was true when a day ended, as it was published then. Late reports do not change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Close {
    /// Devices ever seen.
    pub activations: u64,
    /// Active on the day.
    pub active_1: u64,
    /// Active within 7 days.
    pub active_7: u64,
    /// Active within 30 days.
    pub active_30: u64,
    /// Active within 30 days, by country code.
    pub countries: BTreeMap<String, u64>,
}

/// The count.
#[derive(Debug)]
pub struct Book {
    pub(crate) column: Column,
    index: Index,
    pub(crate) days: Days,
    pub(crate) models: Dictionary,
    pub(crate) versions: Dictionary,
    /// Devices by everything that they last said and the day of it.
    pub(crate) cube: HashMap<u64, u32>,
    pub(crate) reported: BTreeMap<u16, u64>,
    pub(crate) inferred: BTreeMap<u16, u64>,
    pub(crate) timing: [u64; 4],
    pub(crate) aside: u64,
    pub(crate) closes: BTreeMap<u16, Close>,
    pub(crate) today: u16,
    /// Names entered since the log last took them: (0 model or 1 version, name).
    fresh: Vec<(u8, String)>,
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
            cube: HashMap::new(),
            reported: BTreeMap::new(),
            inferred: BTreeMap::new(),
            timing: [0; 4],
            aside: 0,
            closes: BTreeMap::new(),
            today: 0,
            fresh: Vec::new(),
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

    /// The event of a report. One that is set aside enters no names: inventing them is what a
    /// flood would do.
    pub(crate) fn event(&mut self, report: &Report, aside: bool) -> Event {
        let (day, timing) = place(report.day, Day::from_number(self.today));
        let mut number = |which: u8, name: &str| {
            let names = if which == 0 { &mut self.models } else { &mut self.versions };
            if aside {
                return names.number(name).unwrap_or(0);
            }
            let (number, new) = names.enter(name);
            if new {
                self.fresh.push((which, name.to_owned()));
            }
            number
        };
        let (model, version) =
            (number(0, report.model.as_str()), number(1, report.version.as_str()));
        Event {
            key: report.device.0,
            said: said(country_number(report.country), model, version),
            day: day.number(),
            marks: report.channel as u8 | (report.standing as u8) << 4,
            kind: report.kind,
            timing,
            aside,
        }
    }

    pub(crate) fn fresh(&mut self) -> Vec<(u8, String)> {
        std::mem::take(&mut self.fresh)
    }

    pub(crate) fn enter_name(&mut self, which: u8, name: &str) {
        if which == 0 {
            self.models.enter(name)
        } else {
            self.versions.enter(name)
        };
    }

    /// Counts an event; false if it changed nothing.
    pub(crate) fn take(&mut self, event: &Event) -> bool {
        if event.aside {
            self.aside += 1;
            return true;
        }
        let changed = match self.index.find(event.key, &self.column) {
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
        self.index.insert(event.key, number, &self.column);
        self.days.mark(event.day, number);
        *self.cube.entry(cell(&row, event.marks)).or_default() += 1;
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
        if new != row || new_marks != marks {
            changed = true;
            self.column.set(number, new, new_marks);
        }
        let (before, after) = (cell(&row, marks), cell(&new, new_marks));
        if before != after {
            match self.cube.get_mut(&before) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(self.cube.remove(&before)),
            }
            *self.cube.entry(after).or_default() += 1;
        }
        changed
    }

    /// Goes on to the day on which reports now come, and closes the days before it. A clock that
    /// is set back does not take the count back.
    pub(crate) fn advance(&mut self, received: Day) {
        let received = received.number();
        if received <= self.today {
            return;
        }
        if self.column.len() > 0 {
            // After a long silence the last month is closed day by day; before it nothing moved.
            for day in self.today.max(received.saturating_sub(62))..received {
                self.closes.insert(day, self.close(day));
            }
        }
        self.today = received;
        self.days.take_before(received.saturating_sub(DAYS_KEPT));
    }

    fn close(&self, day: u16) -> Close {
        let mut close = Close { activations: self.activations(), ..Close::default() };
        let mut countries = [0_u64; 256];
        for (key, count) in &self.cube {
            let (last, count) = (last_of(*key), u64::from(*count));
            let within = |days: u16| last >= day.saturating_sub(days - 1);
            close.active_1 += if within(1) { count } else { 0 };
            close.active_7 += if within(7) { count } else { 0 };
            if within(30) {
                close.active_30 += count;
                countries[usize::from(country_of(*key as u32))] += count;
            }
        }
        let named = (0_u8..=255).zip(countries).filter(|(_, count)| *count > 0);
        close.countries =
            named.map(|(number, count)| (country_code(number).to_owned(), count)).collect();
        close
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
        let first = self.today().window_start(days).number();
        self.cube
            .iter()
            .filter(|(key, _)| last_of(**key) >= first)
            .map(|(_, count)| u64::from(*count))
            .sum()
    }

    /// Distinct devices on the days `from..=to`, from the days' bitmaps. None where a day is
    /// older than those that are kept.
    #[must_use]
    pub fn active_between(&self, from: Day, to: Day) -> Option<u64> {
        let kept = from.number() >= self.today.saturating_sub(DAYS_KEPT);
        kept.then(|| self.days.union(from.number(), to.number()))
    }

    /// Devices active in the last `days` days (or ever) by some properties.
    #[must_use]
    pub fn breakdown(&self, days: Option<u16>, by: &[Slice]) -> Breakdown {
        let first = days.map_or(0, |days| self.today().window_start(days).number());
        let mask = by.iter().fold(0, |mask, slice| mask | slice.mask());
        let mut sums: HashMap<u64, u64> = HashMap::new();
        let mut total = 0;
        for (key, count) in &self.cube {
            if last_of(*key) >= first {
                *sums.entry(key & mask).or_default() += u64::from(*count);
                total += u64::from(*count);
            }
        }
        let mut cells = BTreeMap::new();
        for (key, count) in sums {
            let name: Vec<&str> = by.iter().map(|slice| self.name(*slice, key)).collect();
            *cells.entry(name.join("/")).or_default() += count;
        }
        Breakdown { total, cells }
    }

    fn name(&self, slice: Slice, key: u64) -> &str {
        let said = key as u32;
        let part = |shift: u32| (key >> shift & 0xF) as usize;
        match slice {
            Slice::Country => country_code(country_of(said)),
            Slice::Model => self.models.name(model_of(said)),
            Slice::Version => self.versions.name(version_of(said)),
            Slice::Channel => Channel::ALL.get(part(32)).map_or("unknown", |one| one.word()),
            Slice::Standing => Standing::ALL.get(part(36)).map_or("unknown", |one| one.word()),
        }
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
        self.closes.iter().map(|(day, close)| (Day::from_number(*day), close)).collect()
    }
}

/// The cell of a device: what it said (32 bits), channel and standing (8), the day of it (16).
pub(crate) fn cell(row: &Row, marks: u8) -> u64 {
    u64::from(row.said) | u64::from(marks) << 32 | u64::from(row.last) << 40
}

const fn last_of(cell: u64) -> u16 {
    (cell >> 40) as u16
}
