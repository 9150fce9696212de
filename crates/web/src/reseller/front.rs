//! How to become a reseller, and the way in for those who are.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::RowError;
use kontor_domain::reseller::ProfileForm;
use kontor_shop::Failure;
use kontor_shop::reseller::{ApplyCommand, Refusal, apply, holder_of};
use serde::Deserialize;

use crate::kit::app::App;
use crate::kit::cookie;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};
use crate::kit::text::Text;
use crate::page::{ResellerFrontPage, Shell};
use crate::store_front::preferred;

pub(super) const SHOW: Route = Route::read("/reseller", Class::Personal);
pub(super) const APPLY: Route = Route {
    method: Verb::Post,
    path: "/reseller/apply",
    access: Access::Public,
    class: Class::SignUp,
    repeat: Repeat::FormKey,
};
pub(super) const ENTER: Route = Route {
    method: Verb::Post,
    path: "/reseller/sign-in",
    access: Access::Public,
    class: Class::SignIn,
    repeat: Repeat::Natural,
};
pub(super) const LEAVE: Route = Route::write("/reseller/sign-out", Access::Public, Repeat::Natural);

/// The cookie with the key that somebody has signed in with.
pub(super) const KEY: &str = "kontor_reseller";
/// How long the browser keeps it, in seconds: a working day.
const KEPT_S: u32 = 12 * 60 * 60;

/// The layout of a reseller's page.
pub(super) fn shell(app: &App, asked: &HeaderMap, path: &str) -> Shell {
    Shell {
        site: std::sync::Arc::clone(&app.site),
        language: preferred(asked),
        market: None,
        path: path.to_owned(),
        alternates: Vec::new(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    said: String,
}

pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let page = ResellerFrontPage {
        sent: asked.said == "applied",
        key_bad: asked.said == "key",
        ..blank(&app, &headers)
    };
    html(StatusCode::OK, &page)
}

fn blank(app: &App, headers: &HeaderMap) -> ResellerFrontPage {
    ResellerFrontPage {
        shell: shell(app, headers, "/reseller"),
        form: ProfileForm::default(),
        errors: Vec::new(),
        sent: false,
        key_bad: false,
        key: form_key::fresh(app),
    }
}

/// The fields of an application. Not `Debug`: it has somebody's address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Application {
    key: String,
    name: String,
    country: String,
    email: String,
    plan: String,
}

pub(super) async fn apply_for(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    form: Result<Form<Application>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    if !is_form_key(&sent.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let Application { key, name, country, email, plan } = sent;
    let body = format!("{name}\0{country}\0{email}\0{plan}");
    let once = Some(app.shop.keys.once("reseller.apply", &key, body.as_bytes()));
    let form = ProfileForm { name, country, email, plan };
    match apply(&app.shop, ApplyCommand { form: form.clone(), once }).await {
        Ok(_) => Redirect::to("/reseller?said=applied").into_response(),
        Err(Failure::Refused(Refusal::Fields(errors))) => {
            let page = blank(&app, &headers);
            let t = page.shell.text();
            let errors = errors.iter().map(|error| (error.field, words(&t, error))).collect();
            html(StatusCode::UNPROCESSABLE_ENTITY, &ResellerFrontPage { form, errors, ..page })
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
        Err(_) => Problem::bad_form().respond(&app, uri.path(), None),
    }
}

fn words(t: &Text, error: &RowError) -> String {
    let id = match error.field {
        "name" => "rsl-error-name",
        "country" => "rsl-error-country",
        "email" => "rsl-error-email",
        _ => "rsl-error-plan",
    };
    t.get(id).into_owned()
}

/// The field of the way in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Entering {
    secret: String,
}

pub(super) async fn enter(
    State(app): State<App>,
    uri: Uri,
    form: Result<Form<Entering>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let secret = sent.secret.trim();
    match holder_of(&app.shop, secret).await {
        Ok(Some(_)) => {
            let mut response = Redirect::to("/reseller/desk").into_response();
            set(&app, response.headers_mut(), secret, KEPT_S);
            response
        }
        Ok(None) => Redirect::to("/reseller?said=key").into_response(),
        Err(fault) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

pub(super) async fn leave(State(app): State<App>) -> Response {
    let mut response = Redirect::to("/reseller").into_response();
    set(&app, response.headers_mut(), "", 0);
    response
}

fn set(app: &App, headers: &mut HeaderMap, secret: &str, kept_s: u32) {
    let line = cookie::line(app, KEY, secret, "/reseller", kept_s);
    if let Ok(value) = HeaderValue::from_str(&line) {
        headers.append(header::SET_COOKIE, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
