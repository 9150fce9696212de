//! What of the counts may be published: small cells could point at persons.
//!
//! A cell that is withheld must not be found by subtraction either: not as the total less the other
//! cells, and not as one window of days less another. So what is told is judged by its *parts*: the
//! devices between two told windows, of one told value or of all withheld values together. Whatever
//! can be worked out by adding and subtracting told numbers is a sum of such parts, and each part has
//! nobody in it or at least the minimum. Start reading with [`tell_windows`], then [`publish_windows`].
//!
//! Subtracting what was told a moment ago is prevented elsewhere: numbers are made anew only when at
//! least as many devices have changed (`kontor_rom::install`).

use std::collections::{BTreeMap, BTreeSet};

/// Cells with fewer devices are not published one by one.
pub const CELL_MIN: u64 = 50;

/// One cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Of what: a country, a model, a version, a channel.
    pub value: String,
    /// How many devices.
    pub count: u64,
}

/// A table as it may be published: its parts always sum to its total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The sum of everything, published or not.
    pub total: u64,
    /// Cells of at least the minimum, the largest first, equals by name.
    pub cells: Vec<Cell>,
    /// How many cells are not told apart.
    pub withheld_cells: u64,
    /// The devices in these cells together.
    pub withheld: u64,
}

/// Whether a number of devices may be told: nobody may, and so may a crowd.
#[must_use]
pub const fn may_be_told(count: u64, min: u64) -> bool {
    count == 0 || count >= min
}

/// Which of some nested windows may be told of a whole population, `counts` being its devices within
/// each window, the shortest first. `order` names windows by their place, the most wanted first: each
/// is told if neither it nor what lies between it and the windows that are told already is too small.
#[must_use]
pub fn tell_windows(
    counts: &[u64],
    order: impl IntoIterator<Item = usize>,
    min: u64,
) -> BTreeSet<usize> {
    let mut told = BTreeSet::new();
    for window in order {
        let Some(count) = counts.get(window) else { continue };
        let below = told.range(..window).next_back().map_or(0, |place: &usize| counts[*place]);
        let above = told.range(window..).next().map(|place: &usize| counts[*place]);
        let fits = may_be_told(count.saturating_sub(below), min)
            && above.is_none_or(|above| may_be_told(above.saturating_sub(*count), min));
        if fits {
            told.insert(window);
        }
    }
    told
}

/// A property's tables in nested windows, the shortest window first, as they may be published
/// together. `order` names the windows by their place, the most wanted first; a window that is not
/// named is not told at all, and [`tell_windows`] says which may be named.
///
/// A value that is not told apart in one window is told in none that is wanted less.
#[must_use]
pub fn publish_windows(
    tables: &[&BTreeMap<String, u64>],
    order: &[usize],
    min: u64,
) -> Vec<Published> {
    let names: BTreeSet<&str> = tables.iter().flat_map(|t| t.keys().map(String::as_str)).collect();
    let count = |name: &str, table: &&BTreeMap<String, u64>| table.get(name).copied().unwrap_or(0);
    let counts = names.iter().map(|name| tables.iter().map(|t| count(name, t)).collect()).collect();
    let mut desk = Desk { counts, min, hidden: BTreeMap::new() };
    let mut published = vec![Published::default(); tables.len()];
    for window in order.iter().copied().filter(|window| *window < tables.len()) {
        if desk.add(window) {
            published[window] = desk.table(window, &names);
        }
    }
    published
}

/// What is withheld so far, while one window after the other is added.
struct Desk {
    /// Devices of each value within each window.
    counts: Vec<Vec<u64>>,
    min: u64,
    /// For each told window, which values are withheld in it.
    hidden: BTreeMap<usize, Vec<bool>>,
}

impl Desk {
    /// Adds a window, withholding as many values as it takes; false if even all would not do.
    fn add(&mut self, window: usize) -> bool {
        let mut hidden = vec![false; self.counts.len()];
        for earlier in self.hidden.values() {
            hidden.iter_mut().zip(earlier).for_each(|(hidden, earlier)| *hidden |= earlier);
        }
        for (value, hidden) in hidden.iter_mut().enumerate() {
            *hidden |= !self.stands_alone(value, window);
        }
        loop {
            let withheld = hidden.iter().zip(&self.counts).filter(|(h, c)| **h && c[window] > 0);
            let lone = withheld.count() == 1;
            let fits = self.fits(window, &hidden);
            if fits && !lone {
                break;
            }
            // The total less the others would tell it: the smallest of those goes with it.
            let told = (0..hidden.len()).filter(|v| !hidden[*v] && self.counts[*v][window] > 0);
            match told.min_by_key(|value| self.counts[*value][window]) {
                Some(smallest) => hidden[smallest] = true,
                None if fits => break,
                None => return false,
            }
        }
        self.hidden.insert(window, hidden);
        true
    }

    /// Whether a value may be told by itself in `window` and in all windows that are told already.
    fn stands_alone(&self, value: usize, window: usize) -> bool {
        let count = self.counts[value][window];
        may_be_told(count, self.min)
            && self
                .hidden
                .keys()
                .all(|other| may_be_told(self.counts[value][*other].abs_diff(count), self.min))
    }

    /// Whether what is withheld in `window` is a crowd, also less what is withheld in other windows.
    /// A reader is thought to know which values have nobody.
    fn fits(&self, window: usize, hidden: &[bool]) -> bool {
        let within = |hidden: &[bool], window: usize, value: usize| {
            hidden[value] && self.counts[value][window] > 0
        };
        let values = 0..self.counts.len();
        let here: u64 = values
            .clone()
            .filter(|value| within(hidden, window, *value))
            .map(|value| self.counts[value][window])
            .sum();
        let with = |(other, theirs): (&usize, &Vec<bool>)| {
            let between =
                |value: usize| self.counts[value][*other].abs_diff(self.counts[value][window]);
            let (mut ours, mut others, mut shared, mut share) = (0, 0, 0, false);
            for value in values.clone() {
                let (here, there) = (within(hidden, window, value), within(theirs, *other, value));
                ours += if here { between(value) } else { 0 };
                others += if there { between(value) } else { 0 };
                shared += if here && there { between(value) } else { 0 };
                share |= here && there;
            }
            if share {
                // Neither can be taken without the other.
                may_be_told(ours + others - shared, self.min)
            } else {
                may_be_told(ours, self.min) && may_be_told(others, self.min)
            }
        };
        may_be_told(here, self.min) && self.hidden.iter().all(with)
    }

    /// The table of a window that was added.
    fn table(&self, window: usize, names: &BTreeSet<&str>) -> Published {
        let mut published = Published::default();
        let hidden = self.hidden.get(&window).into_iter().flatten();
        for ((name, counts), hidden) in names.iter().zip(&self.counts).zip(hidden) {
            let count = counts[window];
            published.total += count;
            match (count, hidden) {
                (0, _) => {}
                (_, false) => published.cells.push(Cell { value: (*name).to_owned(), count }),
                (_, true) => {
                    published.withheld_cells += 1;
                    published.withheld += count;
                }
            }
        }
        published.cells.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        published
    }
}

/// A single table as it may be published: every cell under `min` is withheld. Where what is withheld
/// would itself be under `min`, or is a single cell that the total would give away, the smallest
/// published cells are withheld with it. Of a tiny table not even the total is told.
#[must_use]
pub fn publish(cells: &BTreeMap<String, u64>, min: u64) -> Published {
    publish_windows(&[cells], &[0], min).pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cells: &[(&str, u64)]) -> Published {
        publish(&cells.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect(), 50)
    }

    #[test]
    fn a_single_small_cell_takes_a_neighbour_with_it() {
        let told = table(&[("CN", 900), ("IN", 400), ("DE", 7)]);
        assert_eq!(told.total, 1_307);
        assert_eq!(told.cells, [Cell { value: "CN".into(), count: 900 }]);
        assert_eq!((told.withheld_cells, told.withheld), (2, 407));
    }

    #[test]
    fn large_cells_stay_and_sums_hold() {
        let told = table(&[("CN", 900), ("IN", 50), ("DE", 49), ("FR", 2)]);
        assert_eq!(told.cells.len(), 2);
        assert_eq!(told.withheld + told.cells.iter().map(|c| c.count).sum::<u64>(), told.total);
        assert_eq!(table(&[("CN", 50)]).cells.len(), 1);
        assert_eq!(table(&[]), Published::default());
    }

    #[test]
    fn a_table_of_nothing_but_small_cells_tells_nothing() {
        let told = table(&[("CN", 9), ("IN", 3)]);
        assert_eq!((told.total, told.cells.len(), told.withheld), (0, 0, 0));
    }

    #[test]
    fn a_window_is_not_told_that_another_would_turn_into_a_small_number() {
        // Within 1, 7, 30 and 90 days, and ever: 12 were last seen between the 31st and the 90th day.
        let counts = [400, 900, 1_000, 1_012, 1_200];
        assert_eq!(tell_windows(&counts, [2, 4, 1, 0, 3], 50), BTreeSet::from([0, 1, 2, 4]));
        assert_eq!(tell_windows(&counts, [3, 2], 50), BTreeSet::from([3]), "the more wanted stays");
        assert_eq!(tell_windows(&[3, 60], [0, 1], 50), BTreeSet::from([1]), "three are too few");
        assert_eq!(tell_windows(&[0, 0], [0, 1], 50), BTreeSet::from([0, 1]), "nobody is told");
    }

    #[test]
    fn a_value_whose_windows_differ_by_little_is_told_in_one_only() {
        let of = |cells: &[(&str, u64)]| -> BTreeMap<String, u64> {
            cells.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
        };
        let week = of(&[("CN", 800), ("IN", 200), ("NO", 60), ("IS", 55)]);
        let month = of(&[("CN", 900), ("IN", 300), ("NO", 61), ("IS", 150)]);
        let told = publish_windows(&[&week, &month], &[1, 0], 50);
        assert_eq!(told[1].cells.len(), 4, "the month is wanted most");
        let values: Vec<&str> = told[0].cells.iter().map(|cell| cell.value.as_str()).collect();
        assert_eq!(values, ["CN", "IN"], "one device of NO was last seen before the week");
        assert_eq!((told[0].withheld_cells, told[0].withheld), (2, 115), "and IS goes with it");
    }
}
