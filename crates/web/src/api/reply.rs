//! What the API answers with when it has not a problem, and sometimes when it has.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use kontor_shop::core::Snapshot;
use serde::Serialize;

use super::call::Call;
use crate::kit::app::App;
use crate::kit::guard::RequestId;
use crate::kit::pages::Page;
use crate::kit::problem::Problem;

/// Says that the request had its effect before and this is the answer of then.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// An answer for one person or one moment.
#[derive(Debug)]
pub(crate) struct Reply {
    content: Content,
    location: Option<String>,
    replayed: bool,
}

#[derive(Debug)]
enum Content {
    Json(StatusCode, String),
    /// A problem that is kept under its idempotency key like any other answer.
    Problem(Box<Problem>),
}

impl Reply {
    /// `body` with this status.
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        Self { content: Content::Json(status, text(body)), location: None, replayed: false }
    }

    /// A problem that is an answer: a payment that was declined.
    pub(crate) fn problem(problem: Problem) -> Self {
        Self { content: Content::Problem(Box::new(problem)), location: None, replayed: false }
    }

    /// Where what was made can be read.
    pub(crate) fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Whether the effect had happened before.
    pub(crate) const fn replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
        self
    }

    pub(super) fn respond(self, app: &App, path: &str, id: Option<&RequestId>) -> Response {
        let mut response = match self.content {
            Content::Json(status, body) => json_response(status, body),
            Content::Problem(problem) => problem.respond(app, path, id),
        };
        let headers = response.headers_mut();
        if let Some(Ok(location)) = self.location.map(|text| HeaderValue::from_str(&text)) {
            headers.insert(header::LOCATION, location);
        }
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

fn json_response(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// `body` as JSON text.
pub(crate) fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("answers have only text keys and finite numbers")
}

/// An answer that is the same for everybody: made once per snapshot, then served as ready bytes
/// with its ETag. `key` must be the path of something that exists, so that the cache is bounded.
pub(crate) fn kept(
    app: &App,
    call: &Call,
    snapshot: &Snapshot,
    key: &str,
    make: impl FnOnce() -> (String, &'static str),
) -> Response {
    let page = app.pages.get(snapshot.generation, key).unwrap_or_else(|| {
        let (body, kind) = make();
        app.pages.keep(snapshot.generation, key, Page::new(body, kind))
    });
    page.respond(&call.headers)
}

/// The same for JSON.
pub(crate) fn kept_json<T: Serialize>(
    app: &App,
    call: &Call,
    snapshot: &Snapshot,
    key: &str,
    make: impl FnOnce() -> T,
) -> Response {
    kept(app, call, snapshot, key, || (text(&make()), "application/json"))
}
