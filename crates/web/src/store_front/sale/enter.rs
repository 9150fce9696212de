//! Entering a sale. The ticket stays in a cookie that no script reads.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::{Country, Email, Phone};
use kontor_domain::sale::Way;
use kontor_shop::Failure;
use kontor_shop::order::{BeginDeposit, begin_deposit};
use kontor_shop::sale::{Enter, SaleRefusal, ShownSale, enter};
use serde::Deserialize;

use super::public::{again, find};
use super::{destination, never_kept, refused};
use crate::kit::app::App;
use crate::kit::cookie;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};
use crate::page::{EntryForm, EntryProblem, FieldProblem};
use crate::store_front::visit::{Visit, nothing_here};

/// The same person twice is one entry: the form needs no key, and can stand on a kept page.
pub(super) const ROUTE: Route =
    Route::write("/{market}/{language}/sale/{sale}/entry", Access::Public, Repeat::Natural);

/// How long a text of the form may be, in bytes.
const FIELD_BYTES_MAX: usize = 400;

/// The fields as sent. All optional: what is missing is said beside the field.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    way: String,
    email: String,
    phone: String,
    code: String,
    ship_to: String,
}

pub(super) async fn enter_sale(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, sale)): Path<(String, String, String)>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (visit, seen) = match find(&app, &market, &language, &sale).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Sent { way, email, phone, code, ship_to } = sent;
    if [&way, &email, &phone, &code, &ship_to].iter().any(|text| text.len() > FIELD_BYTES_MAX) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let typed = EntryForm { way, email, phone, code, ship_to };
    let wish = match wish(&visit, &typed) {
        Ok(Wished { way, email, phone, code, ship_to }) => Enter {
            sale: seen.definition.sale,
            market: visit.code,
            way,
            email,
            phone,
            ship_to,
            code,
        },
        Err(problems) => return again(&app, &visit, &seen, typed, problems),
    };
    if seen.definition.deposit(wish.market, wish.way).is_some() {
        return begin(&app, &uri, &visit, &seen, wish, typed).await;
    }
    match enter(&app.shop, wish).await {
        Ok(entered) => {
            let below = format!("sale/{}/place", seen.definition.sale);
            let again = if entered.before { "?again=1" } else { "" };
            let mut answer = Redirect::to(&visit.path(&format!("{below}{again}"))).into_response();
            cookie::set_ticket(answer.headers_mut(), &app, &seen.definition.sale, &entered.ticket);
            never_kept(answer)
        }
        Err(Failure::Refused(refusal)) => match said(&refusal) {
            Some(problem) => again(&app, &visit, &seen, typed, vec![problem]),
            None => refused(&app, uri.path(), &refusal),
        },
        Err(Failure::KeyReused) => Problem::key_reused().respond(&app, uri.path(), None),
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

/// A place that costs something: its deposit begins, and its page asks for the payment.
async fn begin(
    app: &App,
    uri: &Uri,
    visit: &Visit,
    seen: &ShownSale,
    wish: Enter,
    typed: EntryForm,
) -> Response {
    let sale = seen.definition.sale;
    // The form can stand on a kept page and has no key: see what `once` says.
    let command = BeginDeposit { wish, language: visit.language, once: None };
    match begin_deposit(&app.shop, command).await {
        Ok(begun) => {
            let (id, _) = begun.answer;
            let token = app.shop.keys.deposit_token(id);
            let path = visit.path(&format!("sale/{sale}/deposit/{token}"));
            never_kept(Redirect::to(&path).into_response())
        }
        Err(Failure::Refused(refusal)) => match said(&refusal) {
            Some(problem) => again(app, visit, seen, typed, vec![problem]),
            None => refused(app, uri.path(), &refusal),
        },
        Err(Failure::KeyReused) => Problem::key_reused().respond(app, uri.path(), None),
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(app, uri.path(), None),
    }
}

struct Wished {
    way: Way,
    email: Email,
    phone: Option<Phone>,
    code: Option<String>,
    ship_to: Country,
}

/// What the form asks for, or everything that is wrong with it.
fn wish(visit: &Visit, typed: &EntryForm) -> Result<Wished, Vec<EntryProblem>> {
    let mut problems = Vec::new();
    let way = Way::from_word(&typed.way);
    if way.is_none() {
        problems.push(EntryProblem::Way);
    }
    let email = match typed.email.trim() {
        "" => Err(FieldProblem::Missing),
        text => Email::parse(text).map_err(|_| FieldProblem::Malformed),
    };
    let email = email.map_err(|problem| problems.push(EntryProblem::Email(problem))).ok();
    let phone = match typed.phone.trim() {
        "" => None,
        text => Phone::parse(text)
            .map_err(|_| problems.push(EntryProblem::Phone(FieldProblem::Malformed)))
            .ok(),
    };
    let code = match typed.code.trim() {
        "" => None,
        text => Some(text.to_owned()),
    };
    if way == Some(Way::Code) && code.is_none() {
        problems.push(EntryProblem::CodeUnknown);
    }
    let ship_to = destination(visit, &typed.ship_to);
    if ship_to.is_none() {
        problems.push(EntryProblem::ShipTo);
    }
    match (way, email, ship_to) {
        (Some(way), Some(email), Some(ship_to)) if problems.is_empty() => {
            let code = code.filter(|_| way == Way::Code);
            Ok(Wished { way, email, phone, code, ship_to })
        }
        _ => Err(problems),
    }
}

/// A refusal in the words of the form, where the form can say it.
const fn said(refusal: &SaleRefusal) -> Option<EntryProblem> {
    Some(match refusal {
        SaleRefusal::NoEntries | SaleRefusal::NotLive => EntryProblem::Closed,
        SaleRefusal::NoWay => EntryProblem::Way,
        SaleRefusal::NotCleared => EntryProblem::NotCleared,
        SaleRefusal::PersonLimit => EntryProblem::PersonLimit,
        SaleRefusal::Code(_) => EntryProblem::CodeTaken,
        SaleRefusal::CodeUnknown => EntryProblem::CodeUnknown,
        SaleRefusal::EnteredElsewhere => EntryProblem::EnteredElsewhere,
        SaleRefusal::Excluded => EntryProblem::Excluded,
        SaleRefusal::PlacePaid => EntryProblem::PlacePaid,
        _ => return None,
    })
}
