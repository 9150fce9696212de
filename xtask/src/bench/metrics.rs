//! What the shop itself has measured, read from its `/metrics`: where the time
//! of an order goes.

use std::collections::BTreeMap;

use super::Bench;
use super::shop::Shop;
use crate::command;

/// The families that together tell where time goes.
const FAMILIES: &[&str] =
    &["kontor_request_seconds", "kontor_transaction_seconds", "kontor_store_commit_seconds"];

/// Sum of seconds and count of a series, by its name with labels.
pub(super) type Series = BTreeMap<String, (f64, f64)>;

/// Reads the series; empty where the shop does not show them.
pub(super) fn read(bench: &Bench, shop: &Shop) -> Series {
    let path = bench.folder.join("metrics");
    let url = format!("{}/metrics", shop.base_url);
    let words = ["fetch", &url, "--out", &path.to_string_lossy()];
    match command::output(&bench.load, &words, &bench.folder) {
        Ok(_) => parse(&std::fs::read_to_string(&path).unwrap_or_default()),
        Err(_) => Series::new(),
    }
}

/// Lines like `family_sum{name="order.place"} 1.5`.
fn parse(text: &str) -> Series {
    let mut series = Series::new();
    for line in text.lines() {
        let Some((name, value)) = line.rsplit_once(' ') else { continue };
        let Ok(value) = value.parse::<f64>() else { continue };
        let (metric, labels) = name.split_at(name.find('{').unwrap_or(name.len()));
        for family in FAMILIES {
            let slot = match metric.strip_prefix(family) {
                Some("_sum") => 0,
                Some("_count") => 1,
                _ => continue,
            };
            let entry: &mut (f64, f64) = series.entry(format!("{family}{labels}")).or_default();
            if slot == 0 { entry.0 = value } else { entry.1 = value }
        }
    }
    series
}

/// Prints what has grown between two readings, per order, the largest first.
pub(super) fn report(before: &Series, after: &Series, orders: u64) {
    let mut rows: Vec<_> = after
        .iter()
        .filter_map(|(name, (sum, count))| {
            let (sum_before, count_before) = before.get(name).copied().unwrap_or_default();
            let (seconds, times) = (sum - sum_before, count - count_before);
            (times > 0.0).then_some((name, seconds, times))
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    eprintln!("\nwhere the time goes (waiting included)        µs per order   µs each   per order");
    for (name, seconds, times) in rows.into_iter().take(16) {
        let orders = orders.max(1) as f64;
        eprintln!(
            "  {name:<44} {:>11.1} {:>9.1} {:>11.2}",
            seconds * 1_000_000.0 / orders,
            seconds * 1_000_000.0 / times,
            times / orders
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_counts_are_paired() {
        let text = "# TYPE kontor_transaction_seconds summary\n\
                    kontor_transaction_seconds{name=\"order.place\",quantile=\"0.5\"} 0.1\n\
                    kontor_transaction_seconds_sum{name=\"order.place\"} 1.5\n\
                    kontor_transaction_seconds_count{name=\"order.place\"} 3\n\
                    kontor_store_commit_seconds_sum 2\n\
                    kontor_store_commit_seconds_count 4\n\
                    kontor_other_seconds_sum 2\n";
        let series = parse(text);
        assert_eq!(series.len(), 2);
        assert_eq!(series["kontor_transaction_seconds{name=\"order.place\"}"], (1.5, 3.0));
        assert_eq!(series["kontor_store_commit_seconds"], (2.0, 4.0));
    }
}
