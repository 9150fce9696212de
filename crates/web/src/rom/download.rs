//! `GET /rom/files/{sha256}/{name}`: a file, whole or in parts. Its address stands for its bytes for
//! ever, so it can be kept anywhere.
//!
//! Read from the disk piece by piece while it is sent: memory stays flat however large the file and
//! however slow the client.

use std::collections::VecDeque;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};
use kontor_domain::build::Digest;
use kontor_rom::core::ServedFile;
use tokio::task::JoinHandle;

use super::range::{Span, Wanted, wanted};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};

pub(super) const ROUTE: Route = Route::read("/rom/files/{sha256}/{name}", Class::Asset);

/// How much is read at once, in bytes.
const CHUNK: u64 = 512 * 1024;
/// What stands between the parts of an answer with several ranges: long enough that no file has it.
const BOUNDARY: &str = "kontor-5d1f0a8c7e2b49638f17c6a0be94d352";

pub(super) async fn send(
    State(app): State<App>,
    Path((sha256, name)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let snapshot = rom.snapshots.now();
    let found = sha256.parse::<Digest>().ok().and_then(|sha256| {
        let file = snapshot.file(&sha256).filter(|file| file.name == name)?;
        Some((sha256, file.clone()))
    });
    let Some((sha256, served)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let path = rom.files.path(&sha256);
    let opened = tokio::task::spawn_blocking(move || File::open(path)).await;
    let Ok(Ok(file)) = opened else {
        tracing::error!(file = %sha256, "a published file cannot be opened");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let etag = format!("\"{sha256}\"");
    let mut response = answer(file, &served, &etag, &method, &headers);
    let fixed = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        fixed.insert(header::ETAG, etag);
    }
    fixed.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable, no-transform");
    fixed.insert(header::CACHE_CONTROL, forever);
    fixed.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    for (place, mirror) in rom.settings.mirrors.iter().enumerate() {
        let link = format!("<{mirror}/{sha256}/{name}>; rel=duplicate; pri={}", place + 1);
        if let Ok(link) = HeaderValue::from_str(&link) {
            fixed.append(header::LINK, link);
        }
    }
    response
}

fn answer(
    file: File,
    served: &ServedFile,
    etag: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Response {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|sent| sent == "*" || sent.contains(etag)) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let same = text(header::IF_RANGE).is_none_or(|sent| sent == etag);
    let range = text(header::RANGE).filter(|_| same && method == Method::GET);
    let length = served.bytes;
    let whole = Span { start: 0, bytes: length };
    let kind = "application/zip";
    let content =
        |span: &Span| format!("bytes {}-{}/{length}", span.start, span.start + span.bytes - 1);
    let (status, kind, content_range, pieces) = match range
        .map_or(Wanted::Whole, |r| wanted(r, length))
    {
        Wanted::Whole => (StatusCode::OK, kind.to_owned(), None, vec![Piece::Span(whole)]),
        Wanted::Nothing => {
            let none = format!("bytes */{length}");
            return (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, none)])
                .into_response();
        }
        Wanted::Spans(spans) if spans.len() == 1 => {
            let range = content(&spans[0]);
            (StatusCode::PARTIAL_CONTENT, kind.to_owned(), Some(range), vec![Piece::Span(spans[0])])
        }
        Wanted::Spans(spans) => {
            let mut pieces = Vec::new();
            for span in &spans {
                let head = format!(
                    "\r\n--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Range: {}\r\n\r\n",
                    content(span)
                );
                pieces.extend([Piece::Text(Bytes::from(head)), Piece::Span(*span)]);
            }
            pieces.push(Piece::Text(Bytes::from(format!("\r\n--{BOUNDARY}--\r\n"))));
            let kind = format!("multipart/byteranges; boundary={BOUNDARY}");
            (StatusCode::PARTIAL_CONTENT, kind, None, pieces)
        }
    };
    let mut response = Response::new(Body::new(FileBody::new(file, pieces)));
    *response.status_mut() = status;
    for (name, value) in
        [(header::CONTENT_TYPE, Some(kind)), (header::CONTENT_RANGE, content_range)]
    {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

enum Piece {
    Text(Bytes),
    Span(Span),
}

impl Piece {
    const fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Span(span) => span.bytes,
        }
    }
}

/// Parts of a file, read one chunk ahead of what is being sent.
struct FileBody {
    file: Arc<File>,
    pieces: VecDeque<Piece>,
    left: u64,
    reading: Option<JoinHandle<std::io::Result<Bytes>>>,
}

impl FileBody {
    fn new(file: File, pieces: Vec<Piece>) -> Self {
        let left = pieces.iter().map(Piece::bytes).sum();
        Self { file: Arc::new(file), pieces: pieces.into(), left, reading: None }
    }

    /// Takes the next chunk of the span in front and lets a thread read it.
    fn begin(&mut self) {
        let Some(Piece::Span(span)) = self.pieces.front_mut() else { return };
        let (at, bytes) = (span.start, span.bytes.min(CHUNK));
        span.start += bytes;
        span.bytes -= bytes;
        if span.bytes == 0 {
            self.pieces.pop_front();
        }
        let file = Arc::clone(&self.file);
        self.reading = Some(tokio::task::spawn_blocking(move || {
            let mut buffer = vec![0; usize::try_from(bytes).unwrap_or(0)];
            file.read_exact_at(&mut buffer, at)?;
            Ok(Bytes::from(buffer))
        }));
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let body = self.get_mut();
        if body.reading.is_none() {
            body.begin();
        }
        let bytes = match &mut body.reading {
            Some(reading) => {
                let read = ready!(Pin::new(reading).poll(context));
                body.reading = None;
                match read.map_err(std::io::Error::other).flatten() {
                    Ok(bytes) => bytes,
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            }
            None => match body.pieces.pop_front() {
                Some(Piece::Text(text)) => text,
                _ => return Poll::Ready(None),
            },
        };
        body.left -= bytes.len() as u64;
        body.begin();
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
