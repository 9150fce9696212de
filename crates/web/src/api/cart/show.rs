//! `GET /api/v1/carts/{id}`: a cart as it stands now.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{CartAnswer, opened};
use crate::api::call::Call;
use crate::api::problem_map::unknown_cart;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Whoever has the cart's token.
pub(crate) const ROUTE: Route = Route::secret("/api/v1/carts/{id}", Class::Personal);

/// Read a cart
///
/// Each line with today's price, verdict and stock: what could be bought yesterday may be refused
/// today.
#[utoipa::path(
    get,
    path = "/api/v1/carts/{id}",
    tag = "Carts",
    operation_id = "get-cart",
    params(
        ("id" = String, Path, description = "The cart's id."),
        ("Kontor-Cart" = String, Header, description = "The cart's token."),
    ),
    responses(
        (status = 200, description = "The cart.", body = CartAnswer),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_cart(State(app): State<App>, call: Call) -> Response {
    let answer = show(&app, &call).await;
    call.answer(&app, answer)
}

async fn show(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let id = opened(app, call)?;
    let found = kontor_shop::cart::show(&app.shop, id).await;
    let (shown, _) = found.map_err(|fault| Problem::fault(&fault))?.ok_or_else(unknown_cart)?;
    Ok(Reply::json(StatusCode::OK, &CartAnswer::of_shown(app, &shown)))
}
