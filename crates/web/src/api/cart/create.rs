//! `POST /api/v1/{market}/carts`: makes a cart.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_domain::cart::CartRefusal;
use kontor_domain::catalogue::Sku;
use kontor_shop::Failure;
use kontor_shop::cart::{Change, Command, change};
use serde::Deserialize;
use utoipa::ToSchema;

use super::CartAnswer;
use crate::api::call::{Call, field, invalid};
use crate::api::catalogue::is_secret;
use crate::api::object::Object;
use crate::api::problem_map::of_cart;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Anybody may make a cart.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/{market}/carts", Access::Public, Repeat::Header);

/// What a new cart holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lines": [{"sku": "BAND-BLACK", "quantity": 1}]}))]
pub(crate) struct NewCart {
    /// Its lines, 1 to 20 different variants. The same variant twice adds up.
    #[schema(value_type = Vec<NewLine>, min_items = 1, max_items = 20)]
    lines: Vec<Object<NewLine>>,
}

/// A line of a new cart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLine {
    /// The variant.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// How many.
    #[schema(minimum = 1, maximum = 10, example = 1)]
    quantity: u32,
}

impl NewCart {
    fn changes(self) -> Result<Vec<Change>, Problem> {
        if self.lines.is_empty() {
            let detail = "a cart begins with at least one line";
            return Err(invalid(vec![field("/lines", "request.bad_value", detail)]));
        }
        let mut errors = Vec::new();
        let mut changes = Vec::with_capacity(self.lines.len());
        for (i, Object(NewLine { sku, quantity })) in self.lines.into_iter().enumerate() {
            match sku.parse::<Sku>() {
                Ok(sku) => changes.push(Change::Add { sku, quantity }),
                Err(error) => {
                    let pointer = format!("/lines/{i}/sku");
                    errors.push(field(&pointer, "request.bad_value", &error.to_string()));
                }
            }
        }
        if errors.is_empty() { Ok(changes) } else { Err(invalid(errors)) }
    }
}

/// Make a cart
///
/// What may not be sold in the market today does not get in (409 `clearance.refused` with the
/// reasons). Stock is not held yet: that begins with the checkout. The key of this request is as
/// secret as the cart's token: use a random UUID.
#[utoipa::path(
    post,
    path = "/api/v1/{market}/carts",
    tag = "Carts",
    operation_id = "create-cart",
    params(
        ("market" = String, Path, description = "The market's code.", example = "us"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; \
            a random UUID. The same key with the same body has one effect and one answer."),
    ),
    request_body(content = NewCart, description = "The first lines."),
    responses(
        (status = 201, description = "The cart, with the token that opens it.", body = CartAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn create_cart(State(app): State<App>, call: Call) -> Response {
    let answer = create(&app, &call).await;
    call.answer(&app, answer)
}

async fn create(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let snapshot = app.shop.snapshots.now();
    let market = call.market(&snapshot)?;
    let once = call.once(app, &format!("cart.create {}", market.code))?;
    let changes = call.json::<NewCart>()?.changes()?;
    for change in &changes {
        let (Change::Add { sku, .. } | Change::Set { sku, .. }) = change;
        if is_secret(&snapshot, market, sku) {
            return Err(of_cart(Failure::Refused(
                CartRefusal::UnknownSku { sku: sku.clone() }.into(),
            )));
        }
    }
    let market = market.code;
    let command = Command { cart: None, market, changes, version: None, once: Some(once) };
    let changed = change(&app.shop, command).await.map_err(of_cart)?;
    let cart = changed.answer.cart;
    let location = format!("/api/v1/carts/{}", cart.id);
    Ok(Reply::json(StatusCode::CREATED, &CartAnswer::of_changed(app, cart))
        .at(location)
        .replayed(changed.replayed))
}
