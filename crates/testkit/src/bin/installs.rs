//! `kontor-installs`: counts devices by the hundred million in this process, and says what it took
//! and whether it is right. `cargo xtask bench installs` starts it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_arithmetic,
    reason = "a command-line tool that measures"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use kontor_count::{Counter, Options, Slice};
use kontor_testkit::installs::fill::Filled;
use kontor_testkit::installs::sketch::Sketch;
use serde_json::{Value, json};

/// Counts devices by the hundred million.
#[derive(Debug, Parser)]
#[command(name = "kontor-installs", max_term_width = 100)]
struct Words {
    /// An empty folder for the log and the snapshot; it is left behind.
    folder: PathBuf,
    /// How many devices.
    #[arg(long, default_value_t = 100_000_000)]
    devices: u64,
    /// How many reports of known devices follow.
    #[arg(long)]
    known: Option<u64>,
}

fn main() -> ExitCode {
    match run(&Words::parse()) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kontor-installs: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &Words) -> Result<Value, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    // Snapshots come when the log has grown by a fifth of the devices: some of them while it fills.
    let options = Options {
        new_per_source: 0,
        snapshot_every: 50_000_000.max(words.devices / 2),
        ..Options::new(&words.folder)
    };
    let counter = Counter::open(&options)?;
    let known = words.known.unwrap_or(words.devices / 5);
    let filled = Filled::fill(&counter, words.devices, known)?;
    let rss_mb = status_mb("VmRSS");
    eprintln!(
        "{} devices: {:.0} new/s, {:.0} known/s, {rss_mb:.0} MB",
        filled.devices, filled.new_per_s, filled.known_per_s
    );
    let (reads, exact) = read(&counter, &filled);
    let began = Instant::now();
    runtime.block_on(counter.close());
    let snapshot_s = began.elapsed().as_secs_f64();
    drop(counter);
    let (log_bytes, snapshot_bytes) = bytes(&words.folder)?;
    let peak_mb = status_mb("VmHWM");
    let began = Instant::now();
    let counter = Counter::open(&options)?;
    let ready_s = began.elapsed().as_secs_f64();
    let same = counter.book().activations() == filled.devices;
    let (_, exact_again) = read(&counter, &filled);
    runtime.block_on(counter.close());
    let per_device = |bytes: u64| rounded(bytes as f64 / filled.devices.max(1) as f64);
    let truth = [filled.devices, filled.active[1]];
    let errors: Vec<f64> = filled
        .sketches
        .iter()
        .zip(truth)
        .map(|(sketch, truth)| rounded((sketch.estimate() / truth as f64 - 1.0) * 100.0))
        .collect();
    Ok(json!({
        "devices": filled.devices,
        "reports": filled.devices + known,
        "exact": exact && exact_again && same,
        "rss_mb": rss_mb.round(),
        "rss_peak_mb": peak_mb.round(),
        "rss_bytes_per_device": rounded(rss_mb * 1_048_576.0 / filled.devices.max(1) as f64),
        "reports_per_s": filled.new_per_s.min(filled.known_per_s).round(),
        "new_per_s": filled.new_per_s.round(),
        "known_per_s": filled.known_per_s.round(),
        "cpu_us_per_report": rounded(filled.cpu_us),
        "reads": reads,
        "snapshot_s": rounded(snapshot_s),
        "ready_s": rounded(ready_s),
        "disk_log_bytes_per_device": per_device(log_bytes),
        "disk_snapshot_bytes_per_device": per_device(snapshot_bytes),
        "hyperloglog": {
            "bytes_per_counter": Sketch::BYTES,
            "error_percent": errors,
            "bytes_for_the_cells": Sketch::BYTES as u64 * 60 * 40 * 30,
        },
    }))
}

/// Reads everything, timed, and compares it with what is true.
fn read(counter: &Counter, filled: &Filled) -> (Value, bool) {
    let book = counter.book();
    let timed = |what: &dyn Fn() -> u64| {
        // The middle of three: the first finds cold caches.
        let mut times: Vec<f64> = (0..3)
            .map(|_| {
                let began = Instant::now();
                std::hint::black_box(what());
                began.elapsed().as_secs_f64() * 1_000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        rounded(times[1])
    };
    let today = book.today();
    let mut reads = json!({
        "cells": book.present().cells(),
        "everything_ms": timed(&|| book.present().activations),
        "union_7_days_ms":
            timed(&|| book.active_between(today.window_start(7), today).unwrap_or(0)),
        "union_30_days_ms":
            timed(&|| book.active_between(today.window_start(30), today).unwrap_or(0)),
    });
    for by in [Slice::Country, Slice::Model, Slice::Version] {
        let name = format!("by_{}_ms", by.word());
        reads[name] = json!(timed(&|| book.breakdown(Some(30), &[by]).total));
    }
    let cross = [Slice::Country, Slice::Model];
    reads["by_country_and_model_ms"] = json!(timed(&|| book.breakdown(Some(30), &cross).total));
    let all = Slice::ALL;
    reads["by_everything_ms"] = json!(timed(&|| book.breakdown(Some(30), &all).total));
    let week = book.active_between(today.window_start(7), today);
    let exact = book.activations() == filled.devices
        && [book.active(1), book.active(7)] == filled.active
        && week == Some(filled.active[1])
        && book.breakdown(None, &[Slice::Country]).cells == filled.countries;
    (reads, exact)
}

/// Megabytes that the system says of this process; 0 where there is no /proc.
fn status_mb(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1_024.0
}

/// Bytes of all segments, and of the newest snapshot.
fn bytes(folder: &Path) -> std::io::Result<(u64, u64)> {
    let (mut log, mut snapshots) = (0, Vec::new());
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".log") {
            log += entry.metadata()?.len();
        } else if name.ends_with(".snapshot") {
            snapshots.push((name, entry.metadata()?.len()));
        }
    }
    snapshots.sort();
    Ok((log, snapshots.pop().map_or(0, |(_, bytes)| bytes)))
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
