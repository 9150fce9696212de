//! `POST /api/v1/sale/{sale}/claim`: the hot request of a sale.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::id::SaleId;
use kontor_base::{Country, limits};
use kontor_domain::sale::TICKET_TEXT_MAX;
use kontor_shop::sale::{Claimed, Wish, claim};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::of_sale;
use super::sale_of;
use crate::api::call::{Call, IDEMPOTENCY_KEY, field, invalid};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever holds a ticket may ask.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/sale/{sale}/claim", Access::Token, Repeat::Header);

/// A wish for units.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ticket": "AQEA…", "units": 1, "ship_to": "US"}))]
pub(crate) struct ClaimWish {
    /// The ticket that came with the entry.
    ticket: String,
    /// How many units.
    #[schema(example = 1)]
    units: u8,
    /// The country that they shall go to.
    #[schema(example = "US")]
    ship_to: String,
}

/// Units that are held.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClaimAnswer {
    /// The claim's secret.
    claim: String,
    /// The claim's number in its lot.
    #[schema(example = 17)]
    number: u32,
    /// What has become of it: `held`, `checkout`, `sold`, `released`, `expired`.
    #[schema(value_type = String, example = "held")]
    state: &'static str,
    /// How many units.
    #[schema(example = 1)]
    units: u8,
    /// The first moment at which the hold is no longer good.
    #[schema(value_type = String, example = "2015-04-08T04:15:00Z")]
    expires_at: kontor_base::Instant,
}

/// Take units in a sale
///
/// Decided in memory and on disk before the answer. The same request again has the same answer. A
/// loser's answer is not kept under the key: the request may be sent again.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/claim",
    tag = "Sales",
    operation_id = "claim-in-sale",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Idempotency-Key" = String, Header, description = "A random UUID, the same one when you try again."),
    ),
    request_body(content = ClaimWish, description = "With which ticket, how many, and where to."),
    responses(
        (status = 201, description = "The units are held; the row is on disk.", body = ClaimAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn claim_in_sale(State(app): State<App>, call: Call) -> Response {
    let answer = take(&app, &call).await;
    call.answer(&app, answer)
}

async fn take(app: &App, call: &Call) -> Result<Reply, Problem> {
    let wished = wished(app, call, "sale.claim")?;
    let claimed = claim(&app.shop, wished.wish()).await.map_err(|refusal| of_sale(&refusal))?;
    let body = ClaimAnswer::of(app, &claimed);
    Ok(Reply::json(StatusCode::CREATED, &body).replayed(claimed.replayed))
}

/// A wish that has been read.
pub(super) struct Wished<'c> {
    sale: SaleId,
    key: &'c str,
    ticket: String,
    units: u8,
    ship_to: Country,
}

impl Wished<'_> {
    pub(super) fn wish(&self) -> Wish<'_> {
        let Self { sale, key, ref ticket, units, ship_to } = *self;
        Wish { sale, ticket, key, units, ship_to }
    }
}

/// Reads the body and the key of a wish for units.
pub(super) fn wished<'c>(app: &App, call: &'c Call, scope: &str) -> Result<Wished<'c>, Problem> {
    call.only_queries(&[])?;
    let sale = sale_of(call)?;
    // The guard of the header's form; the hash that it makes is not used: a claim's own identity
    // belongs to the ticket, whatever the body says.
    call.once(app, scope)?;
    let key = call.headers.get(IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok()).unwrap_or("");
    debug_assert!(key.len() <= limits::IDEMPOTENCY_KEY_CHARS_MAX, "checked above");
    let ClaimWish { ticket, units, ship_to } = call.json()?;
    if ticket.len() > TICKET_TEXT_MAX {
        return Err(invalid(vec![field("/ticket", "request.bad_value", "too long for a ticket")]));
    }
    let ship_to: Country = ship_to.parse().map_err(|_| {
        invalid(vec![field("/ship_to", "request.unknown_value", "not a country's two letters")])
    })?;
    Ok(Wished { sale, key, ticket, units, ship_to })
}

impl ClaimAnswer {
    /// A claim as its holder sees it.
    pub(super) fn of(app: &App, claimed: &Claimed) -> Self {
        Self {
            claim: app.shop.keys.claim_token(claimed.lot, claimed.number),
            number: claimed.number,
            state: claimed.state.as_str(),
            units: claimed.units,
            expires_at: claimed.expires_at,
        }
    }
}
