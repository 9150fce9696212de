//! `POST /api/v1/sale/{sale}/entry`: enter a sale and get a ticket.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::{Country, Email, Phone};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::Way;
use kontor_shop::sale::{Enter, enter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::of_sale;
use super::sale_of;
use crate::api::call::{Call, field, invalid, unknown_market};
use crate::api::problem_map::of;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Anybody may enter. The same person twice is one entry, so no key is needed.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/sale/{sale}/entry", Access::Public, Repeat::Natural);

/// A wish to enter. Not `Debug`: it is somebody's address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"market": "us", "way": "rush", "email": "ada@shop.example", "ship_to": "US"}))]
pub(crate) struct EntryWish {
    /// The market in which to buy.
    #[schema(example = "us")]
    market: String,
    /// The way in: `rush`, `draw`, `code`, `batch`.
    #[schema(example = "rush")]
    way: String,
    /// The person's address.
    #[schema(example = "ada@shop.example")]
    email: String,
    /// The person's telephone number, if it shall be known.
    #[serde(default)]
    phone: Option<String>,
    /// The country that the parcel will go to.
    #[schema(example = "US")]
    ship_to: String,
    /// The code, for the way `code`.
    #[serde(default)]
    code: Option<String>,
}

/// An entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryAnswer {
    /// The entry, by which the public order is worked out.
    entry: String,
    /// The ticket. Keep it secret.
    ticket: String,
    /// Whether the person was there before the sale went live.
    present: bool,
}

/// Enter a sale
///
/// The same person gets the same entry and ticket again; a person is known by the address or the
/// telephone number, which are kept only as keyed hashes.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/entry",
    tag = "Sales",
    operation_id = "enter-sale",
    params(("sale" = String, Path, description = "The sale's id.")),
    request_body(content = EntryWish, description = "Who enters, and where."),
    responses(
        (status = 201, description = "The entry.", body = EntryAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn enter_sale(State(app): State<App>, call: Call) -> Response {
    let answer = take_in(&app, &call).await;
    call.answer(&app, answer)
}

async fn take_in(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let sale = sale_of(call)?;
    let EntryWish { market, way, email, phone, ship_to, code } = call.json()?;
    let bad = |pointer, code, detail| invalid(vec![field(pointer, code, detail)]);
    let market: MarketCode = market.parse().map_err(|_| unknown_market())?;
    let way = Way::from_word(&way)
        .ok_or_else(|| bad("/way", "request.unknown_value", "one of rush, draw, code, batch"))?;
    let email = Email::parse(&email)
        .map_err(|_| bad("/email", "request.bad_value", "not an e-mail address"))?;
    let phone = phone
        .map(|phone| Phone::parse(&phone))
        .transpose()
        .map_err(|_| bad("/phone", "request.bad_value", "not a telephone number"))?;
    let ship_to: Country = ship_to
        .parse()
        .map_err(|_| bad("/ship_to", "request.unknown_value", "not a country's two letters"))?;
    let wish = Enter { sale, market, way, email, phone, ship_to, code };
    let entered = enter(&app.shop, wish).await.map_err(|failure| of(failure, |r| of_sale(&r)))?;
    let body = EntryAnswer {
        entry: entered.entry.to_string(),
        ticket: entered.ticket,
        present: entered.present,
    };
    Ok(Reply::json(StatusCode::CREATED, &body).replayed(entered.before))
}
