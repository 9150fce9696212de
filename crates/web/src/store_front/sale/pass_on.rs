//! Passing a code on, once: the form and its answer.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::{Email, Phone};
use kontor_domain::sale::{CodeRefusal, Way};
use kontor_shop::Failure;
use kontor_shop::sale::{PassOn, SaleRefusal, ShownSale, pass_on};
use serde::Deserialize;

use super::list::product;
use super::public::find;
use super::{never_kept, refused};
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route};
use crate::page::{FieldProblem, PassOnForm, PassOnPage, PassOnProblem};
use crate::store_front::visit::{Visit, nothing_here};

pub(super) const SHOW: Route = Route::read("/{market}/{language}/sale/{sale}/code", Class::Page);
/// Whoever knows the code and its holder. To the same person twice is once.
pub(super) const PASS: Route =
    Route::write("/{market}/{language}/sale/{sale}/code", Access::Token, Repeat::Natural);

/// How long a text of the form may be, in bytes.
const FIELD_BYTES_MAX: usize = 400;

/// The fields as sent. All optional: what is missing is said beside the field.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    code: String,
    from: String,
    from_phone: String,
    to: String,
}

type Address = Path<(String, String, String)>;

/// The sale of an address, if it has codes in this market.
async fn with_codes(
    app: &App,
    uri: &Uri,
    Path((market, language, sale)): Address,
) -> Result<(Visit, ShownSale), Response> {
    let found = find(app, &market, &language, &sale).await?;
    found
        .filter(|(visit, seen)| seen.definition.quota(visit.code, Way::Code) > 0)
        .ok_or_else(|| nothing_here(app, uri))
}

pub(super) async fn show(State(app): State<App>, uri: Uri, address: Address) -> Response {
    match with_codes(&app, &uri, address).await {
        Ok((visit, seen)) => {
            answer(&app, &visit, &seen, PassOnForm::default(), Outcome::Asked(Vec::new()))
        }
        Err(response) => response,
    }
}

pub(super) async fn pass(
    State(app): State<App>,
    uri: Uri,
    address: Address,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (visit, seen) = match with_codes(&app, &uri, address).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let Sent { code, from, from_phone, to } = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    if [&code, &from, &from_phone, &to].iter().any(|text| text.len() > FIELD_BYTES_MAX) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let typed = PassOnForm { code, from, from_phone, to };
    let wish = match wish(&seen, &typed) {
        Ok(wish) => wish,
        Err(problems) => return answer(&app, &visit, &seen, typed, Outcome::Asked(problems)),
    };
    match pass_on(&app.shop, wish).await {
        Ok(()) => answer(&app, &visit, &seen, typed, Outcome::Done),
        Err(Failure::Refused(refusal)) => match said(&refusal) {
            Some(problem) => answer(&app, &visit, &seen, typed, Outcome::Asked(vec![problem])),
            None => refused(&app, uri.path(), &refusal),
        },
        Err(Failure::KeyReused) => Problem::key_reused().respond(&app, uri.path(), None),
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

/// What became of the form.
enum Outcome {
    /// It is asked for, with what was wrong before.
    Asked(Vec<PassOnProblem>),
    Done,
}

fn answer(
    app: &App,
    visit: &Visit,
    seen: &ShownSale,
    form: PassOnForm,
    outcome: Outcome,
) -> Response {
    let sale = seen.definition.sale;
    let shell = visit.private_shell(app, &format!("sale/{sale}/code"));
    let Some((_, model)) = product(visit, &seen.definition.sku) else {
        return Problem::not_found().respond(app, &shell.path, None);
    };
    let (problems, is_done) = match outcome {
        Outcome::Asked(problems) => (problems, false),
        Outcome::Done => (Vec::new(), true),
    };
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let name = model.text(visit.language, |text| &text.name).to_owned();
    let page = PassOnPage { shell, sale: sale.to_string(), name, form, problems, is_done };
    never_kept(html(status, &page))
}

/// What the form asks for, or everything that is wrong with it.
fn wish(seen: &ShownSale, typed: &PassOnForm) -> Result<PassOn, Vec<PassOnProblem>> {
    let mut problems = Vec::new();
    if typed.code.trim().is_empty() {
        problems.push(PassOnProblem::CodeUnknown);
    }
    let mut email = |text: &str, problem: fn(FieldProblem) -> PassOnProblem| {
        let parsed = match text.trim() {
            "" => Err(FieldProblem::Missing),
            text => Email::parse(text).map_err(|_| FieldProblem::Malformed),
        };
        parsed.map_err(|wrong| problems.push(problem(wrong))).ok()
    };
    let from = email(&typed.from, PassOnProblem::From);
    let to = email(&typed.to, PassOnProblem::To);
    let from_phone = match typed.from_phone.trim() {
        "" => None,
        text => Phone::parse(text).map_err(|_| problems.push(PassOnProblem::Phone)).ok(),
    };
    match (from, to) {
        (Some(from), Some(to)) if problems.is_empty() => {
            let code = typed.code.trim().to_owned();
            Ok(PassOn { sale: seen.definition.sale, code, from, from_phone, to })
        }
        _ => Err(problems),
    }
}

/// A refusal in the words of the form, where the form can say it.
const fn said(refusal: &SaleRefusal) -> Option<PassOnProblem> {
    Some(match refusal {
        SaleRefusal::CodeUnknown => PassOnProblem::CodeUnknown,
        SaleRefusal::Code(CodeRefusal::Used) => PassOnProblem::CodeUsed,
        SaleRefusal::Code(CodeRefusal::NotYours) => PassOnProblem::NotYours,
        SaleRefusal::Code(CodeRefusal::TransferredBefore) => PassOnProblem::PassedOnBefore,
        SaleRefusal::Code(CodeRefusal::SamePerson) => PassOnProblem::SamePerson,
        SaleRefusal::NoEntries => PassOnProblem::Closed,
        _ => return None,
    })
}
