//! What went wrong, said twice: as an RFC 9457 problem document to programs, as a page to people.

use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kontor_base::Language;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::guard::{RequestId, secure_headers};
use crate::page::{Market as PageMarket, ProblemKind, ProblemPage, Shell};

/// One thing that is wrong with a request's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Where: a JSON pointer (RFC 6901), such as `/address/postcode`.
    pub pointer: String,
    /// What, as a stable code.
    pub code: String,
    /// What, in words.
    pub detail: String,
}

/// A problem document (RFC 9457), served as `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// The kind of problem: an address within the reference.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code, such as `clearance.refused`.
    pub code: String,
    /// What happened and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The number under which the log knows the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What is wrong with the body, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// More that a program can use: reasons of a refusal, the current version, the total now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<serde_json::Value>,
}

/// Something that keeps a request from being answered as asked.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: String,
    /// What happened and what to do, in English (the API speaks English).
    pub detail: Option<String>,
    /// What is wrong with the body.
    pub errors: Vec<FieldProblem>,
    /// More that a program can use.
    pub more: Option<serde_json::Value>,
    /// When to try again, in seconds.
    pub retry_s: Option<u32>,
    /// The permission that is missing, where it is one.
    pub needs: Option<Permission>,
}

/// What a page tells of a problem; the answer carries it, so that the staff area, which knows who asks,
/// says it in their own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is the matter.
    pub kind: ProblemKind,
    /// The number under which the log knows the request.
    pub request_id: Option<String>,
    /// The permission that is missing.
    pub needs: Option<Permission>,
}

impl Problem {
    /// A problem with a status and a code.
    #[must_use]
    pub fn new(status: StatusCode, code: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            detail: None,
            errors: Vec::new(),
            more: None,
            retry_s: None,
            needs: None,
        }
    }

    /// Names the permission that is missing.
    #[must_use]
    pub fn needs(mut self, needs: Permission) -> Self {
        self.needs = Some(needs);
        self
    }

    /// Says what happened and what to do.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds what a program can use.
    #[must_use]
    pub fn more(mut self, more: serde_json::Value) -> Self {
        self.more = Some(more);
        self
    }

    /// There is no such thing.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "request.not_found")
            .detail("There is nothing at this address.")
    }

    /// Too many requests.
    #[must_use]
    pub fn too_many(retry_s: u32) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "request.too_many")
            .detail(format!("Too many requests from this address. Try again in {retry_s} s."));
        problem.retry_s = Some(retry_s);
        problem
    }

    /// A form that could not be read: too large, not sent as a form, or a field of another type.
    #[must_use]
    pub fn form(rejection: &FormRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.media_type")
            }
            _ => Self::bad_form(),
        }
    }

    /// A form that no page of this shop has made.
    #[must_use]
    pub fn bad_form() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.form")
    }

    /// The idempotency key was used for something else.
    #[must_use]
    pub fn key_reused() -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency.key_reused").detail(
            "This Idempotency-Key was used for another request. Use a new key for a new request.",
        )
    }

    /// A fault of the store: logged here, once, and told outside only as far as it helps.
    #[must_use]
    pub fn fault(fault: &StoreError) -> Self {
        match fault {
            StoreError::Overloaded => {
                let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.overloaded")
                    .detail("Too busy at the moment; nothing was changed. Try again shortly.");
                problem.retry_s = Some(1);
                problem
            }
            StoreError::Closed => {
                let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.closed")
                    .detail("The server is stopping; nothing was changed. Try again shortly.");
                problem.retry_s = Some(5);
                problem
            }
            StoreError::Conflict => {
                let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.conflict")
                    .detail("Too busy at the moment; nothing was changed. Try again shortly.");
                problem.retry_s = Some(1);
                problem
            }
            StoreError::Lost | StoreError::Unreachable { .. } | StoreError::Refused { .. } => {
                tracing::error!(%fault, "a request failed");
                let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.unreachable")
                    .detail(
                        "The database is out of reach; nothing was changed. Try again shortly.",
                    );
                problem.retry_s = Some(5);
                problem
            }
            StoreError::OutcomeUnknown => {
                tracing::error!(%fault, "a request failed");
                let mut problem =
                    Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.outcome_unknown").detail(
                        "The database was lost at the last moment. Send the same request with the \
                         same key again to learn what became of it.",
                    );
                problem.retry_s = Some(5);
                problem
            }
            other => {
                tracing::error!(fault = %other, "a request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "request.fault")
                    .detail("Something failed on our side. The log knows the request's id.")
            }
        }
    }

    /// The answer: a document under `/api/`, a page elsewhere.
    #[must_use]
    pub fn respond(&self, app: &App, path: &str, id: Option<&RequestId>) -> Response {
        let request_id = id.map(|RequestId(id)| id.clone());
        let mut response = if path.starts_with("/api/") {
            self.document(request_id)
        } else {
            self.page(app, path, request_id)
        };
        if let Some(retry_s) = self.retry_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_s));
        }
        response
    }

    /// The problem as a document.
    #[must_use]
    pub fn document(&self, request_id: Option<String>) -> Response {
        let document = ProblemDocument {
            kind: format!("/api/v1/reference#problem-{}", self.code.replace('.', "-")),
            title: self.status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: self.status.as_u16(),
            code: self.code.clone(),
            detail: self.detail.clone(),
            request_id,
            errors: self.errors.clone(),
            more: self.more.clone(),
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let store = HeaderValue::from_static("no-store");
        let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, store)];
        (self.status, headers, body).into_response()
    }

    fn page(&self, app: &App, path: &str, request_id: Option<String>) -> Response {
        let kind = match self.status {
            StatusCode::NOT_FOUND => ProblemKind::NotFound,
            StatusCode::FORBIDDEN => ProblemKind::Forbidden,
            StatusCode::METHOD_NOT_ALLOWED => ProblemKind::BadMethod,
            StatusCode::CONFLICT => ProblemKind::Conflict,
            StatusCode::PAYLOAD_TOO_LARGE => ProblemKind::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => {
                ProblemKind::TooMany { retry_s: self.retry_s.unwrap_or(60) }
            }
            StatusCode::SERVICE_UNAVAILABLE => ProblemKind::Maintenance { retry_s: self.retry_s },
            status if status.is_client_error() => ProblemKind::BadRequest,
            _ => ProblemKind::Fault,
        };
        let told = Told { kind, request_id: request_id.clone(), needs: self.needs };
        let page = ProblemPage { shell: shell_of(app, path), kind, request_id };
        let mut response = html(self.status, &page);
        response.extensions_mut().insert(told);
        response
    }
}

/// The layout for an error on `path`: in the market and language of the path, where it has them.
fn shell_of(app: &App, path: &str) -> Shell {
    let mut segments = path.trim_start_matches('/').split('/');
    let market: Option<MarketCode> = segments.next().and_then(|text| text.parse().ok());
    let language: Option<Language> = segments.next().and_then(|text| text.parse().ok());
    let snapshot = app.shop.snapshots.now();
    let market = market.and_then(|code| snapshot.market(code));
    Shell {
        site: app.site.clone(),
        language: language.filter(|l| Language::PAGES.contains(l)).unwrap_or(Language::En),
        market: market.map(|market| PageMarket { country: market.home() }),
        path: path.to_owned(),
        alternates: Vec::new(),
    }
}

/// Renders a page that is for one person or one moment: never kept by anybody on the way.
#[must_use]
pub fn html(status: StatusCode, page: &impl askama::Template) -> Response {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            return (StatusCode::INTERNAL_SERVER_ERROR, "The page could not be made.")
                .into_response();
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    secure_headers(headers);
    response
}
