//! `POST /api/v1/reseller/sell-outs`: what was sold on, by serial number.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_domain::reseller::SellOutRow;
use kontor_shop::reseller::{SellOutCommand, report_sell_out};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{holder, of_reseller};
use crate::api::call::Call;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever has a reseller's key.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/reseller/sell-outs", Access::Token, Repeat::Header);

/// A report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contract": "NL-2015-3",
    "rows": [{"serial": "4711/A", "sold_on": "2015-06-02", "country": "NL"}]}))]
pub(crate) struct SellOutWish {
    /// The contract.
    contract: String,
    /// The units, as many as fit into a request.
    rows: Vec<SellOutRowBody>,
}

/// A unit that was sold on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SellOutRowBody {
    /// Its serial number.
    serial: String,
    /// The day, such as `2015-06-02`.
    sold_on: String,
    /// The country, two letters.
    country: String,
}

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SellOutAnswer {
    /// Units that were written down, by country.
    units: BTreeMap<String, u64>,
    /// What is strange about units: sold outside the territory, not yours, reported before.
    problems: Vec<String>,
}

/// Report what you have sold on
///
/// All rows or none: rows that cannot be read are named in errors. A unit counts once, however often
/// it is reported. Units that were sold outside the territory count all the same, and are named with
/// the clause.
#[utoipa::path(
    post,
    path = "/api/v1/reseller/sell-outs",
    tag = "Resellers",
    operation_id = "report-sell-out",
    params(
        ("Authorization" = String, Header, description = "`Bearer rsk_…`: your key."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; \
            a random UUID. The same key with the same body has one effect and one answer."),
    ),
    request_body(content = SellOutWish, description = "What was sold on."),
    responses(
        (status = 201, description = "The report is taken.", body = SellOutAnswer),
        crate::api::document::Keyed,
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn report_sold(State(app): State<App>, call: Call) -> Response {
    let answer = report(&app, &call).await;
    call.answer(&app, answer)
}

async fn report(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let reseller = holder(app, call).await?;
    let once = call.once(app, &format!("reseller.sell_out {}", reseller.id))?;
    let SellOutWish { contract, rows } = call.json()?;
    let rows = rows.into_iter().enumerate().map(|(at, row)| {
        let SellOutRowBody { serial, sold_on, country } = row;
        let line = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1);
        (line, SellOutRow { serial, sold_on, country })
    });
    let (rows, reseller) = (rows.collect(), reseller.id);
    let command = SellOutCommand { reseller, contract, rows, once: Some(once) };
    let taken = report_sell_out(&app.shop, command).await.map_err(of_reseller)?;
    let units = taken.answer.units.iter();
    let body = SellOutAnswer {
        units: units.map(|(country, units)| (country.code().to_owned(), *units)).collect(),
        problems: taken.answer.problems.clone(),
    };
    Ok(Reply::json(StatusCode::CREATED, &body).replayed(taken.replayed))
}
