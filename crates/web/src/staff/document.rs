//! A paper, shown as what its bytes are and nothing else.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use kontor_domain::staff::Permission;
use kontor_shop::staff::Person;

use super::desk::nothing;
use crate::kit::app::App;
use crate::kit::guard::secure_headers;
use crate::kit::problem::Problem;
use crate::kit::routes::Route;

/// Papers are named by a hash that stands in evidence and proposals, and seen in the markets for
/// which they were added.
pub(super) const SHOW: Route =
    Route::desk("/admin/documents/{hash}", Some(Permission::ClearanceRead));

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(hash): Path<String>,
) -> Response {
    let found = match kontor_shop::staff::document(&app.shop, &person, hash).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing(&app, &uri),
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let mut response = (StatusCode::OK, found.content).into_response();
    let headers = response.headers_mut();
    secure_headers(headers);
    // A paper never runs in this site's name: no script, no frame, no guessing of its kind.
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(kind) = HeaderValue::from_str(&found.media) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    let ascii: String =
        found.name.chars().map(|c| if c.is_ascii() && c != '"' { c } else { '_' }).collect();
    if let Ok(name) = HeaderValue::from_str(&format!("inline; filename=\"{ascii}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
