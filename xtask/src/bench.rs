//! `cargo xtask bench NAME`: the shop measured over HTTP, as a release build,
//! with the load coming from a second process on the same machine.
//!
//! Everything it starts is its own child and is stopped by its handle. What it
//! writes lies under the target folder and is cleared at the start of the next
//! run too, so that an interrupted run leaves nothing that grows.
#![allow(clippy::float_arithmetic, reason = "ratios and milliseconds of a measurement, no money")]

mod baseline;
mod delta;
mod installs;
mod load;
mod metrics;
mod nginx;
mod order;
mod process;
mod shelf;
mod shop;
mod verdict;

use std::path::PathBuf;

use crate::{Failure, arguments::Arguments, command, repo, test};

const HELP: &str = "\
Measure the shop over HTTP on this machine

Usage: cargo xtask bench NAME [--json] [options]

  shelf    pages per second of the shelf and of a product page, and the same
           bytes from nginx in alternating rounds; `ratio` is kontor / nginx
  order    complete guest checkouts per second: cart, checkout, payment with
           the test provider, order
  verdict  verdicts, gap lists and next-country sheets on one core
  delta    bytes, processor time and memory of a delta between two invented
           builds, beside bsdiff, xdelta3 and zstd; `ratio_size` and `ratio_cpu`
           are against the smallest of the three
  installs count 100 million devices in one process: memory, reports per second,
           time of every breakdown, restart, disk, beside HyperLogLog; then
           reports over HTTP, and pages while they pour in; `--storages` instead
           compares ways to store reports (builds crates that nothing else needs)
  baselines
           what others do with a scarce item, for comparison: PostgreSQL with
           its hot row locked per order, and Redis with the usual script; both
           without HTTP (apt-get install postgresql redis-server)

  --json           end with one line of JSON; everything else is on stderr
  --rounds N       rounds per measurement, of which the median counts [5]
  --seconds N      length of a round [4]
  --connections N  connections that ask without pause [64]
  --threads N      threads of the load generator [2]
  --devices N      (installs) how many devices [100000000]
  --storages       (installs) compare storages, with a million devices if not said
  --size-mb N      (delta) megabytes of an image [250]
  --seed N         (delta) which family of images [1]
  --gzip           (shelf) ask for compressed pages, from nginx too

A machine that does other things at the same time gives other numbers; ratios
of the same run travel better than absolute figures.";

/// What a benchmark was asked for.
struct Options {
    json: bool,
    rounds: u64,
    seconds: u64,
    connections: u64,
    threads: u64,
    gzip: bool,
    devices: u64,
}

/// What a benchmark works with.
struct Bench {
    options: Options,
    /// The release build of the shop.
    kontor: String,
    /// The release build of the load generator.
    load: String,
    /// The release build of the counting of installs.
    installs: String,
    /// A folder for this run alone.
    folder: PathBuf,
}

/// Reads the words, builds, measures.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut arguments = Arguments::new(words);
    if arguments.flag(&["--help", "-h"]) {
        println!("{HELP}");
        return Ok(());
    }
    let storages = arguments.flag(&["--storages"]);
    let devices = arguments.number("--devices", if storages { 1_000_000 } else { 100_000_000 })?;
    let options = Options {
        json: arguments.flag(&["--json"]),
        rounds: arguments.number("--rounds", 5)?.clamp(1, 100),
        seconds: arguments.number("--seconds", 4)?.clamp(1, 600),
        connections: arguments.number("--connections", 64)?.clamp(1, 4096),
        threads: arguments.number("--threads", 2)?.clamp(1, 64),
        gzip: arguments.flag(&["--gzip"]),
        devices: devices.clamp(1_000, 500_000_000),
    };
    let name = arguments
        .positional()
        .ok_or("name a benchmark: shelf, order, verdict, delta, installs or baselines")?;
    if name == "delta" {
        // No server and no load: it has options of its own.
        return delta::run(arguments, options.json);
    }
    arguments.finish()?;
    if name == "installs" && storages {
        return installs::storages(options.devices, options.json);
    }
    if name == "verdict" {
        return verdict::run(options.json);
    }
    if name == "baselines" {
        return baseline::run(&options);
    }
    let measure = match name.as_str() {
        "shelf" => shelf::run,
        "order" => order::run,
        "installs" => installs::run,
        _ => {
            return Err(format!(
                "there is no benchmark {name:?}; there are shelf, order, verdict, delta, installs and baselines"
            ));
        }
    };
    let bench = prepare(&name, options)?;
    let outcome = measure(&bench);
    // Best effort: the next run clears the folder as well.
    let _ = std::fs::remove_dir_all(&bench.folder);
    let line = outcome?;
    if bench.options.json {
        println!("{line}");
    }
    Ok(())
}

fn prepare(name: &str, options: Options) -> Result<Bench, Failure> {
    let root = repo::root()?;
    eprintln!("building the release binaries");
    let words = [
        "build",
        "--release",
        "--workspace",
        "--bin=kontor",
        "--bin=kontor-load",
        "--bin=kontor-installs",
        "--message-format=json-render-diagnostics",
    ];
    let messages = command::output("cargo", &words, &root)?;
    let binary = |name: &str| {
        test::executable(&messages, name).ok_or_else(|| format!("cargo built no {name}"))
    };
    let (kontor, load) = (binary("kontor")?, binary("kontor-load")?);
    let installs = binary("kontor-installs")?;
    let target =
        PathBuf::from(&kontor).parent().map(PathBuf::from).ok_or("the binary lies in no folder")?;
    // The target folder, because /tmp is memory on some machines, and a
    // durable order must meet a disk.
    let folder = target.join(format!("bench-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    Ok(Bench { options, kontor, load, installs, folder })
}

/// The middle of some measurements; of an even number, the lower middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// For people and JSON: no more digits than a measurement is worth.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_ignores_outliers() {
        assert_eq!(median(vec![9.0, 1.0, 2.0, 3.0, 100.0]), 3.0);
        assert_eq!(median(vec![4.0, 2.0]), 2.0);
        assert!(median(Vec::new()).is_nan());
        assert_eq!(rounded(0.123_456), 0.123);
    }
}
