//! `GET /rom/files/{sha256}/{name}`: a file, whole or in parts. Its address stands for its bytes for
//! ever, so it can be kept anywhere.
//!
//! The operator may send clients elsewhere for the bytes: to a mirror, or to the bucket itself with
//! an address that ends. Clients verify what they get, so it need not be trusted.

use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kontor_domain::build::Digest;
use kontor_rom::Rom;
use kontor_rom::core::{FileReader, Redirect, ServedFile};

use super::file_body::{FileBody, Part};
use super::pace::Pace;
use super::range::{Span, Wanted, wanted};
use crate::kit::app::App;
use crate::kit::guard::{client_address, peer};
use crate::kit::routes::{Class, Route};

pub(super) const ROUTE: Route = Route::read("/rom/files/{sha256}/{name}", Class::Asset);
pub(super) const ORIGIN: Route = Route::read("/rom/origin/{sha256}/{name}", Class::Asset);
pub(super) const LIST: Route = Route::read("/rom/files.txt", Class::Page);

/// What stands between the parts of an answer with several ranges: long enough that no file has it.
const BOUNDARY: &str = "kontor-5d1f0a8c7e2b49638f17c6a0be94d352";
/// How long an address of the bucket is good, in seconds: a slow download asks here again.
const ADDRESS_S: u32 = 3_600;

/// The file, from here or from where clients are sent.
pub(super) async fn send(
    State(app): State<App>,
    Path(file): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    extensions: Extensions,
) -> Response {
    respond(&app, file, &method, &headers, &extensions, Place::Anywhere).await
}

/// The file from here, wherever clients are sent: what mirrors are filled from.
pub(super) async fn from_here(
    State(app): State<App>,
    Path(file): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    extensions: Extensions,
) -> Response {
    respond(&app, file, &method, &headers, &extensions, Place::Here).await
}

/// Every file that clients may be sent to a mirror for, one address a line: packages, the lists of
/// their parts, images and deltas of every build that is in a channel.
pub(super) async fn list(State(app): State<App>) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let (snapshot, origin) = (rom.snapshots.now(), &app.settings.origin);
    let files = snapshot.public_files();
    let mut body = String::with_capacity(files.len() * (origin.len() + 128));
    for (sha256, file) in files {
        // Writing to a string does not fail.
        let _ = writeln!(body, "{origin}/rom/origin/{sha256}/{}", file.name);
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    (headers, body).into_response()
}

/// Where the bytes may come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    Here,
}

pub(super) async fn respond(
    app: &App,
    (sha256, name): (String, String),
    method: &Method,
    headers: &HeaderMap,
    extensions: &Extensions,
    from: Place,
) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let snapshot = rom.snapshots.now();
    let found = sha256.parse::<Digest>().ok().and_then(|sha256| {
        let file = snapshot.file(&sha256).filter(|file| file.name == name)?;
        Some((sha256, file.clone()))
    });
    let Some((sha256, served)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let address = client_address(app, headers, peer(extensions));
    let place = address.map_or(0, |address| rom.keys.address(address).0[0]);
    if from == Place::Anywhere
        && let Some(response) = elsewhere(rom, &sha256, &served, place)
    {
        return response;
    }
    let files = rom.files.clone();
    let opened = tokio::task::spawn_blocking(move || files.reader(&sha256)).await;
    let Ok(Ok(reader)) = opened else {
        tracing::error!(file = %sha256, "a published file cannot be opened");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let etag = format!("\"{sha256}\"");
    let pace = app.paces.of(address, std::time::Instant::now());
    let mut response = answer(reader, &served, &etag, method, headers, pace);
    let fixed = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        fixed.insert(header::ETAG, etag);
    }
    fixed.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable, no-transform");
    fixed.insert(header::CACHE_CONTROL, forever);
    fixed.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    name_duplicates(fixed, rom.settings.mirrors.iter(), &sha256, &name);
    response
}

/// The mirrors as clients of RFC 6249 look for them, the first to be tried first.
fn name_duplicates<'m>(
    headers: &mut HeaderMap,
    mirrors: impl Iterator<Item = &'m String>,
    sha256: &Digest,
    name: &str,
) {
    for (place, mirror) in mirrors.enumerate() {
        let link = format!("<{mirror}/{sha256}/{name}>; rel=duplicate; pri={}", place + 1);
        if let Ok(link) = HeaderValue::from_str(&link) {
            headers.append(header::LINK, link);
        }
    }
}

/// The redirect, where the operator wants one. Each client is sent to one mirror, by its address,
/// and told of the others in case that one is down.
fn elsewhere(rom: &Rom, sha256: &Digest, served: &ServedFile, place: u8) -> Option<Response> {
    let name = &served.name;
    let mirrors = &rom.settings.mirrors;
    let (to, others): (String, Vec<&String>) = match rom.settings.redirect {
        Redirect::None => return None,
        Redirect::Bucket => (rom.files.address(sha256, ADDRESS_S)?, mirrors.iter().collect()),
        // What the list does not name no mirror has.
        Redirect::Mirror if !served.public => return None,
        Redirect::Mirror => {
            let chosen = usize::from(place).checked_rem(mirrors.len())?;
            let others = mirrors.iter().enumerate().filter(|(i, _)| *i != chosen);
            let others = others.map(|(_, mirror)| mirror).collect();
            (format!("{}/{sha256}/{name}", mirrors[chosen]), others)
        }
    };
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(&to).ok()?);
    // Where to go changes; what is there does not.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=60"));
    name_duplicates(headers, others.into_iter(), sha256, name);
    Some(response)
}

fn answer(
    reader: FileReader,
    served: &ServedFile,
    etag: &str,
    method: &Method,
    headers: &HeaderMap,
    pace: Option<Pace>,
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
    let (status, kind, content_range, parts) = match range
        .map_or(Wanted::Whole, |r| wanted(r, length))
    {
        Wanted::Whole => (StatusCode::OK, kind.to_owned(), None, vec![Part::Span(whole)]),
        Wanted::Nothing => {
            let none = format!("bytes */{length}");
            return (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, none)])
                .into_response();
        }
        Wanted::Spans(spans) if spans.len() == 1 => {
            let range = content(&spans[0]);
            (StatusCode::PARTIAL_CONTENT, kind.to_owned(), Some(range), vec![Part::Span(spans[0])])
        }
        Wanted::Spans(spans) => {
            let mut parts = Vec::new();
            for span in &spans {
                let head = format!(
                    "\r\n--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Range: {}\r\n\r\n",
                    content(span)
                );
                parts.extend([Part::Text(Bytes::from(head)), Part::Span(*span)]);
            }
            parts.push(Part::Text(Bytes::from(format!("\r\n--{BOUNDARY}--\r\n"))));
            let kind = format!("multipart/byteranges; boundary={BOUNDARY}");
            (StatusCode::PARTIAL_CONTENT, kind, None, parts)
        }
    };
    let mut response = Response::new(Body::new(FileBody::new(reader, parts, pace)));
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
