//! One's own account.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id;
use kontor_domain::staff::PasswordProblem;
use kontor_shop::Failure;
use kontor_shop::staff::{
    Person, Refusal, end_others, end_session, new_recovery_codes, passkeys, recovery_left,
    set_password,
};
use kontor_store::staff::passkey::Passkey;
use serde::Deserialize;

use super::desk::{failed, notice, shell};
use crate::kit::app::App;
use crate::kit::desk::ACCOUNT;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::page::staff::{AccountPage, Notice, PasskeyRow, Place, SessionRow};

pub(super) const SHOW: Route = Route::desk(ACCOUNT, None);
pub(super) const PASSWORD: Route =
    Route::desk_form("/admin/account/password", None, Repeat::Natural);
/// New codes each time: whoever sends it twice keeps the second page.
pub(super) const CODES: Route = Route::desk_form("/admin/account/codes", None, Repeat::Natural);
pub(super) const SESSIONS: Route =
    Route::desk_form("/admin/account/sessions", None, Repeat::Natural);

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    answer(&app, &uri, &person, StatusCode::OK, Vec::new(), None).await
}

pub(super) async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    status: StatusCode,
    codes: Vec<String>,
    notice: Option<Notice>,
) -> Response {
    let left = recovery_left(&app.shop, person).await;
    let sessions = kontor_shop::staff::sessions(&app.shop, person).await;
    let keys = passkeys(&app.shop, person).await;
    let (codes_left, sessions, keys) = match (left, sessions, keys) {
        (Ok(left), Ok(sessions), Ok(keys)) => (left, sessions, keys),
        (Err(fault), ..) | (_, Err(fault), _) | (.., Err(fault)) => {
            return Problem::fault(&fault).respond(app, uri.path(), None);
        }
    };
    let mut shell = shell(app, person, Place::Account).await;
    shell.notice = notice;
    let row = |session: kontor_store::staff::account::Session| SessionRow {
        token: id::encode(session.token),
        browser: session.browser,
        shown_as: session.shown_as,
        began_at: session.began_at,
        seen_at: session.seen_at,
        here: session.token == person.session,
    };
    let page = AccountPage {
        shell,
        email: person.email.as_str().to_owned(),
        held: person.held.iter().map(ToString::to_string).collect(),
        needs_password: person.needs_password,
        recovers: person.recovers && !person.needs_password,
        codes_left,
        codes,
        sessions: sessions.into_iter().map(row).collect(),
        passkeys: keys.into_iter().map(passkey_row).collect(),
        takes_passkeys: super::passkey::site(app).is_some(),
    };
    html(status, &page)
}

fn passkey_row(passkey: Passkey) -> PasskeyRow {
    let Passkey { id, name, copied, made_at, used_at, .. } = passkey;
    PasskeyRow { id, name, copied, made_at, used_at }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Secrets {
    old: String,
    new: String,
}

pub(super) async fn password(
    State(app): State<App>,
    uri: Uri,
    Extension(mut person): Extension<Person>,
    form: Result<Form<Secrets>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let t = crate::kit::text::Text::new(person.language, None);
    let (status, said) = match set_password(&app.shop, &person, sent.old, sent.new).await {
        Ok(()) => {
            person.needs_password = false;
            person.recovers = false;
            (StatusCode::OK, notice("good", t.get("staff-password-is-set")))
        }
        Err(Failure::Refused(refusal)) => {
            let words = match refusal {
                Refusal::Password(PasswordProblem::TooShort) => t.get("staff-password-too-short"),
                Refusal::Password(PasswordProblem::TooLong) => t.get("staff-password-too-long"),
                Refusal::Password(PasswordProblem::Guessable) => t.get("staff-password-guessable"),
                Refusal::TooMany(seconds) => {
                    t.one("staff-too-many", "minutes", u64::from(seconds.div_ceil(60)))
                }
                _ => t.get("staff-password-wrong"),
            };
            (StatusCode::UNPROCESSABLE_ENTITY, notice("bad", words))
        }
        Err(failure) => return failed(&app, &uri, failure),
    };
    answer(&app, &uri, &person, status, Vec::new(), said).await
}

pub(super) async fn codes(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    if person.needs_password {
        return Redirect::to(ACCOUNT).into_response();
    }
    match new_recovery_codes(&app.shop, &person).await {
        Ok(codes) => answer(&app, &uri, &person, StatusCode::OK, codes, None).await,
        Err(fault) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Ended {
    token: String,
}

pub(super) async fn sessions(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Form<Ended>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let ended = if sent.token == "others" {
        end_others(&app.shop, &person).await.map(|_| ())
    } else {
        match id::decode(&sent.token) {
            // Somebody else's session is not found: ending looks at the account too.
            Some(token) => end_session(&app.shop, &person, token).await.map(|_| ()),
            None => return Problem::bad_form().respond(&app, uri.path(), None),
        }
    };
    match ended {
        Ok(()) => Redirect::to(ACCOUNT).into_response(),
        Err(fault) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}
