//! `POST /api/v1/reseller/orders/{id}/cancel`: takes an order back that has not left.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_shop::Failure;
use kontor_shop::reseller::{CancelOrder, Refusal, cancel_order};
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
    Route::write("/api/v1/reseller/orders/{id}/cancel", Access::Token, Repeat::Header);

/// Why an order is cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "ordered twice"}))]
pub(crate) struct CancelWish {
    /// Why, in up to 500 characters; the maker reads it.
    reason: String,
}

/// An order that was cancelled.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResellerOrderCancelled {
    /// Its id.
    #[schema(example = "rso_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    id: String,
    /// `cancelled`.
    state: String,
}

/// Cancel an order
///
/// While it has not left. Its units go back to your allotment, and what it was billed with is no
/// longer owed; of an order whose bill was paid the money has to go back first.
#[utoipa::path(
    post,
    path = "/api/v1/reseller/orders/{id}/cancel",
    tag = "Resellers",
    operation_id = "cancel-reseller-order",
    params(
        ("id" = String, Path, description = "The order.",
            example = "rso_06dyk2m1v5rjz0q3c8s4n7t9ab"),
        ("Authorization" = String, Header, description = "`Bearer rsk_…`: your key."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; \
            a random UUID. The same key with the same body has one effect and one answer."),
    ),
    request_body(content = CancelWish, description = "Why."),
    responses(
        (status = 200, description = "The order is cancelled.", body = ResellerOrderCancelled),
        crate::api::document::Keyed,
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn cancel_reseller_order(State(app): State<App>, call: Call) -> Response {
    let answer = cancel(&app, &call).await;
    call.answer(&app, answer)
}

async fn cancel(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let reseller = holder(app, call).await?.id;
    let once = Some(call.once(app, &format!("reseller.cancel {reseller}"))?);
    let CancelWish { reason } = call.json()?;
    let order = call.segment("id").parse();
    let order = order.map_err(|_| of_reseller(Failure::Refused(Refusal::UnknownOrder)))?;
    let command = CancelOrder { reseller, order, reason, once };
    let cancelled = cancel_order(&app.shop, command).await.map_err(of_reseller)?;
    let id = cancelled.answer.order.to_string();
    let body = ResellerOrderCancelled { id, state: "cancelled".to_owned() };
    Ok(Reply::json(StatusCode::OK, &body).replayed(cancelled.replayed))
}
