//! The figures of the staff side: orders, the way from carts to orders, stock, evidence that ends.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Rate;
use kontor_domain::staff::Permission;
use kontor_shop::staff::{Figures, Person, figures};

use super::desk::{csv as csv_file, nothing, shell};
use super::today::ending_within;
use crate::kit::app::App;
use crate::kit::chart::bars::{Bar, Group, Look};
use crate::kit::chart::{Size, bars, calendar, columns};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{CoverRow, Drawn, EndingRow, FiguresPage, Place, StaffShell};

pub(super) const SHOW: Route = Route::desk("/admin/figures", None);
pub(super) const CSV: Route = Route::desk("/admin/figures.csv", None);

/// How far the calendar looks ahead, in days.
const AHEAD_DAYS: i32 = 365;
/// The most rows of stock on the page; all of them are in the CSV file.
const COVER_ROWS: usize = 60;
/// The most markets that are drawn.
const DRAWN_MARKETS: usize = 15;

fn drawn(draw: impl Fn(Size) -> String) -> Drawn {
    Drawn { wide: draw(Size::Wide), narrow: draw(Size::Narrow) }
}

/// Whether any of the figures is the person's to see.
fn sees_any(person: &Person) -> bool {
    [Permission::OrderRead, Permission::StockRead, Permission::ClearanceRead]
        .into_iter()
        .any(|permission| person.may_somewhere(permission))
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    if !sees_any(&person) {
        return nothing(&app, &uri);
    }
    let found = match figures(&app.shop, &person).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::Figures).await;
    let t = shell.text();
    let ending = person.may_somewhere(Permission::ClearanceRead).then(|| {
        let rows = ending_within(&app, &person, 0, AHEAD_DAYS);
        rows.into_iter()
            .map(|row| EndingRow {
                path: row.path,
                on: row.on,
                clearance: row.clearance,
                grant: row.grant,
                scope: row.scope,
            })
            .collect::<Vec<_>>()
    });
    let steps = funnel(&t, &found);
    let page = FiguresPage {
        days: drawn(|size| by_day(size, &t, &found)),
        day_rows: found.days.iter().map(|day| (day.day, day.orders)).collect(),
        markets: drawn(|size| by_market(size, &t, &shell, &found)),
        market_rows: found
            .markets
            .iter()
            .map(|row| (row.market, row.orders, row.totals.clone()))
            .collect(),
        funnel: drawn(|size| {
            bars::draw(
                size,
                &t.get("desk-funnel"),
                &[group(&t, steps.iter().map(|s| (s.0.clone(), s.1)))],
            )
        }),
        funnel_rows: steps.clone(),
        lasts: drawn(|size| cover(size, &t, &found)),
        cover: found
            .cover
            .iter()
            .take(COVER_ROWS)
            .map(|row| CoverRow {
                market: row.market,
                sku: row.sku.to_string(),
                available: row.available,
                ordered: row.ordered,
                days: row.days,
            })
            .collect(),
        calendar: drawn(|size| {
            let rows = ending.iter().flatten();
            let marks: Vec<_> = rows.map(|row| (row.clearance.clone(), row.on)).collect();
            calendar::draw(size, &t, app.shop.now().date(), &marks)
        }),
        ending,
        sees_orders: person.may_somewhere(Permission::OrderRead),
        sees_stock: person.may_somewhere(Permission::StockRead),
        shell,
    };
    html(StatusCode::OK, &page)
}

#[expect(clippy::cast_precision_loss, reason = "the length of a bar")]
fn group(t: &Text, bars: impl Iterator<Item = (String, i64)>) -> Group {
    let bar = |(label, count): (String, i64)| Bar {
        label,
        value: count as f64,
        words: t.number(count),
        look: Look::Main,
        open: false,
    };
    Group { label: String::new(), bars: bars.map(bar).collect() }
}

fn by_day(size: Size, t: &Text, found: &Figures) -> String {
    let days: Vec<_> = found.days.iter().map(|day| (t.date_short(&day.day), day.orders)).collect();
    columns::draw(size, t, &t.get("desk-orders-by-day"), &days)
}

/// What came in by market: a drawing for each currency, because a length means one currency only.
#[expect(clippy::cast_precision_loss, reason = "the length of a bar")]
fn by_market(size: Size, t: &Text, shell: &StaffShell, found: &Figures) -> String {
    let mut groups: Vec<(&'static str, Vec<Bar>)> = Vec::new();
    for row in &found.markets {
        for total in &row.totals {
            let bar = Bar {
                label: shell.market(&row.market),
                value: total.minor.max(0) as f64,
                words: t.money(total),
                look: Look::Main,
                open: false,
            };
            let code = total.currency.code();
            match groups.iter_mut().find(|(known, _)| *known == code) {
                Some((_, bars)) if bars.len() < DRAWN_MARKETS => bars.push(bar),
                Some(_) => {}
                None => groups.push((code, vec![bar])),
            }
        }
    }
    let title = t.get("desk-orders-by-market");
    let draw = |(code, bars): (&'static str, Vec<Bar>)| {
        bars::draw(size, &format!("{title}, {code}"), &[Group { label: code.to_owned(), bars }])
    };
    groups.into_iter().map(draw).collect()
}

/// How many days what is there lasts: the shortest first, as the table has it.
fn cover(size: Size, t: &Text, found: &Figures) -> String {
    let known = found.cover.iter().filter_map(|row| row.days.map(|days| (row, days)));
    let bars =
        known.take(DRAWN_MARKETS).map(|(row, days)| (format!("{} {}", row.sku, row.market), days));
    bars::draw(size, &t.get("desk-cover"), &[group(t, bars)])
}

/// The steps with how many came so far, and how many of a hundred carts that is.
fn funnel(t: &Text, found: &Figures) -> Vec<(String, i64, String)> {
    let carts = found.funnel.carts;
    let share = |count: i64| {
        if carts <= 0 {
            return "–".to_owned();
        }
        // To a tenth of a per cent; more orders than carts is possible, and more than all is said so.
        let per_mille = count.saturating_mul(1_000) / carts;
        let ppm = u32::try_from(per_mille.clamp(0, 10_000)).unwrap_or(0) * 1_000;
        t.percent(&Rate::from_ppm(ppm))
    };
    [
        ("desk-carts", carts),
        ("desk-checkouts", found.funnel.checkouts),
        ("desk-orders", found.funnel.orders),
    ]
    .map(|(id, count)| (t.get(id).into_owned(), count, share(count)))
    .to_vec()
}

pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    if !sees_any(&person) {
        return nothing(&app, &uri);
    }
    let found = match figures(&app.shop, &person).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let line = |what: &str, market: String, of: String, value: String, unit: &str| {
        vec![what.to_owned(), market, of, value, unit.to_owned()]
    };
    let mut rows = Vec::new();
    for day in &found.days {
        let (of, value) = (day.day.to_string(), day.orders.to_string());
        rows.push(line("orders_by_day", String::new(), of, value, "orders"));
    }
    for row in &found.markets {
        let market = row.market.to_string();
        let of = String::from("30 days");
        rows.push(line("orders", market.clone(), of.clone(), row.orders.to_string(), "orders"));
        for total in &row.totals {
            let unit = total.currency.code();
            rows.push(line("value", market.clone(), of.clone(), total.decimal(), unit));
        }
    }
    let funnel = found.funnel;
    for (step, count) in
        [("carts", funnel.carts), ("checkouts", funnel.checkouts), ("orders", funnel.orders)]
    {
        let of = String::from("7 days");
        rows.push(line(&format!("funnel_{step}"), String::new(), of, count.to_string(), step));
    }
    for row in &found.cover {
        let (market, of) = (row.market.to_string(), row.sku.to_string());
        let units = row.available.to_string();
        rows.push(line("available", market.clone(), of.clone(), units, "units"));
        if let Some(days) = row.days {
            rows.push(line("lasts", market, of, days.to_string(), "days"));
        }
    }
    for row in ending_within(&app, &person, 0, AHEAD_DAYS) {
        rows.push(line("evidence_ends", String::new(), row.grant, row.on.to_string(), "day"));
    }
    csv_file("figures.csv", "figure,market,of,value,unit", rows.into_iter())
}
