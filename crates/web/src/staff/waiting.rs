//! Waiting lists: how many wait for what in a market, and each list as CSV.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::catalogue::Slug;
use kontor_domain::staff::Permission;
use kontor_shop::mail::{News, Telling};
use kontor_shop::staff::{Person, waiting_counts, waiting_list};
use kontor_store::customer::WaitingCount;
use serde::Deserialize;

use super::customer::model_name;
use super::desk::{csv as csv_file, market_for, markets_for, nothing, shell};
use super::tell::path;
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::page::staff::{Place, WaitingListsPage, WaitingRow};

const READS: Option<Permission> = Some(Permission::CustomerRead);
pub(super) const LISTS: Route = Route::desk("/admin/waiting", READS);
pub(super) const CSV: Route = Route::desk("/admin/waiting.csv", READS);

/// People in one CSV file; the next begins after the last of them.
const CSV_ROWS: i64 = 10_000;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    market: String,
    model: String,
    after: String,
}

pub(super) async fn lists(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let markets = markets_for(&app, &person, Permission::CustomerRead);
    let market = if asked.market.is_empty() {
        markets.first().copied()
    } else {
        market_for(&app, &person, Permission::CustomerRead, &asked.market)
    };
    let Some(market) = market else { return nothing(&app, &uri) };
    let counts = match waiting_counts(&app.shop, market).await {
        Ok(counts) => counts,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::Waiting).await;
    let t = shell.text();
    let mut rows: Vec<WaitingRow> = counts
        .into_iter()
        .map(|WaitingCount { model, confirmed: people, unconfirmed }| {
            let name = match model.parse() {
                Ok(slug) => model_name(&app, &t, &slug),
                Err(_) => t.get("desk-waiting-opening").into_owned(),
            };
            let csv = format!("/admin/waiting.csv?market={market}&model={}", in_query(&model));
            let telling = Telling { market, model: model.parse().ok(), news: News::Over };
            let tell = person.may(Permission::CustomerTell, Some(market)).then(|| path(&telling));
            WaitingRow { model, name, people, unconfirmed, csv, tell }
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.people, row.unconfirmed)));
    html(StatusCode::OK, &WaitingListsPage { shell, markets, market, rows })
}

pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let market = market_for(&app, &person, Permission::CustomerRead, &asked.market);
    let Some(market) = market else { return nothing(&app, &uri) };
    // The empty model is the market's opening; what can be no model names no list.
    let model = asked.model;
    if !model.is_empty() && model.parse::<Slug>().is_err() {
        return nothing(&app, &uri);
    }
    let after = kontor_base::id::decode(&asked.after).unwrap_or([0; 16]);
    let page = match waiting_list(&app.shop, market, model, after, CSV_ROWS).await {
        Ok(page) => page,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let rows = page.into_iter().map(|kept| {
        vec![
            kontor_base::id::encode(kept.person),
            kept.entry.market.to_string(),
            kept.entry.model.map(|model| model.to_string()).unwrap_or_default(),
            kept.entry.language.tag().to_owned(),
            kept.entry.email.as_str().to_owned(),
            kept.moments.signed_at.timestamp().to_string(),
            kept.moments.confirmed_at.map(|at| at.timestamp().to_string()).unwrap_or_default(),
        ]
    });
    csv_file("waiting.csv", "entry,market,model,language,email,signed_at,confirmed_at", rows)
}
