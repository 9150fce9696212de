//! Passkeys: asked for and answered at the door, added to and removed from one's own account. Browsers
//! speak of them to scripts only; without one the door with the password stays.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_shop::Failure;
use kontor_shop::staff::{
    Algorithm, NewPasskey, PasskeyAnswer, Person, Question, Refusal, Site, add_passkey,
    ask_at_door, ask_for_passkey, remove_passkey, sign_in_by_passkey,
};
use serde::Deserialize;
use serde_json::json;

use super::account;
use super::desk::{failed, nothing, notice};
use super::door;
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::desk::{ACCOUNT, remember, way_on};
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};
use crate::kit::text::Text;

/// A question changes nothing that anybody sees: asked twice, there are two.
pub(super) const ASK_AT_DOOR: Route = at_door("/admin/sign-in/passkey/ask");
/// An answer is good once.
pub(super) const ENTER: Route = at_door("/admin/sign-in/passkey");
pub(super) const ASK: Route =
    Route::desk_form("/admin/account/passkeys/ask", None, Repeat::Natural);
/// An answer is good once, and a credential is one passkey.
pub(super) const ADD: Route = Route::desk_form("/admin/account/passkeys", None, Repeat::Natural);
pub(super) const REMOVE: Route =
    Route::desk_form("/admin/account/passkeys/remove", None, Repeat::Natural);

const fn at_door(path: &'static str) -> Route {
    Route {
        method: Verb::Post,
        path,
        access: Access::Public,
        class: Class::SignIn,
        repeat: Repeat::Natural,
    }
}

/// How long a browser waits for the person, in milliseconds.
const PATIENCE_MS: u32 = 120_000;

/// The site that passkeys are bound to; none where it is reached by a number, which has none.
pub(super) fn site(app: &App) -> Option<Site<'_>> {
    let origin = app.settings.origin.as_str();
    let (_, rest) = origin.split_once("://")?;
    let host = match rest.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => rest,
    };
    let numbered = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
    (!host.is_empty() && !numbered).then_some(Site { origin, host })
}

fn told(question: &serde_json::Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::OK, headers, question.to_string()).into_response()
}

pub(super) async fn ask_door(State(app): State<App>, uri: Uri) -> Response {
    let Some(site) = site(&app) else { return nothing(&app, &uri) };
    match ask_at_door(&app.shop).await {
        Ok(Question { challenge, .. }) => told(&json!({
            "challenge": challenge,
            "rpId": site.host,
            "timeout": PATIENCE_MS,
            "userVerification": "required",
        })),
        Err(fault) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

pub(super) async fn ask(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let Some(site) = site(&app) else { return nothing(&app, &uri) };
    match ask_for_passkey(&app.shop, &person).await {
        Ok(Question { challenge, known }) => {
            let known: Vec<_> =
                known.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
            let kinds =
                Algorithm::ALL.map(|one| json!({ "type": "public-key", "alg": one.number() }));
            told(&json!({
                "challenge": challenge,
                "rp": { "id": site.host, "name": app.site.shop_name },
                "user": {
                    "id": handle(&person),
                    "name": person.email.as_str(),
                    "displayName": person.name.as_str(),
                },
                "pubKeyCredParams": kinds,
                "excludeCredentials": known,
                "authenticatorSelection": {
                    "residentKey": "required",
                    "requireResidentKey": true,
                    "userVerification": "required",
                },
                "attestation": "none",
                "timeout": PATIENCE_MS,
            }))
        }
        Err(fault) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

/// The account's bytes in base 64 for URLs: says nothing of the person.
fn handle(person: &Person) -> String {
    kontor_shop::staff::passkey_handle(person.id)
}

/// The fields of an answer at the door. Nothing but these is read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Answered {
    id: String,
    client_data: String,
    data: String,
    signature: String,
    user_handle: String,
    next: String,
}

pub(super) async fn enter(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    form: Result<Form<Answered>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(site) = site(&app) else { return nothing(&app, &uri) };
    let answer = PasskeyAnswer {
        id: sent.id,
        client_data: sent.client_data,
        data: sent.data,
        signature: sent.signature,
        user_handle: sent.user_handle,
        browser: door::browser_of(&headers),
    };
    match sign_in_by_passkey(&app.shop, site, answer).await {
        Ok(signed_in) => {
            let mut response = Redirect::to(way_on(&sent.next)).into_response();
            remember(&app, response.headers_mut(), &signed_in.token, signed_in.person.id);
            response
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
        Err(_) => door::refused(&app, &headers, way_on(&sent.next), "staff-passkey-unknown"),
    }
}

/// The fields of a new passkey.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct New {
    name: String,
    password: String,
    client_data: String,
    attestation: String,
}

pub(super) async fn add(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Form<New>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(site) = site(&app) else { return nothing(&app, &uri) };
    let new = NewPasskey {
        name: sent.name,
        password: sent.password,
        client_data: sent.client_data,
        attestation: sent.attestation,
    };
    let t = Text::new(person.language, None);
    let words = match add_passkey(&app.shop, &person, site, new).await {
        Ok(()) => return Redirect::to(ACCOUNT).into_response(),
        Err(Failure::Refused(Refusal::NotKnown)) => t.get("staff-password-wrong"),
        Err(Failure::Refused(Refusal::TooMany(seconds))) => {
            t.one("staff-too-many", "minutes", u64::from(seconds.div_ceil(60)))
        }
        Err(Failure::Refused(refusal @ Refusal::Field(_))) => {
            t.one("staff-refused", "why", why(&t, &refusal))
        }
        Err(Failure::Refused(_)) => t.get("staff-passkey-not-added"),
        Err(failure) => return failed(&app, &uri, failure),
    };
    let said = notice("bad", words);
    account::answer(&app, &uri, &person, StatusCode::UNPROCESSABLE_ENTITY, Vec::new(), said).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Removed {
    id: String,
}

pub(super) async fn remove(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Form<Removed>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    // Somebody else's is not found: removing looks at the account too.
    match remove_passkey(&app.shop, &person, sent.id).await {
        Ok(_) => Redirect::to(ACCOUNT).into_response(),
        Err(fault) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}
