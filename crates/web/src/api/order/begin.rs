//! `POST /api/v1/carts/{id}/checkout`: holds what is in the cart and begins a checkout.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::{Instant, Language};
use kontor_shop::order::{Begin, ShownCheckout, begin, checkout};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quote::quoted;
use super::{QuoteBody, RefusalBody};
use crate::api::call::{Call, field, invalid};
use crate::api::cart::opened;
use crate::api::problem_map::{of_order, unknown_checkout};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever has the cart's token.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/carts/{id}/checkout", Access::Token, Repeat::Header);

/// A wish to check out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 1, "language": "en"}))]
pub(crate) struct CheckoutWish {
    /// The version of the cart that you have seen; if not said, whatever it is.
    #[serde(default)]
    version: Option<u64>,
    /// The language of the purchase: `en` (if not said), `de`, `zh`, `hi`. The order's texts are
    /// in it.
    #[serde(default)]
    #[schema(example = "en")]
    language: Option<String>,
}

/// A checkout that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckoutStarted {
    /// Its id.
    #[schema(example = "chk_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    id: String,
    /// The token that opens it, to be sent as `Kontor-Checkout`. Keep it secret.
    token: String,
    /// Until when the goods are held.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    /// What it costs, as far as it can be told without an address. Always as of now, also when
    /// the request is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<QuoteBody>,
    /// Why it cannot be bought now, where there is no quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<RefusalBody>,
}

/// Begin a checkout
///
/// Asks for every line anew whether it may be sold, and holds the stock for a while. Where tax
/// depends on the address, read the checkout with `country` and `region` to see the total before
/// you pay.
#[utoipa::path(
    post,
    path = "/api/v1/carts/{id}/checkout",
    tag = "Checkouts",
    operation_id = "begin-checkout",
    params(
        ("id" = String, Path, description = "The cart's id."),
        ("Kontor-Cart" = String, Header, description = "The cart's token."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; \
            a random UUID. The same key with the same body has one effect and one answer."),
    ),
    request_body(content = CheckoutWish, description = "Which version, in which language."),
    responses(
        (status = 201, description = "The checkout; the goods are held.", body = CheckoutStarted),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn begin_checkout(State(app): State<App>, call: Call) -> Response {
    let answer = start(&app, &call).await;
    call.answer(&app, answer)
}

async fn start(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let cart = opened(app, call)?;
    let once = call.once(app, &format!("order.begin {cart}"))?;
    let CheckoutWish { version, language } = call.json()?;
    let language = language.as_deref().map_or(Ok(Language::En), str::parse).map_err(|_| {
        let detail = "language is one of en, de, zh, hi";
        invalid(vec![field("/language", "request.unknown_value", detail)])
    })?;
    let command = Begin { cart, version, language, once: Some(once) };
    let began = begin(&app.shop, command).await.map_err(of_order)?;
    let id = began.answer.checkout;
    let found = checkout(&app.shop, id).await.map_err(|fault| Problem::fault(&fault))?;
    let shown = found.ok_or_else(unknown_checkout)?;
    let body = started(app, &shown);
    Ok(Reply::json(StatusCode::CREATED, &body)
        .at(format!("/api/v1/checkouts/{id}"))
        .replayed(began.replayed))
}

/// A checkout that has begun, with its quote of now.
pub(crate) fn started(app: &App, shown: &ShownCheckout) -> CheckoutStarted {
    let ShownCheckout { checkout, snapshot, now, .. } = shown;
    let (quote, refusal) = quoted(snapshot, checkout, None, *now);
    CheckoutStarted {
        id: checkout.id.to_string(),
        token: app.shop.keys.checkout_token(checkout.id),
        expires_at: checkout.expires_at,
        quote,
        refusal,
    }
}
