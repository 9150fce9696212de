//! What every work place needs: the layout for a person, and refusals as pages.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{Permission, StaffRefusal};
use kontor_shop::Failure;
use kontor_shop::order::TakeBackRefusal;
use kontor_shop::staff::goods::permission_to_see;
use kontor_shop::staff::{
    ActRefusal, Person, Refusal, Undertaken, Undertaking, undertake, waiting_count,
};

use super::csv::Csv;
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::guard::secure_headers;
use crate::kit::problem::Problem;
use crate::kit::text::Text;
use crate::page::staff::{COUNTED, Notice, Place, StaffShell};

/// The layout for a person at a place.
pub(super) async fn shell(app: &App, person: &Person, place: Place) -> StaffShell {
    // A page that is about something else does not fail because of this number.
    let waiting = waiting_count(&app.shop, person, COUNTED + 1).await.unwrap_or(0);
    StaffShell {
        site: Arc::clone(&app.site),
        language: person.language,
        person: Some(person.name.to_string()),
        place: Some(place),
        places: Place::ALL.iter().copied().filter(|place| open_to(*place, person)).collect(),
        waiting,
        notice: None,
        find: String::new(),
    }
}

/// Whether a place is open to somebody.
pub(super) fn open_to(place: Place, person: &Person) -> bool {
    match place {
        Place::Today | Place::Proposals | Place::Account => true,
        Place::Orders => person.may_somewhere(Permission::OrderRead),
        Place::Waiting => person.may_somewhere(Permission::CustomerRead),
        Place::Figures => {
            let shown = [Permission::OrderRead, Permission::StockRead, Permission::ClearanceRead];
            shown.into_iter().any(|permission| person.may_somewhere(permission))
        }
        Place::Jobs => person.may_somewhere(Permission::JobRead),
        Place::Clearances => person.may_somewhere(Permission::ClearanceRead),
        Place::Catalogue => person.may_somewhere(Permission::CatalogueRead),
        Place::Prices => person.may_somewhere(Permission::PriceRead),
        Place::Stock => person.may_somewhere(Permission::StockRead),
        Place::Markets => person.may_somewhere(Permission::MarketRead),
        Place::Sales => person.may_somewhere(Permission::SaleRun),
        Place::Rom => person.may_somewhere(Permission::RolloutHalt),
        Place::Exchange => kontor_shop::exchange::Table::ALL
            .into_iter()
            .any(|table| permission_to_see(table).is_some_and(|needs| person.may_somewhere(needs))),
        Place::Openings
        | Place::Withdrawals
        | Place::Carried
        | Place::NextCountry
        | Place::Plans => person.may_somewhere(Permission::MarketRead),
        Place::Dispatch => person.may_somewhere(Permission::OrderDispatch),
        Place::Resellers => person.may_somewhere(Permission::ResellerRead),
        Place::People => person.may_somewhere(Permission::StaffManage),
        Place::Programs => person.may_somewhere(Permission::StaffConnect),
        Place::Log => person.may_somewhere(Permission::StaffAudit),
    }
}

/// The market of an address, if the person may do this there. Markets that are not theirs do not
/// exist for them: nobody learns from an answer what others have.
pub(super) fn market_for(
    app: &App,
    person: &Person,
    permission: Permission,
    text: &str,
) -> Option<MarketCode> {
    let market: MarketCode = text.parse().ok()?;
    app.shop.snapshots.now().market(market)?;
    person.may(permission, Some(market)).then_some(market)
}

/// The markets that a person may see this of, in the order of the shop.
pub(super) fn markets_for(app: &App, person: &Person, permission: Permission) -> Vec<MarketCode> {
    let own = person.markets(permission);
    let snapshot = app.shop.snapshots.now();
    let codes = snapshot.markets.iter().map(|market| market.code);
    codes.filter(|code| own.contains(*code)).collect()
}

/// Leads to a place of the first market in which a person may see it.
pub(super) fn to_first_market(
    app: &App,
    uri: &Uri,
    person: &Person,
    permission: Permission,
    place: &str,
) -> Response {
    match markets_for(app, person, permission).first() {
        Some(market) => Redirect::to(&format!("/admin/{market}/{place}")).into_response(),
        None => nothing(app, uri),
    }
}

/// The page for an address where nothing is, or nothing for this person.
pub(super) fn nothing(app: &App, uri: &Uri) -> Response {
    Problem::not_found().respond(app, uri.path(), None)
}

/// A failure that no form can explain, as a page.
pub(super) fn failed(app: &App, uri: &Uri, failure: Failure<Refusal>) -> Response {
    let problem = match failure {
        Failure::Fault(fault) => Problem::fault(&fault),
        Failure::KeyReused => Problem::new(StatusCode::CONFLICT, "idempotency.key_reused"),
        Failure::Refused(refusal) => Problem::new(status(&refusal), refusal.code()),
    };
    problem.respond(app, uri.path(), None)
}

/// The status of a refusal.
pub(super) fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Staff(StaffRefusal::NotPermitted | StaffRefusal::SamePerson) => {
            StatusCode::FORBIDDEN
        }
        Refusal::Staff(_) | Refusal::AddressTaken => StatusCode::CONFLICT,
        Refusal::UnknownProposal | Refusal::UnknownAccount | Refusal::UnknownKey => {
            StatusCode::NOT_FOUND
        }
        Refusal::Act(ActRefusal::Order { code, .. }) if code.ends_with(".unknown") => {
            StatusCode::NOT_FOUND
        }
        Refusal::Act(ActRefusal::TakeBack(refusal)) => match **refusal {
            TakeBackRefusal::Unknown(_) => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        },
        Refusal::Act(ActRefusal::Order { .. }) => StatusCode::CONFLICT,
        Refusal::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Does something or lays it before a second person, and leads to where that is seen: to `done`, or
/// to the proposal. A refusal comes back for the page that was sent from.
pub(super) async fn undertaken(
    app: &App,
    uri: &Uri,
    person: &Person,
    undertaking: Undertaking,
    done: &str,
) -> Result<Response, Refused> {
    match undertake(&app.shop, person, undertaking).await {
        Ok(outcome) => Ok(match outcome.answer {
            Undertaken::Waiting(id) => {
                Redirect::to(&format!("/admin/proposals/{id}?said=proposed")).into_response()
            }
            Undertaken::Done => Redirect::to(done).into_response(),
        }),
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let words = t.one("staff-refused", "why", why(&t, &refusal)).into_owned();
            Err(Refused { status: status(&refusal), words })
        }
        Err(failure) => Ok(failed(app, uri, failure)),
    }
}

/// What a page says about something that was not done.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) words: String,
}

/// What an address says that was led to after something was done.
pub(super) fn said_of(person: &Person, said: &str) -> Option<Notice> {
    let t = Text::new(person.language, None);
    (said == "done").then(|| t.get("staff-done")).and_then(|words| notice("good", words))
}

/// A table as a CSV file to be kept.
pub(super) fn csv(name: &str, head: &str, rows: impl Iterator<Item = Vec<String>>) -> Response {
    let mut file = Csv::new(head);
    rows.for_each(|row| file.fields(row.iter().map(String::as_str)));
    attachment(name, "text/csv; charset=utf-8", file.into_text())
}

/// A file to be kept.
pub(super) fn attachment(name: &str, kind: &'static str, body: String) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    secure_headers(headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// A notice that something is done, or cannot be.
pub(super) fn notice(tone: &'static str, text: impl Into<String>) -> Option<Notice> {
    Some(Notice { tone, text: text.into() })
}
