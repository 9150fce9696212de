//! The next country, from a file.

use kontor_base::{Country, Currency, Date};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::planning::{
    Candidate, Gate, Opening, Settings, Signal, SignalKind, Spread, next_country,
};
use serde::Deserialize;

use super::{File, bad, currency, money, print_json, read};
use crate::command::CommandError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    currency: String,
    on: Date,
    write_off_years: u32,
    draws: u32,
    seed: u64,
    #[serde(default)]
    stale_after_days: Option<u32>,
    #[serde(default)]
    opening: Vec<OpeningEntry>,
    candidate: Vec<CandidateEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningEntry {
    country: Country,
    class: ProductClass,
    signal: SignalKind,
    signalled: u64,
    bought: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CandidateEntry {
    country: Country,
    class: ProductClass,
    price: [String; 3],
    landed: [String; 3],
    other_unit_cost: String,
    fixed_a_year: String,
    opening_cost: String,
    gate: String,
    delay_days: [i64; 3],
    #[serde(default)]
    signal: Vec<SignalEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalEntry {
    kind: SignalKind,
    count: u64,
    as_of: Date,
    source: String,
}

pub(super) fn run(file: &File) -> Result<(), CommandError> {
    let input: Input = read(&file.file)?;
    let currency = currency(&input.currency)?;
    let usual = Settings::usual(currency, input.on);
    let settings = Settings {
        write_off_years: input.write_off_years,
        draws: input.draws,
        seed: input.seed,
        stale_after_days: input.stale_after_days.unwrap_or(usual.stale_after_days),
        ..usual
    };
    let openings: Vec<Opening> = input.opening.iter().map(opening).collect();
    let candidates = input
        .candidate
        .iter()
        .map(|entry| candidate(entry, currency))
        .collect::<Result<Vec<Candidate>, CommandError>>()?;
    let sheet = next_country(&candidates, &openings, settings).map_err(bad)?;
    if file.json {
        print_json(&sheet);
        return Ok(());
    }
    for result in &sheet.candidates {
        println!("{result}\n");
    }
    println!(
        "{} draws, seed {}, written off over {} years.",
        settings.draws, settings.seed, settings.write_off_years
    );
    Ok(())
}

fn opening(entry: &OpeningEntry) -> Opening {
    Opening {
        country: entry.country,
        class: entry.class,
        kind: entry.signal,
        signalled: entry.signalled,
        bought: entry.bought,
    }
}

fn candidate(entry: &CandidateEntry, currency: Currency) -> Result<Candidate, CommandError> {
    let country = entry.country;
    let amount = |what: &str, text: &str| {
        money(&format!("{country}, {what}"), text, currency).map(|money| money.minor)
    };
    let spread = |what: &str, [low, likely, high]: &[String; 3]| {
        Ok::<_, CommandError>(Spread {
            low: amount(what, low)?,
            likely: amount(what, likely)?,
            high: amount(what, high)?,
        })
    };
    let [low, likely, high] = entry.delay_days;
    Ok(Candidate {
        country,
        class: entry.class,
        price: spread("price", &entry.price)?,
        landed: spread("landed", &entry.landed)?,
        other_unit_cost: amount("other_unit_cost", &entry.other_unit_cost)?,
        fixed_a_year: amount("fixed_a_year", &entry.fixed_a_year)?,
        opening_cost: amount("opening_cost", &entry.opening_cost)?,
        gate: gate(country, &entry.gate)?,
        delay_days: Spread { low, likely, high },
        signals: entry.signal.iter().map(signal).collect(),
    })
}

fn signal(entry: &SignalEntry) -> Signal {
    let (kind, count, as_of, source) = (entry.kind, entry.count, entry.as_of, &entry.source);
    Signal { kind, count, as_of, source: source.clone() }
}

fn gate(country: Country, text: &str) -> Result<Gate, CommandError> {
    match text {
        "now" => Ok(Gate::Now),
        "blocked" => Ok(Gate::Blocked),
        "unknown" => Ok(Gate::Unknown),
        day => day.parse().map(|on| Gate::From { on }).map_err(|_| {
            bad(format!("{country}, gate: {day:?} is neither now, blocked, unknown nor a day"))
        }),
    }
}
