//! `GET /api/v1/sale/{sale}/entry`: how somebody who has entered stands.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::Instant;
use kontor_base::id::CheckoutId;
use kontor_domain::sale::TICKET_TEXT_MAX;
use kontor_ledger::sale::ClaimState;
use kontor_shop::core::claim_bytes;
use kontor_shop::sale::{SaleRefusal, Status, status};
use serde::Serialize;
use utoipa::ToSchema;

use super::claim::ClaimAnswer;
use super::problem::of_sale;
use super::sale_of;
use super::show::RangeBody;
use super::wait::PlaceBody;
use crate::api::call::{Call, TICKET};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Whoever holds a ticket.
pub(crate) const ROUTE: Route = Route::secret("/api/v1/sale/{sale}/entry", Class::Personal);

/// How an entry stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryStatus {
    /// The entry.
    entry: String,
    /// Where the sale stands: `announced`, `registration`, `doors`, `live`, `sold_out`, `halted`.
    #[schema(value_type = String, example = "live")]
    state: &'static str,
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// The way in.
    #[schema(value_type = String, example = "rush")]
    way: &'static str,
    /// Whether the person was there before it went live.
    present: bool,
    /// The server's clock, to count down by.
    #[schema(value_type = String, format = DateTime)]
    now: Instant,
    /// When it goes live.
    #[schema(value_type = String, format = DateTime)]
    live_at: Instant,
    /// How many come in before this person; not there while the order is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    ahead: Option<u64>,
    /// Whether units may be taken now.
    turn: bool,
    /// `none`, `waitlist`, `slim`, `open`, `good`, `certain`: never better than the truth.
    #[schema(value_type = String, example = "good")]
    chance: &'static str,
    /// Units that are free on this way in, in a range of a power of ten.
    free: RangeBody,
    /// What the person holds or has bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<ClaimAnswer>,
    /// The checkout of the claim, once it has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout: Option<CheckoutLink>,
    /// The place in the waiting list.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<PlaceBody>,
    /// In how many milliseconds to ask again. Asking sooner helps nobody.
    #[schema(example = 5_000)]
    poll_after_ms: u64,
}

/// Where a claim's checkout is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckoutLink {
    /// Its id.
    id: String,
    /// Its token.
    token: String,
}

/// Read an entry
///
/// Place, turn, honest chance, what is held and until when. Made from memory: it costs the shop
/// little, and asking more often than `poll_after_ms` brings nothing.
#[utoipa::path(
    get,
    path = "/api/v1/sale/{sale}/entry",
    tag = "Sales",
    operation_id = "get-entry",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Kontor-Ticket" = String, Header, description = "The entry's ticket."),
    ),
    responses(
        (status = 200, description = "How the entry stands.", body = EntryStatus),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_entry(State(app): State<App>, call: Call) -> Response {
    let answer = look(&app, &call).await;
    call.answer(&app, answer)
}

async fn look(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let sale = sale_of(call)?;
    let ticket = call.token(TICKET)?;
    if ticket.len() > TICKET_TEXT_MAX {
        let refusal = kontor_domain::sale::TicketRefusal::Malformed;
        return Err(of_sale(&SaleRefusal::Ticket(refusal)));
    }
    let status = status(&app.shop, sale, ticket).await.map_err(|refusal| of_sale(&refusal))?;
    Ok(Reply::json(StatusCode::OK, &body(app, &status)))
}

fn body(app: &App, status: &Status) -> EntryStatus {
    let begun =
        status.claim.filter(|claim| matches!(claim.state, ClaimState::Checkout | ClaimState::Sold));
    EntryStatus {
        entry: status.ticket.entry.to_string(),
        state: status.state.word(),
        market: status.ticket.market.to_string(),
        way: status.ticket.way.word(),
        present: status.ticket.present,
        now: status.now,
        live_at: status.live_at,
        ahead: status.ahead,
        turn: status.turn,
        chance: status.chance.word(),
        free: status.free.into(),
        claim: status.claim.as_ref().map(|claim| ClaimAnswer::of(app, claim)),
        checkout: begun.map(|claim| {
            let id = CheckoutId::from_bytes(claim_bytes(claim.lot, claim.number));
            CheckoutLink { id: id.to_string(), token: app.shop.keys.checkout_token(id) }
        }),
        waiting: status.waiting.map(|(place, ahead)| PlaceBody { place, ahead }),
        poll_after_ms: status.poll_after_ms,
    }
}
