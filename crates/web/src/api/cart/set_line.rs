//! `PUT /api/v1/carts/{id}/lines/{sku}`: puts a variant in, changes how many, or takes it out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_domain::catalogue::Sku;
use kontor_shop::cart::{Change, Command, change, show};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{CartAnswer, opened};
use crate::api::call::Call;
use crate::api::catalogue::is_secret;
use crate::api::problem_map::{of_cart, unknown_cart};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};

/// Whoever has the cart's token.
pub(crate) const ROUTE: Route = Route {
    method: Verb::Put,
    path: "/api/v1/carts/{id}/lines/{sku}",
    access: Access::Token,
    class: Class::Write,
    repeat: Repeat::Header,
};

/// How many units a line shall have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 2, "version": 1}))]
pub(crate) struct LineWish {
    /// How many; 0 takes the line out.
    #[schema(minimum = 0, maximum = 10)]
    quantity: u32,
    /// The version of the cart that you have seen.
    version: u64,
}

/// Set a line
///
/// Says how many units of a variant the cart shall hold, for the version of the cart that you have
/// seen. A cart that was changed meanwhile answers 409 `cart.stale_version` with its version.
/// Taking out is always allowed.
#[utoipa::path(
    put,
    path = "/api/v1/carts/{id}/lines/{sku}",
    tag = "Carts",
    operation_id = "set-line",
    params(
        ("id" = String, Path, description = "The cart's id."),
        ("sku" = String, Path, description = "The variant.", example = "BAND-BLACK"),
        ("Kontor-Cart" = String, Header, description = "The cart's token."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; \
            a random UUID. The same key with the same body has one effect and one answer."),
    ),
    request_body(content = LineWish, description = "How many, and for which version."),
    responses(
        (status = 200, description = "The cart after the change.", body = CartAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn set_line(State(app): State<App>, call: Call) -> Response {
    let answer = set(&app, &call).await;
    call.answer(&app, answer)
}

async fn set(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let id = opened(app, call)?;
    let sku: Sku = call.segment("sku").parse().map_err(|_| unknown_variant())?;
    let once = call.once(app, &format!("cart.set {id} {sku}"))?;
    let LineWish { quantity, version } = call.json()?;
    // The path names no market: it is the cart's own.
    let found = show(&app.shop, id).await.map_err(|fault| Problem::fault(&fault))?;
    let (shown, snapshot) = found.ok_or_else(unknown_cart)?;
    let market = snapshot.market(shown.cart.market).ok_or_else(unknown_cart)?;
    if quantity > 0 && is_secret(&snapshot, market, &sku) {
        return Err(unknown_variant());
    }
    let command = Command {
        cart: Some(id),
        market: market.code,
        changes: vec![Change::Set { sku, quantity }],
        version: Some(version),
        once: Some(once),
    };
    let changed = change(&app.shop, command).await.map_err(|failure| {
        let problem = of_cart(failure);
        // Here the variant is a part of the path.
        if problem.code == "cart.unknown_sku" { unknown_variant() } else { problem }
    })?;
    let cart = CartAnswer::of_changed(app, changed.answer.cart);
    Ok(Reply::json(StatusCode::OK, &cart).replayed(changed.replayed))
}

fn unknown_variant() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "catalogue.unknown_sku")
        .detail("There is no such variant. GET /api/v1/{market}/shelf lists them.")
}
