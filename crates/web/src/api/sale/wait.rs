//! `POST /api/v1/sale/{sale}/wait`: stand in line for units that come back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_shop::sale::{Placed, wait};
use serde::Serialize;
use utoipa::ToSchema;

use super::claim::{ClaimAnswer, ClaimWish, wished};
use super::problem::of_sale;
use crate::api::call::Call;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever holds a ticket may ask.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/sale/{sale}/wait", Access::Token, Repeat::Header);

/// What somebody has who asked to wait: a place, or units because the line has come to them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitAnswer {
    /// The place in line.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<PlaceBody>,
    /// The units, once the line has come to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<ClaimAnswer>,
}

/// A place in the waiting list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceBody {
    /// The place, counted from 1 and never given to another.
    #[schema(example = 12)]
    pub(super) place: u32,
    /// How many stand before it now.
    #[schema(example = 3)]
    pub(super) ahead: u32,
}

/// Wait for units that come back
///
/// Units whose hold ends or that are given up go to the first in line, not to whoever asks fastest.
/// When the line has come to you, the units are held like any claim: `GET …/entry` shows them. The
/// same request again has the same place.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/wait",
    tag = "Sales",
    operation_id = "wait-in-sale",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Idempotency-Key" = String, Header, description = "A random UUID, the same one when you try again."),
    ),
    request_body(content = ClaimWish, description = "With which ticket, how many, and where to."),
    responses(
        (status = 201, description = "The place, or the units.", body = WaitAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn wait_in_sale(State(app): State<App>, call: Call) -> Response {
    let answer = stand(&app, &call).await;
    call.answer(&app, answer)
}

async fn stand(app: &App, call: &Call) -> Result<Reply, Problem> {
    let wished = wished(app, call, "sale.wait")?;
    let placed = wait(&app.shop, wished.wish()).await.map_err(|refusal| of_sale(&refusal))?;
    let body = match placed {
        Placed::Waiting { place, ahead } => {
            WaitAnswer { waiting: Some(PlaceBody { place, ahead }), claim: None }
        }
        Placed::Claimed(claimed) => {
            WaitAnswer { waiting: None, claim: Some(ClaimAnswer::of(app, &claimed)) }
        }
    };
    Ok(Reply::json(StatusCode::CREATED, &body))
}
