//! `POST /api/v1/reseller/orders`: an order under a contract.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::Country;
use kontor_domain::catalogue::Sku;
use kontor_shop::reseller::{LINES_MAX, OrderCommand, order};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::show::ResellerLineBody;
use super::{holder, of_reseller};
use crate::api::call::{Call, field, invalid};
use crate::api::money::MoneyBody;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever has a reseller's key.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/reseller/orders", Access::Token, Repeat::Header);

/// An order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contract": "NL-2015-3", "ship_to": "NL",
    "lines": [{"sku": "BAND-BLACK", "units": 100}]}))]
pub(crate) struct ResellerWish {
    /// The contract.
    contract: String,
    /// The country that it goes to, two letters.
    ship_to: String,
    /// What, 1 to 500 lines.
    lines: Vec<ResellerWishLine>,
}

/// A line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResellerWishLine {
    /// The variant.
    sku: String,
    /// How many.
    units: u32,
}

/// An order that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResellerOrderTaken {
    /// Its id.
    #[schema(example = "rso_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    id: String,
    /// What is in it.
    lines: Vec<ResellerLineBody>,
    /// What it costs, before tax.
    total: MoneyBody,
}

/// Order under your contract
///
/// Taken from your allotment, all of it or nothing. What the contract does not allow is refused with
/// the clause that says so: every reason at once, in more.refusals.
#[utoipa::path(
    post,
    path = "/api/v1/reseller/orders",
    tag = "Resellers",
    operation_id = "place-reseller-order",
    params(
        ("Authorization" = String, Header, description = "`Bearer rsk_…`: your key."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; \
            a random UUID. The same key with the same body has one effect and one answer."),
    ),
    request_body(content = ResellerWish, description = "What you order."),
    responses(
        (status = 201, description = "The order is taken.", body = ResellerOrderTaken),
        crate::api::document::Keyed,
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn place_reseller_order(State(app): State<App>, call: Call) -> Response {
    let answer = place(&app, &call).await;
    call.answer(&app, answer)
}

async fn place(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let reseller = holder(app, call).await?;
    let once = call.once(app, &format!("reseller.order {}", reseller.id))?;
    let ResellerWish { contract, ship_to, lines } = call.json()?;
    let bad = |pointer: &str, detail: &str| {
        invalid(vec![field(pointer, "request.unknown_value", detail)])
    };
    if lines.len() > LINES_MAX {
        return Err(bad("/lines", "an order has at most 500 lines"));
    }
    let ship_to: Country =
        ship_to.parse().map_err(|_| bad("/ship_to", "not a country's two letters"))?;
    let lines = lines.into_iter().enumerate().map(|(at, line)| {
        let sku: Sku =
            line.sku.parse().map_err(|_| bad(&format!("/lines/{at}/sku"), "not a variant"))?;
        Ok((sku, line.units))
    });
    let lines = lines.collect::<Result<_, Problem>>()?;
    let reseller = reseller.id;
    let command = OrderCommand { reseller, contract, ship_to, lines, once: Some(once) };
    let taken = order(&app.shop, command).await.map_err(of_reseller)?;
    let body = ResellerOrderTaken {
        id: taken.answer.order.to_string(),
        lines: taken.answer.body.lines.iter().map(ResellerLineBody::of).collect(),
        total: taken.answer.body.total.into(),
    };
    Ok(Reply::json(StatusCode::CREATED, &body).replayed(taken.replayed))
}
