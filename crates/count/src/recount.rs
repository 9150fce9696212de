//! Counting again from the log, in the plainest way there is: a set of days per device.
//!
//! It shares nothing with the book but the log's format, so that a mistake in the columns, the
//! bitmaps or the cube cannot hide. It needs memory for every device; it is for proofs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use kontor_domain::install::{Channel, Day, Kind, Standing, Timing};

use crate::book::{Book, CLOSES_AT_ONCE_MAX};
use crate::dictionary::{OTHER, country_code};
use crate::error::CountError;
use crate::log;
use crate::present::{Close, Position, Slice, WINDOWS, largest};
use crate::record::{Event, country_of, model_of, version_of};
use crate::snapshot;

#[derive(Clone, Debug, Default)]
struct Device {
    days: BTreeSet<u16>,
    said: u32,
    marks: u8,
}

/// The log, counted again.
#[derive(Debug, Default)]
pub struct Recount {
    devices: HashMap<u64, Device>,
    names: [Vec<String>; 2],
    reported: BTreeMap<String, u64>,
    inferred: BTreeMap<String, u64>,
    timing: [u64; 4],
    aside: u64,
    today: u16,
    closes: BTreeMap<u16, Close>,
    /// Bytes of names and frames would say little; reports are what a reader wants to know.
    reports: u64,
}

/// Counts all that the log in `folder` says. The server may be running; what it writes meanwhile
/// is not seen.
///
/// # Errors
///
/// When the log cannot be read or is damaged.
pub fn recount(folder: &Path) -> Result<Recount, CountError> {
    recount_until(folder, None)
}

/// Counts what the log in `folder` says before a place in it: what was true when a number with
/// this place was published.
///
/// # Errors
///
/// When the log cannot be read or is damaged.
pub fn recount_until(folder: &Path, until: Option<Position>) -> Result<Recount, CountError> {
    let base = snapshot::base(folder)?;
    let first = base.as_ref().map_or(1, |(_, first)| *first);
    log::reaches(first, until)?;
    let mut all = base.map_or_else(Recount::default, |(book, _)| Recount::of(&book));
    for (path, part) in log::parts(folder, until)? {
        if path < log::segment(folder, first) {
            continue;
        }
        log::read_segment(&path, part, |frame| {
            all.advance(frame.received);
            for (which, name) in frame.names {
                all.names[usize::from(which.min(1))].push(name);
            }
            for event in &frame.events {
                all.count(event);
            }
        })?;
    }
    Ok(all)
}

impl Recount {
    /// What a base says, device by device: the base of a count from which old segments are gone.
    fn of(book: &Book) -> Self {
        let mut all = Self {
            names: [book.models.names().to_vec(), book.versions.names().to_vec()],
            timing: book.timing,
            aside: book.aside,
            today: book.today,
            closes: book.closes.iter().map(|(day, close)| (*day, close.as_ref().clone())).collect(),
            ..Self::default()
        };
        (all.reported, all.inferred) = book.installs();
        for (number, (row, marks)) in (0_usize..).zip(book.column.iter()) {
            let mut device = Device { days: BTreeSet::new(), said: row.said, marks };
            device.days.extend([row.first, row.last]);
            let there =
                |bits: &[u64]| bits.get(number / 64).is_some_and(|w| w >> (number % 64) & 1 == 1);
            device.days.extend(book.days.0.iter().filter(|(_, bits)| there(bits)).map(|(d, _)| *d));
            all.devices.insert(row.key, device);
        }
        all
    }

    /// Goes on to the day of a frame; what was true on the days before it is kept.
    fn advance(&mut self, received: u16) {
        if received > self.today && !self.devices.is_empty() {
            let first = self.today.max(received.saturating_sub(CLOSES_AT_ONCE_MAX));
            for day in first..received {
                let close = self.close(day);
                self.closes.insert(day, close);
            }
        }
        self.today = self.today.max(received);
    }

    fn close(&self, day: u16) -> Close {
        let day = Day::from_number(day);
        let within = |days: u16| {
            let first = day.window_start(days).number();
            let seen =
                move |device: &&Device| device.days.last().is_some_and(|last| *last >= first);
            self.devices.values().filter(seen)
        };
        let table = |by: Slice| {
            let mut cells = BTreeMap::new();
            for device in within(30) {
                *cells.entry(self.value(by, device)).or_default() += 1;
            }
            largest(cells)
        };
        Close {
            activations: self.activations(),
            active: WINDOWS.map(|days| within(days).count() as u64),
            installs_reported: self.reported.values().sum(),
            installs_inferred: self.inferred.values().sum(),
            tables: Slice::ALL.map(table),
        }
    }

    /// Reports in the log, counted or set aside.
    #[must_use]
    pub const fn reports(&self) -> u64 {
        self.reports
    }

    fn count(&mut self, event: &Event) {
        self.reports += 1;
        if event.aside {
            self.aside += 1;
            return;
        }
        self.timing[event.timing as usize] += 1;
        let version = self.name(1, version_of(event.said));
        let known = self.devices.get(&event.key).cloned();
        let newest = known
            .as_ref()
            .is_none_or(|device| device.days.last().is_none_or(|last| event.day >= *last));
        let other = known.as_ref().is_some_and(|d| version_of(d.said) != version_of(event.said));
        match (event.kind, known.is_some()) {
            (Kind::Install, false) => *self.reported.entry(version).or_default() += 1,
            (Kind::Install, true) if newest && other => {
                *self.reported.entry(version).or_default() += 1;
            }
            (Kind::Check, true) if newest && other => {
                *self.inferred.entry(version).or_default() += 1;
            }
            _ => {}
        }
        let device = self.devices.entry(event.key).or_default();
        device.days.insert(event.day);
        if newest {
            (device.said, device.marks) = (event.said, event.marks);
        }
    }

    fn name(&self, which: usize, number: u16) -> String {
        let at = usize::from(number).checked_sub(1);
        at.and_then(|at| self.names[which].get(at)).map_or(OTHER, |name| name).to_owned()
    }

    fn value(&self, slice: Slice, device: &Device) -> String {
        let word = |found: Option<&str>| found.unwrap_or("unknown").to_owned();
        match slice {
            Slice::Country => country_code(country_of(device.said)).to_owned(),
            Slice::Model => self.name(0, model_of(device.said)),
            Slice::Version => self.name(1, version_of(device.said)),
            Slice::Channel => {
                word(Channel::ALL.get(usize::from(device.marks & 0xF)).map(|one| one.word()))
            }
            Slice::Standing => {
                word(Standing::ALL.get(usize::from(device.marks >> 4)).map(|one| one.word()))
            }
        }
    }

    /// Devices ever seen.
    #[must_use]
    pub fn activations(&self) -> u64 {
        self.devices.len() as u64
    }

    /// Distinct devices on the days `from..=to`.
    #[must_use]
    pub fn active_between(&self, from: Day, to: Day) -> u64 {
        let days = from.number()..=to.number();
        let there = |device: &&Device| device.days.range(days.clone()).next().is_some();
        self.devices.values().filter(there).count() as u64
    }

    /// Devices active in the last `days` days (or ever) by one property.
    #[must_use]
    pub fn breakdown(&self, days: Option<u16>, by: Slice) -> BTreeMap<String, u64> {
        let today = Day::from_number(self.today);
        let first = days.map_or(0, |days| today.window_start(days).number());
        let mut cells = BTreeMap::new();
        for device in self.devices.values() {
            if device.days.last().is_some_and(|last| *last >= first) {
                *cells.entry(self.value(by, device)).or_default() += 1;
            }
        }
        cells
    }

    /// Installations by version: told by devices, and seen in a changed version.
    #[must_use]
    pub const fn installs(&self) -> (&BTreeMap<String, u64>, &BTreeMap<String, u64>) {
        (&self.reported, &self.inferred)
    }

    /// Reports that counted, by how their date stood to the day they came.
    #[must_use]
    pub fn timing(&self, timing: Timing) -> u64 {
        self.timing[timing as usize]
    }

    /// Reports that are in the log and were not counted.
    #[must_use]
    pub const fn set_aside(&self) -> u64 {
        self.aside
    }

    /// The newest day on which a report came.
    #[must_use]
    pub const fn today(&self) -> Day {
        Day::from_number(self.today)
    }

    /// What was true when each day ended.
    pub fn history(&self) -> impl Iterator<Item = (Day, &Close)> {
        self.closes.iter().map(|(day, close)| (Day::from_number(*day), close))
    }

    /// Every number of `book` that this count does not confirm, as sentences; none: all agree.
    #[must_use]
    pub fn differences(&self, book: &Book) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: String, book: String, again: String| {
            if book != again {
                found.push(format!("{what}: the book says {book}, the log says {again}"));
            }
        };
        let number = |n: u64| n.to_string();
        compare("activations".into(), number(book.activations()), number(self.activations()));
        let today = book.today();
        compare("today".into(), number(book.today.into()), number(self.today.into()));
        let present = book.present();
        for days in [1, 2, 7, 30, 90, 400] {
            let from = today.window_start(days);
            let again = number(self.active_between(from, today));
            compare(format!("active in {days} days"), number(book.active(days)), again.clone());
            let summed = number(present.active(days));
            compare(format!("active in {days} days, summed"), summed, again.clone());
            if let Some(bitmaps) = book.active_between(from, today) {
                compare(format!("active in {days} days by bitmaps"), number(bitmaps), again);
            }
        }
        for by in Slice::ALL {
            for days in WINDOWS.map(Some).into_iter().chain([Some(120), None]) {
                let what = format!("by {} in {days:?} days", by.word());
                let again = self.breakdown(days, by);
                if let Some(summed) = present.table(days, by) {
                    compare(format!("{what}, summed"), format!("{summed:?}"), format!("{again:?}"));
                }
                let cells = book.breakdown(days, &[by]).cells;
                compare(what, format!("{cells:?}"), format!("{again:?}"));
            }
        }
        let closes: BTreeMap<u16, &Close> =
            book.closes.iter().map(|(day, close)| (*day, close.as_ref())).collect();
        for day in closes.keys().copied().chain(self.closes.keys().copied()) {
            let told = format!("{:?}", closes.get(&day));
            let again = format!("{:?}", self.closes.get(&day).as_ref());
            compare(format!("the close of {}", Day::from_number(day).date()), told, again);
        }
        let installs = format!("{:?}", book.installs());
        let again = format!("{:?}", (&self.reported, &self.inferred));
        compare("installs reported and inferred".into(), installs, again);
        compare("timing".into(), format!("{:?}", book.timing), format!("{:?}", self.timing));
        compare("set aside".into(), number(book.set_aside()), number(self.aside));
        found
    }
}
