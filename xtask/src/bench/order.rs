//! Complete guest checkouts per second, and where their time goes.

use serde_json::json;

use super::load::{self, Medians};
use super::shop::Shop;
use super::{Bench, metrics};
use crate::Failure;

/// Measures and returns the line of JSON.
pub(super) fn run(bench: &Bench) -> Result<String, Failure> {
    let shop = Shop::start(bench)?;
    let words = ["order", shop.base_url.as_str()];
    eprintln!("order: {} connections", bench.options.connections);
    load::round(bench, &words, 1)?;
    let (before, seen_before) = (shop.process.cpu_s(), metrics::read(bench, &shop));
    let mut rounds = Vec::new();
    for number in 1..=bench.options.rounds {
        let round = load::round(bench, &words, bench.options.seconds)?;
        eprintln!("  round {number}: {:.0} orders/s, p99 {:.2} ms", round.per_s, round.p99_ms);
        rounds.push(round);
    }
    let medians = Medians::of(&rounds);
    let orders: u64 = rounds.iter().map(|round| round.requests).sum();
    eprintln!(
        "\n{} orders/s; p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms from the first request to the order's answer",
        medians.per_s, medians.p50_ms, medians.p99_ms, medians.p999_ms
    );
    let cpu_us = cpu_per_order(before, shop.process.cpu_s(), orders);
    if let Some((own, kernel)) = cpu_us {
        eprintln!(
            "processor time of kontor per order: {own:.0} µs in its own code, {kernel:.0} µs in the kernel"
        );
    }
    metrics::report(&seen_before, &metrics::read(bench, &shop), orders);
    if let Some(memory) = shop.process.memory_mb_max() {
        eprintln!("kontor used at most {memory:.0} MB of memory");
    }
    Ok(json!({
        "bench": "order",
        "orders_per_s": medians.per_s,
        "p50_ms": medians.p50_ms,
        "p99_ms": medians.p99_ms,
        "p999_ms": medians.p999_ms,
        "orders": orders,
        "cpu_us": cpu_us.map(|(own, kernel)| (own + kernel).round()),
    })
    .to_string())
}

/// Microseconds of an order in the shop's code and in the kernel.
fn cpu_per_order(
    before: Option<(f64, f64)>,
    after: Option<(f64, f64)>,
    orders: u64,
) -> Option<(f64, f64)> {
    let (before, after) = (before?, after?);
    let per_order = |seconds: f64| seconds * 1_000_000.0 / orders.max(1) as f64;
    Some((per_order(after.0 - before.0), per_order(after.1 - before.1)))
}
