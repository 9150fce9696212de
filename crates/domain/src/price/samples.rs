//! Price lists for the tests of cuts and reductions: days are counted from the first.

use kontor_base::{Confidence, Instant, Money};

use super::PriceEntry;

pub(super) const DAY_S: i64 = 24 * 60 * 60;

/// The moment at which a day begins.
pub(super) fn day(n: i64) -> Instant {
    Instant::from_micros(1_432_000_000_000_000).plus_seconds(n * DAY_S)
}

/// Price in cents, first day, end if any.
pub(super) fn entries(list: &[(i64, i64, Option<i64>)]) -> Vec<PriceEntry> {
    let entry = |(minor, from, to): &(i64, i64, Option<i64>)| PriceEntry {
        market: "de".parse().expect("a market"),
        sku: "BAND-BLACK".parse().expect("a SKU"),
        money: Money::new(*minor, "EUR".parse().expect("EUR is a currency")),
        mrp: None,
        valid_from: day(*from),
        valid_to: to.map(day),
        source: "test".to_owned(),
        confidence: Confidence::M,
    };
    list.iter().map(entry).collect()
}
