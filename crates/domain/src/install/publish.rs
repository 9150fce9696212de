//! What of a table may be published: small cells could point at persons.

use std::collections::BTreeMap;

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

/// Withholds every cell under `min`. Where what is withheld would itself be under `min`, or is a
/// single cell that the total would give away, the smallest published cells are withheld with it.
#[must_use]
pub fn publish(cells: &BTreeMap<String, u64>, min: u64) -> Published {
    let mut sorted: Vec<Cell> = cells
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(value, count)| Cell { value: value.clone(), count: *count })
        .collect();
    sorted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    let total = sorted.iter().map(|cell| cell.count).sum();
    let (mut withheld_cells, mut withheld) = (0, 0);
    while let Some(smallest) = sorted.last() {
        let exposed = withheld_cells > 0 && (withheld_cells == 1 || withheld < min);
        if smallest.count >= min && !exposed {
            break;
        }
        withheld_cells += 1;
        withheld += smallest.count;
        sorted.pop();
    }
    // If nothing is left to publish, even the total of a tiny table is withheld from view.
    let total = if sorted.is_empty() && withheld < min { 0 } else { total };
    Published { total, cells: sorted, withheld_cells, withheld: withheld.min(total) }
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

    /// Over many tables: no cell under the minimum is told, and what is withheld is never one cell
    /// nor fewer devices than the minimum, so that the total less the cells tells nobody's number.
    #[test]
    fn no_table_gives_a_small_cell_away() {
        let mut state = 9_u64;
        let mut below = |bound: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        for _ in 0..5_000 {
            let (size, min) = (below(9), 1 + below(60));
            let cells: BTreeMap<String, u64> = (0..size)
                .map(|n| (format!("c{n}"), [below(12), below(200)][(n % 2) as usize]))
                .collect();
            let (there, sum) = (
                cells.values().filter(|count| **count > 0).count() as u64,
                cells.values().sum::<u64>(),
            );
            let told = publish(&cells, min);
            assert!(
                told.cells.iter().all(|cell| cell.count >= min && cells[&cell.value] == cell.count)
            );
            assert_eq!(told.cells.len() as u64 + told.withheld_cells, there);
            let shown: u64 = told.cells.iter().map(|cell| cell.count).sum();
            if told.total > 0 || sum == 0 {
                assert_eq!((told.total, shown + told.withheld), (sum, sum));
            } else {
                assert!(told.cells.is_empty() && sum < min, "{cells:?}");
            }
            let all_hidden = told.cells.is_empty();
            if told.withheld_cells > 0 && !all_hidden {
                assert!(told.withheld_cells >= 2 && told.withheld >= min, "{cells:?} {min}");
            }
        }
    }

    #[test]
    fn a_table_of_nothing_but_small_cells_tells_nothing() {
        let told = table(&[("CN", 9), ("IN", 3)]);
        assert_eq!((told.total, told.cells.len(), told.withheld), (0, 0, 0));
    }
}
