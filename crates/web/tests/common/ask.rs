//! A request to the router, and its answer.

use std::fmt::Write;
use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt;

use super::Api;

/// A request that is put together.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    from: Option<SocketAddr>,
}

impl Ask {
    fn new(method: &'static str, path: &str) -> Self {
        Self { method, path: path.to_owned(), headers: Vec::new(), body: Vec::new(), from: None }
    }

    /// A reading request.
    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// A request with another method and no body.
    pub(crate) fn bare(method: &'static str, path: &str) -> Self {
        Self::new(method, path)
    }

    /// A `POST` of JSON.
    pub(crate) fn post(path: &str, body: &Value) -> Self {
        Self::new("POST", path).json(body)
    }

    /// A `POST` of a form, as a browser sends it.
    pub(crate) fn form(path: &str, fields: &[(&str, &str)]) -> Self {
        Self::new("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .raw(encoded(fields))
    }

    /// From this address of a client; without one nobody's budget is used.
    pub(crate) fn from(mut self, address: SocketAddr) -> Self {
        self.from = Some(address);
        self
    }

    /// A `PUT` of JSON.
    pub(crate) fn put(path: &str, body: &Value) -> Self {
        Self::new("PUT", path).json(body)
    }

    fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").raw(body.to_string())
    }

    /// With this body, byte by byte.
    pub(crate) fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// With something behind the body.
    pub(crate) fn plus(mut self, more: &str) -> Self {
        self.body.extend_from_slice(more.as_bytes());
        self
    }

    /// With this header, in place of one of the same name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without the header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(found, _)| found != name);
        self
    }

    /// With this idempotency key.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// To another path.
    pub(crate) fn to(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }
}

/// Fields as a browser sends them: every byte that is no letter or digit as `%XX`.
fn encoded(fields: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(name);
        body.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() {
                body.push(char::from(byte));
            } else {
                write!(body, "%{byte:02X}").expect("a text takes what is written to it");
            }
        }
    }
    body
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body as it came.
    pub(crate) text: String,
    /// The same, where it is no text.
    pub(crate) bytes: Vec<u8>,
    /// The body as JSON; null if it is none.
    pub(crate) body: Value,
}

impl Answer {
    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A text in the body.
    pub(crate) fn str(&self, pointer: &str) -> &str {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer} in {}", self.text))
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The answer, which must be a whole problem document with this status and code.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Self {
        let told = (self.status, self.body["code"].as_str().unwrap_or_default());
        assert_eq!(told, (status, code), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(self.body["status"], status);
        let anchor = format!("/api/v1/reference#problem-{}", code.replace('.', "-"));
        assert_eq!(self.body["type"], anchor);
        assert!(self.body["title"].is_string(), "{}", self.text);
        self
    }
}

impl Api {
    /// Sends a request through the whole router.
    pub(crate) async fn send(&self, ask: Ask) -> Answer {
        let mut request = Request::builder().method(ask.method).uri(&ask.path);
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if let Some(address) = ask.from {
            request = request.extension(ConnectInfo(address));
        }
        let request = request.body(Body::from(ask.body)).expect("a request that can be sent");
        let answer = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a whole body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let bytes = bytes.to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text, bytes, body }
    }
}
