//! The next country: evidence against break-even, what has to be solved first, and how past forecasts
//! came out.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::catalogue::ProductClass;
use kontor_domain::market::MarketCode;
use kontor_domain::planning::{
    Calibration, CandidateName, CandidateResult, GateGround, Origin, OwnCount, PastOpening,
    Placement, Sheet, SignalKind, SignalResult, Sway, hit_rate, own_count, two_digits,
};
use kontor_domain::staff::Permission;
use kontor_shop::planning::{
    Evidence, FileError, Kind, Unsolved, Worked, counted_here, kept, work_out_kept,
};
use kontor_shop::staff::Person;
use kontor_store::StoreError;

use super::csv::Csv;
use super::desk::{markets_for, nothing, shell};
use super::next_headline::headline;
use super::next_inputs::{gate_word, gate_words, ground_words, input_lines};
use super::next_past::past_row;
use super::plan::file_words;
use super::sightings::devices;
use super::theirs::Countries;
use crate::kit::app::App;
use crate::kit::chart::map::{Fill, WorldMap, draw};
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{CandidateRow, CountedRow, NextCountryPage, Notice, Place, SignalLine};

const READS: Option<Permission> = Some(Permission::MarketRead);
pub(super) const SHOW: Route = Route::desk("/admin/next-country", READS);
pub(super) const CSV: Route = Route::desk("/admin/next-country.csv", READS);
pub(super) const COUNTED: Route = Route::desk("/admin/next-country/counted.csv", READS);

/// Everything that the page tells.
struct Read {
    sheet: Result<Box<Sheet>, FileError>,
    /// Nobody has saved a file: it is the example.
    example: bool,
    past: Vec<PastOpening>,
    /// What this shop has counted itself.
    own: Vec<OwnCount>,
    /// Open markets with something unsolved.
    unsolved: Vec<Unsolved>,
}

/// What is known of the countries that somebody may see. The comparison is one of all candidates, so
/// it is made before it is narrowed.
async fn read(app: &App, theirs: &Countries) -> Result<Read, StoreError> {
    let evidence = evidence(app).await?;
    let (past, own, today) = (evidence.past.clone(), evidence.own.clone(), evidence.today);
    let saved = kept(&app.shop, Kind::NextCountry).await?;
    let example = saved.is_none();
    let text = saved.map_or_else(|| Kind::NextCountry.example().to_owned(), |sheet| sheet.body);
    // Ten thousand draws for every candidate, where nobody has asked the same before: not on a thread
    // that serves others.
    let shop = std::sync::Arc::clone(&app.shop);
    let work = move || {
        let unsolved = evidence.openings.as_ref().map(|openings| openings.unsolved(today));
        let worked = work_out_kept(&shop.sheet, Kind::NextCountry, &text, &evidence);
        (worked, unsolved.unwrap_or_default())
    };
    let Ok((worked, unsolved)) = tokio::task::spawn_blocking(work).await else {
        return Err(StoreError::Panicked { name: "planning.next_country" });
    };
    let sheet = match worked {
        Ok(Worked::NextCountry(sheet)) => Ok(narrowed(sheet, theirs)),
        Ok(_) => {
            return Err(StoreError::Fault {
                what: "planning.next_country".into(),
                problem: "the file is of another kind".into(),
            });
        }
        Err(error) => Err(error),
    };
    let mut read = Read { sheet, example, past, own, unsolved };
    read.past.retain(|past| theirs.contains(past.lesson.country));
    read.own.retain(|count| theirs.contains(count.country));
    Ok(read)
}

fn narrowed(mut sheet: Box<Sheet>, theirs: &Countries) -> Box<Sheet> {
    sheet.candidates.retain(|result| theirs.contains(result.candidate.country));
    for result in &mut sheet.candidates {
        result.tied_with.retain(|tied| theirs.contains(tied.country));
    }
    sheet
}

/// What the shop knows beside a file, with what the count knows of devices.
pub(super) async fn evidence(app: &App) -> Result<Evidence, StoreError> {
    Evidence::of(&app.shop, devices(app).await?.as_ref()).await
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    answer(&app, &uri, &person, (StatusCode::OK, None), String::new()).await
}

/// The page, with what has happened and what was typed into its form.
pub(super) async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    (status, said): (StatusCode, Option<Notice>),
    typed: String,
) -> Response {
    let theirs = Countries::of(app, person);
    let Read { sheet, example, past, own, unsolved } = match read(app, &theirs).await {
        Ok(read) => read,
        Err(fault) => return Problem::fault(&fault).respond(app, uri.path(), None),
    };
    let mut shell = shell(app, person, Place::NextCountry).await;
    shell.notice = said;
    let t = shell.text();
    let readable = markets_for(app, person, Permission::MarketRead);
    let (refused, headline, map, rows, settings) = match &sheet {
        Ok(sheet) => {
            // Which of all is first is no news of a part of them.
            let first = if theirs.are_all() { headline(&t, sheet) } else { String::new() };
            let rows = rows(&t, sheet, &own, &readable);
            (None, first, map(&t, sheet), rows, told(&t, sheet))
        }
        Err(error) => {
            (Some(file_words(&t, error)), String::new(), String::new(), Vec::new(), String::new())
        }
    };
    let (within, judged) = hit_rate(&past);
    let page = NextCountryPage {
        all: theirs.are_all(),
        example,
        refused,
        unsolved: unsolved
            .into_iter()
            .filter(|unsolved| readable.contains(&unsolved.market))
            .map(|Unsolved { market, products, items }| {
                (shell.market(&market), products, items, format!("/admin/{market}/opening"))
            })
            .collect(),
        headline,
        map,
        rows,
        settings,
        counted: own.iter().map(|count| counted_row(&t, count)).collect(),
        past: past.iter().map(|past| past_row(&t, past)).collect(),
        hit_rate: t.two("next-hit-rate", "within", within, "all", judged).into_owned(),
        may_edit: person.may(Permission::MarketEdit, None),
        typed,
        key: form_key::fresh(app),
        shell,
    };
    html(status, &page)
}

/// What this shop has counted itself.
async fn counted(app: &App) -> Result<Vec<OwnCount>, StoreError> {
    counted_here(&app.shop, devices(app).await?.as_ref()).await
}

fn counted_row(t: &Text, own: &OwnCount) -> CountedRow {
    CountedRow {
        country: t.country(&own.country).into_owned(),
        class: match own.class {
            Some(class) => class_name(t, class.word()),
            None => t.get("next-every-class").into_owned(),
        },
        signal: signal_words(t, own.kind),
        count: whole(t, own.count),
        as_of: own.as_of,
        how: counted_words(t, own.kind),
    }
}

pub(super) fn whole(t: &Text, number: u64) -> String {
    t.number(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A candidate by its country and its class.
pub(super) fn named(t: &Text, name: CandidateName) -> String {
    let class = class_name(t, name.class.word());
    t.two("next-named", "country", t.country(&name.country), "class", class).into_owned()
}

pub(super) fn tied(t: &Text, result: &CandidateResult) -> String {
    let names: Vec<String> = result.tied_with.iter().map(|name| named(t, *name)).collect();
    names.join(", ")
}

fn id_of(result: &CandidateResult) -> String {
    format!("c-{}-{}", result.candidate.country, result.candidate.class.word())
}

fn map(t: &Text, sheet: &Sheet) -> String {
    let fills = sheet.candidates.iter().map(|result| {
        let fill = Fill {
            class: match (result.candidate.gate.opens(), result.rank.p10) {
                (true, 1) => "m-open",
                (true, _) => "m-coming",
                (false, _) => "m-closed",
            },
            words: format!(
                "{}, {}",
                rank_words(t, result.rank),
                gate_words(t, result.candidate.gate)
            ),
            href: Some(format!("#{}", id_of(result))),
        };
        (result.candidate.country, fill)
    });
    let map = WorldMap { fills: fills.collect(), counts: Vec::new() };
    draw(&t.get("next-map"), t.language(), &map)
}

fn rows(t: &Text, sheet: &Sheet, own: &[OwnCount], readable: &[MarketCode]) -> Vec<CandidateRow> {
    let rows = sheet.candidates.iter();
    rows.map(|result| CandidateRow {
        id: id_of(result),
        country: t.country(&result.candidate.country).into_owned(),
        class: class_name(t, result.candidate.class.word()),
        rank: rank_words(t, result.rank),
        tied: tied(t, result),
        break_even: match result.break_even {
            Some(even) => range(t, even),
            None => t.get("next-earns-nothing").into_owned(),
        },
        gate: gate_words(t, result.candidate.gate),
        plan: plan_behind(t, &result.candidate.gate_ground, readable),
        sway: match result.sway {
            Some(sway) => sway_words(t, sway),
            None => t.get("next-sway-none").into_owned(),
        },
        sentence: result.to_string(),
        signals: result
            .signals
            .iter()
            .map(|signal| {
                let (country, class) = (result.candidate.country, result.candidate.class);
                let here = own_count(own, country, class, signal.signal.kind);
                signal_line(t, signal, here)
            })
            .collect(),
        inputs: input_lines(t, result, &sheet.settings),
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

/// What decides the gate, and the page of the plan for whoever may read it.
fn plan_behind(
    t: &Text,
    ground: &GateGround,
    readable: &[MarketCode],
) -> Option<(String, Option<String>)> {
    match ground {
        GateGround::File => None,
        GateGround::Plan { market, .. } => {
            let page = readable.contains(market).then(|| format!("/admin/{market}/opening"));
            Some((ground_words(t, ground), page))
        }
        _ => Some((ground_words(t, ground), None)),
    }
}

pub(super) fn class_name(t: &Text, word: &str) -> String {
    let id = match word {
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

pub(super) fn signal_words(t: &Text, kind: SignalKind) -> String {
    let id = match kind {
        SignalKind::CarriedAbroad => "next-signal-carried",
        SignalKind::RomElsewhere => "next-signal-rom",
        SignalKind::ResellerOrders => "next-signal-resellers",
        SignalKind::WaitingList => "next-signal-waiting",
        SignalKind::BlockedCarts => "next-signal-carts",
    };
    t.get(id).into_owned()
}

/// What exactly this shop counts of a signal.
fn counted_words(t: &Text, kind: SignalKind) -> String {
    let id = match kind {
        SignalKind::CarriedAbroad => "next-own-carried",
        SignalKind::RomElsewhere => "next-own-rom",
        SignalKind::ResellerOrders => "next-own-resellers",
        SignalKind::WaitingList => "next-own-waiting",
        SignalKind::BlockedCarts => "next-own-carts",
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

fn signal_line(t: &Text, result: &SignalResult, here: Option<&OwnCount>) -> SignalLine {
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
        count: whole(t, signal.count),
        own: signal.origin == Origin::Own,
        // Beside a count of the file, which stands in its place.
        here: here
            .filter(|_| signal.origin == Origin::File)
            .map(|own| (whole(t, own.count), own.as_of)),
        as_of: signal.as_of,
        stale: result.stale,
        source: match signal.origin {
            Origin::Own => counted_words(t, signal.kind),
            Origin::File => signal.source.clone(),
        },
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

pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let sheet = match read(&app, &Countries::of(&app, &person)).await {
        Ok(Read { sheet: Ok(sheet), .. }) => sheet,
        Ok(Read { sheet: Err(_), .. }) => return nothing(&app, &uri),
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let mut csv = Csv::new(
        "country,class,rank_p10,rank_p90,tied_with,break_even_p50,gate,gate_by_plan_of,because,signal,\
         count,as_of,units_p10,units_p90,needed,origin,source",
    );
    let text = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
    for result in &sheet.candidates {
        let candidate = &result.candidate;
        let gate = gate_word(candidate.gate);
        let (by, because) = match &candidate.gate_ground {
            GateGround::Plan { market, because, .. } => {
                (market.as_str(), because.as_deref().unwrap_or_default())
            }
            _ => ("", ""),
        };
        let tied: Vec<String> = result.tied_with.iter().map(ToString::to_string).collect();
        let tied = tied.join("; ");
        for signal in &result.signals {
            csv.row([
                candidate.country.code(),
                candidate.class.word(),
                &result.rank.p10.to_string(),
                &result.rank.p90.to_string(),
                &tied,
                &text(result.break_even.map(|even| two_digits(even.p50))),
                &gate,
                by,
                because,
                signal.signal.kind.word(),
                &signal.signal.count.to_string(),
                &signal.signal.as_of.to_string(),
                &text(signal.units.map(|units| two_digits(units.p10))),
                &text(signal.units.map(|units| two_digits(units.p90))),
                &text(signal.needed.map(two_digits)),
                match signal.signal.origin {
                    Origin::Own => "own",
                    Origin::File => "file",
                },
                &signal.signal.source,
            ]);
        }
    }
    csv.respond("attachment; filename=\"next-country.csv\"")
}

pub(super) async fn counted_csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let theirs = Countries::of(&app, &person);
    let own = match counted(&app).await {
        Ok(own) => own,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let mut csv = Csv::new("country,class,signal,count,as_of,counted_as");
    for count in own.into_iter().filter(|count| theirs.contains(count.country)) {
        csv.row([
            count.country.code(),
            count.class.map_or("", ProductClass::word),
            count.kind.word(),
            &count.count.to_string(),
            &count.as_of.to_string(),
            count.kind.counted_as(),
        ]);
    }
    csv.respond("attachment; filename=\"counted-here.csv\"")
}
