//! `cargo xtask bench baselines`: the two usual ways to sell a scarce item, on this machine, each
//! driven directly by its own load generator and without HTTP before it.
//!
//! PostgreSQL locks the hot row for each order (`pgbench`, 32 connections, everything durable);
//! Redis runs the usual script (`redis-benchmark`), once with every write synced and once with a
//! sync each second. Both listen on a socket file, which favours them. After each run stock and
//! orders are counted: a baseline that oversells would be none.

mod postgres;
mod redis;

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use super::{Options, median, rounded};
use crate::Failure;

/// Units to sell: the record of 8 April 2015.
const UNITS: u64 = 2_112_010;

/// What the baselines work with.
struct Ground {
    /// A folder that other accounts may reach: PostgreSQL refuses to run as root.
    folder: PathBuf,
    seconds: u64,
}

/// Measures and tells.
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let [postgres, always, everysec] = medians(options.seconds, options.rounds)?;
    eprintln!(
        "orders/s: PostgreSQL, hot row {postgres:.0}; Redis, always {always:.0}, everysec {everysec:.0}"
    );
    if options.json {
        let line = json!({
            "bench": "baselines",
            "postgres_orders_per_s": rounded(postgres),
            "redis_always_orders_per_s": rounded(always),
            "redis_everysec_orders_per_s": rounded(everysec),
        });
        println!("{line}");
    }
    Ok(())
}

/// Orders per second of PostgreSQL with its hot row and of Redis with `always` and `everysec`:
/// medians of so many rounds of so many seconds.
pub(super) fn medians(seconds: u64, rounds: u64) -> Result<[f64; 3], Failure> {
    // Not /tmp, which is memory on some machines: an order has to meet a disk.
    let folder = PathBuf::from(format!("/var/tmp/kontor-baselines-{}", std::process::id()));
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    let ground = Ground { folder, seconds };
    let outcome = measure(&ground, rounds);
    let _ = std::fs::remove_dir_all(&ground.folder);
    outcome
}

/// The three medians; the rounds alternate, so that a slow minute hits all.
fn measure(ground: &Ground, rounds: u64) -> Result<[f64; 3], Failure> {
    let (mut hot_row, mut always, mut everysec) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=rounds {
        hot_row.push(postgres::round(ground)?);
        always.push(redis::round(ground, "always")?);
        everysec.push(redis::round(ground, "everysec")?);
        eprintln!(
            "  round {round}: PostgreSQL {:.0}/s, Redis always {:.0}/s, everysec {:.0}/s",
            hot_row[hot_row.len() - 1],
            always[always.len() - 1],
            everysec[everysec.len() - 1]
        );
    }
    Ok([median(hot_row), median(always), median(everysec)])
}

/// Runs a command to its end and gives what it printed.
fn output(command: &mut Command) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("could not run {name}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// Every unit is either in stock or in an order, and there were orders.
fn adds_up(name: &str, orders: u64, left: u64) -> Result<(), Failure> {
    if orders > 0 && orders + left == UNITS {
        Ok(())
    } else {
        Err(format!("{name}: {orders} orders and {left} units in stock are not {UNITS}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_counted() {
        assert!(adds_up("x", 10, UNITS - 10).is_ok());
        assert!(adds_up("x", 10, UNITS - 9).is_err(), "one unit was sold for nothing");
        assert!(adds_up("x", 0, UNITS).is_err(), "nothing was measured");
    }
}
