//! Waiting lists: how many wait for what in a market, and each list as a CSV file.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::id;
use kontor_domain::catalogue::Slug;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_shop::mail::{News, Telling};
use kontor_shop::staff::{LeavingList, Person, begin_export, waiting_counts, waiting_list};
use kontor_store::StoreError;
use kontor_store::customer::WaitingCount;
use serde::Deserialize;

use super::blocks::{Blocks, whole_file};
use super::csv::Csv;
use super::customer::model_name;
use super::desk::{failed, market_for, markets_for, nothing, shell};
use super::tell::path;
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::page::staff::{Place, WaitingListsPage, WaitingRow};

const READS: Option<Permission> = Some(Permission::CustomerRead);
pub(super) const LISTS: Route = Route::desk("/admin/waiting", READS);
/// A form, because taking the addresses out is written down, and looking at a page is not.
pub(super) const CSV: Route = Route::desk_form("/admin/waiting.csv", READS, Repeat::Natural);

/// People who are read for the file at a time.
const CSV_BLOCK: i64 = 1_000;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    market: String,
    model: String,
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
            let telling = Telling { market, model: model.parse().ok(), news: News::Over };
            let tell = person.may(Permission::CustomerTell, Some(market)).then(|| path(&telling));
            WaitingRow { model, name, people, unconfirmed, tell }
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.people, row.unconfirmed)));
    html(StatusCode::OK, &WaitingListsPage { shell, markets, market, rows })
}

/// Everybody on a list who has confirmed their address.
pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    let asked = match form {
        Ok(Form(asked)) => asked,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let market = market_for(&app, &person, Permission::CustomerRead, &asked.market);
    let Some(market) = market else { return nothing(&app, &uri) };
    // The empty model is the market's opening; what can be no model names no list.
    let model: Option<Slug> = match asked.model.as_str() {
        "" => None,
        text => match text.parse() {
            Ok(model) => Some(model),
            Err(_) => return nothing(&app, &uri),
        },
    };
    let leaving = LeavingList::Waiting(market, model);
    if let Err(failure) = begin_export(&app.shop, &person, &leaving).await {
        return failed(&app, &uri, failure);
    }
    let columns = "entry,market,model,language,email,signed_at,confirmed_at";
    let blocks = Waiting { app: app.clone(), market, model: asked.model, after: [0; 16] };
    whole_file(&app, &uri, blocks, columns, "attachment; filename=\"waiting.csv\"").await
}

/// A list in the order of its keys: whoever is on it all the while is in the file once.
struct Waiting {
    app: App,
    market: MarketCode,
    model: String,
    after: [u8; 16],
}

impl Blocks for Waiting {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        let (shop, model) = (&self.app.shop, self.model.clone());
        let found = waiting_list(shop, self.market, model, self.after, CSV_BLOCK).await?;
        for kept in &found {
            let confirmed_at = kept.moments.confirmed_at.map(|at| at.timestamp().to_string());
            csv.row([
                &id::encode(kept.person),
                kept.entry.market.as_str(),
                kept.entry.model.as_ref().map_or("", Slug::as_str),
                kept.entry.language.tag(),
                kept.entry.email.as_str(),
                &kept.moments.signed_at.timestamp().to_string(),
                &confirmed_at.unwrap_or_default(),
            ]);
        }
        if let Some(last) = found.last() {
            self.after = last.person;
        }
        Ok(i64::try_from(found.len()) == Ok(CSV_BLOCK))
    }
}
