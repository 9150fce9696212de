//! "Tell me when".

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::catalogue::Slug;
use kontor_domain::customer::FieldProblem as Problem1;
use kontor_shop::Failure;
use kontor_shop::customer::{Command, Refusal, sign_up as sign_up_for};
use serde::Deserialize;

use super::visit::{Visit, nothing_here, personal};
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};
use crate::page::{FieldProblem, WaitingForm, WaitingPage, WaitingState, WaitingSubject};

pub(super) const ROUTE: Route = Route {
    method: Verb::Post,
    path: "/{market}/{language}/waiting",
    access: Access::Public,
    class: Class::SignUp,
    repeat: Repeat::Natural,
};

#[derive(Deserialize)]
pub(super) struct SignUp {
    #[serde(default)]
    model: String,
    #[serde(default)]
    email: String,
}

pub(super) async fn sign_up(
    State(app): State<App>,
    uri: Uri,
    Path((market, language)): Path<(String, String)>,
    form: Result<Form<SignUp>, FormRejection>,
) -> Response {
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let model: Option<Slug> = match form.model.as_str() {
        "" => None,
        text => match text.parse() {
            Ok(model) => Some(model),
            Err(_) => return nothing_here(&app, &uri),
        },
    };
    let Some(subject) = subject(&visit, model.as_ref()) else { return nothing_here(&app, &uri) };
    let email = form.email.trim().to_owned();
    let command =
        Command { market: visit.code, model, email: email.clone(), language: visit.language };
    let shell = visit.private_shell(&app, "waiting");
    match sign_up_for(&app.shop, command).await {
        Ok(_) => {
            let state = if app.shop.policy.mail {
                WaitingState::Asked { email }
            } else {
                WaitingState::Noted { email }
            };
            personal(&WaitingPage { shell, subject, state })
        }
        Err(Failure::Refused(Refusal::Field(error))) => {
            let form = WaitingForm { email, problem: said(error.problem) };
            let state = WaitingState::Refused(form);
            html(StatusCode::UNPROCESSABLE_ENTITY, &WaitingPage { shell, subject, state })
        }
        Err(Failure::Refused(Refusal::UnknownMarket | Refusal::UnknownModel)) => {
            nothing_here(&app, &uri)
        }
        Err(Failure::Refused(Refusal::NotTaken) | Failure::KeyReused) => {
            Problem::new(StatusCode::CONFLICT, "customer.not_taken").respond(&app, uri.path(), None)
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

/// What somebody waits for; none: there is no such model any more.
pub(super) fn subject(visit: &Visit, model: Option<&Slug>) -> Option<WaitingSubject> {
    let Some(code) = model else { return Some(WaitingSubject::Market) };
    let model = visit.snapshot.models.get(code)?;
    let name = model.text(visit.language, |text| &text.name).to_owned();
    Some(WaitingSubject::Model { model: code.to_string(), name })
}

/// A problem with a field, in the words of the pages.
pub(super) const fn said(problem: Problem1) -> FieldProblem {
    match problem {
        Problem1::Missing => FieldProblem::Missing,
        Problem1::TooLong => FieldProblem::TooLong(100),
        Problem1::ControlCharacter => FieldProblem::BadCharacters,
        Problem1::MixedScripts => FieldProblem::MixedScripts,
        Problem1::Malformed => FieldProblem::Malformed,
        Problem1::Unknown | Problem1::NotServed => FieldProblem::NotOffered,
    }
}
