//! Counting installations: a hundred million devices in one process, and reports over HTTP.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::process::Process;
use super::shop::Shop;
use super::{Bench, load, median, rounded};
use crate::{Failure, command, repo};

/// Reports before each round, so that a fresh process is not what is measured.
const WARM_UP_REPORTS: &str = "2000";

/// Reports a second that pour in while pages are asked for.
const POURING_PER_S: &str = "5000";

/// Measures and returns the line of JSON.
pub(super) fn run(bench: &Bench) -> Result<String, Failure> {
    let mut line = count(bench)?;
    let over_http = http(bench)?;
    if let (Some(line), Value::Object(over_http)) = (line.as_object_mut(), over_http) {
        line.insert("bench".to_owned(), json!("installs"));
        line.extend(over_http);
    }
    Ok(line.to_string())
}

/// Ways to store reports, compared: builds crates that nothing else needs.
pub(super) fn storages(devices: u64, as_json: bool) -> Result<(), Failure> {
    let devices = devices.to_string();
    let words = [
        "bench",
        "-p",
        "kontor-testkit",
        "--features",
        "storages",
        "--bench",
        "storages",
        "--",
        "--devices",
        devices.as_str(),
    ];
    let said = command::output("cargo", &words, &repo::root()?)?;
    let line = said.lines().last().unwrap_or_default();
    let rows: Value = serde_json::from_str(line)
        .map_err(|error| format!("the comparison said something else: {error}"))?;
    for row in rows["storages"].as_array().into_iter().flatten() {
        eprintln!(
            "{:<38} {:>9} new/s {:>9} known/s {:>7} bytes/device {:>9} ms by country",
            row["storage"].as_str().unwrap_or_default(),
            row["new_per_s"],
            row["known_per_s"],
            row["bytes_per_device"],
            row["by_country_ms"]
        );
    }
    if as_json {
        println!("{line}");
    }
    Ok(())
}

/// In one process, with the log on disk.
fn count(bench: &Bench) -> Result<Value, Failure> {
    let folder = bench.folder.join("count");
    eprintln!("counting {} devices in one process", bench.options.devices);
    let devices = bench.options.devices.to_string();
    let path = folder.to_string_lossy();
    let words = [path.as_ref(), "--devices", devices.as_str()];
    let said = command::output(&bench.installs, &words, &bench.folder)?;
    // Gigabytes: not to be left lying about while the rest runs.
    let _ = std::fs::remove_dir_all(&folder);
    let line: Value = serde_json::from_str(said.trim())
        .map_err(|error| format!("kontor-installs said something else: {error}"))?;
    eprintln!(
        "{} MB, {} reports/s, ready after {} s, exact: {}",
        line["rss_mb"], line["reports_per_s"], line["ready_s"], line["exact"]
    );
    Ok(line)
}

/// Over HTTP, each report on disk before its answer; then pages while reports pour in.
fn http(bench: &Bench) -> Result<Value, Failure> {
    let shop = Shop::start(bench)?;
    let url = shop.base_url.as_str();
    let mut acknowledged = load::some(bench, &["report", url], WARM_UP_REPORTS)?.requests;
    let (mut per_s, mut p99, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=bench.options.rounds {
        // A range of devices of its own: every report is of a new one and must be on disk.
        let from = (round << 40).to_string();
        let words = ["report", url, "--from", from.as_str()];
        let measured = load::round(bench, &words, bench.options.seconds)?;
        acknowledged += measured.requests;
        eprintln!(
            "  round {round}: {:.0} reports/s, p99 {:.2} ms",
            measured.per_s, measured.p99_ms
        );
        per_s.push(measured.per_s);
        p99.push(measured.p99_ms);
        rounds.push(measured.per_s.round());
    }
    let page = format!("{url}/us/en/");
    let quiet = load::round(bench, &["get", &page, "--rate", "500"], bench.options.seconds)?;
    // Long enough for the shelf and the page of figures.
    let seconds = (2 * bench.options.seconds + 4).to_string();
    let mut pouring = Command::new(&bench.load);
    pouring
        .args(["report", url, "--from", "7", "--rate", POURING_PER_S, "--seconds", &seconds])
        .args(["--connections", "64", "--json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let pouring = Process::start("kontor-load report", &mut pouring)?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    let busy = load::round(bench, &["get", &page, "--rate", "500"], bench.options.seconds)?;
    let reach = format!("{url}/reach/en");
    let reach = load::round(bench, &["get", &reach, "--rate", "500"], bench.options.seconds)?;
    let figures = format!("{url}/api/v1/install/tables/country");
    let figures = load::round(bench, &["get", &figures, "--rate", "500"], 1)?;
    drop(pouring);
    eprintln!(
        "pages: p99 {:.2} ms, {:.2} ms while {POURING_PER_S} reports/s pour in, /reach {:.2} ms, \
         tables {:.2} ms",
        quiet.p99_ms, busy.p99_ms, reach.p99_ms, figures.p99_ms
    );
    let memory_mb = shop.process.memory_mb_max().map(f64::round);
    drop(shop);
    let counted = devices_in(bench)?;
    if counted < acknowledged {
        return Err(format!("{acknowledged} reports were answered, {counted} devices counted"));
    }
    Ok(json!({
        "http_reports_per_s": median(per_s).round(),
        "http_rounds": rounds,
        "http_p99_ms": rounded(median(p99)),
        "http_connections": bench.options.connections,
        "http_acknowledged": acknowledged,
        "http_counted_after_restart": counted,
        "page_p99_ms": rounded(busy.p99_ms),
        "page_p99_quiet_ms": rounded(quiet.p99_ms),
        "reach_p99_ms": rounded(reach.p99_ms),
        "figures_p99_ms": rounded(figures.p99_ms),
        "http_memory_mb": memory_mb,
    }))
}

/// What the log of the shop says after it has stopped.
fn devices_in(bench: &Bench) -> Result<u64, Failure> {
    let data = bench.folder.join("data");
    let data = data.to_string_lossy();
    let words = ["--data", data.as_ref(), "install", "recount", "--json"];
    let said = command::output(&bench.kontor, &words, &bench.folder)?;
    let said: Value = serde_json::from_str(said.trim())
        .map_err(|error| format!("kontor install recount said something else: {error}"))?;
    said["devices"].as_u64().ok_or_else(|| "recount names no devices".to_owned())
}
