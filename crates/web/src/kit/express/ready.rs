//! An answer that is there: it waits for nothing and has its whole body.

use std::cell::RefCell;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

/// Headers that an answer of the lane has room for without asking for more.
const FIELDS: usize = 8;

/// An answer that is there.
#[derive(Debug)]
pub struct Ready {
    /// The status.
    pub status: StatusCode,
    /// The headers, each once.
    fields: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
}

impl Ready {
    /// An answer without headers of its own.
    #[must_use]
    pub fn new(status: StatusCode, body: Bytes) -> Self {
        Self { status, fields: Vec::with_capacity(FIELDS), body }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.fields.push((name, value));
        self
    }

    /// Appends what goes over the wire, as the HTTP library would send it.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let room: usize =
            self.fields.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        out.reserve(room + self.body.len() + 128);
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(self.status.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(self.status.canonical_reason().unwrap_or_default().as_bytes());
        out.extend_from_slice(b"\r\n");
        for (name, value) in &self.fields {
            out.extend_from_slice(name.as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        // Where nothing has changed there is no body, and no length of one either.
        if self.status != StatusCode::NOT_MODIFIED {
            out.extend_from_slice(b"content-length: ");
            decimal(self.body.len(), out);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"date: ");
        date(Timestamp::now(), out);
        out.extend_from_slice(b"\r\n\r\n");
        out.extend_from_slice(&self.body);
    }
}

impl IntoResponse for Ready {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::with_capacity(FIELDS);
        headers.extend(self.fields);
        let body = if self.body.is_empty() { Body::empty() } else { Body::from(self.body) };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
}

/// Appends a number in decimal digits.
fn decimal(number: usize, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let (mut rest, mut first) = (number, digits.len());
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(rest % 10).expect("a digit");
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

/// Appends the date of an answer; each thread writes it once a second.
fn date(now: Timestamp, out: &mut Vec<u8>) {
    thread_local! {
        static WRITTEN: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
    }
    WRITTEN.with_borrow_mut(|(second, text)| {
        if *second != now.as_second() {
            // A year that a date has no room for is none of the machine's clock.
            *text = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap_or_default();
            *second = now.as_second();
        }
        out.extend_from_slice(text.as_bytes());
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn numbers_and_dates_are_written_as_http_has_them() {
        for number in [0, 7, 10, 718, usize::MAX] {
            assert_eq!(text(|out| decimal(number, out)), number.to_string());
        }
        let at = |second| Timestamp::from_second(second).expect("a time");
        assert_eq!(text(|out| date(at(784_111_777), out)), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(text(|out| date(at(784_111_778), out)), "Sun, 06 Nov 1994 08:49:38 GMT");
    }

    #[test]
    fn an_answer_has_its_length_unless_nothing_has_changed() {
        use axum::http::header::ETAG;
        let of = |status, body: &'static str| {
            let tag = HeaderValue::from_static("\"a\"");
            let ready = Ready::new(status, Bytes::from_static(body.as_bytes())).with(ETAG, tag);
            text(|out| ready.write(out))
        };
        let whole = of(StatusCode::OK, "[]");
        assert!(whole.starts_with("HTTP/1.1 200 OK\r\netag: \"a\"\r\ncontent-length: 2\r\ndate: "));
        assert!(whole.ends_with(" GMT\r\n\r\n[]"), "{whole}");
        let unchanged = of(StatusCode::NOT_MODIFIED, "");
        assert!(unchanged.starts_with("HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\ndate: "));
        assert!(unchanged.ends_with(" GMT\r\n\r\n"), "{unchanged}");
    }
}
