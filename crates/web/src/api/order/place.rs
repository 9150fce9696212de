//! `POST /api/v1/checkouts/{id}/order`: pays a checkout and places the order.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_domain::customer::{AddressForm, ContactForm};
use kontor_domain::payment::{ProviderKind, TestScenario};
use kontor_shop::order::{Pay, pay};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{PaymentOutcome, opened, reply_of};
use crate::api::call::{Call, field, invalid};
use crate::api::money::MoneySeen;
use crate::api::object::Object;
use crate::api::problem_map::of_order;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever has the checkout's token.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/checkouts/{id}/order", Access::Token, Repeat::Header);

/// A wish to pay. Not `Debug`: it is made of what somebody typed about themselves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "contact": {"email": "ada@shop.example", "name": "Ada Lovelace"},
    "address": {"name": "Ada Lovelace", "line1": "1 Market Street", "city": "San Francisco",
        "region": "CA", "postcode": "94105", "country": "US"},
    "total_seen": {"minor": 1905, "currency": "USD"},
    "payment": {"method": "test", "scenario": "succeeds"}
}))]
pub(crate) struct OrderWish {
    /// Who buys.
    #[schema(value_type = ContactWish)]
    contact: Object<ContactWish>,
    /// Where it goes.
    #[schema(value_type = AddressWish)]
    address: Object<AddressWish>,
    /// The total that the buyer has seen: `quote.totals.total` of the checkout for this address.
    #[schema(value_type = MoneySeen)]
    total_seen: Object<MoneySeen>,
    /// How to pay.
    #[schema(value_type = PaymentWish)]
    payment: Object<PaymentWish>,
}

/// Who buys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactWish {
    /// The e-mail address for the confirmation.
    #[serde(default)]
    #[schema(required = true, example = "ada@shop.example")]
    email: String,
    /// The telephone number, for the carrier.
    #[serde(default)]
    phone: String,
    /// The buyer's name.
    #[serde(default)]
    #[schema(required = true, example = "Ada Lovelace")]
    name: String,
}

/// Where a parcel goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressWish {
    /// Who receives it.
    #[serde(default)]
    #[schema(required = true, example = "Ada Lovelace")]
    name: String,
    /// Street and number.
    #[serde(default)]
    #[schema(required = true, example = "1 Market Street")]
    line1: String,
    /// What else the carrier needs.
    #[serde(default)]
    line2: String,
    /// The city; may be left out in a city state.
    #[serde(default)]
    #[schema(example = "San Francisco")]
    city: String,
    /// The state or province, by code or name, where it is needed.
    #[serde(default)]
    #[schema(example = "CA")]
    region: String,
    /// The postcode, where there are any.
    #[serde(default)]
    #[schema(example = "94105")]
    postcode: String,
    /// The country (ISO 3166-1).
    #[serde(default)]
    #[schema(required = true, example = "US")]
    country: String,
}

/// How to pay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentWish {
    /// The way to pay.
    method: Method,
    /// What the test provider shall play; `succeeds` if not said.
    #[serde(default)]
    scenario: Option<Scenario>,
}

/// A way to pay.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    /// The built-in provider that takes no money.
    Test,
    /// The buyer transfers the money; the goods are held meanwhile.
    BankTransfer,
}

/// What the test provider plays.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scenario {
    /// Says yes at once.
    Succeeds,
    /// Says no at once.
    Declined,
    /// Asks the buyer to confirm first.
    NeedsAction,
    /// Says yes 20 seconds later.
    AnswersLate,
    /// Says yes, but the first attempt to collect the money fails.
    CaptureFails,
}

impl PaymentWish {
    /// The way to pay, and what the test provider shall play.
    pub(crate) fn read(&self) -> Result<(ProviderKind, TestScenario), Problem> {
        match (self.method, self.scenario) {
            (Method::BankTransfer, None) => {
                Ok((ProviderKind::BankTransfer, TestScenario::default()))
            }
            (Method::BankTransfer, Some(_)) => {
                let detail = "only the test provider plays scenarios";
                Err(invalid(vec![field("/payment/scenario", "request.bad_value", detail)]))
            }
            (Method::Test, scenario) => {
                let scenario = match scenario.unwrap_or(Scenario::Succeeds) {
                    Scenario::Succeeds => TestScenario::Succeeds,
                    Scenario::Declined => TestScenario::Declined,
                    Scenario::NeedsAction => TestScenario::NeedsAction,
                    Scenario::AnswersLate => TestScenario::AnswersLate,
                    Scenario::CaptureFails => TestScenario::CaptureFails,
                };
                Ok((ProviderKind::Test, scenario))
            }
        }
    }
}

/// Place the order
///
/// Checks everything once more (verdict for this address, price, tax, stock), asks the provider,
/// and places the order. 201: the order is on disk. 202: the buyer has to act, or the provider
/// answers later. 402: declined; the goods are still held. 409 with `order.total_changed` tells
/// the total of now. An answer of 201, 202, 402 or `order.gone` is kept under the key; after any
/// other the same key may be used again.
#[utoipa::path(
    post,
    path = "/api/v1/checkouts/{id}/order",
    tag = "Checkouts",
    operation_id = "place-order",
    params(
        ("id" = String, Path, description = "The checkout's id."),
        ("Kontor-Checkout" = String, Header, description = "The checkout's token."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; \
            a random UUID. The same key with the same body has one effect and one answer."),
    ),
    request_body(content = OrderWish, description = "Who, where, how much, how."),
    responses(
        (status = 201, description = "The order is placed.", body = PaymentOutcome),
        (status = 202, description = "Not decided: the buyer has to act, or the provider answers \
            later.", body = PaymentOutcome),
        crate::api::document::Declining,
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn place_order(State(app): State<App>, call: Call) -> Response {
    let answer = place(&app, &call).await;
    call.answer(&app, answer)
}

async fn place(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let checkout = opened(app, call)?;
    let once = call.once(app, &format!("order.place {checkout}"))?;
    let OrderWish { contact, address, total_seen, payment } = call.json()?;
    let (Object(contact), Object(address)) = (contact, address);
    let (provider, scenario) = payment.0.read()?;
    let command = Pay {
        checkout,
        contact: ContactForm { email: contact.email, phone: contact.phone, name: contact.name },
        ship_to: AddressForm {
            name: address.name,
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            region: address.region,
            postcode: address.postcode,
            country: address.country,
        },
        total_seen: total_seen.0.read("/total_seen")?,
        provider,
        scenario,
        once: Some(once),
    };
    let paid = pay(&app.shop, command).await.map_err(of_order)?;
    Ok(reply_of(app, paid.answer, StatusCode::CREATED).replayed(paid.replayed))
}
