//! Coming in and going out.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::Language;
use kontor_shop::Failure;
use kontor_shop::staff::{Person, Refusal, SecretGiven, SignIn, sign_in, sign_out};
use serde::Deserialize;

use super::desk::notice;
use crate::kit::app::App;
use crate::kit::desk::{ACCOUNT, SIGN_IN, forget, known, person_in, remember, way_on};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};
use crate::page::staff::{DoorPage, StaffShell};

pub(super) const SHOW: Route = Route::read(SIGN_IN, Class::Personal);
pub(super) const ENTER: Route = Route {
    method: Verb::Post,
    path: SIGN_IN,
    access: Access::Public,
    class: Class::SignIn,
    repeat: Repeat::Natural,
};
pub(super) const LEAVE: Route = Route::desk_form("/admin/sign-out", None, Repeat::Natural);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    next: String,
    by: String,
    lost: String,
}

pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let next = way_on(&asked.next);
    if let Ok(Some(_)) = person_in(&app, &headers).await {
        return Redirect::to(next).into_response();
    }
    let lost = !asked.lost.is_empty();
    let mut shell = at_the_door(&app, &headers);
    if lost {
        shell.notice = notice("warn", shell.text().get("staff-lost"));
    }
    let page = DoorPage {
        shell,
        email: String::new(),
        next: next.to_owned(),
        by_code: asked.by == "code",
        takes_passkeys: super::passkey::site(&app).is_some(),
    };
    html(StatusCode::OK, &page)
}

pub(super) fn at_the_door(app: &App, headers: &HeaderMap) -> StaffShell {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let german = wanted.is_some_and(|tags| tags.trim_start().to_lowercase().starts_with("de"));
    StaffShell {
        site: Arc::clone(&app.site),
        language: if german { Language::De } else { Language::En },
        person: None,
        place: None,
        places: Vec::new(),
        waiting: 0,
        notice: None,
        find: String::new(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    email: String,
    password: String,
    code: String,
    next: String,
}

pub(super) async fn enter(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let by_code = sent.password.is_empty() && !sent.code.is_empty();
    let secret = if by_code {
        SecretGiven::Recovery(sent.code)
    } else {
        SecretGiven::Password(sent.password)
    };
    let wish = SignIn {
        email: sent.email.clone(),
        secret,
        browser: browser_of(&headers),
        known: known(&app, &headers),
    };
    let mut shell = at_the_door(&app, &headers);
    let t = shell.text();
    let (status, words) = match sign_in(&app.shop, wish).await {
        Ok(signed_in) => {
            // Whoever needed a code has lost something: they come to where a new one is made.
            let on = match way_on(&sent.next) {
                "/admin" if by_code => ACCOUNT,
                asked => asked,
            };
            let mut response = Redirect::to(on).into_response();
            remember(&app, response.headers_mut(), &signed_in.token, signed_in.person.id);
            return response;
        }
        Err(Failure::Fault(fault)) => {
            return Problem::fault(&fault).respond(&app, uri.path(), None);
        }
        Err(Failure::Refused(Refusal::TooMany(seconds))) => {
            let minutes = u64::from(seconds.div_ceil(60));
            (StatusCode::TOO_MANY_REQUESTS, t.one("staff-too-many", "minutes", minutes))
        }
        Err(_) => (StatusCode::UNPROCESSABLE_ENTITY, t.get("staff-not-known")),
    };
    shell.notice = notice("bad", words);
    let next = way_on(&sent.next).to_owned();
    let takes_passkeys = super::passkey::site(&app).is_some();
    html(status, &DoorPage { shell, email: sent.email, next, by_code, takes_passkeys })
}

/// The door again for somebody whose passkey was not known.
pub(super) fn refused(app: &App, headers: &HeaderMap, next: &str, text: &str) -> Response {
    let mut shell = at_the_door(app, headers);
    shell.notice = notice("bad", shell.text().get(text));
    let page = DoorPage {
        shell,
        email: String::new(),
        next: next.to_owned(),
        by_code: false,
        takes_passkeys: true,
    };
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The browser of a request in a few words.
pub(super) fn browser_of(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    browser_words(agent.unwrap_or_default())
}

pub(super) async fn leave(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    if let Err(fault) = sign_out(&app.shop, &person).await {
        return Problem::fault(&fault).respond(&app, uri.path(), None);
    }
    let mut response = Redirect::to(SIGN_IN).into_response();
    forget(&app, response.headers_mut());
    response
}

/// A browser in a few words, from what it says of itself: enough to recognise one's own.
fn browser_words(agent: &str) -> String {
    // Later ones also name the earlier ones: the first that fits is the one it is.
    const NAMES: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&NAMES), find(&SYSTEMS)) {
        (Some(name), Some(system)) => format!("{name}, {system}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_recognised_by_its_own_name() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156 Safari/537.36 Edg/156";
        assert_eq!(browser_words(edge), "Edge, Windows");
        assert_eq!(
            browser_words("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
            "Firefox, Linux"
        );
        assert_eq!(browser_words("curl/8.0"), "curl/8.0");
        assert_eq!(browser_words(&"x".repeat(500)).len(), 40);
    }
}
