//! `cargo xtask bench sale`: the record of 8 April 2015 replayed: 2,112,010 orders of one item, each
//! of its own person under its own key, over HTTP, on disk before the answer.
//!
//! 1. A shop is prepared in which everybody has entered (`kontor-rush ground`).
//! 2. The release server opens the sales. The load plays a proxy in front of it: connections stay,
//!    and each request says the address of its own person, so that the rate limit is in force.
//! 3. A steady stream of orders (open load), then all orders as fast as they go (closed load).
//! 4. Some people buy: claim, checkout, payment with the test provider, order.
//! 5. People who come too late enter over HTTP, and are told that everything is taken.
//! 6. The server is killed without warning, and started again until the lot knows every order again;
//!    every answer is compared with what is on disk, and `kontor audit` proves the books.
//! 7. The same requests against an empty handler, and the two usual ways to sell a scarce item.

use std::process::Command;
use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};

use super::process::{Process, Written};
use super::shop::{self, Shop};
use super::{Bench, baseline, metrics, rounded};
use crate::{Failure, command, postgres};

/// The record of 8 April 2015.
const RECORD: u64 = 2_112_010;
/// Offered orders per second of the steady stream.
const STEADY_PER_S: u64 = 10_000;
/// Orders before the steady stream, so that a fresh process is not what is measured.
const WARM_UP: u64 = 2_000;
/// How often people who came too late ask, each time under another key.
const LATE_ROUNDS: u64 = 3;

/// What this benchmark was asked for beside the common options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Orders of the main run.
    orders: u64,
    /// Seconds of the steady stream.
    steady_s: u64,
    /// People who buy.
    buyers: u64,
    /// People who come too late.
    late: u64,
    /// Which part of the work.
    part: Part,
    /// Seconds and rounds of each baseline; none: they are left out.
    baselines: Option<(u64, u64)>,
    /// Seconds of the empty handler.
    empty: u64,
}

/// Preparing takes minutes and must not be in the way of others' measurements; it can be done apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Prepare and measure.
    All,
    /// Prepare only, and keep what was prepared.
    Prepare,
    /// Measure what was prepared before.
    Prepared,
}

impl Wanted {
    /// Whether what an earlier run has left is to be used.
    pub(super) fn is_prepared(&self) -> bool {
        self.part == Part::Prepared
    }

    /// Whether what this run leaves is to be kept.
    pub(super) fn prepares(&self) -> bool {
        self.part == Part::Prepare
    }

    /// Orders of the main run.
    pub(super) const fn orders(&self) -> u64 {
        self.orders
    }

    /// The full run, or the short one.
    pub(super) const fn new(quick: bool, orders: Option<u64>, baselines: bool, part: Part) -> Self {
        let (all, steady_s, buyers, late) =
            if quick { (100_000, 3, 2_000, 20_000) } else { (RECORD, 20, 20_000, 100_000) };
        let orders = match orders {
            Some(orders) => orders,
            None => all,
        };
        let rounds = if quick { (2, 1) } else { (4, 3) };
        let baselines = if baselines { Some(rounds) } else { None };
        let empty = if quick { 50_000 } else { 400_000 };
        Self { orders, steady_s, buyers, late, part, baselines, empty }
    }
}

/// What the load said of one run.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Said {
    pub(super) requests: u64,
    errors: u64,
    pub(super) seconds: f64,
    per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) p999_ms: f64,
    pub(super) max_ms: f64,
    others: Value,
    load_cpu_s: Option<f64>,
}

/// What the proof found.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Proof {
    pub(super) on_disk: u64,
    pub(super) oversold: u64,
    pub(super) lost: u64,
    pub(super) double: u64,
}

/// Measures and returns the line of JSON.
pub(super) fn run(bench: &Bench, wanted: &Wanted) -> Result<String, Failure> {
    if !bench.options.postgres {
        return measured(bench, wanted);
    }
    let server = postgres::Server::start(&bench.folder.join("postgres"), postgres::Sync::On)?;
    let database = Some(server.database("kontor")?);
    measured(&Bench { database, ..bench.clone() }, wanted)
}

fn measured(bench: &Bench, wanted: &Wanted) -> Result<String, Failure> {
    let Wanted { orders, steady_s, buyers, late, .. } = *wanted;
    let steady = STEADY_PER_S * steady_s + WARM_UP;
    let entered = ground(bench, wanted)?;
    if wanted.prepares() {
        return Ok(json!({"bench": "sale", "entries": entered.entries}).to_string());
    }
    let in_process_per_s = entered.entries as f64 / entered.seconds;
    eprintln!(
        "  {} people have entered through the use case in {:.1} s: {in_process_per_s:.0}/s",
        entered.entries, entered.seconds
    );
    // What preparing has left to be written must not be in the way of what is measured.
    command::run("sync", &[], &bench.folder, &[])?;
    let environment =
        [("KONTOR_SERVER__TRUSTED_PROXIES", "1"), ("KONTOR_PAYMENT__TEST_PROVIDER", "true")];
    let shop = Shop::serve(bench, &environment)?;

    let warm_up = WARM_UP.to_string();
    claim(bench, &shop, "steady", &["--people", &warm_up, "--wait"])?;
    let rate = STEADY_PER_S.to_string();
    let at_rate = claim(bench, &shop, "steady", &["--from", &warm_up, "--rate", &rate])?;
    tell(&format!("{STEADY_PER_S} offered orders/s"), &at_rate);

    claim(bench, &shop, "record", &["--people", "1", "--wait"])?;
    let before = Usage::of(bench, &shop);
    let run = claim(bench, &shop, "record", &["--from", "1"])?;
    let used = Usage::of(bench, &shop).since(&before);
    tell("orders", &run);
    used.tell(&run);

    claim(bench, &shop, "buyers", &["--people", "1", "--wait"])?;
    let words = ["buy", &shop.base_url, "rush", "buyers", "--from", "1"];
    let bought: Said = whole(read(&rush_loaded(bench, &words)?)?)?;
    tell("whole purchases", &bought);

    let late_people = late.to_string();
    let words = ["enter", &shop.base_url, "rush", "record", "late", "--people", &late_people];
    let entries: Said = read(&rush_loaded(bench, &words)?)?;
    tell("entries over HTTP", &entries);
    let mut sold_out = Vec::new();
    for _ in 0..LATE_ROUNDS {
        sold_out.push(claim(bench, &shop, "late", &["--expect", "sale.sold_out"])?);
    }
    sold_out.sort_by(|a, b| a.per_s.total_cmp(&b.per_s));
    let sold_out = sold_out.swap_remove(sold_out.len() / 2);
    tell("sold-out answers", &sold_out);

    let memory_mb = shop.process.memory_mb_max();
    eprintln!("kontor used at most {:.0} MB of memory", memory_mb.unwrap_or(f64::NAN));
    shop.process.kill()?;
    let recovery_s = recovered(bench, &environment)?;
    eprintln!("killed; {recovery_s:.2} s after the next start the lot knows every order again");
    let proof = proven(bench, "record", orders)?;
    proven(bench, "steady", steady)?;
    proven(bench, "buyers", buyers)?;
    let words = ["audit", "--data", "data"];
    command::run(&bench.kontor, &words, &bench.folder, &bench.environment())?;

    let empty = against_nothing(bench, wanted.empty)?;
    let others = wanted.baselines.map(|(seconds, rounds)| baseline::medians(seconds, rounds));
    let others = others.transpose()?;
    if let Some([hot_row, always, everysec]) = others {
        let per_s = run.per_s;
        eprintln!(
            "PostgreSQL, hot row: {hot_row:.0}/s, kontor {:.1} times; Redis always: {always:.0}/s, \
             {:.2} times; everysec: {everysec:.0}/s, {:.2} times",
            per_s / hot_row,
            per_s / always,
            per_s / everysec
        );
    }
    let ratio = |other: f64| rounded(run.per_s / other);
    Ok(json!({
        "bench": "sale",
        "database": if bench.options.postgres { "postgres" } else { "sqlite" },
        "orders": run.requests + 1,
        "orders_per_s": run.per_s.round(),
        "seconds": rounded(run.seconds),
        "oversold": proof.oversold,
        "lost": proof.lost,
        "double": proof.double,
        "recovery_ms": (recovery_s * 1_000.0).round(),
        "on_disk": proof.on_disk,
        "p50_ms": run.p50_ms,
        "p99_ms": run.p99_ms,
        "p999_ms": run.p999_ms,
        "max_ms": run.max_ms,
        "steady_per_s": at_rate.per_s.round(),
        "steady_p50_ms": at_rate.p50_ms,
        "steady_p99_ms": at_rate.p99_ms,
        "steady_p999_ms": at_rate.p999_ms,
        "purchases_per_s": bought.per_s.round(),
        "purchases_p99_ms": bought.p99_ms,
        "sold_out_per_s": sold_out.per_s.round(),
        "sold_out_p99_ms": sold_out.p99_ms,
        "entries_per_s": entries.per_s.round(),
        "entries_in_process_per_s": in_process_per_s.round(),
        "written_mb": used.written.map(|written| written.bytes / 1_000_000),
        "commits": used.commits,
        "cpu_us_per_order": used.cpu_s.map(|cpu_s| rounded(per(cpu_s, run.requests))),
        "load_cpu_us_per_order": run.load_cpu_s.map(|cpu_s| rounded(per(cpu_s, run.requests))),
        "memory_mb": memory_mb.map(f64::round),
        "empty_handler_per_s": empty.per_s.round(),
        "ratio_empty_handler": ratio(empty.per_s),
        "ratio_postgres_hot_row": others.map(|others| ratio(others[0])),
        "ratio_redis_always": others.map(|others| ratio(others[1])),
        "ratio_redis_everysec": others.map(|others| ratio(others[2])),
    })
    .to_string())
}

/// Prepares the shop, or finds what an earlier run has prepared for the same numbers.
fn ground(bench: &Bench, wanted: &Wanted) -> Result<Entered, Failure> {
    let Wanted { orders, steady_s, buyers, .. } = *wanted;
    let steady = STEADY_PER_S * steady_s + WARM_UP;
    let crowds =
        [format!("steady={steady}"), format!("record={orders}"), format!("buyers={buyers}")];
    let note = bench.folder.join("prepared");
    let failed = |error| format!("could not keep or find {}: {error}", note.display());
    if wanted.is_prepared() {
        let text = std::fs::read_to_string(&note).map_err(failed)?;
        let (of, said) = text.split_once('\n').ok_or("the note of what was prepared is cut off")?;
        if of != crowds.join(" ") {
            return Err(format!("prepared was {of}, and not {}", crowds.join(" ")));
        }
        // A shop is measured once: afterwards everything in it is sold.
        std::fs::remove_file(&note).map_err(failed)?;
        return read(said);
    }
    eprintln!("sale: {orders} orders; {} people enter first", orders + steady + buyers);
    let mut words = vec!["ground", "data", "rush"];
    words.extend(crowds.iter().flat_map(|crowd| ["--crowd", crowd]));
    let said = rush(bench, &words)?;
    std::fs::write(&note, format!("{}\n{said}", crowds.join(" "))).map_err(failed)?;
    read(&said)
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Entered {
    entries: u64,
    seconds: f64,
}

/// Microseconds of each.
fn per(seconds: f64, count: u64) -> f64 {
    seconds * 1_000_000.0 / count.max(1) as f64
}

fn tell(what: &str, said: &Said) {
    eprintln!(
        "  {what}: {} in {:.1} s: {:.0}/s; ms: p50 {:.2}, p99 {:.2}, p99.9 {:.2}, max {:.1}",
        said.requests,
        said.seconds,
        said.per_s,
        said.p50_ms,
        said.p99_ms,
        said.p999_ms,
        said.max_ms
    );
}

/// What the server has used.
#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    cpu_s: Option<f64>,
    written: Option<Written>,
    commits: u64,
}

impl Usage {
    fn of(bench: &Bench, shop: &Shop) -> Self {
        let commits = metrics::read(bench, shop).get("kontor_store_commit_seconds").map(|c| c.1);
        Self {
            cpu_s: shop.process.cpu_s().map(|(own, kernel)| own + kernel),
            written: shop.process.written(),
            commits: commits.unwrap_or(0.0) as u64,
        }
    }

    fn since(&self, before: &Self) -> Self {
        Self {
            cpu_s: self.cpu_s.zip(before.cpu_s).map(|(now, then)| now - then),
            written: self.written.zip(before.written).map(|(now, then)| now.since(then)),
            commits: self.commits - before.commits,
        }
    }

    fn tell(&self, run: &Said) {
        let mb = self.written.map_or(0, |written| written.bytes / 1_000_000);
        eprintln!(
            "  kontor: {:.1} µs of processor time per order, the load {:.1}; {mb} MB written; \
             {} commits, each with its sync: {:.0} orders in one",
            per(self.cpu_s.unwrap_or(f64::NAN), run.requests),
            per(run.load_cpu_s.unwrap_or(f64::NAN), run.requests),
            self.commits,
            run.requests as f64 / self.commits.max(1) as f64
        );
    }
}

fn claim(bench: &Bench, shop: &Shop, crowd: &str, words: &[&str]) -> Result<Said, Failure> {
    let mut all = vec!["claim", &shop.base_url, "rush", crowd];
    all.extend(words);
    let said: Said = read(&rush_loaded(bench, &all)?)?;
    whole(said)
}

/// A run in which somebody was answered otherwise is no measurement.
pub(super) fn whole(said: Said) -> Result<Said, Failure> {
    if said.errors > 0 {
        return Err(format!("{} answers were others: {}", said.errors, said.others));
    }
    Ok(said)
}

/// Starts the server again on what the kill has left, and asks until whoever had the first order of the
/// record is told that they have theirs: the lot has read every claim, and the line has its order. Gives the seconds from
/// the start of the process, without those that the load takes to ask once; then kills it again.
fn recovered(bench: &Bench, environment: &[(&str, &str)]) -> Result<f64, Failure> {
    let asked = |shop: &Shop| -> Result<f64, Failure> {
        let began = Instant::now();
        // Under another key than then: the lot knows who has theirs.
        let words = ["--people", "1", "--wait", "--expect", "sale.person_limit"];
        claim(bench, shop, "record", &words)?;
        Ok(began.elapsed().as_secs_f64())
    };
    let began = Instant::now();
    let shop = Shop::serve(bench, environment)?;
    asked(&shop)?;
    let until = began.elapsed().as_secs_f64();
    let asking = asked(&shop)?;
    shop.process.kill()?;
    Ok((until - asking).max(0.0))
}

fn proven(bench: &Bench, crowd: &str, orders: u64) -> Result<Proof, Failure> {
    let proof: Proof = read(&rush(bench, &["prove", "data", "rush", crowd])?)?;
    let Proof { on_disk, oversold, lost, double } = proof;
    eprintln!(
        "  {crowd}: {on_disk} orders on disk, {oversold} oversold, {lost} lost, {double} double"
    );
    if oversold + lost + double > 0 || on_disk != orders {
        return Err(format!("{crowd}: {orders} orders were answered; this is not what is on disk"));
    }
    Ok(proof)
}

/// The same requests against a handler that does nothing: what HTTP alone costs here.
fn against_nothing(bench: &Bench, requests: u64) -> Result<Said, Failure> {
    let ready = bench.folder.join("empty-ready");
    let mut command = Command::new(&bench.rush);
    command.args(["empty", "--ready-file"]).arg(&ready).current_dir(&bench.folder);
    let mut process = Process::start("the empty handler", &mut command)?;
    let url = shop::wait_until_ready(&mut process, &ready)?;
    let people = requests.to_string();
    let words = ["claim", &url, "rush", "record", "--dry", "--people", &people];
    let said = whole(read(&rush_loaded(bench, &words)?)?)?;
    tell("an empty handler", &said);
    Ok(said)
}

fn rush_loaded(bench: &Bench, words: &[&str]) -> Result<String, Failure> {
    let numbers =
        [bench.options.connections, bench.options.threads].map(|number| number.to_string());
    let mut all = words.to_vec();
    all.extend(["--connections", &numbers[0], "--threads", &numbers[1]]);
    rush(bench, &all)
}

pub(super) fn rush(bench: &Bench, words: &[&str]) -> Result<String, Failure> {
    command::output_in(&bench.rush, words, &bench.folder, &bench.environment())
}

pub(super) fn read<Answer: for<'de> Deserialize<'de>>(text: &str) -> Result<Answer, Failure> {
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).map_err(|error| format!("the load said {line:?}: {error}"))
}
