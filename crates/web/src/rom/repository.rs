//! `GET /rom/metadata/{name}` and `GET /rom/targets/{file}`: the TUF repository, as any client of it
//! asks for it. Names with a version or a hash stand for their bytes for ever; `timestamp.json` is
//! asked for each time.

use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::download;
use super::reply::document;
use crate::kit::app::App;
use crate::kit::express::Heads;
use crate::kit::routes::{Class, Route};

pub(super) const METADATA: Route = Route::read("/rom/metadata/{name}", Class::Asset);
pub(super) const TARGETS: Route = Route::read("/rom/targets/{file}", Class::Asset);

/// Hex digits of a SHA-256.
const HASH_DIGITS: usize = 64;

pub(super) async fn metadata(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = app.rom.as_ref().map(|rom| rom.signed.now());
    let Some(signed) = found else { return StatusCode::NOT_FOUND.into_response() };
    let Some(file) = signed.file(&name) else {
        // Every device asks for the root after its own; the answer changes on the day there is one.
        let fresh = [(header::CACHE_CONTROL, "no-cache")];
        return (StatusCode::NOT_FOUND, fresh).into_response();
    };
    let kept = if name == "timestamp.json" {
        "public, no-cache, no-transform"
    } else {
        "public, max-age=31536000, immutable, no-transform"
    };
    document(file, "application/json", Heads::Kept(&headers))
        .with(header::CACHE_CONTROL, HeaderValue::from_static(kept))
        .into_response()
}

/// `{sha256}.{name}`, if the signed metadata names exactly that.
pub(super) async fn target(
    State(app): State<App>,
    Path(file): Path<String>,
    method: Method,
    headers: HeaderMap,
    extensions: Extensions,
) -> Response {
    let missing = || StatusCode::NOT_FOUND.into_response();
    let Some(rom) = app.rom.as_ref() else { return missing() };
    let Some((sha256, name)) = file.split_once('.') else { return missing() };
    let vouched = rom.signed.now().target(name).is_some_and(|t| t.hashes.sha256 == sha256);
    if sha256.len() != HASH_DIGITS || !vouched {
        return missing();
    }
    let Ok(digest) = sha256.parse() else { return missing() };
    let Some(served) = rom.snapshots.now().file(&digest).map(|file| file.name.clone()) else {
        return missing();
    };
    let path = Path((sha256.to_owned(), served));
    download::send(State(app.clone()), path, method, headers, extensions).await
}
