//! A request to the API, taken apart and checked as far as every endpoint needs it: parameters,
//! headers, the body, the identity of a repeated request.
//!
//! What cannot be read is a [`Problem`] here already, so that an endpoint only sees good parts.

use std::error::Error as _;
use std::net::IpAddr;

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use kontor_base::{Language, limits};
use kontor_domain::market::{Market, MarketCode, Stage};
use kontor_shop::Once;
use kontor_shop::core::Snapshot;
use serde::de::DeserializeOwned;

use super::object::Object;
use super::reply::Reply;
use crate::kit::app::App;
use crate::kit::guard::{RequestId, client_address, peer};
use crate::kit::problem::{FieldProblem, Problem};

/// The header with the key of a repeated request.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header with a cart's token.
pub(crate) const CART_TOKEN: &str = "kontor-cart";
/// The header with a checkout's token.
pub(crate) const CHECKOUT_TOKEN: &str = "kontor-checkout";

/// The header with the ticket of a sale's entry.
pub(crate) const TICKET: &str = "kontor-ticket";
/// The header with the token of a sale's claim.
pub(crate) const CLAIM_TOKEN: &str = "kontor-claim";
/// The header with the token of a deposit.
pub(crate) const DEPOSIT_TOKEN: &str = "kontor-deposit";

/// How much of a parser's message is passed on: it can quote what was sent.
const QUOTED_CHARS_MAX: usize = 160;

/// A request.
#[derive(Debug)]
pub(crate) struct Call {
    /// Its headers.
    pub(crate) headers: HeaderMap,
    path: String,
    segments: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Bytes,
    id: Option<RequestId>,
    /// The client's address: for budgets, never kept.
    pub(crate) address: Option<IpAddr>,
}

impl FromRequest<App> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let id = parts.extensions.get::<RequestId>().cloned();
        let address = client_address(app, &parts.headers, peer(&parts.extensions));
        let path = parts.uri.path().to_owned();
        let refuse = |problem: Problem| problem.respond(app, &path, id.as_ref());
        let segments = RawPathParams::from_request_parts(&mut parts, app)
            .await
            .map_err(|_| refuse(Problem::not_found()))?
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let query = match parts.uri.query() {
            None => Vec::new(),
            Some(_) => {
                let query = Query::try_from_uri(&parts.uri);
                query.map_err(|_| refuse(parameter("The query is not readable.")))?.0
            }
        };
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let body = if reads {
            Bytes::new()
        } else {
            to_bytes(body, limits::BODY_BYTES_MAX).await.map_err(|_| refuse(too_large()))?
        };
        Ok(Self { headers: parts.headers, path, segments, query, body, id, address })
    }
}

impl Call {
    /// The answer to this request.
    pub(crate) fn answer(&self, app: &App, answer: Result<Reply, Problem>) -> Response {
        match answer {
            Ok(reply) => reply.respond(app, &self.path, self.id.as_ref()),
            Err(problem) => problem.respond(app, &self.path, self.id.as_ref()),
        }
    }

    /// A part of the path; the route's own pattern names it.
    pub(crate) fn segment(&self, name: &str) -> &str {
        self.segments.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// The market of the path. One that is only being scouted is not spoken of.
    pub(crate) fn market<'a>(&self, snapshot: &'a Snapshot) -> Result<&'a Market, Problem> {
        let code: Option<MarketCode> = self.segment("market").parse().ok();
        code.and_then(|code| snapshot.market(code))
            .filter(|market| market.stage != Stage::Scouting)
            .ok_or_else(unknown_market)
    }

    /// Refuses query parameters that the endpoint does not know, and ones that come twice: a
    /// misspelt parameter must not quietly mean its default.
    pub(crate) fn only_queries(&self, known: &[&str]) -> Result<(), Problem> {
        for (i, (name, _)) in self.query.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(parameter(format!(
                    "There is a query parameter that is not known here; known: {known}."
                )));
            }
            if self.query[..i].iter().any(|(earlier, _)| earlier == name) {
                return Err(parameter(format!("The query parameter {name} comes twice.")));
            }
        }
        Ok(())
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The language asked for with `?language=`, or `default`.
    pub(crate) fn language(&self, default: Language) -> Result<Language, Problem> {
        self.query("language").map_or(Ok(default), |tag| {
            tag.parse().map_err(|_| parameter("language is one of en, de, zh, hi."))
        })
    }

    /// The token in the header `name`. That it is missing tells nothing about any id, so it may be
    /// said.
    pub(crate) fn token(&self, name: &str) -> Result<&str, Problem> {
        let token = self.headers.get(name).and_then(|value| value.to_str().ok());
        token.ok_or_else(|| {
            let detail = format!("Send the token that came with the id in the header {name}.");
            Problem::new(StatusCode::BAD_REQUEST, "request.token_missing").detail(detail)
        })
    }

    /// The identity of this request. `scope` says what is asked of whom.
    pub(crate) fn once(&self, app: &App, scope: &str) -> Result<Once, Problem> {
        Ok(app.shop.keys.once(scope, self.key()?, &self.body))
    }

    /// The request's key, of the form that a key must have.
    pub(crate) fn key(&self) -> Result<&str, Problem> {
        let bad = |code: &str, detail: &str| {
            Err(Problem::new(StatusCode::BAD_REQUEST, code).detail(detail))
        };
        let mut keys = self.headers.get_all(IDEMPOTENCY_KEY).iter();
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return bad(
                "idempotency.key_missing",
                "Send one Idempotency-Key: a random UUID, the same one when you try again.",
            );
        };
        let visible = |key: &&str| {
            (1..=limits::IDEMPOTENCY_KEY_CHARS_MAX).contains(&key.len())
                && key.bytes().all(|b| b.is_ascii_graphic())
        };
        match key.to_str().ok().filter(visible) {
            Some(key) => Ok(key),
            None => bad(
                "idempotency.key_malformed",
                "An Idempotency-Key has 1 to 255 visible ASCII characters.",
            ),
        }
    }

    /// The fields of a flat body, as a form or as JSON: other projects' clients send either.
    pub(crate) fn fields(&self) -> Result<Vec<(String, String)>, Problem> {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return serde_urlencoded::from_bytes(&self.body).map_err(|_| {
                Problem::new(StatusCode::BAD_REQUEST, "request.form")
                    .detail("The body is not a form.")
            });
        }
        let body: serde_json::Map<String, serde_json::Value> = self.json_map()?;
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        Ok(body.into_iter().map(|(name, value)| (name, text(value))).collect())
    }

    fn json_map(&self) -> Result<serde_json::Map<String, serde_json::Value>, Problem> {
        serde_json::from_slice(&self.body).map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, "request.not_json")
                .detail("The body is a form or a JSON object.")
        })
    }

    /// The body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
        if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.media_type")
                .detail("Send the body with Content-Type: application/json."));
        }
        // What fits is most of what comes; only what does not is read by the way that can say where.
        if let Ok(Object(body)) = serde_json::from_slice(&self.body) {
            return Ok(body);
        }
        Json::from_bytes(&self.body).map(|Json(Object(body))| body).map_err(|error| unfit(&error))
    }
}

/// A parameter of the path or the query cannot be used.
pub(crate) fn parameter(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "request.parameter").detail(detail)
}

/// There is no such market.
pub(crate) fn unknown_market() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "market.unknown")
        .detail("There is no such market. GET /api/v1/markets lists them.")
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large")
        .detail(format!("A body has at most {} bytes and comes in full.", limits::BODY_BYTES_MAX))
}

/// Something in the body is wrong.
pub(crate) fn invalid(errors: Vec<FieldProblem>) -> Problem {
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "request.invalid");
    problem.detail = errors.first().map(|first| match first.pointer.as_str() {
        "" => format!("The body does not fit: {}", first.detail),
        pointer => format!("{pointer} does not fit: {}", first.detail),
    });
    problem.errors = errors;
    problem
}

/// What is wrong with one field.
pub(crate) fn field(pointer: &str, code: &str, detail: &str) -> FieldProblem {
    FieldProblem { pointer: pointer.to_owned(), code: code.to_owned(), detail: detail.to_owned() }
}

/// Why a body was not read: no JSON (400), or JSON of another shape (422).
fn unfit(error: &JsonRejection) -> Problem {
    let JsonRejection::JsonDataError(error) = error else {
        return Problem::new(StatusCode::BAD_REQUEST, "request.not_json")
            .detail("The body is not JSON (RFC 8259, UTF-8, nothing behind it).");
    };
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    invalid(vec![told(&text)])
}

/// The parser's message as a field's problem: `lines[0].quantity: invalid type: …`. The place is
/// taken from the message only where it looks like one, since its words can be the sender's.
fn told(text: &str) -> FieldProblem {
    let is_place = |place: &str| {
        place.len() <= QUOTED_CHARS_MAX
            && place.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-[].".contains(&b))
    };
    let (place, message) = match text.split_once(": ") {
        Some((place, message)) if is_place(place) => (place, message),
        _ => ("", text),
    };
    let mut pointer = String::new();
    for part in place.split(['.', '[', ']']).filter(|part| !part.is_empty()) {
        pointer.push('/');
        pointer.push_str(part);
    }
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let named = ["missing field `", "duplicate field `"];
    if let Some(name) = named.iter().find_map(|start| message.strip_prefix(start)) {
        pointer.push('/');
        pointer.push_str(name.trim_end_matches('`'));
    }
    let code = match message.split('`').next().unwrap_or_default().trim_end() {
        "missing field" => "request.missing_field",
        "unknown field" => "request.unknown_field",
        "duplicate field" => "request.duplicate_field",
        "unknown variant" => "request.unknown_value",
        other if other.starts_with("invalid type") => "request.wrong_type",
        _ => "request.bad_value",
    };
    let mut detail: String = message.chars().take(QUOTED_CHARS_MAX).collect();
    if detail.len() < message.len() {
        detail.push('…');
    }
    FieldProblem { pointer, code: code.to_owned(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parsers_message_becomes_a_pointer_and_a_code() {
        let table = [
            (
                "lines[0].quantity: invalid value: integer `-1`, expected u32 at line 1 column 9",
                "/lines/0/quantity",
                "request.bad_value",
            ),
            (
                "lines[2]: missing field `sku` at line 1 column 9",
                "/lines/2/sku",
                "request.missing_field",
            ),
            ("missing field `lines` at line 1 column 2", "/lines", "request.missing_field"),
            (
                "x: unknown field `x`, expected `lines` at line 1 column 2",
                "/x",
                "request.unknown_field",
            ),
            (
                "invalid type: sequence, expected struct NewCart at line 1 column 0",
                "",
                "request.wrong_type",
            ),
            ("a b: c: unknown field `a b: c`, expected `lines`", "", "request.bad_value"),
            (
                "payment.method: unknown variant `gold`, expected `test` or `bank_transfer`",
                "/payment/method",
                "request.unknown_value",
            ),
        ];
        for (text, pointer, code) in table {
            let told = told(text);
            assert_eq!((told.pointer.as_str(), told.code.as_str()), (pointer, code), "{text}");
        }
        let long = told(&format!("invalid type: string \"{}\"", "é".repeat(9_000)));
        assert!(long.detail.chars().count() <= QUOTED_CHARS_MAX + 1);
    }
}
