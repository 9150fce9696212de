//! The numbers as they may be published: each with its definition, window, moment and the place in
//! the log from which it can be counted again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_base::{Date, Instant};
use kontor_count::{Close, Position, Present, Slice, WINDOWS};
use kontor_domain::install::{
    Day, Measure, Produced, Published, Timing, may_be_told, publish, publish_windows, tell_windows,
};

/// The windows of days in the order in which they are wanted, where not all of them may be told;
/// none: ever.
const WANTED: [Option<u16>; WINDOWS.len() + 1] = [Some(30), None, Some(7), Some(1), Some(90)];

/// The same for a property: models are compared with how many of them were ever made.
const fn wanted(by: Slice) -> [Option<u16>; WINDOWS.len() + 1] {
    match by {
        Slice::Model => [None, Some(30), Some(7), Some(1), Some(90)],
        _ => WANTED,
    }
}

/// A single number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What is counted; its definition is [`Measure::definition`].
    pub measure: Measure,
    /// The window of days, where the measure has one.
    pub days: Option<u16>,
    /// How many; none: fewer than the smallest cell that is published.
    pub count: Option<u64>,
}

/// A number told apart by a property, small cells withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What is counted.
    pub measure: Measure,
    /// The window of days; none: ever.
    pub days: Option<u16>,
    /// The property.
    pub by: Slice,
    /// The cells.
    pub published: Published,
}

/// What was true when a day ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayFigures {
    /// The day.
    pub day: Date,
    /// Devices ever seen.
    pub activations: Option<u64>,
    /// Active within 1, 7, 30 and 90 days: see [`WINDOWS`].
    pub active: [Option<u64>; WINDOWS.len()],
    /// Installations reported until then.
    pub installs_reported: Option<u64>,
    /// Installations inferred until then.
    pub installs_inferred: Option<u64>,
    /// Active within 30 days by each property: see [`Slice::ALL`].
    pub tables: [Published; Slice::ALL.len()],
}

/// How many devices of a model there can be, beside how many were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The model.
    pub model: String,
    /// Serial numbers that the maker has given out.
    pub produced: u64,
    /// The newest day of its batches.
    pub until: Date,
    /// Devices ever seen that call themselves so; none: too few to be published.
    pub activations: Option<u64>,
    /// More were seen than were made: wipes count again, and others' hardware can run the ROM.
    pub exceeded: bool,
}

/// All numbers of one moment.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Rises whenever they are made anew.
    pub generation: u64,
    /// Whether anything is counted here.
    pub counted: bool,
    /// When they were made.
    pub as_of: Instant,
    /// The day (UTC) with which windows end.
    pub today: Date,
    /// The place in the log: everything before it is counted.
    pub position: Position,
    /// Cells with fewer devices are withheld.
    pub cell_min: u64,
    /// Single numbers: activations, active in 1, 7, 30 and 90 days, installs reported, inferred.
    pub headlines: Vec<Figure>,
    /// Tables: on version, active and activations by each property, installs by version.
    pub tables: Vec<Table>,
    /// The days that have ended.
    pub history: Vec<Arc<DayFigures>>,
    /// What the maker has produced, by model.
    pub ceilings: Vec<Ceiling>,
    /// Devices ever seen, in cells that are published, of models that the maker does not know: no
    /// build is published for them, and none was produced.
    pub unknown_models: u64,
    /// Reports that counted, by how their date stood to the day they came; none: a few.
    pub timing: [Option<u64>; Timing::ALL.len()],
    /// Reports of too many new devices from one network: kept in the log, not counted; none: a few.
    pub set_aside: Option<u64>,
    pub(super) produced: Vec<Produced>,
    active: Vec<Option<u64>>,
}

impl Figures {
    /// The numbers where nothing is counted.
    #[must_use]
    pub fn none(as_of: Instant, cell_min: u64) -> Self {
        Self {
            generation: 0,
            counted: false,
            as_of,
            today: as_of.date(),
            position: Position::default(),
            cell_min,
            headlines: Vec::new(),
            tables: Vec::new(),
            history: Vec::new(),
            ceilings: Vec::new(),
            unknown_models: 0,
            timing: [Some(0); Timing::ALL.len()],
            set_aside: Some(0),
            produced: Vec::new(),
            active: Vec::new(),
        }
    }

    /// The numbers of a moment. What `before` has said of days that have ended stays as it was.
    #[must_use]
    pub fn of(
        present: &Present,
        before: &Self,
        produced: Vec<Produced>,
        known_model: impl Fn(&str) -> bool,
        as_of: Instant,
        cell_min: u64,
    ) -> Self {
        let told = |count: u64| shown(count, cell_min);
        let (reported, inferred): (u64, u64) =
            (present.reported.values().sum(), present.inferred.values().sum());
        let windows = Windows::of(present.ages(), cell_min);
        let single = |measure, days, count| Figure { measure, days, count };
        let mut headlines = vec![single(Measure::Activations, None, windows.count(None))];
        for days in WINDOWS {
            headlines.push(single(Measure::Active, Some(days), windows.count(Some(days))));
        }
        headlines.push(single(Measure::InstallsReported, None, told(reported)));
        headlines.push(single(Measure::InstallsInferred, None, told(inferred)));
        let mut figures = Self {
            generation: before.generation + 1,
            counted: true,
            as_of,
            today: present.today.date(),
            position: present.position,
            cell_min,
            headlines,
            tables: tables(present, &windows, cell_min),
            history: history(present, before, cell_min),
            ceilings: Vec::new(),
            unknown_models: 0,
            timing: present.timing.map(told),
            set_aside: told(present.set_aside),
            produced: Vec::new(),
            active: windows.all(),
        };
        figures.compare_with(produced, known_model);
        figures
    }

    /// The same numbers beside what the maker says now that it has produced.
    pub(super) fn beside(
        &self,
        produced: Vec<Produced>,
        known_model: impl Fn(&str) -> bool,
    ) -> Self {
        let mut again = Self { generation: self.generation + 1, ..self.clone() };
        again.compare_with(produced, known_model);
        again
    }

    fn compare_with(&mut self, produced: Vec<Produced>, known_model: impl Fn(&str) -> bool) {
        // Of published cells only: what is withheld could be worked out from the whole sum.
        let models = self.table(Measure::Activations, None, Slice::Model);
        let models: BTreeMap<String, u64> = models
            .into_iter()
            .flat_map(|table| &table.published.cells)
            .map(|cell| (cell.value.clone(), cell.count))
            .collect();
        let unknown = models.iter().filter(|(model, _)| !known_model(model));
        self.unknown_models = unknown.map(|(_, count)| count).sum();
        self.ceilings = ceilings(&produced, &models);
        self.produced = produced;
    }

    /// A single number by its measure and window.
    #[must_use]
    pub fn figure(&self, measure: Measure, days: Option<u16>) -> Option<Figure> {
        let there = |figure: &&Figure| figure.measure == measure && figure.days == days;
        self.headlines.iter().find(there).copied()
    }

    /// Devices active in the last `days` days, for any number of days.
    #[must_use]
    pub fn active(&self, days: u16) -> Figure {
        // Nobody was seen before the earliest of them.
        let place = usize::from(days.max(1)).min(self.active.len());
        let count = place.checked_sub(1).map_or(Some(0), |place| self.active[place]);
        Figure { measure: Measure::Active, days: Some(days), count }
    }

    /// A table by its measure, window and property.
    #[must_use]
    pub fn table(&self, measure: Measure, days: Option<u16>, by: Slice) -> Option<&Table> {
        let there =
            |table: &&Table| table.measure == measure && table.days == days && table.by == by;
        self.tables.iter().find(there)
    }

    /// A single cell of a table; none: withheld, or nobody.
    #[must_use]
    pub fn cell(&self, measure: Measure, days: Option<u16>, by: Slice, value: &str) -> Option<u64> {
        let table = self.table(measure, days, by)?;
        table.published.cells.iter().find(|cell| cell.value == value).map(|cell| cell.count)
    }
}

/// A number that may be shown: nothing at all may, and so may a crowd.
fn shown(count: u64, cell_min: u64) -> Option<u64> {
    may_be_told(count, cell_min).then_some(count)
}

/// How many devices there are within each number of days, and which of these numbers are told:
/// never two that differ by a few devices.
struct Windows {
    counts: Vec<u64>,
    told: BTreeSet<usize>,
}

impl Windows {
    /// Of devices by how many days ago they were last seen.
    fn of(ages: &[u64], cell_min: u64) -> Self {
        let sum = |sum: &mut u64, devices: &u64| {
            *sum += devices;
            Some(*sum)
        };
        let counts: Vec<u64> = ages.iter().scan(0, sum).collect();
        let wanted = WANTED.map(|days| place(days, counts.len()));
        let order = wanted.into_iter().chain(0..counts.len());
        let told = tell_windows(&counts, order, cell_min);
        Self { counts, told }
    }

    fn is_told(&self, days: Option<u16>) -> bool {
        self.counts.is_empty() || self.told.contains(&place(days, self.counts.len()))
    }

    fn count(&self, days: Option<u16>) -> Option<u64> {
        let count = self.counts.get(place(days, self.counts.len())).copied().unwrap_or(0);
        self.is_told(days).then_some(count)
    }

    /// For each number of days, from one on.
    fn all(&self) -> Vec<Option<u64>> {
        let shown = |(place, count)| self.told.contains(&place).then_some(count);
        self.counts.iter().copied().enumerate().map(shown).collect()
    }
}

/// Where a window stands among `len` numbers of days: one that goes back before the first device
/// ends with it, as "ever" does.
fn place(days: Option<u16>, len: usize) -> usize {
    days.map_or(len, |days| usize::from(days).min(len)).saturating_sub(1)
}

fn tables(present: &Present, windows: &Windows, cell_min: u64) -> Vec<Table> {
    let all: Vec<Option<u16>> = WINDOWS.map(Some).into_iter().chain([None]).collect();
    let at = |days: Option<u16>| all.iter().position(|window| *window == days);
    let mut tables = Vec::new();
    for by in Slice::ALL {
        let order = wanted(by).into_iter().filter(|days| windows.is_told(*days));
        let order: Vec<usize> = order.filter_map(at).collect();
        let cells: Vec<&BTreeMap<String, u64>> =
            all.iter().filter_map(|days| present.table(*days, by)).collect();
        for (days, published) in all.iter().zip(publish_windows(&cells, &order, cell_min)) {
            let measure = match (by, days) {
                (Slice::Version, Some(_)) => Measure::OnVersion,
                (_, Some(_)) => Measure::Active,
                (_, None) => Measure::Activations,
            };
            tables.push(Table { measure, days: *days, by, published });
        }
    }
    for (measure, cells) in [
        (Measure::InstallsReported, &present.reported),
        (Measure::InstallsInferred, &present.inferred),
    ] {
        let published = publish(cells, cell_min);
        tables.push(Table { measure, days: None, by: Slice::Version, published });
    }
    tables
}

/// The days that have ended and are told: those on which a crowd reported, and those that say again
/// what the day before said. What a few devices did on a day cannot be read from the days around it.
fn history(present: &Present, before: &Figures, cell_min: u64) -> Vec<Arc<DayFigures>> {
    let usable = before.cell_min == cell_min;
    let known: BTreeMap<Date, &Arc<DayFigures>> =
        before.history.iter().filter(|_| usable).map(|day| (day.day, day)).collect();
    let mut told: Option<&Close> = None;
    let mut days = Vec::new();
    for (day, close) in &present.history {
        if close.active[0] < cell_min && told.is_some_and(|told| told != close.as_ref()) {
            continue;
        }
        told = Some(close);
        let known = known.get(&day.date()).map(|day| Arc::clone(day));
        days.push(known.unwrap_or_else(|| Arc::new(DayFigures::of(*day, close, cell_min))));
    }
    days
}

impl DayFigures {
    fn of(day: Day, close: &Close, cell_min: u64) -> Self {
        let counts: Vec<u64> = close.active.into_iter().chain([close.activations]).collect();
        let order = WANTED.map(|days| {
            let window = WINDOWS.iter().position(|window| Some(*window) == days);
            window.unwrap_or(WINDOWS.len())
        });
        let told = tell_windows(&counts, order, cell_min);
        let count = |window: usize| told.contains(&window).then_some(counts[window]);
        let month = told.contains(&order[0]);
        let table =
            |by| if month { publish(close.table(by), cell_min) } else { Default::default() };
        Self {
            day: day.date(),
            activations: count(WINDOWS.len()),
            active: std::array::from_fn(count),
            installs_reported: shown(close.installs_reported, cell_min),
            installs_inferred: shown(close.installs_inferred, cell_min),
            tables: Slice::ALL.map(table),
        }
    }
}

fn ceilings(produced: &[Produced], published: &BTreeMap<String, u64>) -> Vec<Ceiling> {
    let mut models: BTreeMap<&str, (u64, Date)> = BTreeMap::new();
    for batch in produced {
        let model = models.entry(batch.model.as_str()).or_insert((0, batch.until));
        model.0 += u64::from(batch.units);
        model.1 = model.1.max(batch.until);
    }
    let ceiling = |(model, (produced, until)): (&str, (u64, Date))| {
        let activations = published.get(model).copied();
        Ceiling {
            model: model.to_owned(),
            produced,
            until,
            activations,
            exceeded: activations.is_some_and(|seen| seen > produced),
        }
    };
    models.into_iter().map(ceiling).collect()
}
