//! The forms on a person's place: take a unit, stand in line and leave it, begin the checkout, give it
//! up.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_domain::sale::TICKET_TEXT_MAX;
use kontor_ledger::sale::Refusal as LotRefusal;
use kontor_shop::Failure;
use kontor_shop::order::{CheckOutClaim, Refusal, check_out_claim, give_up_claim};
use kontor_shop::sale::{SaleRefusal, ShownSale, Wish, claim, stop_waiting, wait};
use serde::Deserialize;

use super::place::{Shown, answer, to_sale};
use super::public::find;
use super::{destination, never_kept};
use crate::kit::app::App;
use crate::kit::cookie;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};
use crate::store_front::visit::{Visit, nothing_here};

pub(super) const CLAIM: Route =
    Route::write("/{market}/{language}/sale/{sale}/claim", Access::Token, Repeat::FormKey);
pub(super) const WAIT: Route =
    Route::write("/{market}/{language}/sale/{sale}/wait", Access::Token, Repeat::FormKey);
/// Leaving twice is once.
pub(super) const STOP_WAITING: Route =
    Route::write("/{market}/{language}/sale/{sale}/stop-waiting", Access::Token, Repeat::Natural);
/// A claim has one checkout.
pub(super) const CHECKOUT: Route =
    Route::write("/{market}/{language}/sale/{sale}/checkout", Access::Token, Repeat::Natural);
/// Giving up twice is once.
pub(super) const GIVE_UP: Route =
    Route::write("/{market}/{language}/sale/{sale}/give-up", Access::Token, Repeat::Natural);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    claim: String,
    units: String,
    ship_to: String,
}

type Address = Path<(String, String, String)>;
type Sending = Result<Form<Sent>, FormRejection>;

/// A form that came from somebody's place.
struct Asked {
    visit: Visit,
    seen: ShownSale,
    ticket: String,
    sent: Sent,
}

impl Asked {
    fn place(&self) -> String {
        self.visit.path(&format!("sale/{}/place", self.seen.definition.sale))
    }

    /// What the form asks for: one unit to the market's own country where it does not say.
    fn wish(&self) -> Result<Wish<'_>, SaleRefusal> {
        let units = match self.sent.units.as_str() {
            "" => 1,
            text => text.parse().map_err(|_| SaleRefusal::Lot(LotRefusal::Units))?,
        };
        Ok(Wish {
            sale: self.seen.definition.sale,
            ticket: &self.ticket,
            key: &self.sent.key,
            units,
            ship_to: destination(&self.visit, &self.sent.ship_to).ok_or(SaleRefusal::NotCleared)?,
        })
    }

    /// Back to the place, whether something was done or not.
    async fn back(&self, app: &App, done: Result<(), SaleRefusal>) -> Response {
        match done {
            Ok(()) => never_kept(Redirect::to(&self.place()).into_response()),
            Err(refusal) => self.refused(app, &refusal).await,
        }
    }

    /// The place again, which says why nothing was done.
    async fn refused(&self, app: &App, refusal: &SaleRefusal) -> Response {
        let status = if refusal.is_passing() {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::CONFLICT
        };
        let shown = Shown { notice: Some(said(refusal)), before: false, status };
        answer(app, &self.visit, &self.seen, &self.ticket, shown).await
    }

    /// The place again, with this text.
    async fn said(&self, app: &App, notice: &'static str) -> Response {
        let shown = Shown { notice: Some(notice), before: false, status: StatusCode::CONFLICT };
        answer(app, &self.visit, &self.seen, &self.ticket, shown).await
    }
}

async fn read(
    app: &App,
    uri: &Uri,
    headers: &HeaderMap,
    address: Address,
    form: Sending,
) -> Result<Asked, Response> {
    let Path((market, language, sale)) = address;
    let found = find(app, &market, &language, &sale).await?;
    let (visit, seen) = found.ok_or_else(|| nothing_here(app, uri))?;
    let Form(sent) = form.map_err(|wrong| Problem::form(&wrong).respond(app, uri.path(), None))?;
    let sale = seen.definition.sale;
    let ticket = cookie::ticket(headers, &sale).filter(|text| text.len() <= TICKET_TEXT_MAX);
    let ticket = ticket.ok_or_else(|| to_sale(&visit, sale))?.to_owned();
    Ok(Asked { visit, seen, ticket, sent })
}

/// The same for a form that could have an effect twice: its key has to be one.
async fn keyed(
    app: &App,
    uri: &Uri,
    headers: &HeaderMap,
    address: Address,
    form: Sending,
) -> Result<Asked, Response> {
    let asked = read(app, uri, headers, address, form).await?;
    if !is_form_key(&asked.sent.key) {
        return Err(Problem::bad_form().respond(app, uri.path(), None));
    }
    Ok(asked)
}

pub(super) async fn take(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    address: Address,
    form: Sending,
) -> Response {
    let asked = match keyed(&app, &uri, &headers, address, form).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let done = match asked.wish() {
        Ok(wish) => claim(&app.shop, wish).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    asked.back(&app, done).await
}

pub(super) async fn stand(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    address: Address,
    form: Sending,
) -> Response {
    let asked = match keyed(&app, &uri, &headers, address, form).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let done = match asked.wish() {
        Ok(wish) => wait(&app.shop, wish).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    asked.back(&app, done).await
}

pub(super) async fn stop(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    address: Address,
    form: Sending,
) -> Response {
    let asked = match read(&app, &uri, &headers, address, form).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let left = stop_waiting(&app.shop, asked.seen.definition.sale, &asked.ticket).await;
    asked.back(&app, left.map(drop)).await
}

pub(super) async fn check_out(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    address: Address,
    form: Sending,
) -> Response {
    let asked = match read(&app, &uri, &headers, address, form).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let Some((lot, number)) = app.shop.keys.open_claim(&asked.sent.claim) else {
        return asked.refused(&app, &SaleRefusal::UnknownClaim).await;
    };
    let language = Some(asked.visit.language);
    match check_out_claim(&app.shop, CheckOutClaim { lot, number, language }).await {
        Ok(began) => {
            let token = app.shop.keys.checkout_token(began.answer.checkout);
            let path = asked.visit.path(&format!("checkout/{token}"));
            never_kept(Redirect::to(&path).into_response())
        }
        Err(failure) => failed(&app, &uri, &asked, failure).await,
    }
}

pub(super) async fn give_up(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    address: Address,
    form: Sending,
) -> Response {
    let asked = match read(&app, &uri, &headers, address, form).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let Some((lot, number)) = app.shop.keys.open_claim(&asked.sent.claim) else {
        return asked.refused(&app, &SaleRefusal::UnknownClaim).await;
    };
    match give_up_claim(&app.shop, lot, number).await {
        Ok(_) => never_kept(Redirect::to(&asked.place()).into_response()),
        Err(failure) => failed(&app, &uri, &asked, failure).await,
    }
}

async fn failed(app: &App, uri: &Uri, asked: &Asked, failure: Failure<Refusal>) -> Response {
    match failure {
        Failure::Refused(Refusal::Sale(refusal)) => asked.refused(app, &refusal).await,
        // The checkout is being paid at this moment, or there is an order: its page knows.
        Failure::Refused(Refusal::Checkout(_) | Refusal::Payment(_)) => {
            asked.said(app, "place-notice-paying").await
        }
        Failure::Refused(Refusal::NotSold { .. } | Refusal::NoPrice { .. }) => {
            asked.refused(app, &SaleRefusal::NotCleared).await
        }
        Failure::Refused(_) | Failure::KeyReused => {
            asked.refused(app, &SaleRefusal::Lot(LotRefusal::HoldEnded)).await
        }
        Failure::Fault(fault) => Problem::fault(&fault).respond(app, uri.path(), None),
    }
}

/// Why nothing was done, as a text's id.
const fn said(refusal: &SaleRefusal) -> &'static str {
    match refusal {
        SaleRefusal::Lot(LotRefusal::SoldOut) => "place-notice-sold-out",
        SaleRefusal::NotYourTurn | SaleRefusal::NotLive | SaleRefusal::NotDrawn => {
            "place-notice-turn"
        }
        SaleRefusal::Lot(LotRefusal::PersonLimit) | SaleRefusal::PersonLimit => {
            "place-notice-limit"
        }
        SaleRefusal::Lot(LotRefusal::HoldEnded | LotRefusal::Settled(_))
        | SaleRefusal::UnknownClaim => "place-notice-ended",
        SaleRefusal::Lot(LotRefusal::NotSoldOut) => "place-notice-free",
        SaleRefusal::Lot(LotRefusal::Halted) => "place-next-halted",
        SaleRefusal::Lot(LotRefusal::Units) => "place-notice-units",
        SaleRefusal::Lot(LotRefusal::KeyReused | LotRefusal::LeftLine) => "place-notice-key",
        SaleRefusal::Lot(LotRefusal::WaitingFull) => "place-notice-full",
        SaleRefusal::NotCleared => "sale-error-not-cleared",
        SaleRefusal::Excluded => "sale-error-excluded",
        SaleRefusal::Code(_) | SaleRefusal::CodeUnknown => "place-notice-code",
        SaleRefusal::DepositMissing => "place-notice-deposit",
        _ => "place-notice-busy",
    }
}
