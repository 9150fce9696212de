//! `kontor-judge`: how many verdicts, gap lists and next-country sheets one core works out.
//!
//! The shipped rules and the demo's evidence, with its variants and markets repeated until there
//! are as many as asked for. `cargo xtask bench verdict` runs it as a release build.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_arithmetic,
    reason = "a command-line tool that measures; no money is worked out"
)]

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::time::Instant as Stopwatch;

use clap::Parser;
use kontor_base::{Clock, Country, Random};
use kontor_domain::catalogue::{Model, Sku, Variant};
use kontor_domain::clearance::{Bound, Facts, Ladder, Place, Subject, ladder, may};
use kontor_domain::market::{Act, FulfilmentModel, Market, MarketCode};
use kontor_domain::opening::{ChecklistItem, PlanRequest, plan_opening};
use kontor_domain::planning::{
    Candidate, CostGround, Gate, GateGround, Opening, Origin, Settings, Signal, SignalKind, Spread,
    next_country,
};
use kontor_shop::exchange::load_demo;
use kontor_shop::{Known, Policy, Shop};
use kontor_store::{Db, Options, opening};

/// At least so many cached verdicts a second on one core.
const CACHED_PER_S_AIM: f64 = 1_000_000.0;
/// At least so many uncached ones.
const UNCACHED_PER_S_AIM: f64 = 100_000.0;
/// A gap list of one market with 1,000 variants takes less.
const GAP_LIST_MS_AIM: f64 = 50.0;
/// A sheet of 60 countries with 10,000 draws takes less.
const NEXT_COUNTRY_MS_AIM: f64 = 2_000.0;

/// How many verdicts, gap lists and next-country sheets one core works out.
#[derive(Debug, Parser)]
struct Words {
    /// How many variants.
    #[arg(long, default_value_t = 1_000)]
    variants: usize,
    /// How many markets.
    #[arg(long, default_value_t = 60)]
    markets: usize,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words = Words::parse();
    let folder = std::env::temp_dir().join(format!("kontor-judge-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure(&words, &folder).await;
    let _ = std::fs::remove_dir_all(&folder);
    let line = outcome?;
    if words.json {
        println!("{line}");
    }
    Ok(())
}

async fn measure(
    words: &Words,
    folder: &std::path::Path,
) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let db = Db::open(&Options::new(folder.join("kontor.db")))?;
    load_demo(&db, &Clock::System, &Random::System, &|_, _| ()).await?;
    let key = kontor_base::SecretKey::from_bytes([1; 32]);
    let shop = Shop::open(db, Clock::System, Random::System, &key, Policy::default()).await?;
    let snapshot = shop.snapshots.now();
    let products = products(&snapshot.known, words.variants);
    let markets = markets(&snapshot.known, words.markets);
    let subjects: Vec<Subject<'_>> =
        products.iter().map(|(variant, model)| Subject::new(variant, model)).collect();
    let at = shop.now().date();
    let facts = &snapshot.facts;
    eprintln!(
        "{} rules, {} grants, {} variants, {} markets",
        facts.records().rules.len(),
        facts.records().grants.len(),
        subjects.len(),
        markets.len()
    );

    let uncached = verdicts_per_s(&subjects, &markets, at, facts);
    eprintln!("uncached verdicts with reasons   {uncached:>12.0}/s");
    let ladders = ladders_per_s(&subjects, &markets, at, facts);
    eprintln!("uncached answers to all six acts {ladders:>12.0}/s");
    let cached = cached_per_s(&subjects, &markets, at, facts);
    eprintln!("cached verdicts                  {cached:>12.0}/s");

    let checklist = shop.db.read("bench.checklist", opening::items).await?;
    let gap_ms = slowest_gap_list_ms(&subjects, &markets, &checklist, at, facts)?;
    eprintln!(
        "gap list of {} variants, {} items of checklists, the slowest market {gap_ms:>6.1} ms",
        subjects.len(),
        checklist.len()
    );

    let (candidates, openings) = sheet(words.markets);
    let settings = Settings::usual("USD".parse()?, at);
    let sheet_ms = best_ms(3, || {
        let sheet = next_country(black_box(&candidates), &openings, settings);
        black_box(sheet).map(drop).map_err(|e| e.to_string())
    })?;
    eprintln!(
        "next-country sheet, {} countries, {} draws {sheet_ms:>6.0} ms",
        candidates.len(),
        settings.draws
    );
    shop.db.close().await;
    Ok(serde_json::json!({
        "bench": "verdict",
        "rules": facts.records().rules.len(),
        "uncached_per_s": uncached.round(),
        "ladders_per_s": ladders.round(),
        "cached_per_s": cached.round(),
        "gap_list_ms": (gap_ms * 10.0).round() / 10.0,
        "next_country_ms": sheet_ms.round(),
        "variants": subjects.len(),
        "markets": markets.len(),
        "checklist_items": checklist.len(),
        "within_aim": {
            "cached": cached >= CACHED_PER_S_AIM,
            "uncached": uncached >= UNCACHED_PER_S_AIM,
            "gap_list": gap_ms < GAP_LIST_MS_AIM,
            "next_country": sheet_ms < NEXT_COUNTRY_MS_AIM,
        },
    }))
}

/// The demo's variants again and again, each under a SKU of its own.
fn products(known: &Known, count: usize) -> Vec<(Variant, Model)> {
    let own: Vec<(&Variant, &Model)> =
        known.variants.keys().filter_map(|sku| known.product(sku)).collect();
    (0..count)
        .map(|i| {
            let (variant, model) = own[i % own.len()];
            let sku: Sku = format!("V{i}").parse().expect("a SKU");
            (Variant { sku, ..variant.clone() }, model.clone())
        })
        .collect()
}

/// Markets that differ: the demo's first, then each of them together with another's country, and with
/// every way of getting goods there in turn.
fn markets(known: &Known, count: usize) -> Vec<Market> {
    let own = &known.markets;
    (0..count.min(26 * 26))
        .map(|i| {
            let letter = |i: usize| char::from(b'a' + u8::try_from(i % 26).expect("below 26"));
            let code: MarketCode =
                format!("{}{}", letter(i / 26), letter(i)).parse().expect("two letters");
            let (place, round) = (i % own.len(), i / own.len());
            let mut market = Market { code, ..own[place].clone() };
            if round > 0 {
                let more = &own[(place + round) % own.len()].countries;
                market.countries.extend(more.iter().filter(|c| !own[place].countries.contains(c)));
                market.fulfilment = FulfilmentModel::ALL[i % FulfilmentModel::ALL.len()];
            }
            market
        })
        .collect()
}

/// The gap list of every market with its checklist, each the best of three; the slowest counts.
fn slowest_gap_list_ms(
    subjects: &[Subject<'_>],
    markets: &[Market],
    checklist: &[ChecklistItem],
    at: kontor_base::Date,
    facts: &Facts,
) -> Result<f64, Box<dyn std::error::Error>> {
    let costs = BTreeMap::new();
    let mut slowest = 0.0_f64;
    for market in markets {
        let request = PlanRequest {
            market,
            on: at,
            today: at,
            subjects,
            checklist,
            costs: &costs,
            bound: Bound::ByPlan,
        };
        let ms = best_ms(3, || {
            black_box(plan_opening(black_box(&request), facts)).map(drop).map_err(|e| e.to_string())
        })?;
        slowest = slowest.max(ms);
    }
    Ok(slowest)
}

fn verdicts_per_s(
    subjects: &[Subject<'_>],
    markets: &[Market],
    at: kontor_base::Date,
    facts: &Facts,
) -> f64 {
    let started = Stopwatch::now();
    for market in markets {
        let place = Place::market(market);
        for subject in subjects {
            black_box(may(Act::Sell, black_box(subject), &place, at, facts));
        }
    }
    per_s(subjects.len() * markets.len(), started)
}

fn ladders_per_s(
    subjects: &[Subject<'_>],
    markets: &[Market],
    at: kontor_base::Date,
    facts: &Facts,
) -> f64 {
    let started = Stopwatch::now();
    for market in markets {
        let place = Place::market(market);
        for subject in subjects {
            black_box(ladder(black_box(subject), &place, at, facts));
        }
    }
    per_s(subjects.len() * markets.len(), started)
}

/// As a shelf asks: by market and SKU, out of the snapshot's map.
fn cached_per_s(
    subjects: &[Subject<'_>],
    markets: &[Market],
    at: kontor_base::Date,
    facts: &Facts,
) -> f64 {
    let mut kept: HashMap<(MarketCode, Sku), Ladder> = HashMap::new();
    for market in markets {
        let place = Place::market(market);
        for subject in subjects {
            let key = (market.code, subject.variant.sku.clone());
            kept.insert(key, ladder(subject, &place, at, facts));
        }
    }
    let keys: Vec<(MarketCode, Sku)> = kept.keys().cloned().collect();
    let rounds = 40;
    let started = Stopwatch::now();
    for _ in 0..rounds {
        for key in &keys {
            black_box(kept.get(black_box(key)).map(|ladder| ladder.get(Act::Sell)));
        }
    }
    per_s(keys.len() * rounds, started)
}

/// Countries that differ in everything the sheet looks at.
fn sheet(count: usize) -> (Vec<Candidate>, Vec<Opening>) {
    let class = kontor_domain::catalogue::ProductClass::Band;
    let all: Vec<Country> = Country::all().take(count).collect();
    let opening = |(country, kind): (&Country, SignalKind)| Opening {
        country: *country,
        class,
        kind,
        signalled: 5_000,
        bought: 900,
    };
    let openings = all.iter().zip(SignalKind::ALL.into_iter().cycle()).take(15).map(opening);
    let candidate = |(i, country): (i64, &Country)| Candidate {
        country: *country,
        class,
        price: Spread { low: 1_300, likely: 1_400 + i, high: 1_600 },
        landed: Spread { low: 800, likely: 900, high: 1_000 + i },
        other_unit_cost: 200,
        fixed_a_year: 900_000,
        opening_cost: 1_000_000 + i * 10_000,
        cost_ground: CostGround::File,
        gate: Gate::Now,
        gate_ground: GateGround::File,
        delay_days: Spread { low: 0, likely: 30, high: 120 },
        sources: Vec::new(),
        signals: SignalKind::ALL
            .into_iter()
            .map(|kind| Signal {
                kind,
                count: 4_000 + i.unsigned_abs() * 300,
                as_of: "2026-11-01".parse().expect("a day"),
                source: "bench".to_owned(),
                origin: Origin::Own,
            })
            .collect(),
    };
    ((0..).zip(&all).map(candidate).collect(), openings.collect())
}

fn best_ms(
    rounds: usize,
    mut work: impl FnMut() -> Result<(), String>,
) -> Result<f64, Box<dyn std::error::Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let started = Stopwatch::now();
        work()?;
        best = best.min(started.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(best)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a measurement")]
fn per_s(count: usize, started: Stopwatch) -> f64 {
    count as f64 / started.elapsed().as_secs_f64()
}
