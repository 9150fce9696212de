//! `POST /api/v1/sale/{sale}/checkout`: begins the checkout of a claim.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::Language;
use kontor_shop::order::{CheckOutClaim, check_out_claim as begin, checkout};
use serde::Deserialize;
use utoipa::ToSchema;

use super::claim_of;
use crate::api::call::{Call, field, invalid};
use crate::api::order::begin::{CheckoutStarted, started};
use crate::api::problem_map::{of_order, unknown_checkout};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever holds the claim. A claim has one checkout, so no key is needed.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/sale/{sale}/checkout", Access::Token, Repeat::Natural);

/// A wish to check a claim out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"language": "en"}))]
pub(crate) struct ClaimCheckoutWish {
    /// The language of the purchase: `en`, `de`, `zh`, `hi`; if not said, the market's first.
    #[serde(default)]
    #[schema(example = "en")]
    language: Option<String>,
}

/// Begin the checkout of a claim
///
/// The units are held by the checkout from now on, until the moment at which the claim would have
/// ended. It is an ordinary checkout: read it, and pay it at `/api/v1/checkouts/{id}/order` with the
/// e-mail address or telephone number of the entry. Asked again, it is the same checkout. A payment
/// that is under way makes the hold longer once; after that the units go to whoever waits.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/checkout",
    tag = "Sales",
    operation_id = "check-out-claim",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Kontor-Claim" = String, Header, description = "The claim's token."),
    ),
    request_body(content = ClaimCheckoutWish, description = "In which language."),
    responses(
        (status = 201, description = "The checkout; the goods are held.", body = CheckoutStarted),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn check_out_claim(State(app): State<App>, call: Call) -> Response {
    let answer = start(&app, &call).await;
    call.answer(&app, answer)
}

async fn start(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let (lot, number) = claim_of(app, call)?;
    let ClaimCheckoutWish { language } = call.json()?;
    let language: Option<Language> =
        language.as_deref().map(str::parse).transpose().map_err(|_| {
            let detail = "language is one of en, de, zh, hi";
            invalid(vec![field("/language", "request.unknown_value", detail)])
        })?;
    let began = begin(&app.shop, CheckOutClaim { lot, number, language }).await;
    let began = began.map_err(of_order)?;
    let id = began.answer.checkout;
    let found = checkout(&app.shop, id).await.map_err(|fault| Problem::fault(&fault))?;
    let body = started(app, &found.ok_or_else(unknown_checkout)?);
    Ok(Reply::json(StatusCode::CREATED, &body)
        .at(format!("/api/v1/checkouts/{id}"))
        .replayed(began.replayed))
}
