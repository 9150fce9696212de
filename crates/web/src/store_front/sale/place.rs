//! A person's place in a sale: by the ticket in the cookie, or by the link to keep.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::Instant;
use kontor_base::id::{self, CheckoutId, SaleId};
use kontor_domain::sale::{DepositState, SaleState, TICKET_TEXT_MAX, Way};
use kontor_ledger::sale::ClaimState;
use kontor_shop::core::claim_bytes;
use kontor_shop::order::{KeptDeposit, deposit_of_entry};
use kontor_shop::sale::{Claimed, SaleRefusal, ShownSale, Status, status};
use serde::Deserialize;

use super::list::product;
use super::public::find;
use super::{never_kept, refused, sale_id, way_name};
use crate::kit::app::App;
use crate::kit::cookie;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Class, Route};
use crate::page::{PlaceDeposit, PlacePage, PlaceState};
use crate::store_front::visit::{Visit, nothing_here};

pub(super) const ROUTE: Route =
    Route::secret("/{market}/{language}/sale/{sale}/place", Class::Personal);
pub(super) const LINK: Route =
    Route::secret("/{market}/{language}/sale/{sale}/place/{token}", Class::Personal);

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    again: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path((market, language, sale)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let (visit, seen) = match find(&app, &market, &language, &sale).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let Some(ticket) = cookie::ticket(&headers, &seen.definition.sale) else {
        return to_sale(&visit, seen.definition.sale);
    };
    let shown = Shown { notice: None, before: asked.again.is_some(), status: StatusCode::OK };
    answer(&app, &visit, &seen, ticket, shown).await
}

/// The link to keep: it puts the ticket into the cookie and shows the place.
pub(super) async fn come_back(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, sale, token)): Path<(String, String, String, String)>,
) -> Response {
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let Some(sale) = sale_id(&sale) else { return nothing_here(&app, &uri) };
    let read = app.shop.keys.tickets().read(&token, sale, app.shop.now());
    if token.len() > TICKET_TEXT_MAX || read.is_err() {
        return nothing_here(&app, &uri);
    }
    let mut answer = Redirect::to(&visit.path(&format!("sale/{sale}/place"))).into_response();
    cookie::set_ticket(answer.headers_mut(), &app, &sale, &token);
    never_kept(answer)
}

/// To the sale's own page: who has no place can get one there.
pub(super) fn to_sale(visit: &Visit, sale: SaleId) -> Response {
    never_kept(Redirect::to(&visit.path(&format!("sale/{sale}"))).into_response())
}

/// What an answer says besides the place itself.
pub(super) struct Shown {
    /// Something that could not be done.
    pub(super) notice: Option<&'static str>,
    /// The person had entered before.
    pub(super) before: bool,
    pub(super) status: StatusCode,
}

/// The page of a place as it stands.
pub(super) async fn answer(
    app: &App,
    visit: &Visit,
    seen: &ShownSale,
    ticket: &str,
    shown: Shown,
) -> Response {
    let sale = seen.definition.sale;
    let path = visit.path(&format!("sale/{sale}/place"));
    if ticket.len() > TICKET_TEXT_MAX {
        return to_sale(visit, sale);
    }
    let (state, status) = match status(&app.shop, sale, ticket).await {
        Ok(status) if status.ticket.market != visit.code => return to_sale(visit, sale),
        Ok(status) => (state_of(app, visit, seen, &status, shown.before), Some(status)),
        // It no longer runs: the report says how it went.
        Err(SaleRefusal::Unknown) => (PlaceState::Over, None),
        Err(SaleRefusal::Ticket(_)) => return to_sale(visit, sale),
        Err(refusal) => return refused(app, &path, &refusal),
    };
    let ticket_read = app.shop.keys.tickets().read(ticket, sale, app.shop.now()).ok();
    let Some((_, model)) = product(visit, &seen.definition.sku) else {
        return to_sale(visit, sale);
    };
    let way = ticket_read.as_ref().map_or(Way::Rush, |ticket| ticket.way);
    let deposit = match ticket_read.as_ref() {
        Some(ticket) if seen.definition.deposit(ticket.market, way).is_some() => {
            match deposit_of_entry(&app.shop, ticket.entry).await {
                Ok(Some(kept)) => Some(kept),
                // The place was given up before the line was made.
                Ok(None) => return to_sale(visit, sale),
                Err(fault) => return Problem::fault(&fault).respond(app, &path, None),
            }
        }
        _ => None,
    };
    let token = |kept: &KeptDeposit| app.shop.keys.deposit_token(kept.id);
    let below = |kept: &KeptDeposit| visit.path(&format!("sale/{sale}/deposit/{}", token(kept)));
    if let Some(back) = deposit.as_ref().filter(|kept| kept.state == DepositState::Returned) {
        return never_kept(Redirect::to(&below(back)).into_response());
    }
    let page = PlacePage {
        shell: visit.private_shell(app, &format!("sale/{sale}/place")),
        sale: sale.to_string(),
        name: model.text(visit.language, |text| &text.name).to_owned(),
        picture: visit.snapshot.picture(model),
        way: way_name(way),
        state,
        chance: status.as_ref().map_or("none", |status| status.chance.word()),
        free: status.as_ref().map_or((0, 0), |status| (status.free.from, status.free.to)),
        live_at: seen.definition.windows.live_at,
        now: app.shop.now(),
        hold_minutes: seen.definition.hold_minutes,
        poll_after_ms: status.as_ref().map_or(30_000, |status| status.poll_after_ms),
        units_max: seen.definition.per_person,
        countries: app.shop.sales.live(sale).map_or_else(Vec::new, |live| {
            live.countries(&visit.snapshot.known, visit.code, app.shop.now())
        }),
        key: id::encode(app.shop.random.bytes16()),
        entry: ticket_read.map(|ticket| ticket.entry.to_string()).unwrap_or_default(),
        link: visit.path(&format!("sale/{sale}/place/{ticket}")),
        kept_until: status.as_ref().and_then(|status| status.kept_until),
        deposit: deposit.map(|kept| PlaceDeposit { amount: kept.amount, path: below(&kept) }),
        notice: shown.notice,
    };
    never_kept(html(shown.status, &page))
}

fn state_of(
    app: &App,
    visit: &Visit,
    seen: &ShownSale,
    status: &Status,
    before: bool,
) -> PlaceState {
    if let Some(claim) = status.claim.as_ref() {
        let over = status.now >= claim.expires_at;
        match claim.state {
            ClaimState::Sold => {
                return PlaceState::Bought { checkout: checkout_path(app, visit, claim) };
            }
            ClaimState::Checkout => {
                return PlaceState::CheckingOut {
                    ends: claim.expires_at,
                    claim: app.shop.keys.claim_token(claim.lot, claim.number),
                    checkout: checkout_path(app, visit, claim),
                };
            }
            ClaimState::Held if !over => {
                return PlaceState::Held {
                    units: claim.units,
                    ends: claim.expires_at,
                    claim: app.shop.keys.claim_token(claim.lot, claim.number),
                };
            }
            ClaimState::Held | ClaimState::Expired | ClaimState::Released => {}
        }
    }
    if let Some((place, ahead)) = status.waiting {
        return PlaceState::Waiting { place, ahead };
    }
    let had = status.claim.as_ref().map(|claim| claim.state == ClaimState::Released);
    without_units(seen, status, before, had)
}

/// How somebody stands who holds nothing. `had`: they held something, and gave it up or not.
fn without_units(seen: &ShownSale, status: &Status, before: bool, had: Option<bool>) -> PlaceState {
    let ahead = status.ahead;
    match (status.state, status.ticket.way, status.turn) {
        (SaleState::Halted, ..) => PlaceState::Halted,
        (SaleState::Settled | SaleState::Reported, ..) => PlaceState::Over,
        (SaleState::Live | SaleState::SoldOut, ..) if has_ended(seen, status.now) => {
            PlaceState::Over
        }
        (SaleState::Live | SaleState::SoldOut, Way::Draw, false) if !status.passed => {
            PlaceState::NotDrawn { ahead }
        }
        (SaleState::Live | SaleState::SoldOut, _, true) if status.free.to > 0 => PlaceState::Turn,
        (SaleState::Live | SaleState::SoldOut, ..) => match had {
            Some(given_up) => PlaceState::Ended { given_up },
            None if status.free.to == 0 => PlaceState::SoldOut,
            None => PlaceState::Queue { ahead },
        },
        _ => PlaceState::Entered { before },
    }
}

fn has_ended(seen: &ShownSale, now: Instant) -> bool {
    now >= seen.definition.windows.ends_at
}

/// Where the checkout of a claim is; once it is paid, that leads to the order.
pub(super) fn checkout_path(app: &App, visit: &Visit, claim: &Claimed) -> String {
    let id = CheckoutId::from_bytes(claim_bytes(claim.lot, claim.number));
    visit.path(&format!("checkout/{}", app.shop.keys.checkout_token(id)))
}
