//! Style, script, fonts, drawings: named by their content, so that they are kept for good.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;

use super::visit::nothing_here;
use crate::kit::app::App;
use crate::kit::assets;
use crate::kit::routes::{Class, Route};

pub(super) const ROUTE: Route = Route::read("/assets/{*path}", Class::Asset);

pub(super) async fn show(State(app): State<App>, uri: Uri, asked: HeaderMap) -> Response {
    let Some(asset) = assets::find(uri.path()) else { return nothing_here(&app, &uri) };
    let accepts = asked
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    let packed = asset.gzip.as_ref().filter(|_| accepts);
    let body: &'static [u8] = packed.map_or(&asset.bytes, |packed| packed);
    let mut response = Response::new(Body::from(Bytes::from_static(body)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
