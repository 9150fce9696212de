//! `GET /sale/clock`: the server's clock in milliseconds, for countdowns that run beside kept pages.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::kit::app::App;
use crate::kit::routes::{Class, Route};

pub(super) const ROUTE: Route = Route::read("/sale/clock", Class::Read);

pub(super) async fn show(State(app): State<App>) -> Response {
    let mut response = app.shop.now().millis().to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
