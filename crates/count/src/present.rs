//! Everything that is read from the count at one moment, in one pass over its cells.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kontor_domain::install::{Channel, Day, Standing, Timing};

use crate::cube::{CUBE_DAYS, Cube};
use crate::dictionary::{Dictionary, OTHER, country_code};
use crate::record::{country_of, model_of, version_of};

/// Windows of days by which every table is there at once.
pub const WINDOWS: [u16; 4] = [1, 7, 30, 90];

/// The longest window whose cells need no look at single devices.
pub const WINDOW_DAYS_MAX: u16 = CUBE_DAYS;

/// Values of one property that a day's close keeps; smaller ones are "other" there.
const CLOSE_VALUES_MAX: usize = 256;

/// A property by which devices are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slice| slice.word() == word)
    }

    /// The bits of a cell's key that tell this property.
    pub(crate) const fn mask(self) -> u64 {
        match self {
            Self::Country => 0xFF << 24,
            Self::Model => 0xFFF << 12,
            Self::Version => 0xFFF,
            Self::Channel => 0xF << 32,
            Self::Standing => 0xF << 36,
        }
    }

    /// The property's number in a cell's key.
    pub(crate) const fn number(self, key: u64) -> usize {
        let said = key as u32;
        match self {
            Self::Country => country_of(said) as usize,
            Self::Model => model_of(said) as usize,
            Self::Version => version_of(said) as usize,
            Self::Channel => (key >> 32 & 0xF) as usize,
            Self::Standing => (key >> 36 & 0xF) as usize,
        }
    }

    /// How many numbers there can be.
    const fn numbers(self) -> usize {
        match self {
            Self::Country => 256,
            Self::Model | Self::Version => 4_096,
            Self::Channel | Self::Standing => 16,
        }
    }

    /// What a number means.
    pub(crate) fn name<'a>(
        self,
        number: usize,
        models: &'a Dictionary,
        versions: &'a Dictionary,
    ) -> &'a str {
        let small = u16::try_from(number).unwrap_or(0);
        match self {
            Self::Country => country_code(u8::try_from(number).unwrap_or(0)),
            Self::Model => models.name(small),
            Self::Version => versions.name(small),
            Self::Channel => Channel::ALL.get(number).map_or("unknown", |one| one.word()),
            Self::Standing => Standing::ALL.get(number).map_or("unknown", |one| one.word()),
        }
    }
}

impl Slice {
    /// For each number the place of its name among all names of the property, in the order in which
    /// joined names stand: as if each ended with the `/` that joins them, which no name contains.
    /// Numbers of one name have one place.
    pub(crate) fn places(self, models: &Dictionary, versions: &Dictionary) -> Vec<u16> {
        let name = |number: usize| self.name(number, models, versions);
        let ended = |number: usize| name(number).bytes().chain([b'/']);
        let mut order: Vec<usize> = (0..self.numbers()).collect();
        order.sort_by(|a, b| ended(*a).cmp(ended(*b)));
        let mut places = vec![0; order.len()];
        let mut place = 0;
        for (at, number) in order.iter().enumerate() {
            if at > 0 && name(order[at - 1]) != name(*number) {
                place += 1;
            }
            places[*number] = place;
        }
        places
    }
}

/// A place in the log: everything before it is counted, nothing behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The segment.
    pub segment: u64,
    /// Bytes of it.
    pub bytes: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.segment, self.bytes)
    }
}

/// The text is no [`Position`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a place in the log is like 3:1048576, its segment and bytes")]
pub struct PositionError;

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let (segment, bytes) = text.split_once(':').ok_or(PositionError)?;
        let number = |text: &str| text.parse().map_err(|_| PositionError);
        Ok(Self { segment: number(segment)?, bytes: number(bytes)? })
    }
}

/// What was true when a day ended, as it was published then. Late reports do not change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Close {
    /// Devices ever seen.
    pub activations: u64,
    /// Active on the day, within 7, 30 and 90 days: see [`WINDOWS`].
    pub active: [u64; WINDOWS.len()],
    /// Installations reported until then.
    pub installs_reported: u64,
    /// Installations inferred until then.
    pub installs_inferred: u64,
    /// Active within 30 days by country, model, version, channel, standing: see [`Slice::ALL`].
    pub tables: [BTreeMap<String, u64>; Slice::ALL.len()],
}

impl Close {
    /// Active within 30 days, by a property.
    #[must_use]
    pub const fn table(&self, by: Slice) -> &BTreeMap<String, u64> {
        &self.tables[by as usize]
    }
}

/// The larger cells of a table, the others together.
pub(crate) fn largest(cells: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    if cells.len() <= CLOSE_VALUES_MAX {
        return cells;
    }
    let mut sorted: Vec<(String, u64)> = cells.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rest: u64 = sorted.split_off(CLOSE_VALUES_MAX).into_iter().map(|(_, count)| count).sum();
    let mut kept: BTreeMap<String, u64> = sorted.into_iter().collect();
    *kept.entry(OTHER.to_owned()).or_default() += rest;
    kept
}

/// The count at one moment.
#[derive(Clone, Debug)]
pub struct Present {
    /// The day.
    pub today: Day,
    /// What of the log is counted.
    pub position: Position,
    /// Devices ever seen.
    pub activations: u64,
    /// Installations reported, by version.
    pub reported: BTreeMap<String, u64>,
    /// Installations inferred, by version.
    pub inferred: BTreeMap<String, u64>,
    /// Reports that counted, by how their date stood to the day they came: see [`Timing`].
    pub timing: [u64; Timing::ALL.len()],
    /// Reports that are kept but were not counted.
    pub set_aside: u64,
    /// The days that have ended.
    pub history: Vec<(Day, Arc<Close>)>,
    pub(crate) sums: Sums,
}

impl Present {
    /// Devices active in the last `days` days, for any number of days.
    #[must_use]
    pub fn active(&self, days: u16) -> u64 {
        self.sums.active(days)
    }

    /// Devices by how many days ago they were last seen, today first; nobody was seen earlier.
    #[must_use]
    pub fn ages(&self) -> &[u64] {
        &self.sums.ages
    }

    /// Devices active in one of [`WINDOWS`] (none: ever) by a property; none for another window.
    #[must_use]
    pub fn table(&self, days: Option<u16>, by: Slice) -> Option<&BTreeMap<String, u64>> {
        let window = match days {
            None => WINDOWS.len(),
            Some(days) => WINDOWS.iter().position(|window| *window == days)?,
        };
        Some(&self.sums.tables[by as usize][window])
    }

    /// How many cells were summed.
    #[must_use]
    pub const fn cells(&self) -> usize {
        self.sums.cells
    }
}

/// Sums of all cells as of one day.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    /// Devices by how many days ago they were last seen.
    pub(crate) ages: Vec<u64>,
    /// By property and window, the last window being "ever".
    pub(crate) tables: [[BTreeMap<String, u64>; WINDOWS.len() + 1]; Slice::ALL.len()],
    pub(crate) cells: usize,
}

impl Sums {
    /// Sums the cells as of `day`.
    pub(crate) fn of(cube: &Cube, day: u16, models: &Dictionary, versions: &Dictionary) -> Self {
        let ages = cube.ages(day);
        let empty = |slice: Slice| vec![[0_u64; WINDOWS.len() + 1]; slice.numbers()];
        let mut numbers: [Vec<[u64; WINDOWS.len() + 1]>; Slice::ALL.len()] = Slice::ALL.map(empty);
        for (last, cells) in cube.days() {
            // Day 0 stands for all that is older than any window.
            let age = usize::from(day.saturating_sub(last));
            let window = WINDOWS.iter().position(|days| last > 0 && age < usize::from(*days));
            let window = window.unwrap_or(WINDOWS.len());
            for (key, count) in cells {
                let count = u64::from(*count);
                for slice in Slice::ALL {
                    numbers[slice as usize][slice.number(*key)][window] += count;
                }
            }
        }
        let named = |slice: Slice, window: usize| {
            let mut table = BTreeMap::new();
            for (number, counts) in numbers[slice as usize].iter().enumerate() {
                let count: u64 = counts[..=window].iter().sum();
                if count > 0 {
                    let name = slice.name(number, models, versions).to_owned();
                    *table.entry(name).or_default() += count;
                }
            }
            table
        };
        let of_slice = |slice: Slice| std::array::from_fn(|window| named(slice, window));
        let tables = Slice::ALL.map(of_slice);
        Self { ages, tables, cells: cube.len() }
    }

    /// Devices active in the last `days` days.
    pub(crate) fn active(&self, days: u16) -> u64 {
        self.ages.iter().take(usize::from(days)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_back() {
        let place = Position { segment: 3, bytes: 1_048_576 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for bad in ["", "3", "3:", ":4", "a:b", "3:-1", "3:4:5"] {
            assert_eq!(bad.parse::<Position>(), Err(PositionError), "{bad}");
        }
    }

    #[test]
    fn a_close_keeps_its_sum_when_values_are_many() {
        let cells: BTreeMap<String, u64> = (0..400).map(|n| (format!("m{n}"), n + 1)).collect();
        let sum: u64 = cells.values().sum();
        let kept = largest(cells);
        assert_eq!(kept.len(), CLOSE_VALUES_MAX + 1);
        assert_eq!(kept.values().sum::<u64>(), sum);
        assert!(kept.contains_key("m399") && !kept.contains_key("m0"));
    }
}
