//! `POST /api/v1/sale/{sale}/give-up`: gives a claim's units to whoever waits.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_shop::order::give_up_claim as give_up;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::claim_of;
use crate::api::call::Call;
use crate::api::problem_map::of_order;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever holds the claim. Giving up twice is once.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/sale/{sale}/give-up", Access::Token, Repeat::Natural);

/// A wish to give a claim up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub(crate) struct GiveUpWish {}

/// A claim that was given up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GivenUpAnswer {
    /// Always `released`.
    #[schema(value_type = String, example = "released")]
    state: &'static str,
}

/// Give a claim up
///
/// Its units go to the first in the waiting list. A claim that is being paid at this moment, or that
/// has become an order, is not given up here.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/give-up",
    tag = "Sales",
    operation_id = "give-up-claim",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Kontor-Claim" = String, Header, description = "The claim's token."),
    ),
    request_body(content = GiveUpWish, description = "Nothing."),
    responses(
        (status = 200, description = "The units are free.", body = GivenUpAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn give_up_claim(State(app): State<App>, call: Call) -> Response {
    let answer = give(&app, &call).await;
    call.answer(&app, answer)
}

async fn give(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let (lot, number) = claim_of(app, call)?;
    let GiveUpWish {} = call.json()?;
    let given = give_up(&app.shop, lot, number).await.map_err(of_order)?;
    let body = GivenUpAnswer { state: "released" };
    Ok(Reply::json(StatusCode::OK, &body).replayed(given.before))
}
