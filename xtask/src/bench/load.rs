//! The load generator, a process of its own: asked, and its one line of JSON
//! read.

use std::path::Path;

use serde::Deserialize;

use super::{Bench, median, rounded};
use crate::{Failure, command};

/// What one round measured.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Round {
    pub(super) requests: u64,
    pub(super) errors: u64,
    pub(super) per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) p999_ms: f64,
}

/// A page that was fetched once.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) content_encoding: String,
    pub(super) bytes: u64,
}

/// The medians of some rounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Medians {
    pub(super) per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) p999_ms: f64,
}

impl Medians {
    /// Each figure for itself.
    pub(super) fn of(rounds: &[Round]) -> Self {
        let of = |figure: fn(&Round) -> f64| rounded(median(rounds.iter().map(figure).collect()));
        Self {
            per_s: of(|round| round.per_s).round(),
            p50_ms: of(|round| round.p50_ms),
            p99_ms: of(|round| round.p99_ms),
            p999_ms: of(|round| round.p999_ms),
        }
    }
}

/// Fetches a page once and keeps its body, as it came over the wire.
pub(super) fn fetch(bench: &Bench, url: &str, body: &Path) -> Result<Page, Failure> {
    let body = body.to_string_lossy();
    let mut words = vec!["fetch", url, "--out", &body];
    words.extend(encoding(bench));
    let page: Page = ask(bench, &words)?;
    if page.status == 200 { Ok(page) } else { Err(format!("{url} answered {}", page.status)) }
}

/// The same with headers of one's own.
pub(super) fn fetch_with(
    bench: &Bench,
    url: &str,
    body: &Path,
    headers: &[&str],
) -> Result<Page, Failure> {
    let body = body.to_string_lossy();
    let mut words = vec!["fetch", url, "--out", &body];
    words.extend(headers);
    let page: Page = ask(bench, &words)?;
    if page.status == 200 { Ok(page) } else { Err(format!("{url} answered {}", page.status)) }
}

/// One round of GETs to many addresses that take turns.
pub(super) fn get_many(
    bench: &Bench,
    urls: &[String],
    headers: &[&str],
    seconds: u64,
) -> Result<Round, Failure> {
    let mut words = vec!["get"];
    words.extend(urls.iter().map(String::as_str));
    words.extend(headers);
    round(bench, &words, seconds)
}

/// One round of GETs.
pub(super) fn get(bench: &Bench, url: &str, seconds: u64) -> Result<Round, Failure> {
    let mut words = vec!["get", url];
    words.extend(encoding(bench));
    round(bench, &words, seconds)
}

/// One round of whatever these words ask for. A round with errors is no
/// measurement.
pub(super) fn round(bench: &Bench, words: &[&str], seconds: u64) -> Result<Round, Failure> {
    let numbers = [seconds, bench.options.connections, bench.options.threads]
        .map(|number| number.to_string());
    let [seconds, connections, threads] = &numbers;
    let mut all = words.to_vec();
    all.extend([
        "--json",
        "--seconds",
        seconds,
        "--connections",
        connections,
        "--threads",
        threads,
    ]);
    without_errors(ask(bench, &all)?)
}

/// A fixed number of whatever these words ask for, to warm up.
pub(super) fn some(bench: &Bench, words: &[&str], count: &str) -> Result<Round, Failure> {
    let numbers =
        [bench.options.connections, bench.options.threads].map(|number| number.to_string());
    let mut all = words.to_vec();
    all.extend([
        "--json",
        "--count",
        count,
        "--connections",
        &numbers[0],
        "--threads",
        &numbers[1],
    ]);
    without_errors(ask(bench, &all)?)
}

fn without_errors(round: Round) -> Result<Round, Failure> {
    if round.errors > 0 || round.requests == 0 {
        let all = round.errors + round.requests;
        return Err(format!("{} of {all} requests failed; the lines above say how", round.errors));
    }
    Ok(round)
}

fn encoding(bench: &Bench) -> &'static [&'static str] {
    if bench.options.gzip { &["--accept-encoding", "gzip"] } else { &[] }
}

fn ask<Answer: for<'de> Deserialize<'de>>(
    bench: &Bench,
    words: &[&str],
) -> Result<Answer, Failure> {
    let text = command::output(&bench.load, words, &bench.folder)?;
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line)
        .map_err(|error| format!("the load generator said {line:?}, which is not JSON: {error}"))
}
