//! Complete guest checkouts per second, and where their time goes.

use serde_json::json;

use super::load::{self, Medians};
use super::shop::Shop;
use super::{Bench, median, metrics};
use crate::{Failure, postgres};

/// What is bought: all that the US market of the demo has plenty of, because a
/// few seconds of load would empty the shelf of a single product.
const SKUS: &str = "BAND-BLACK,PB5000-SILVER,PB10400-SILVER";

/// Orders before each round, so that a fresh process is not what is measured.
const WARM_UP_ORDERS: &str = "500";

/// Measures and returns the line of JSON.
pub(super) fn run(bench: &Bench) -> Result<String, Failure> {
    eprintln!(
        "order: {} connections, a shop with fresh data in each round",
        bench.options.connections
    );
    let server = match bench.options.postgres {
        true => Some(postgres::Server::start(&bench.folder.join("postgres"), postgres::Sync::On)?),
        false => None,
    };
    let mut rounds = Vec::new();
    let mut cpu_us = Vec::new();
    let mut memory_mb = None;
    for number in 1..=bench.options.rounds {
        let database = server.as_ref().map(|server| server.database("kontor")).transpose()?;
        let shop = Shop::start_on(bench, database.as_deref())?;
        load::some(bench, &["order", &shop.base_url, "--sku", SKUS], WARM_UP_ORDERS)?;
        let (before, seen_before) = (shop.process.cpu_s(), metrics::read(bench, &shop));
        let round =
            load::round(bench, &["order", &shop.base_url, "--sku", SKUS], bench.options.seconds)?;
        eprintln!("  round {number}: {:.0} orders/s, p99 {:.2} ms", round.per_s, round.p99_ms);
        cpu_us.extend(cpu_per_order(before, shop.process.cpu_s(), round.requests));
        if number == bench.options.rounds {
            metrics::report(&seen_before, &metrics::read(bench, &shop), round.requests);
            memory_mb = shop.process.memory_mb_max();
        }
        rounds.push(round);
    }
    let medians = Medians::of(&rounds);
    let of = |part: fn(&(f64, f64)) -> f64| median(cpu_us.iter().map(part).collect());
    let (own_us, kernel_us) = (of(|cpu| cpu.0), of(|cpu| cpu.1));
    eprintln!(
        "\n{} orders/s; p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms from the first request to the order's answer",
        medians.per_s, medians.p50_ms, medians.p99_ms, medians.p999_ms
    );
    eprintln!(
        "processor time of kontor per order: {own_us:.0} µs in its own code, {kernel_us:.0} µs in the kernel"
    );
    if let Some(memory) = memory_mb {
        eprintln!("kontor used at most {memory:.0} MB of memory");
    }
    Ok(json!({
        "bench": "order",
        "database": if bench.options.postgres { "postgres" } else { "sqlite" },
        "orders_per_s": medians.per_s,
        "p50_ms": medians.p50_ms,
        "p99_ms": medians.p99_ms,
        "p999_ms": medians.p999_ms,
        "orders": rounds.iter().map(|round| round.requests).sum::<u64>(),
        "cpu_us": (own_us + kernel_us).round(),
        "memory_mb": memory_mb.map(f64::round),
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
