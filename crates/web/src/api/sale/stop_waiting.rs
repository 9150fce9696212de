//! `POST /api/v1/sale/{sale}/stop-waiting`: leave the waiting list.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_domain::sale::TICKET_TEXT_MAX;
use kontor_shop::sale::{SaleRefusal, stop_waiting as stop};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::of_sale;
use super::sale_of;
use crate::api::call::{Call, TICKET};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever holds the ticket. Leaving twice is once.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/sale/{sale}/stop-waiting", Access::Token, Repeat::Natural);

/// A wish to leave the waiting list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub(crate) struct StopWaitingWish {}

/// The waiting list was left.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoppedWaitingAnswer {
    /// Always `false`.
    #[schema(example = false)]
    waiting: bool,
}

/// Leave the waiting list
///
/// Nothing that comes back is offered to you any more; whoever waits behind moves up. Entering the
/// list again, with a new Idempotency-Key, is at its end. Units that you hold already are not given up
/// by this.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/stop-waiting",
    tag = "Sales",
    operation_id = "stop-waiting-in-sale",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Kontor-Ticket" = String, Header, description = "The entry's ticket."),
    ),
    request_body(content = StopWaitingWish, description = "Nothing."),
    responses(
        (status = 200, description = "You do not wait.", body = StoppedWaitingAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn stop_waiting_in_sale(State(app): State<App>, call: Call) -> Response {
    let answer = leave(&app, &call).await;
    call.answer(&app, answer)
}

async fn leave(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let sale = sale_of(call)?;
    let ticket = call.token(TICKET)?;
    if ticket.len() > TICKET_TEXT_MAX {
        let refusal = kontor_domain::sale::TicketRefusal::Malformed;
        return Err(of_sale(&SaleRefusal::Ticket(refusal)));
    }
    let StopWaitingWish {} = call.json()?;
    let left = stop(&app.shop, sale, ticket).await.map_err(|refusal| of_sale(&refusal))?;
    let body = StoppedWaitingAnswer { waiting: false };
    Ok(Reply::json(StatusCode::OK, &body).replayed(left.before))
}
