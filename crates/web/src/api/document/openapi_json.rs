//! `GET /api/v1/openapi.json`: the document for programs.

use axum::extract::State;
use axum::response::Response;

use super::openapi;
use crate::api::call::Call;
use crate::api::reply::kept_json;
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};

/// Anybody may read it.
pub(crate) const ROUTE: Route = Route::read("/api/v1/openapi.json", Class::Read);

/// Read the OpenAPI document
///
/// This API in OpenAPI 3.1, made from the code that answers.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "This document",
    operation_id = "get-openapi",
    responses(
        (status = 200, description = "The document.", body = Object),
        super::Reading,
    ),
)]
pub(crate) async fn show_openapi(State(app): State<App>, call: Call) -> Response {
    if let Err(problem) = call.only_queries(&[]) {
        return call.answer(&app, Err(problem));
    }
    let snapshot = app.shop.snapshots.now();
    kept_json(&app, &call, &snapshot, ROUTE.path, openapi)
}
