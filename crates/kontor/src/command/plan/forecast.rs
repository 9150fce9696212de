//! The year ahead, from a file: methods, their spread, the gap to the target.

use kontor_domain::reach::{
    BassFit, Coverage, ERRORS_MIN, Gap, MarketPlan, Needed, Outlook, PastForecast, Series, bass,
    coverage, error_band, needed, outlook, scenario,
};
use serde::{Deserialize, Serialize};

use super::{File, bad, print_json, read};
use crate::command::CommandError;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Input {
    unit: String,
    year: i16,
    periods_a_year: usize,
    #[serde(default)]
    target: Option<f64>,
    #[serde(default = "phis")]
    phis_pct: Vec<u8>,
    #[serde(default)]
    so_far: Vec<f64>,
    history: Vec<Point>,
    #[serde(default)]
    market: Vec<MarketPlan>,
    #[serde(default)]
    past: Vec<PastForecast>,
    #[serde(default)]
    bass: Option<BassInput>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Point {
    period: String,
    units: f64,
    source: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BassInput {
    yearly: Vec<f64>,
    ceilings: Vec<f64>,
}

fn phis() -> Vec<u8> {
    vec![30, 50, 80, 90]
}

/// What is answered, with what it was worked out from.
#[derive(Serialize)]
struct Answer<'a> {
    input: &'a Input,
    outlook: &'a Outlook,
    /// What the periods that are left must bring, once some are over.
    needed: Option<Needed>,
    /// What the market plans sum to.
    scenario: Option<f64>,
    /// Each method with the band of past errors; nothing below eight of them.
    bands: Vec<Band>,
    /// How often such bands held what then happened.
    coverage: Option<Coverage>,
    bass: Vec<Fit>,
}

#[derive(Serialize)]
struct Band {
    method: String,
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct Fit {
    ceiling: f64,
    next: f64,
    error: f64,
}

pub(super) fn run(file: &File) -> Result<(), CommandError> {
    let input: Input = read(&file.file)?;
    if let Some(phi) = input.phis_pct.iter().find(|phi| !(30..=90).contains(*phi)) {
        return Err(bad(format!("phis_pct: {phi} is not from 30 to 90")));
    }
    if input.so_far.len() > input.periods_a_year {
        return Err(bad("so_far has more periods than the year"));
    }
    let points = input.history.iter().map(|point| point.units).collect();
    let series = Series::try_new(points, input.periods_a_year)
        .map_err(|error| bad(format!("history: {error}")))?;
    let seen = outlook(&series, &input.phis_pct, input.target);
    let sum: f64 = input.so_far.iter().sum();
    let left = input.periods_a_year - input.so_far.len();
    let needed = input
        .target
        .zip(input.so_far.last())
        .and_then(|(target, last)| needed(target, sum, *last, left));
    let scenario = if input.market.is_empty() {
        None
    } else {
        let year = scenario(&input.market, input.periods_a_year);
        Some(year.map_err(|error| bad(format!("market: {error}")))?)
    };
    let bands = seen.projections.iter().filter_map(|projection| {
        let (low, high) = error_band(&input.past, projection.year)?;
        Some(Band { method: projection.word.clone(), low, high })
    });
    let answer = Answer {
        input: &input,
        outlook: &seen,
        needed,
        scenario,
        bands: bands.collect(),
        coverage: coverage(&input.past),
        bass: fits(input.bass.as_ref())?,
    };
    if file.json {
        print_json(&answer);
    } else {
        print(&answer);
    }
    Ok(())
}

fn fits(input: Option<&BassInput>) -> Result<Vec<Fit>, CommandError> {
    let Some(input) = input else { return Ok(Vec::new()) };
    let yearly =
        Series::try_new(input.yearly.clone(), 1).map_err(|error| bad(format!("bass: {error}")))?;
    let fit = |ceiling: &f64| {
        let fit: Result<BassFit, _> = bass(&yearly, *ceiling);
        fit.map(|fit| Fit { ceiling: fit.ceiling, next: fit.next, error: fit.error })
            .map_err(|error| bad(format!("bass, ceiling {ceiling}: {error}")))
    };
    input.ceilings.iter().map(fit).collect()
}

fn print(answer: &Answer<'_>) {
    let (input, seen) = (answer.input, answer.outlook);
    let unit = &input.unit;
    println!("{} in {unit}\n", input.year);
    if let Some(gap) = &seen.gap {
        headline(gap);
    }
    if let Some(needed) = answer.needed {
        println!(
            "Since then {}: each period that is left must bring {:.1} ({} over the last one).\n",
            input.so_far.iter().map(|sold| format!("{sold:.1}")).collect::<Vec<_>>().join(" + "),
            needed.per_period,
            needed.growth
        );
    }
    for projection in &seen.projections {
        println!("  {:<18} {:>8.1}", projection.word, projection.year);
    }
    println!("\nSpread of simple methods, not a probability: {:.1} to {:.1}.", seen.low, seen.high);
    if answer.bands.is_empty() {
        println!(
            "No band: it takes {ERRORS_MIN} own past forecasts, there are {}.",
            input.past.len()
        );
    }
    for band in &answer.bands {
        println!(
            "  {:<18} {:.1} to {:.1} by past errors (10 to 90 %)",
            band.method, band.low, band.high
        );
    }
    if let Some(Coverage { held, of }) = answer.coverage {
        println!("Such bands have held {held} of {of} times; eight of ten is what they promise.");
    }
    if let Some(year) = answer.scenario {
        println!("\nBy market: {year:.1}");
        for plan in &input.market {
            let units: Vec<String> = plan.units.iter().map(|units| format!("{units:.1}")).collect();
            println!("  {:<18} {}  {}", plan.market, units.join(" + "), plan.because);
        }
    }
    if !answer.bass.is_empty() {
        println!("\nWhat if the ceiling were …? (Bass; a better fit is not a better forecast.)");
        for fit in &answer.bass {
            println!(
                "  {:>8.0}           {:>8.1}   error on the years known {:.2}",
                fit.ceiling, fit.next, fit.error
            );
        }
    }
    println!("\nWorked out from:");
    for point in &input.history {
        println!("  {:<10} {:>8.2}  {}", point.period, point.units, point.source);
    }
}

fn headline(gap: &Gap) {
    println!(
        "Target {:.1}: {} over the last period, held all year (run rate {:.1}, missing {:.1}).\n",
        gap.target, gap.growth, gap.run_rate, gap.missing
    );
}
