//! Devices carried abroad: sold there, seen here; and the weaker estimate where nobody kept serial
//! numbers.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Country;
use kontor_count::Slice;
use kontor_domain::install::{CELL_MIN, Measure};
use kontor_domain::planning::two_digits;
use kontor_domain::reach::{Carried, Survival};
use kontor_domain::staff::Permission;
use kontor_rom::install::{elsewhere, other_makers};
use kontor_shop::reach::{Active, EstimateRow, carried_of, estimates, sold};
use kontor_shop::staff::Person;
use kontor_store::StoreError;

use super::csv::Csv;
use super::desk::shell;
use super::sightings::sightings;
use super::theirs::Countries;
use crate::kit::app::App;
use crate::kit::chart::map::{WorldMap, draw};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{CarriedLine, CarriedPage, EstimateLine, Place};

const READS: Option<Permission> = Some(Permission::MarketRead);
pub(super) const SHOW: Route = Route::desk("/admin/carried", READS);
pub(super) const CSV: Route = Route::desk("/admin/carried.csv", READS);

/// The window of active devices, in days.
const ACTIVE_DAYS: u16 = 30;
/// The most rows on the page; the file has all.
const ROWS_MAX: usize = 200;

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let shell = shell(&app, &person, Place::Carried).await;
    let t = shell.text();
    let theirs = Countries::of(&app, &person);
    let (carried, counted) = match read(&app, &theirs).await {
        Ok(Some(carried)) => (carried, true),
        Ok(None) => (Carried::default(), false),
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let estimates = match estimated(&app, &theirs).await {
        Ok(rows) => rows.into_iter().take(ROWS_MAX).map(|row| estimate_line(&t, &row)).collect(),
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let least = least(&app);
    let (told, withheld) = carried.told(least);
    let mut told = told;
    told.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let rows = told.iter().take(ROWS_MAX).map(|(way, units)| CarriedLine {
        from: t.country(&way.from).into_owned(),
        to: t.country(&way.to).into_owned(),
        model: way.model.clone(),
        month: way.month.clone(),
        units: number(&t, *units),
    });
    let sums = [carried.sold, carried.home, carried.travelling, carried.silent, carried.unseen];
    let page = CarriedPage {
        all: theirs.are_all(),
        counted,
        sums: sums.map(|sum| number(&t, sum)),
        total: number(&t, carried.total()),
        withheld: number(&t, withheld),
        least,
        map: map(&t, &carried, least),
        rows: rows.collect(),
        estimates,
        survival: Survival::usual().words(),
        shell,
    };
    html(StatusCode::OK, &page)
}

/// The units that were sold in somebody's countries or are there, against where they are seen; none
/// where nothing is counted.
async fn read(app: &App, theirs: &Countries) -> Result<Option<Carried>, StoreError> {
    let Some(seen) = sightings(app) else { return Ok(None) };
    let concerns = |country| theirs.contains(country);
    carried_of(&app.shop, &*seen, &concerns).await.map(Some)
}

/// Ways that fewer devices have gone are not told.
fn least(app: &App) -> u64 {
    app.install.as_ref().map_or(CELL_MIN, |install| install.settings.cell_min)
}

fn number(t: &Text, number: u64) -> String {
    t.number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn map(t: &Text, carried: &Carried, least: u64) -> String {
    let sums = carried.by_country();
    let counts = sums.iter().filter(|(_, units)| **units >= least).map(|(country, units)| {
        (*country, *units, format!("{}: {}", t.country(country), number(t, *units)))
    });
    let map = WorldMap { fills: Vec::new(), counts: counts.collect() };
    draw(&t.get("carried-map"), t.language(), &map)
}

/// The weaker estimates, for countries whose active devices may be told of.
async fn estimated(app: &App, theirs: &Countries) -> Result<Vec<EstimateRow>, StoreError> {
    let Some(install) = &app.install else { return Ok(Vec::new()) };
    let figures = install.figures();
    let table = figures.table(Measure::Active, Some(ACTIVE_DAYS), Slice::Country);
    let cells = table.into_iter().flat_map(|table| &table.published.cells);
    let read = cells.filter_map(|cell| Some((cell.value.parse().ok()?, cell.count)));
    let installs: Vec<(Country, u64)> =
        read.filter(|(country, _)| theirs.contains(*country)).collect();
    let models = other_makers(&app.shop.db).await?;
    let others = install.counter().map(|counter| elsewhere(&counter.book(), &models));
    let others = others.unwrap_or_default();
    let active = Active { installs: &installs, others: &others, least: least(app) };
    let known = sold(&app.shop).await?;
    let snapshot = app.shop.snapshots.now();
    Ok(estimates(active, &known, &snapshot.markets, app.shop.now().date()))
}

fn estimate_line(t: &Text, row: &EstimateRow) -> EstimateLine {
    EstimateLine {
        country: t.country(&row.country).into_owned(),
        installs: number(t, row.active),
        others: row.others.map(|others| number(t, two_digits(others))),
        sold: number(t, row.low.sold),
        low: number(t, two_digits(row.low.gap)),
        usual: number(t, two_digits(row.usual.gap)),
    }
}

pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let theirs = Countries::of(&app, &person);
    // Where nothing is counted the file has its columns and no rows, as the page has.
    let read = (read(&app, &theirs).await, estimated(&app, &theirs).await);
    let (carried, estimates) = match read {
        (Ok(carried), Ok(estimates)) => (carried, estimates),
        (Err(fault), _) | (_, Err(fault)) => {
            return Problem::fault(&fault).respond(&app, uri.path(), None);
        }
    };
    let mut csv = Csv::new(
        "row,sold_in,active_in,model,first_seen,units,installs,other_makers,sold,gap_low,gap_usual,survival",
    );
    if let Some(carried) = carried {
        let (told, withheld) = carried.told(least(&app));
        for (way, units) in told {
            let (from, to, units) = (way.from.code(), way.to.code(), units.to_string());
            csv.row(["way", from, to, &way.model, &way.month, &units, "", "", "", "", "", ""]);
        }
        let withheld = withheld.to_string();
        csv.row(["withheld", "", "", "", "", &withheld, "", "", "", "", "", ""]);
    }
    let survival = Survival::usual().words();
    for row in estimates {
        csv.row([
            "estimate",
            "",
            row.country.code(),
            "",
            "",
            "",
            &row.active.to_string(),
            &row.others.map_or_else(String::new, |others| two_digits(others).to_string()),
            &row.low.sold.to_string(),
            &two_digits(row.low.gap).to_string(),
            &two_digits(row.usual.gap).to_string(),
            &survival,
        ]);
    }
    csv.respond("attachment; filename=\"carried-abroad.csv\"")
}
