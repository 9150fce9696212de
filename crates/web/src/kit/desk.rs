//! The door of the staff area: who a request's cookie signs in, and what happens to those it does
//! not.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::StaffId;
use kontor_domain::staff::{Permission, SESSION_S};
use kontor_shop::staff::{Person, person_of};

use super::app::App;
use super::cookie;
use super::escape::in_query;
use super::problem::Problem;
use crate::staff::problem::page_before;

/// Where people come in.
pub const SIGN_IN: &str = "/admin/sign-in";
/// Where people look after their own account.
pub const ACCOUNT: &str = "/admin/account";
/// The cookie with the session's token.
const SESSION: &str = "kontor_staff";
/// The cookie by which a browser is known again.
const KNOWN: &str = "kontor_known";
/// How long a browser is known, in seconds.
const KNOWN_S: i64 = 365 * 24 * 60 * 60;

/// Lets a request in whose cookie is of a session that has not ended; adds the [`Person`] to it.
///
/// # Errors
///
/// The answer for everybody else: strangers are led to the door and back afterwards, people without
/// the permission are told so.
pub(super) async fn admit(
    app: &App,
    needs: Option<Permission>,
    request: &mut Request,
) -> Result<(), Response> {
    let path = request.uri().path().to_owned();
    let person = match person_in(app, request.headers()).await {
        Ok(Some(person)) => person,
        Ok(None) => return Err(to_the_door(request)),
        Err(fault) => return Err(Problem::fault(&fault).respond(app, &path, None)),
    };
    if person.needs_password && !path.starts_with(ACCOUNT) && path != "/admin/sign-out" {
        return Err(Redirect::to(ACCOUNT).into_response());
    }
    if let Some(needed) = needs.filter(|needed| !person.may_somewhere(*needed)) {
        let problem = Problem::new(StatusCode::FORBIDDEN, "staff.not_permitted").needs(needed);
        return Err(problem.respond(app, &path, None));
    }
    request.extensions_mut().insert(person);
    Ok(())
}

/// Who is signed in with the cookie of these headers.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn person_in(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<Person>, kontor_store::StoreError> {
    match cookie::read(headers, SESSION) {
        Some(token) => person_of(&app.shop, token).await,
        None => Ok(None),
    }
}

fn to_the_door(request: &Request) -> Response {
    let asked = request.uri().path_and_query().map_or("/admin", |asked| asked.as_str());
    // A form cannot be sent again by a redirect: people are told that it had no effect, and come back to
    // the page that it stands on.
    let (next, lost) = if request.method() == Method::GET {
        (asked, "")
    } else {
        (page_before(request.headers()).unwrap_or("/admin"), "&lost=yes")
    };
    let next = in_query(next);
    let mut response = Redirect::to(&format!("{SIGN_IN}?next={next}{lost}")).into_response();
    keep_nowhere(response.headers_mut());
    response
}

fn keep_nowhere(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Where to go after coming in: an address of the staff area, whatever was asked for.
#[must_use]
pub fn way_on(next: &str) -> &str {
    let inside = next == "/admin" || next.starts_with("/admin/") || next.starts_with("/admin?");
    // A backslash or a control character is a slash to some browsers.
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if inside && plain && !next.contains("//") && !next.contains("..") && !next.starts_with(SIGN_IN)
    {
        next
    } else {
        "/admin"
    }
}

/// The account that this browser came in with before.
#[must_use]
pub fn known(app: &App, headers: &HeaderMap) -> Option<StaffId> {
    cookie::read(headers, KNOWN).and_then(|mark| app.shop.keys.open_staff_mark(mark))
}

/// Sets the cookies of somebody who has come in.
pub fn remember(app: &App, headers: &mut HeaderMap, token: &str, account: StaffId) {
    let secure = if app.secure() { "; Secure" } else { "" };
    let mark = app.shop.keys.staff_mark(account);
    for line in [
        format!(
            "{SESSION}={token}; Path=/admin; Max-Age={SESSION_S}; HttpOnly; SameSite=Lax{secure}"
        ),
        format!("{KNOWN}={mark}; Path=/admin; Max-Age={KNOWN_S}; HttpOnly; SameSite=Lax{secure}"),
    ] {
        if let Ok(value) = HeaderValue::from_str(&line) {
            headers.append(header::SET_COOKIE, value);
        }
    }
    keep_nowhere(headers);
}

/// Takes the session's cookie away. The browser stays known.
pub fn forget(app: &App, headers: &mut HeaderMap) {
    let secure = if app.secure() { "; Secure" } else { "" };
    let line = format!("{SESSION}=; Path=/admin; Max-Age=0; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&line) {
        headers.append(header::SET_COOKIE, value);
    }
    keep_nowhere(headers);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_never_leads_outside() {
        for fine in ["/admin", "/admin/log?act=x&after=1", "/admin/us/clearances", "/admin?q=1"] {
            assert_eq!(way_on(fine), fine);
        }
        for bad in [
            "",
            "https://evil.example/admin/",
            "//evil.example/admin/",
            "/admin//evil.example",
            "/admin/../../evil",
            "/administrator",
            "/us/en/",
            "/admin/\\evil.example",
            "/admin/\nset-cookie: x",
            "/admin/sign-in?next=/admin",
            "javascript:alert(1)",
        ] {
            assert_eq!(way_on(bad), "/admin", "{bad}");
        }
    }
}
