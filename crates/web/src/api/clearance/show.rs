//! `GET /api/v1/{market}/clearance/{sku}`: may this be sold here, and if not, why not?

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::Country;
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Place;
use kontor_domain::market::Act;
use serde::Serialize;
use utoipa::ToSchema;

use super::VerdictBody;
use crate::api::call::{Call, parameter};
use crate::api::catalogue::{may_be_told, unknown_sku};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Anybody may ask.
pub(crate) const ROUTE: Route = Route::read("/api/v1/{market}/clearance/{sku}", Class::Read);

/// A verdict with what it is about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClearanceAnswer {
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// The country of the ship-to address, if one was asked about; else every country of the
    /// market must agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    /// The variant.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// The verdict.
    #[serde(flatten)]
    verdict: VerdictBody,
}

/// Ask for a verdict
///
/// Whether an act may be carried out with a variant in a market today, with every reason,
/// obligation and date, and the version of the facts behind the answer. The same function decides
/// carts, payments and dispatches.
#[utoipa::path(
    get,
    path = "/api/v1/{market}/clearance/{sku}",
    tag = "Clearance",
    operation_id = "get-clearance",
    params(
        ("market" = String, Path, description = "The market's code.", example = "us"),
        ("sku" = String, Path, description = "The variant.", example = "BAND-BLACK"),
        ("act" = Option<String>, Query, description = "`announce`, `register_interest`, \
            `preorder`, `sell` (if not said), `deliver` or `resell`."),
        ("country" = Option<String>, Query, description = "The ship-to country; if not said, \
            every country of the market must agree."),
        ("language" = Option<String>, Query, description = "The language of notices: `en` (if \
            not said), `de`, `zh`, `hi`."),
    ),
    responses(
        (status = 200, description = "The verdict.", body = ClearanceAnswer),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_clearance(State(app): State<App>, call: Call) -> Response {
    call.answer(&app, show(&app, &call))
}

fn show(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&["act", "country", "language"])?;
    let snapshot = app.shop.snapshots.now();
    let market = call.market(&snapshot)?;
    let language = call.language(kontor_base::Language::En)?;
    let act = match call.query("act") {
        None => Act::Sell,
        Some(word) => Act::from_word(word).ok_or_else(|| {
            let words = Act::ALL.map(Act::word).join(", ");
            parameter(format!("act is one of {words}."))
        })?,
    };
    let country = match call.query("country") {
        None => None,
        Some(code) => Some(
            code.parse::<Country>()
                .map_err(|_| parameter("country is an ISO 3166-1 code of two capital letters."))?,
        ),
    };
    let sku: Sku = call.segment("sku").parse().map_err(|_| unknown_sku())?;
    let (variant, _) = snapshot.product(&sku).ok_or_else(unknown_sku)?;
    if !may_be_told(&snapshot, market, &sku) {
        return Err(unknown_sku());
    }
    let place = match country {
        Some(country) => Place::ship_to(market, country),
        None => Place::market(market),
    };
    let verdict = snapshot.may(act, variant, &place, app.shop.now()).ok_or_else(unknown_sku)?;
    Ok(Reply::json(
        StatusCode::OK,
        &ClearanceAnswer {
            market: market.code.to_string(),
            country: country.map(|country| country.code().to_owned()),
            sku: sku.to_string(),
            verdict: VerdictBody::new(&verdict, language),
        },
    ))
}
