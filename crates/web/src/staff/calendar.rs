//! The calendar of evidence: what ends when, month by month, in the markets that are somebody's.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Date;
use kontor_domain::clearance::Grant;
use kontor_domain::market::MarketCode;
use kontor_domain::opening::EXPIRING_DAYS;
use kontor_domain::staff::Permission;
use kontor_shop::staff::Person;
use serde::Deserialize;

use super::desk::{markets_for, nothing, shell};
use super::today::{concerns, days_between};
use crate::kit::app::App;
use crate::kit::problem::html;
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Place, Table, WorkPage};

pub(super) const SHOW: Route =
    Route::desk("/admin/clearances/calendar", Some(Permission::ClearanceRead));

/// How many pieces of evidence stand on a page.
const PAGE: usize = 100;
/// How long evidence that has ended is still shown, in days.
const PAST_DAYS: i32 = 90;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    market: String,
    after: String,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let own = markets_for(&app, &person, Permission::ClearanceRead);
    let chosen: Vec<MarketCode> = match asked.market.as_str() {
        "" => own.clone(),
        word => own.iter().copied().filter(|code| code.as_str() == word).collect(),
    };
    if chosen.is_empty() {
        return nothing(&app, &uri);
    }
    let shell = shell(&app, &person, Place::Clearances).await;
    let t = shell.text();
    let snapshot = app.shop.snapshots.now();
    let today = app.shop.now().date();
    let mut found: Vec<(String, &Grant, Date, MarketCode)> = snapshot
        .facts
        .records()
        .grants
        .iter()
        .filter(|grant| grant.revoked_on.is_none())
        .filter_map(|grant| {
            let on = grant.expires_on?;
            let market = chosen.iter().copied().find(|code| concerns(&snapshot, *code, grant))?;
            (days_between(today, on) >= -PAST_DAYS)
                .then(|| (format!("{on} {}", grant.code), grant, on, market))
        })
        .filter(|(key, ..)| key.as_str() > asked.after.as_str())
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|(key, ..)| {
        let after = crate::kit::escape::in_query(key);
        format!("/admin/clearances/calendar?market={}&after={after}", asked.market)
    });
    let title = t.get("calendar-title");
    let tabs = std::iter::once((
        "/admin/clearances/calendar".to_owned(),
        t.get("calendar-all").into_owned(),
        asked.market.is_empty(),
    ))
    .chain(own.iter().map(|code| {
        let href = format!("/admin/clearances/calendar?market={code}");
        (href, shell.market(code), asked.market == code.as_str())
    }))
    .collect();
    let mut page =
        WorkPage::new(shell, title).below("/admin/clearances", t.get("staff-clearances"));
    page.tabs = tabs;
    page.blocks = months(&t, &found, today);
    if found.is_empty() {
        page.blocks.push(Block::Say("quiet", t.get("calendar-none").into_owned()));
    }
    if let Some(next) = next {
        page.blocks.push(Block::Links(vec![(next, t.get("work-next").into_owned())]));
    }
    html(StatusCode::OK, &page)
}

/// The months' names on the page: as many as a year has, and again for those behind.
const IDS: [&str; 24] = [
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14", "m15",
    "m16", "m17", "m18", "m19", "m20", "m21", "m22", "m23", "m24",
];

/// A table for each month; what is farther than two dozen months with something in them is one table.
fn months(t: &Text, found: &[(String, &Grant, Date, MarketCode)], today: Date) -> Vec<Block> {
    let mut tables: Vec<(i16, i8, Table)> = Vec::new();
    for (_, grant, on, market) in found {
        let month = (on.year(), on.month());
        let full = tables.len() == IDS.len();
        if !full && tables.last().is_none_or(|(year, number, _)| (*year, *number) != month) {
            let table = Table {
                id: IDS[tables.len()],
                title: t.month(on),
                columns: [
                    "staff-ends",
                    "staff-clearance",
                    "staff-market",
                    "staff-number",
                    "staff-evidence",
                ]
                .map(|id| t.get(id).into_owned())
                .to_vec(),
                ..Table::default()
            };
            tables.push((month.0, month.1, table));
        }
        let tone = match days_between(today, *on) {
            gone if gone < 0 => "bad",
            soon if soon < EXPIRING_DAYS => "warn",
            _ => "good",
        };
        let row = vec![
            Cell::text(t.date_short(on)).toned(tone),
            Cell::link(
                grant.clearance.to_string(),
                format!("/admin/{market}/rules/{}", grant.clearance),
            ),
            Cell::text(market.to_string()),
            Cell::text(grant.number.clone()),
            Cell::link(grant.code.to_string(), format!("/admin/{market}/grants/{}", grant.code)),
        ];
        if let Some((_, _, table)) = tables.last_mut() {
            table.rows.push(row);
        }
    }
    tables.into_iter().map(|(_, _, table)| Block::Table(table)).collect()
}
