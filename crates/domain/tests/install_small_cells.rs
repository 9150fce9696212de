//! Nobody finds a small cell by subtraction: attackers with pencil and paper, over many random
//! tables. They share nothing with the rule but its result.

use std::collections::{BTreeMap, BTreeSet};

use kontor_domain::install::{Published, publish, publish_windows, tell_windows};
use proptest::prelude::*;

/// Counts of values by the band in which their devices were last seen; windows are sums of bands.
type Bands = Vec<Vec<u64>>;

fn name(value: usize) -> String {
    format!("v{value}")
}

/// The nested tables of windows that the bands make.
fn windows(bands: &Bands, n: usize) -> Vec<BTreeMap<String, u64>> {
    let within = |window: usize| {
        let count = |value: &Vec<u64>| value[..=window].iter().sum::<u64>();
        bands.iter().enumerate().map(|(v, value)| (name(v), count(value))).collect()
    };
    (0..n).map(within).collect()
}

/// What is told of a population, as whoever serves it would: the windows first, then the tables.
fn told(bands: &Bands, n: usize, min: u64) -> (Vec<usize>, Vec<Published>) {
    let tables = windows(bands, n);
    let totals: Vec<u64> = tables.iter().map(|table| table.values().sum()).collect();
    // The middle window is wanted most.
    let wanted: Vec<usize> = (0..n).map(|at| (at + n / 2) % n).collect();
    let may = tell_windows(&totals, wanted.iter().copied(), min);
    let order: Vec<usize> = wanted.into_iter().filter(|window| may.contains(window)).collect();
    let tables: Vec<&BTreeMap<String, u64>> = tables.iter().collect();
    let published = publish_windows(&tables, &order, min);
    (order, published)
}

/// What the numbers of one window say of a set of values, if anything: the set's devices must be a sum
/// of told cells and of everything that is withheld. The attacker even knows who has nobody.
fn within(
    published: &Published,
    table: &BTreeMap<String, u64>,
    set: &BTreeSet<&String>,
) -> Option<u64> {
    let told = |value: &String| {
        let cell = published.cells.iter().find(|cell| cell.value == *value);
        cell.map(|cell| cell.count)
    };
    let withheld: BTreeSet<&String> = table
        .iter()
        .filter(|(v, count)| **count > 0 && told(v).is_none())
        .map(|(v, _)| v)
        .collect();
    let inside = set.intersection(&withheld).count();
    let sum: u64 = set.iter().filter_map(|value| told(value)).sum();
    match inside {
        0 => Some(sum),
        n if n == withheld.len() => Some(sum + published.withheld),
        _ => None,
    }
}

fn population() -> impl Strategy<Value = (Bands, usize, u64)> {
    (1_usize..5, 1_u64..40).prop_flat_map(|(n, min)| {
        let count = prop_oneof![Just(0_u64), 1..min.max(2), min..4 * min, 100_u64..2_000];
        let bands = prop::collection::vec(prop::collection::vec(count, n), 0..7);
        (bands, Just(n), Just(min))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// Every set of values, every pair of told windows: whatever of it can be worked out is nobody or
    /// at least the minimum. That nobody is there may be known.
    #[test]
    fn no_difference_of_sums_or_windows_is_small((bands, n, min) in population()) {
        let (order, published) = told(&bands, n, min);
        let tables = windows(&bands, n);
        let values: Vec<String> = (0..bands.len()).map(name).collect();
        for picked in 1_u32..1 << values.len() {
            let set: BTreeSet<&String> =
                values.iter().enumerate().filter(|(at, _)| picked >> at & 1 == 1).map(|(_, v)| v).collect();
            let found: Vec<(usize, u64)> = (0..n)
                .filter(|window| order.contains(window) && published[*window].total > 0)
                .filter_map(|window| {
                    Some((window, within(&published[window], &tables[window], &set)?))
                })
                .collect();
            for (at, (window, count)) in found.iter().enumerate() {
                let truth: u64 = set.iter().map(|value| tables[*window][*value]).sum();
                prop_assert_eq!(*count, truth, "the attacker adds rightly");
                let told = format!("{set:?} in {window}: {count} of {bands:?}");
                prop_assert!(*count == 0 || *count >= min, "{}", told);
                for (other, more) in &found[at + 1..] {
                    let between = more - count;
                    prop_assert!(between == 0 || between >= min, "{} up to {}: {}", told, other, between);
                }
            }
        }
    }

    /// The parts sum to the totals, the totals to each other, and what is told is true.
    #[test]
    fn what_is_told_is_true((bands, n, min) in population()) {
        let (order, published) = told(&bands, n, min);
        let tables = windows(&bands, n);
        for (window, (published, cells)) in published.iter().zip(&tables).enumerate() {
            if published == &Published::default() {
                continue; // it is not told at all
            }
            prop_assert!(order.contains(&window));
            let sum: u64 = cells.values().sum();
            let shown: u64 = published.cells.iter().map(|cell| cell.count).sum();
            prop_assert_eq!((published.total, shown + published.withheld), (sum, sum));
            prop_assert!(published.cells.iter().all(|cell| cells[&cell.value] == cell.count));
            prop_assert!(published.cells.iter().all(|cell| cell.count >= min));
            let there = cells.values().filter(|count| **count > 0).count() as u64;
            prop_assert_eq!(published.cells.len() as u64 + published.withheld_cells, there);
        }
    }

    /// One table alone: no cell under the minimum is told, and what is withheld is never one cell nor
    /// fewer devices than the minimum.
    #[test]
    fn no_table_gives_a_small_cell_away(
        counts in prop::collection::vec(0_u64..200, 0..9),
        min in 1_u64..60,
    ) {
        let cells: BTreeMap<String, u64> =
            counts.iter().enumerate().map(|(v, count)| (name(v), *count)).collect();
        let told = publish(&cells, min);
        if told.withheld_cells > 0 && !told.cells.is_empty() {
            prop_assert!(told.withheld_cells >= 2 && told.withheld >= min, "{:?} {}", cells, min);
        }
    }

    /// Two properties: of every combination that their tables leave possible, none that has somebody
    /// in it and fewer than the minimum is the only possible one. (A combination can lie between
    /// `max(0, row + column - total)` and `min(row, column)`, and takes every number between.)
    #[test]
    fn two_tables_do_not_settle_a_small_combination(
        cells in prop::collection::vec(prop::collection::vec(
            prop_oneof![Just(0_u64), 1_u64..30, 30_u64..400], 1..6), 1..6),
        min in 1_u64..40,
    ) {
        let columns = cells.iter().map(Vec::len).min().unwrap_or(0);
        let margin = |rows: bool| -> BTreeMap<String, u64> {
            let of = |at: usize| if rows {
                cells[at][..columns].iter().sum()
            } else {
                cells.iter().map(|row| row[at]).sum()
            };
            (0..if rows { cells.len() } else { columns }).map(|at| (name(at), of(at))).collect()
        };
        let (rows, columns) = (publish(&margin(true), min), publish(&margin(false), min));
        let sums = |told: &Published| -> Vec<u64> {
            let cells = told.cells.iter().map(|cell| cell.count);
            cells.chain((told.withheld > 0).then_some(told.withheld)).collect()
        };
        for row in sums(&rows) {
            for column in sums(&columns) {
                let least = (row + column).saturating_sub(rows.total);
                let most = row.min(column);
                let settled = least == most;
                prop_assert!(!settled || least == 0 || least >= min, "{row} {column} {cells:?}");
            }
        }
    }
}
