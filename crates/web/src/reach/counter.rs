//! `GET /reach/{language}/counter`: the live number for other pages, in a frame.
//!
//! The one page that anybody may frame. It has no form, no cookie and no link that acts, so there is
//! nothing that a stranger's page could make its reader click.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::response::Response;

use super::kept::{kept, language, nothing_here, rendered, shell};
use super::page::live;
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::reach::CounterPage;

pub(super) const ROUTE: Route = Route::read("/reach/{language}/counter", Class::Page);

/// Like every page's, but for who may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path(tag): Path<String>,
) -> Response {
    let Some(language) = language(&tag) else { return nothing_here(&app, &uri) };
    let edition = app.reach.edition(&app);
    let key = format!("/reach/{language}/counter");
    let mut response = kept(&app, &asked, &edition, &key, || {
        let shell = shell(&app, language, "/counter");
        let live = live(&shell.text(), &edition);
        rendered(&CounterPage { shell, live })
    });
    let set =
        [("content-security-policy", POLICY), ("cross-origin-resource-policy", "cross-origin")];
    for (name, value) in set {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
