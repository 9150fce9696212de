//! `cargo xtask bench NAME`: the shop measured over HTTP, as a release build,
//! with the load coming from a second process on the same machine.
//!
//! Everything it starts is its own child and is stopped by its handle. What it
//! writes lies under the target folder and is cleared at the start of the next
//! run too, so that an interrupted run leaves nothing that grows.
#![allow(clippy::float_arithmetic, reason = "ratios and milliseconds of a measurement, no money")]

mod baseline;
mod delta;
mod download;
mod installs;
mod load;
mod metrics;
mod nginx;
mod order;
pub(crate) mod process;
mod rollout;
mod rom;
mod sale;
mod sale_nodes;
mod shelf;
mod shop;
mod staff;
mod update_check;
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
  update-check
           update checks per second with 100 models x 3 channels x 50 builds, and
           the same documents from nginx; `ratio` is that of the slower form
  download megabytes per second of ranges of a 1 GB file, and the same file from
           nginx (sendfile); `ratio` is kontor / nginx; and the memory used
  rollout  a rollout over 10 million simulated devices: seconds to plan a change,
           and how far the shares are from what was asked
  verdict  verdicts, gap lists and next-country sheets on one core
  sale     the record replayed: 2,112,010 orders of one item, each of its own
           person under its own key, over HTTP, on disk before the answer; then a
           steady 10,000 a second, sold-out answers, and the same machine with an
           empty handler, PostgreSQL's hot row and Redis (needs postgresql and
           redis-server; see --no-baselines)
  delta    bytes, processor time and memory of a delta between two invented
           builds, beside bsdiff, xdelta3 and zstd; `ratio_size` and `ratio_cpu`
           are against the smallest of the three
  installs count 100 million devices in one process: memory, reports per second,
           time of every breakdown, restart, disk, beside HyperLogLog; then
           reports over HTTP, and pages while they pour in; `--storages` instead
           compares ways to store reports (builds crates that nothing else needs)
  staff    the staff area, signed in, with a million orders in the database: every
           list and every way to search, p50 and p99; one connection unless said
  baselines
           what others do with a scarce item, for comparison: PostgreSQL with
           its hot row locked per order, and Redis with the usual script; both
           without HTTP (apt-get install postgresql redis-server)

  --database WORD  (order, sale) sqlite, or postgres: a server of its own [sqlite]
  --nodes N        (sale, on postgres) the orders alone, over so many servers on one
                   database, between which the lots are divided [1]
  --json           end with one line of JSON; everything else is on stderr
  --rounds N       rounds per measurement, of which the median counts [5]
  --seconds N      length of a round [4]
  --connections N  connections that ask without pause [64; sale: 256;
                   download: 16]
  --threads N      threads of the load generator [2]
  --quick          (sale) 100,000 orders and short baselines, in half a minute
  --orders N       (sale, staff) so many orders
  --no-baselines   (sale) leave PostgreSQL and Redis out
  --prepare        (sale) let the people enter only; a later run with
                   --prepared (within six hours) measures
                   (staff) fill the database only; it stays for --prepared
  --devices N      (installs) how many devices [100000000]
  --storages       (installs) compare storages, with a million devices if not said
  --size-mb N      (delta) megabytes of an image [250]
  --seed N         (delta) which family of images [1]
  --gzip           (shelf) ask for compressed pages, from nginx too

A machine that does other things at the same time gives other numbers; ratios
of the same run travel better than absolute figures.";

/// The benchmarks, for those who ask for one that is not there.
const NAMES: &str = "shelf, order, sale, staff, update-check, download, rollout, verdict, delta, installs and \
     baselines";

/// What a benchmark was asked for.
#[derive(Clone)]
struct Options {
    json: bool,
    rounds: u64,
    seconds: u64,
    connections: u64,
    /// Whether that number was asked for.
    connections_given: bool,
    threads: u64,
    gzip: bool,
    /// On a PostgreSQL server of its own.
    postgres: bool,
    devices: u64,
}

impl Options {
    /// The connections that were asked for, else so many.
    const fn connections_or(&self, otherwise: u64) -> u64 {
        if self.connections_given { self.connections } else { otherwise }
    }
}

/// What a benchmark works with.
#[derive(Clone)]
struct Bench {
    options: Options,
    /// The release build of the shop.
    kontor: String,
    /// The release build of the load generator.
    load: String,
    /// The release build of the sale's load.
    rush: String,
    /// The release build of the counting of installs.
    installs: String,
    /// The release build of what fills in orders.
    staff: String,
    /// A folder for this run alone.
    folder: PathBuf,
    /// The PostgreSQL database of this run; none: a file in the folder.
    database: Option<String>,
}

impl Bench {
    /// What the shop's programs have to be told about where the data are.
    fn environment(&self) -> Vec<(&str, &str)> {
        self.database.iter().map(|address| ("KONTOR_DATABASE", address.as_str())).collect()
    }
}

/// Reads the words, builds, measures.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut arguments = Arguments::new(words);
    if arguments.flag(&["--help", "-h"]) {
        println!("{HELP}");
        return Ok(());
    }
    let connections = arguments.number("--connections", 0)?;
    let storages = arguments.flag(&["--storages"]);
    let devices = arguments.number("--devices", if storages { 1_000_000 } else { 100_000_000 })?;
    let mut options = Options {
        json: arguments.flag(&["--json"]),
        rounds: arguments.number("--rounds", 5)?.clamp(1, 100),
        seconds: arguments.number("--seconds", 4)?.clamp(1, 600),
        connections: if connections == 0 { 64 } else { connections.clamp(1, 4096) },
        connections_given: connections > 0,
        threads: arguments.number("--threads", 2)?.clamp(1, 64),
        gzip: arguments.flag(&["--gzip"]),
        postgres: match arguments.values("--database")?.pop().as_deref() {
            None | Some("sqlite") => false,
            Some("postgres") => true,
            Some(other) => return Err(format!("--database is sqlite or postgres, not {other:?}")),
        },
        devices: devices.clamp(1_000, 500_000_000),
    };
    let quick = arguments.flag(&["--quick"]);
    let no_baselines = arguments.flag(&["--no-baselines"]);
    let part = match (arguments.flag(&["--prepare"]), arguments.flag(&["--prepared"])) {
        (false, false) => sale::Part::All,
        (true, false) => sale::Part::Prepare,
        (false, true) => sale::Part::Prepared,
        (true, true) => return Err("--prepare and --prepared are two different runs".to_owned()),
    };
    let orders = arguments.number("--orders", 0)?;
    let nodes = arguments.number("--nodes", 1)?.clamp(1, 8);
    let name = arguments.positional().ok_or_else(|| format!("name a benchmark: {NAMES}"))?;
    if name == "sale" {
        options.connections = options.connections_or(256);
    }
    if name == "staff" {
        // One person at a desk: how long a page takes, not how many there could be.
        options.connections = options.connections_or(1);
        options.threads = 1;
    }
    let staff = staff::Wanted {
        orders: if orders > 0 { orders.clamp(1_000, 5_000_000) } else { 1_000_000 },
        is_prepared: part == sale::Part::Prepared,
        prepares: part == sale::Part::Prepare,
    };
    let orders = (orders > 0).then(|| orders.clamp(1_000, 9_000_000));
    let wanted = sale::Wanted::new(quick, orders, !no_baselines, part);
    if options.postgres && part != sale::Part::All {
        return Err("on postgres a sale is prepared and measured in one run".to_owned());
    }
    if nodes > 1 && !options.postgres {
        return Err("several nodes need --database postgres".to_owned());
    }
    if name == "delta" {
        // No server and no load: it has options of its own.
        return delta::run(arguments, options.json);
    }
    arguments.finish()?;
    if name == "rollout" {
        return rollout::run(options.json);
    }
    if name == "installs" && storages {
        return installs::storages(options.devices, options.json);
    }
    if name == "verdict" {
        return verdict::run(options.json);
    }
    if name == "baselines" {
        return baseline::run(&options);
    }
    type Measure<'a> = Box<dyn Fn(&Bench) -> Result<String, Failure> + 'a>;
    let measure: Measure<'_> = match name.as_str() {
        "shelf" => Box::new(shelf::run),
        "order" => Box::new(order::run),
        "update-check" => Box::new(update_check::run),
        "download" => Box::new(download::run),
        "installs" => Box::new(installs::run),
        "sale" if nodes > 1 => Box::new(|bench| sale_nodes::run(bench, wanted.orders(), nodes)),
        "sale" => Box::new(|bench| sale::run(bench, &wanted)),
        "staff" => Box::new(|bench| staff::run(bench, &staff)),
        _ => return Err(format!("there is no benchmark {name:?}; there are {NAMES}")),
    };
    let bench = prepare(&name, options, wanted.is_prepared())?;
    let outcome = measure(&bench);
    let stays = wanted.prepares() || (name == "staff" && wanted.is_prepared());
    if !stays {
        // Best effort: the next run clears the folder as well.
        let _ = std::fs::remove_dir_all(&bench.folder);
    }
    let line = outcome?;
    if bench.options.json {
        println!("{line}");
    }
    Ok(())
}

fn prepare(name: &str, options: Options, is_prepared: bool) -> Result<Bench, Failure> {
    let root = repo::root()?;
    eprintln!("building the release binaries");
    let words = [
        "build",
        "--release",
        "--workspace",
        "--bin=kontor",
        "--bin=kontor-load",
        "--bin=kontor-rush",
        "--bin=kontor-publish",
        "--bin=kontor-installs",
        "--bin=kontor-staff",
        "--message-format=json-render-diagnostics",
    ];
    let messages = command::output("cargo", &words, &root)?;
    let binary = |name: &str| {
        test::executable(&messages, name).ok_or_else(|| format!("cargo built no {name}"))
    };
    let (kontor, load, rush) = (binary("kontor")?, binary("kontor-load")?, binary("kontor-rush")?);
    let (installs, staff) = (binary("kontor-installs")?, binary("kontor-staff")?);
    let target =
        PathBuf::from(&kontor).parent().map(PathBuf::from).ok_or("the binary lies in no folder")?;
    // The target folder, because /tmp is memory on some machines, and a
    // durable order must meet a disk.
    let folder = target.join(format!("bench-{name}"));
    if !is_prepared {
        let _ = std::fs::remove_dir_all(&folder);
    }
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    Ok(Bench { options, kontor, load, rush, installs, staff, folder, database: None })
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
