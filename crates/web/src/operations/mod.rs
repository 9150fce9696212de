//! What machines that look after the server ask: is it alive, is it ready, how is it doing.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kontor_store::{StoreError, Tx, job};

use crate::kit::app::App;
use crate::kit::routes::{Access, Class, Repeat, Route, Routes, Verb};

const fn route(path: &'static str) -> Route {
    Route {
        method: Verb::Get,
        path,
        access: Access::Operator,
        class: Class::Operation,
        repeat: Repeat::Harmless,
    }
}

/// Adds the operator's routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .add(route("/healthz"), get(alive))
        .add(route("/readyz"), get(ready))
        .add(route("/metrics"), get(metrics))
}

/// The process answers. Says nothing about the database: a restart would not mend it.
async fn alive() -> &'static str {
    "alive\n"
}

/// The database can be read *and written*: send people here.
async fn ready(State(app): State<App>) -> Response {
    let look = |tx: &mut Tx<'_>| job::counts(tx);
    match app.shop.db.write("operation.ready", look).await {
        Ok(_) => "ready\n".into_response(),
        Err(fault) => {
            tracing::warn!(%fault, "not ready");
            let status = StatusCode::SERVICE_UNAVAILABLE;
            (status, "not ready: the database cannot be written\n").into_response()
        }
    }
}

/// Everything that is counted and timed, in the Prometheus text format.
async fn metrics(State(app): State<App>) -> Response {
    let Some(render) = app.metrics else {
        return (StatusCode::NOT_FOUND, "metrics are not collected\n").into_response();
    };
    let counts: Result<_, StoreError> = app.shop.db.read("operation.metrics", job::counts).await;
    if let Ok((waiting, given_up)) = counts {
        metrics::gauge!("kontor_jobs", "state" => "waiting").set(whole(waiting));
        metrics::gauge!("kontor_jobs", "state" => "given_up").set(whole(given_up));
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], render()).into_response()
}

/// Queue lengths are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "queue lengths are small")]
const fn whole(count: i64) -> f64 {
    count as f64
}
