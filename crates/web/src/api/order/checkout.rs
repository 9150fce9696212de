//! `GET /api/v1/checkouts/{id}`: where a checkout stands and what it costs to an address.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::{Country, Instant};
use kontor_domain::order::CheckoutState;
use kontor_domain::payment::{PaymentState, TEST_ACTION_PATH};
use kontor_domain::price::{Jurisdiction, us_state};
use kontor_shop::order::{ShownCheckout, checkout};
use serde::Serialize;
use utoipa::ToSchema;

use super::quote::quoted;
use super::show::PaidDepositBody;
use super::{QuoteBody, RefusalBody, opened};
use crate::api::call::{Call, parameter};
use crate::api::money::MoneyBody;
use crate::api::problem_map::unknown_checkout;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Whoever has the checkout's token.
pub(crate) const ROUTE: Route = Route::secret("/api/v1/checkouts/{id}", Class::Personal);

/// A checkout as it stands now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checkout)]
pub(crate) struct CheckoutAnswer {
    /// Its id.
    id: String,
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// `open`, `paying`, `waiting_for_action`, `waiting_for_provider`, `placed`, `failed` (try
    /// again) or `expired`.
    #[schema(value_type = String, example = "open")]
    state: &'static str,
    /// Until when the goods are held.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    /// The server's clock, to count down by.
    #[schema(value_type = String, format = DateTime)]
    now: Instant,
    /// What it costs; once the order is placed, what was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<QuoteBody>,
    /// The deposit that goes towards it; what is left of the total is to be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit: Option<PaidDepositBody>,
    /// Why it cannot be bought now, where there is no quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<RefusalBody>,
    /// The latest attempt to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentBody>,
    /// The address of the order, once it is placed. Its last part is a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
}

/// An attempt to pay.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub(crate) struct PaymentBody {
    /// Its id.
    id: String,
    /// How: `test`, `bank_transfer`.
    #[schema(value_type = String, example = "test")]
    method: &'static str,
    /// `created`, `authorising`, `needs_action`, `authorised`, `captured`, `failed`, `voided`,
    /// `partly_refunded`, `refunded`.
    #[schema(value_type = String, example = "needs_action")]
    state: &'static str,
    /// How much.
    amount: MoneyBody,
    /// The page where the buyer has to do something, while that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

/// Read a checkout
///
/// Where it stands, until when the goods are held, and what it costs. With `country` (and `region`
/// where states levy the tax) the quote is for that address.
#[utoipa::path(
    get,
    path = "/api/v1/checkouts/{id}",
    tag = "Checkouts",
    operation_id = "get-checkout",
    params(
        ("id" = String, Path, description = "The checkout's id."),
        ("Kontor-Checkout" = String, Header, description = "The checkout's token."),
        ("country" = Option<String>, Query, description = "The ship-to country (ISO 3166-1).",
            example = "US"),
        ("region" = Option<String>, Query, description = "The state, by code or name, where \
            states levy the tax.", example = "CA"),
    ),
    responses(
        (status = 200, description = "The checkout.", body = CheckoutAnswer),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_checkout(State(app): State<App>, call: Call) -> Response {
    let answer = show(&app, &call).await;
    call.answer(&app, answer)
}

async fn show(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&["country", "region"])?;
    let id = opened(app, call)?;
    let ship_to = ship_to(call.query("country"), call.query("region"))?;
    let found = checkout(&app.shop, id).await.map_err(|fault| Problem::fault(&fault))?;
    let shown = found.ok_or_else(unknown_checkout)?;
    Ok(Reply::json(StatusCode::OK, &body(app, &shown, ship_to)))
}

/// Where the quote is for.
fn ship_to(country: Option<&str>, region: Option<&str>) -> Result<Option<Jurisdiction>, Problem> {
    let (country, region) = match (country, region) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(parameter("region needs country.")),
        (Some(country), region) => (country, region),
    };
    let country: Country = country
        .parse()
        .map_err(|_| parameter("country is an ISO 3166-1 code of two capital letters."))?;
    if !Jurisdiction::by_state(country) {
        return Ok(Some(Jurisdiction::of_country(country)));
    }
    let state = region.and_then(us_state).ok_or_else(|| {
        parameter("The tax of this country depends on the state: send region, such as CA.")
    })?;
    Ok(Some(Jurisdiction::of_region(country, state)))
}

fn body(app: &App, shown: &ShownCheckout, ship_to: Option<Jurisdiction>) -> CheckoutAnswer {
    let ShownCheckout { checkout, payment, from_sale: _, deposit, snapshot, now } = shown;
    let agreed = checkout.draft.quote.as_ref().filter(|_| checkout.state == CheckoutState::Placed);
    let (quote, refusal) = match agreed {
        Some(quote) => (Some(quote.into()), None),
        None => quoted(snapshot, checkout, ship_to, *now),
    };
    let payment = payment.as_ref().map(|payment| PaymentBody {
        id: payment.id.to_string(),
        method: payment.provider.word(),
        state: payment.state.word(),
        amount: payment.amount.into(),
        action: (payment.state == PaymentState::NeedsAction)
            .then(|| format!("{TEST_ACTION_PATH}/{}", payment.id)),
    });
    let order = checkout.order.map(|order| app.shop.keys.order_token(order));
    CheckoutAnswer {
        id: checkout.id.to_string(),
        market: checkout.market.to_string(),
        // For whoever asks, an end is an end.
        state: match checkout.state {
            CheckoutState::Forgotten => CheckoutState::Expired.word(),
            state => state.word(),
        },
        expires_at: checkout.expires_at,
        now: *now,
        quote,
        deposit: deposit.map(|(amount, paid_at)| PaidDepositBody::of(amount, paid_at)),
        refusal,
        payment,
        order: order.map(|token| format!("/api/v1/orders/{token}")),
    }
}
