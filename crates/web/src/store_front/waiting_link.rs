//! The links in letters to those who wait. Opening one shows a page with a button and changes nothing:
//! programs that look through mail open every link. The button confirms, or ends it; twice is once.
//!
//! Mail programs end it by themselves with a post to the same address (RFC 8058). They follow no
//! redirects, so a post is answered with the page.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::customer::WaitingEntry;
use kontor_shop::Failure;
use kontor_shop::customer::{self as lists, Confirming, LinkRefusal};

use super::visit::{Visit, nothing_here};
use super::waiting::subject;
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route};
use crate::page::{WaitingLink, WaitingLinkPage, WaitingSubject};

pub(super) const CONFIRMATION: Route =
    Route::secret("/{market}/{language}/waiting/confirm/{token}", Class::Personal);
pub(super) const CONFIRM: Route =
    Route::write("/{market}/{language}/waiting/confirm/{token}", Access::Token, Repeat::Natural);
pub(super) const LEAVING: Route =
    Route::secret("/{market}/{language}/waiting/leave/{token}", Class::Personal);
pub(super) const LEAVE: Route =
    Route::write("/{market}/{language}/waiting/leave/{token}", Access::Token, Repeat::Natural);

type Address = Path<(String, String, String)>;

pub(super) async fn confirmation(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, token)): Address,
) -> Response {
    let found = lists::confirmation(&app.shop, &token).await;
    confirming(&app, &uri, (&market, &language), found)
}

pub(super) async fn confirm(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, token)): Address,
) -> Response {
    let place = (market.as_str(), language.as_str());
    let found = lists::confirmation(&app.shop, &token).await;
    // An address that nobody has made does nothing, whatever its token.
    let found = match found {
        Ok(Confirming { entry, .. }) if fits(&app, place, &entry) => {
            lists::confirm(&app.shop, &token).await
        }
        other => other,
    };
    confirming(&app, &uri, place, found)
}

fn confirming(
    app: &App,
    uri: &Uri,
    place: (&str, &str),
    found: Result<Confirming, Failure<LinkRefusal>>,
) -> Response {
    match found {
        Ok(Confirming { entry, is_confirmed }) => {
            let state = if is_confirmed { WaitingLink::Confirmed } else { WaitingLink::Confirm };
            page(app, uri, place, Some(&entry), state)
        }
        Err(failure) => refused(app, uri, place, failure),
    }
}

pub(super) async fn leaving(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, token)): Address,
) -> Response {
    let place = (market.as_str(), language.as_str());
    match lists::leaving(&app.shop, &token).await {
        Ok(Some(entry)) => page(&app, &uri, place, Some(&entry), WaitingLink::Leave),
        Ok(None) => page(&app, &uri, place, None, WaitingLink::Left),
        Err(failure) => refused(&app, &uri, place, failure),
    }
}

pub(super) async fn leave(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, token)): Address,
) -> Response {
    let place = (market.as_str(), language.as_str());
    let found = lists::leaving(&app.shop, &token).await;
    let left = match found {
        Ok(Some(entry)) if !fits(&app, place, &entry) => Ok(Some(entry)),
        Ok(_) => lists::leave(&app.shop, &token).await,
        Err(failure) => Err(failure),
    };
    match left {
        Ok(entry) => page(&app, &uri, place, entry.as_ref(), WaitingLink::Left),
        Err(failure) => refused(&app, &uri, place, failure),
    }
}

fn refused(app: &App, uri: &Uri, place: (&str, &str), failure: Failure<LinkRefusal>) -> Response {
    match failure {
        Failure::Refused(LinkRefusal::Over) => page(app, uri, place, None, WaitingLink::Over),
        Failure::Refused(LinkRefusal::Forged) | Failure::KeyReused => nothing_here(app, uri),
        Failure::Fault(fault) => Problem::fault(&fault).respond(app, uri.path(), None),
    }
}

/// Whether a link of this entry leads to this place.
fn fits(app: &App, (market, language): (&str, &str), entry: &WaitingEntry) -> bool {
    Visit::find(app, market, language).is_some_and(|visit| visit.code == entry.market)
}

fn page(
    app: &App,
    uri: &Uri,
    (market, language): (&str, &str),
    entry: Option<&WaitingEntry>,
    state: WaitingLink,
) -> Response {
    let Some(visit) = Visit::find(app, market, language) else { return nothing_here(app, uri) };
    // A link names the market of its entry; in another one nobody has made it.
    if entry.is_some_and(|entry| entry.market != visit.code) {
        return nothing_here(app, uri);
    }
    let model = entry.and_then(|entry| entry.model.as_ref());
    let subject = subject(&visit, model).unwrap_or(WaitingSubject::Market);
    let below = uri.path().splitn(4, '/').nth(3).unwrap_or_default();
    let shell = visit.private_shell(app, below);
    let status = if state == WaitingLink::Over { StatusCode::GONE } else { StatusCode::OK };
    html(status, &WaitingLinkPage { shell, subject, state })
}
