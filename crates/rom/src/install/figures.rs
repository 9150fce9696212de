//! The numbers as they may be published: each with its definition, window, moment and the place in
//! the log from which it can be counted again.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Date, Instant};
use kontor_count::{Position, Present, Slice, WINDOW_DAYS_MAX, WINDOWS};
use kontor_domain::install::{Day, Measure, Produced, Published, Timing, publish};

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
    /// Reports that counted, by how their date stood to the day they came.
    pub timing: [u64; Timing::ALL.len()],
    /// Reports of too many new devices from one network: kept in the log, not counted.
    pub set_aside: u64,
    pub(super) produced: Vec<Produced>,
    active: Vec<u64>,
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
            timing: [0; Timing::ALL.len()],
            set_aside: 0,
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
        let single = |measure, days, count| Figure { measure, days, count: told(count) };
        let mut headlines = vec![single(Measure::Activations, None, present.activations)];
        for days in WINDOWS {
            let count = present.active(days).unwrap_or(0);
            headlines.push(single(Measure::Active, Some(days), count));
        }
        headlines.push(single(Measure::InstallsReported, None, reported));
        headlines.push(single(Measure::InstallsInferred, None, inferred));
        let by_model = present.table(None, Slice::Model);
        let empty = BTreeMap::new();
        let by_model = by_model.unwrap_or(&empty);
        // Of published cells only: what is withheld could be worked out from the whole sum.
        let told_apart = published_models(present, cell_min);
        let unknown = told_apart.iter().filter(|(model, _)| !known_model(model));
        let unknown_models = unknown.map(|(_, count)| count).sum();
        Self {
            generation: before.generation + 1,
            counted: true,
            as_of,
            today: present.today.date(),
            position: present.position,
            cell_min,
            headlines,
            tables: tables(present, cell_min),
            history: history(present, before, cell_min),
            ceilings: ceilings(&produced, by_model, &told_apart),
            unknown_models,
            timing: present.timing,
            set_aside: present.set_aside,
            produced,
            active: (1..=WINDOW_DAYS_MAX).filter_map(|days| present.active(days)).collect(),
        }
    }

    /// A single number by its measure and window.
    #[must_use]
    pub fn figure(&self, measure: Measure, days: Option<u16>) -> Option<Figure> {
        let there = |figure: &&Figure| figure.measure == measure && figure.days == days;
        self.headlines.iter().find(there).copied()
    }

    /// Devices active in the last `days` days, for any number of days up to
    /// [`WINDOW_DAYS_MAX`].
    #[must_use]
    pub fn active(&self, days: u16) -> Option<Figure> {
        let count = self.active.get(usize::from(days).checked_sub(1)?)?;
        let count = shown(*count, self.cell_min);
        Some(Figure { measure: Measure::Active, days: Some(days), count })
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
const fn shown(count: u64, cell_min: u64) -> Option<u64> {
    if count == 0 || count >= cell_min { Some(count) } else { None }
}

fn tables(present: &Present, cell_min: u64) -> Vec<Table> {
    let mut tables = Vec::new();
    for by in Slice::ALL {
        for days in WINDOWS.map(Some).into_iter().chain([None]) {
            let Some(cells) = present.table(days, by) else { continue };
            let measure = match (by, days) {
                (Slice::Version, Some(_)) => Measure::OnVersion,
                (_, Some(_)) => Measure::Active,
                (_, None) => Measure::Activations,
            };
            let published = publish(cells, cell_min);
            tables.push(Table { measure, days, by, published });
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

fn history(present: &Present, before: &Figures, cell_min: u64) -> Vec<Arc<DayFigures>> {
    let usable = before.cell_min == cell_min;
    let known: BTreeMap<Date, &Arc<DayFigures>> =
        before.history.iter().filter(|_| usable).map(|day| (day.day, day)).collect();
    let made = |(day, close): &(Day, Arc<kontor_count::Close>)| {
        if let Some(made) = known.get(&day.date()) {
            return Arc::clone(made);
        }
        let told = |count: u64| shown(count, cell_min);
        Arc::new(DayFigures {
            day: day.date(),
            activations: told(close.activations),
            active: close.active.map(told),
            installs_reported: told(close.installs_reported),
            installs_inferred: told(close.installs_inferred),
            tables: Slice::ALL.map(|by| publish(close.table(by), cell_min)),
        })
    };
    present.history.iter().map(made).collect()
}

/// Activations by model as they are published.
fn published_models(present: &Present, cell_min: u64) -> BTreeMap<String, u64> {
    let cells = present.table(None, Slice::Model).map(|cells| publish(cells, cell_min));
    let cells = cells.unwrap_or_default().cells;
    cells.into_iter().map(|cell| (cell.value, cell.count)).collect()
}

fn ceilings(
    produced: &[Produced],
    seen: &BTreeMap<String, u64>,
    published: &BTreeMap<String, u64>,
) -> Vec<Ceiling> {
    let mut models: BTreeMap<&str, (u64, Date)> = BTreeMap::new();
    for batch in produced {
        let model = models.entry(batch.model.as_str()).or_insert((0, batch.until));
        model.0 += u64::from(batch.units);
        model.1 = model.1.max(batch.until);
    }
    let ceiling = |(model, (produced, until)): (&str, (u64, Date))| Ceiling {
        model: model.to_owned(),
        produced,
        until,
        activations: published.get(model).copied(),
        exceeded: seen.get(model).is_some_and(|seen| *seen > produced)
            && published.contains_key(model),
    };
    models.into_iter().map(ceiling).collect()
}
