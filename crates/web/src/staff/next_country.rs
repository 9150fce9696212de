//! The next country: evidence against break-even, what has to be solved first, and how past forecasts
//! came out.

use std::fmt::Write;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::market::{Act, stage_allows};
use kontor_domain::planning::{
    Calibration, CandidateResult, Gate, Hit, PastOpening, Placement, Sheet, SignalKind,
    SignalResult, Sway, hit_rate, two_digits,
};
use kontor_domain::staff::Permission;
use kontor_shop::opening::{PlanQuery, plan};
use kontor_shop::planning::{Counted, Kind, Worked, counted_here, kept, past_openings, work_out};
use kontor_shop::reach::carried_abroad;
use kontor_shop::staff::Person;
use kontor_store::StoreError;

use super::csv::Csv;
use super::desk::{markets_for, nothing, shell};
use super::sightings::sightings;
use crate::kit::app::App;
use crate::kit::chart::map::{Fill, WorldMap, draw};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{CandidateRow, NextCountryPage, PastRow, Place, SignalLine};

const READS: Option<Permission> = Some(Permission::MarketRead);
pub(super) const SHOW: Route = Route::desk("/admin/next-country", READS);
pub(super) const CSV: Route = Route::desk("/admin/next-country.csv", READS);

/// The sheet, whether it is of the example, and what past openings have taught.
type Read = (Result<Box<Sheet>, String>, bool, Vec<PastOpening>);

async fn read(app: &App) -> Result<Read, StoreError> {
    let past = past_openings(&app.shop).await?;
    let saved = kept(&app.shop, Kind::NextCountry).await?;
    let example = saved.is_none();
    let text = saved.map_or_else(|| Kind::NextCountry.example().to_owned(), |sheet| sheet.body);
    let learned = past.clone();
    // Ten thousand draws for every candidate: not on a thread that serves others.
    let worked =
        tokio::task::spawn_blocking(move || work_out(Kind::NextCountry, &text, &learned)).await;
    let sheet = match worked {
        Ok(Ok(Worked::NextCountry(sheet))) => Ok(sheet),
        Ok(Ok(_)) => Err("the file is of another kind".to_owned()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => return Err(StoreError::Panicked { name: "planning.next_country" }),
    };
    Ok((sheet, example, past))
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let (sheet, example, past) = match read(&app).await {
        Ok(read) => read,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::NextCountry).await;
    let t = shell.text();
    let counted = match counted(&app).await {
        Ok(counted) => counted,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let unsolved = match unsolved(&app, &person).await {
        Ok(unsolved) => unsolved,
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    let (refused, headline, map, rows, settings) = match &sheet {
        Ok(sheet) => {
            (None, headline(&t, sheet), map(&t, sheet), rows(&t, sheet, &counted), told(&t, sheet))
        }
        Err(why) => (Some(why.clone()), String::new(), String::new(), Vec::new(), String::new()),
    };
    let (within, judged) = hit_rate(&past);
    let page = NextCountryPage {
        example,
        refused,
        unsolved: unsolved
            .into_iter()
            .map(|(code, open)| {
                let name = shell.market(&code);
                (name, open, format!("/admin/{code}/opening"))
            })
            .collect(),
        headline,
        map,
        rows,
        settings,
        past: past.iter().map(|past| past_row(&t, past)).collect(),
        hit_rate: t.two("next-hit-rate", "within", within, "all", judged).into_owned(),
        shell,
    };
    html(StatusCode::OK, &page)
}

/// What this shop has counted itself.
async fn counted(app: &App) -> Result<Counted, StoreError> {
    let carried = match sightings(app) {
        Some(seen) => Some(carried_abroad(&app.shop, &*seen).await?),
        None => None,
    };
    counted_here(&app.shop, carried.as_ref()).await
}

/// Markets that sell and have products which may not be sold there: they come before the next one.
async fn unsolved(
    app: &App,
    person: &Person,
) -> Result<Vec<(kontor_domain::market::MarketCode, usize)>, Problem> {
    let snapshot = app.shop.snapshots.now();
    let mut all = Vec::new();
    for code in markets_for(app, person, Permission::MarketRead) {
        let sells = snapshot.market(code).is_some_and(|m| stage_allows(m.stage, Act::Sell));
        if !sells {
            continue;
        }
        let query = PlanQuery {
            market: code,
            on: None,
            skus: Vec::new(),
            costs: std::collections::BTreeMap::new(),
        };
        if let Ok(plan) = plan(&app.shop, query).await {
            let open = plan.products.iter().filter(|gap| !gap.ready.by(plan.on)).count();
            if open > 0 {
                all.push((code, open));
            }
        }
    }
    Ok(all)
}

fn headline(t: &Text, sheet: &Sheet) -> String {
    let Some(first) = sheet.candidates.first() else { return String::new() };
    let named = |result: &CandidateResult| {
        t.two(
            "next-named",
            "country",
            t.country(&result.candidate.country),
            "class",
            class_words(t, result),
        )
        .into_owned()
    };
    let tied: Vec<String> =
        first.tied_with.iter().map(|country| t.country(country).into_owned()).collect();
    let name = named(first);
    let mut text = if tied.is_empty() {
        t.one("next-first", "country", name).into_owned()
    } else {
        t.two("next-first-tied", "country", name, "others", tied.join(", ")).into_owned()
    };
    let clears = first.signals.iter().filter(|s| s.clears_per_mille.is_some_and(|n| n >= 500));
    let names: Vec<String> = clears.map(|s| signal_words(t, s.signal.kind)).collect();
    if !names.is_empty() {
        let because = t.one("next-because", "signals", names.join(", "));
        // Writing to a string cannot fail.
        let _ = write!(text, " {because}");
    }
    text
}

fn id_of(result: &CandidateResult) -> String {
    format!("c-{}-{}", result.candidate.country, result.candidate.class.word())
}

fn map(t: &Text, sheet: &Sheet) -> String {
    let fills = sheet.candidates.iter().map(|result| {
        let fill = Fill {
            class: match result.rank.p10 {
                1 => "m-open",
                _ => "m-coming",
            },
            words: format!("{}, {}", rank_words(t, result.rank), gate_words(t, result)),
            href: Some(format!("#{}", id_of(result))),
        };
        (result.candidate.country, fill)
    });
    let map = WorldMap { fills: fills.collect(), counts: Vec::new() };
    draw(&t.get("next-map"), t.language(), &map)
}

fn rows(t: &Text, sheet: &Sheet, counted: &Counted) -> Vec<CandidateRow> {
    let rows = sheet.candidates.iter();
    rows.map(|result| CandidateRow {
        id: id_of(result),
        country: t.country(&result.candidate.country).into_owned(),
        class: class_words(t, result),
        rank: rank_words(t, result.rank),
        tied: result
            .tied_with
            .iter()
            .map(|country| t.country(country).into_owned())
            .collect::<Vec<_>>()
            .join(", "),
        break_even: match result.break_even {
            Some(even) => range(t, even),
            None => t.get("next-earns-nothing").into_owned(),
        },
        gate: gate_words(t, result),
        sway: match result.sway {
            Some(sway) => sway_words(t, sway),
            None => t.get("next-sway-none").into_owned(),
        },
        sentence: result.to_string(),
        signals: result
            .signals
            .iter()
            .map(|signal| {
                let place = (result.candidate.country, signal.signal.kind);
                signal_line(t, signal, counted.get(&place).copied())
            })
            .collect(),
    })
    .collect()
}

fn estimate(t: &Text, number: u64) -> String {
    t.number(i64::try_from(two_digits(number)).unwrap_or(i64::MAX))
}

fn range(t: &Text, placement: Placement) -> String {
    let (low, high) = (estimate(t, placement.p10), estimate(t, placement.p90));
    if low == high { low } else { format!("{low}–{high}") }
}

fn rank_words(t: &Text, rank: Placement) -> String {
    if rank.p10 == rank.p90 {
        t.one("next-rank", "rank", rank.p10).into_owned()
    } else {
        t.two("next-rank-range", "from", rank.p10, "to", rank.p90).into_owned()
    }
}

fn gate_words(t: &Text, result: &CandidateResult) -> String {
    match result.candidate.gate {
        Gate::Now => t.get("next-gate-now").into_owned(),
        Gate::From { on } => t.one("open-not-before", "date", t.date(&on)).into_owned(),
        Gate::Blocked => t.get("open-blocked").into_owned(),
        Gate::Unknown => t.get("open-unknown").into_owned(),
    }
}

fn class_words(t: &Text, result: &CandidateResult) -> String {
    let id = match result.candidate.class.word() {
        "band" => "next-class-band",
        "power_bank" => "next-class-power-bank",
        "earphones_wired" => "next-class-earphones-wired",
        "earphones_wireless" => "next-class-earphones-wireless",
        "phone" => "next-class-phone",
        "tv" => "next-class-tv",
        "router" => "next-class-router",
        "charger" => "next-class-charger",
        _ => "next-class-case-spare",
    };
    t.get(id).into_owned()
}

fn signal_words(t: &Text, kind: SignalKind) -> String {
    let id = match kind {
        SignalKind::CarriedAbroad => "next-signal-carried",
        SignalKind::RomElsewhere => "next-signal-rom",
        SignalKind::ResellerOrders => "next-signal-resellers",
        SignalKind::WaitingList => "next-signal-waiting",
        SignalKind::BlockedCarts => "next-signal-carts",
    };
    t.get(id).into_owned()
}

fn sway_words(t: &Text, sway: Sway) -> String {
    match sway {
        Sway::Price => t.get("next-sway-price").into_owned(),
        Sway::Landed => t.get("next-sway-landed").into_owned(),
        Sway::Delay => t.get("next-sway-delay").into_owned(),
        Sway::Take { kind } => {
            t.one("next-sway-take", "signal", signal_words(t, kind)).into_owned()
        }
    }
}

fn signal_line(t: &Text, result: &SignalResult, counted: Option<u64>) -> SignalLine {
    let signal = &result.signal;
    let (units, verdict) = match (result.units, result.calibration) {
        (Some(units), Calibration::Openings { count }) => {
            let told =
                t.two("next-would-mean", "units", range(t, units), "count", count).into_owned();
            let verdict = match (result.clears_per_mille, result.needed) {
                (Some(share), _) if share >= 500 => t.get("next-clears").into_owned(),
                (_, Some(needed)) => {
                    t.one("next-needed", "count", estimate(t, needed)).into_owned()
                }
                _ => String::new(),
            };
            (told, verdict)
        }
        _ => (t.get("next-not-calibrated").into_owned(), String::new()),
    };
    SignalLine {
        name: signal_words(t, signal.kind),
        count: t.number(i64::try_from(signal.count).unwrap_or(i64::MAX)),
        here: counted.map_or_else(String::new, |n| t.number(i64::try_from(n).unwrap_or(i64::MAX))),
        as_of: signal.as_of,
        stale: result.stale,
        source: signal.source.clone(),
        units,
        verdict,
    }
}

fn told(t: &Text, sheet: &Sheet) -> String {
    let settings = &sheet.settings;
    t.three(
        "next-settings",
        [
            ("draws", &t.number(i64::from(settings.draws))),
            ("seed", &settings.seed.to_string()),
            ("years", &settings.write_off_years.to_string()),
        ],
    )
    .into_owned()
}

fn past_row(t: &Text, past: &PastOpening) -> PastRow {
    let lesson = &past.lesson;
    let number = |n: u64| t.number(i64::try_from(n).unwrap_or(i64::MAX));
    let (id, tone) = match past.hit() {
        Hit::NoForecast => ("next-hit-none", "quiet"),
        Hit::Open => ("next-hit-open", "quiet"),
        Hit::Below => ("next-hit-below", "warn"),
        Hit::Within => ("next-hit-within", "good"),
        Hit::Above => ("next-hit-above", "warn"),
    };
    PastRow {
        country: t.country(&lesson.country).into_owned(),
        class: lesson.class.word().replace('_', " "),
        signal: signal_words(t, lesson.kind),
        opened_on: past.opened_on,
        forecast: past.forecast.as_ref().map_or_else(String::new, |forecast| {
            format!("{}–{}, {}", number(forecast.low), number(forecast.high), forecast.source)
        }),
        outcome: past.outcome.as_ref().map_or_else(String::new, |outcome| {
            format!("{}, {}, {}", number(outcome.units), t.date(&outcome.until), outcome.source)
        }),
        hit: t.get(id).into_owned(),
        tone,
        lesson: t
            .two(
                "next-lesson",
                "bought",
                number(lesson.bought),
                "signalled",
                number(lesson.signalled),
            )
            .into_owned(),
    }
}

pub(super) async fn csv(State(app): State<App>, uri: Uri) -> Response {
    let sheet = match read(&app).await {
        Ok((Ok(sheet), ..)) => sheet,
        Ok((Err(_), ..)) => return nothing(&app, &uri),
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let mut csv = Csv::new(
        "country,class,rank_p10,rank_p90,break_even_p50,gate,signal,count,as_of,units_p10,units_p90,\
         needed,source",
    );
    let text = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
    for result in &sheet.candidates {
        let candidate = &result.candidate;
        let gate = match candidate.gate {
            Gate::Now => "now".to_owned(),
            Gate::From { on } => on.to_string(),
            Gate::Blocked => "blocked".to_owned(),
            Gate::Unknown => "unknown".to_owned(),
        };
        for signal in &result.signals {
            csv.row([
                candidate.country.code(),
                candidate.class.word(),
                &result.rank.p10.to_string(),
                &result.rank.p90.to_string(),
                &text(result.break_even.map(|even| two_digits(even.p50))),
                &gate,
                signal.signal.kind.word(),
                &signal.signal.count.to_string(),
                &signal.signal.as_of.to_string(),
                &text(signal.units.map(|units| two_digits(units.p10))),
                &text(signal.units.map(|units| two_digits(units.p90))),
                &text(signal.needed.map(two_digits)),
                &signal.signal.source,
            ]);
        }
    }
    csv.respond("attachment; filename=\"next-country.csv\"")
}
