//! `/rom/uploads/{sha256}`: a package comes in piece by piece, over a connection that may break, and
//! is then published.
//!
//! The sender asks how much is there, sends the next piece, and asks again after a break. Who may
//! publish has a token (`kontor rom token`); pieces and builds are known by the hash of the whole
//! file, so that everything here can be sent twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kontor_base::{Language, limits, unhex};
use kontor_domain::build::Digest;
use kontor_rom::build::{PublishCommand, Source, publish as publish_build};
use kontor_rom::core::UploadError;
use kontor_rom::{Failure, Rom};
use serde::Deserialize;
use serde_json::json;

use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};

const PATH: &str = "/rom/uploads/{sha256}";
pub(super) const HELD: Route = Route::secret(PATH, Class::Personal);
pub(super) const PIECE: Route = Route {
    method: Verb::Put,
    path: PATH,
    access: Access::Token,
    class: Class::Write,
    repeat: Repeat::Natural,
};
pub(super) const PUBLISH: Route = Route::write(PATH, Access::Token, Repeat::Natural);

/// Where a piece begins in the file.
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");

fn refuse(app: &App, status: StatusCode, code: &str, detail: &str) -> Response {
    Problem::new(status, code).detail(detail).respond(app, "/api/", None)
}

fn fault(app: &App, fault: &dyn std::fmt::Display) -> Response {
    tracing::error!(%fault, "an upload failed");
    refuse(app, StatusCode::INTERNAL_SERVER_ERROR, "request.fault", "The file was not taken in.")
}

/// The service and the file that an upload is about, if its token is good.
fn allowed<'a>(
    app: &'a App,
    headers: &HeaderMap,
    sha256: &str,
) -> Result<(&'a Arc<Rom>, Digest), Box<Response>> {
    let refuse = |status, code, detail| Err(Box::new(refuse(app, status, code, detail)));
    let Some(rom) = app.rom.as_ref() else {
        return Err(Box::new(StatusCode::NOT_FOUND.into_response()));
    };
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer "));
    if token.and_then(|token| rom.keys.publisher(token, rom.now())).is_none() {
        let detail = "Authorization needs a token that `kontor rom token` makes, and it ends.";
        return refuse(StatusCode::UNAUTHORIZED, "build.token", detail);
    }
    match sha256.parse() {
        Ok(sha256) => Ok((rom, sha256)),
        Err(_) => refuse(StatusCode::NOT_FOUND, "build.hash", "The address ends in a SHA-256."),
    }
}

fn told(held: u64) -> Response {
    let body = json!({ "held": held }).to_string();
    let kind = HeaderValue::from_static("application/json");
    let none = HeaderValue::from_static("no-store");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, none)], body).into_response()
}

/// How much is there.
pub(super) async fn held(
    State(app): State<App>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (rom, sha256) = match allowed(&app, &headers, &sha256) {
        Ok(allowed) => allowed,
        Err(response) => return *response,
    };
    let files = rom.files.clone();
    match tokio::task::spawn_blocking(move || files.upload_held(&sha256)).await {
        Ok(Ok(held)) => told(held),
        Ok(Err(error)) => fault(&app, &error),
        Err(error) => fault(&app, &error),
    }
}

/// The next piece.
pub(super) async fn piece(
    State(app): State<App>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (rom, sha256) = match allowed(&app, &headers, &sha256) {
        Ok(allowed) => allowed,
        Err(response) => return *response,
    };
    let offset = headers.get(OFFSET).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let Some(offset) = offset else {
        let detail = "Upload-Offset says where in the file the piece begins.";
        return refuse(&app, StatusCode::BAD_REQUEST, "build.offset", detail);
    };
    let Ok(piece) = to_bytes(body, limits::UPLOAD_PIECE_BYTES_MAX).await else {
        let detail = "A piece has at most 16 MiB.";
        return refuse(&app, StatusCode::PAYLOAD_TOO_LARGE, "request.too_large", detail);
    };
    let files = rom.files.clone();
    let taken =
        tokio::task::spawn_blocking(move || files.upload_piece(&sha256, offset, &piece)).await;
    match taken {
        Ok(Ok(held)) => told(held),
        Ok(Err(UploadError::Files(error))) => fault(&app, &error),
        Ok(Err(error)) => {
            let (status, code) = match error {
                UploadError::Elsewhere(_) => (StatusCode::CONFLICT, "build.offset"),
                UploadError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "build.too_large"),
                _ => (StatusCode::TOO_MANY_REQUESTS, "build.uploads"),
            };
            refuse(&app, status, code, &error.to_string())
        }
        Err(error) => fault(&app, &error),
    }
}

/// What the build is called and what is new in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The file's name.
    name: String,
    model: String,
    version: Option<String>,
    kind: String,
    #[serde(default)]
    notes: BTreeMap<Language, String>,
    /// The signed list of its parts, in hexadecimal.
    csig: Option<String>,
}

/// The bytes of a text of hexadecimal digits.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| unhex::<1>(std::str::from_utf8(pair).ok()?).map(|[byte]| byte);
    pairs.iter().map(byte).collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty())
}

/// Publishes what is there.
pub(super) async fn publish(
    State(app): State<App>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    let (rom, sha256) = match allowed(&app, &headers, &sha256) {
        Ok(allowed) => allowed,
        Err(response) => return *response,
    };
    let Ok(asked) = serde_json::from_slice::<Asked>(&body) else {
        let detail =
            "The body is JSON with name, model and kind, and may have version, notes and csig.";
        return refuse(&app, StatusCode::BAD_REQUEST, "request.malformed", detail);
    };
    let version = asked.version.as_deref().map(str::parse).transpose();
    let words = (asked.model.parse(), version, asked.kind.parse());
    let (Ok(model), Ok(version), Ok(kind)) = words else {
        let detail = "Model, version or kind has characters that it may not have.";
        return refuse(&app, StatusCode::UNPROCESSABLE_ENTITY, "build.words", detail);
    };
    let Some(csig) = asked.csig.as_deref().map(from_hex).map_or(Some(None), |csig| csig.map(Some))
    else {
        let detail = "csig is the file's bytes in hexadecimal, in small letters.";
        return refuse(&app, StatusCode::UNPROCESSABLE_ENTITY, "build.csig", detail);
    };
    let source = Source::Upload { sha256, name: asked.name };
    let command = PublishCommand { source, model, version, kind, notes: asked.notes, csig };
    match publish_build(rom, command, Arc::new(|_| true)).await {
        Ok(published) => {
            let (build, file) = (published.build, published.file);
            let body = json!({
                "model": build.model, "version": build.version, "incremental": build.incremental,
                "sha256": file.sha256, "bytes": file.bytes,
            });
            let kind = HeaderValue::from_static("application/json");
            (StatusCode::CREATED, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
        }
        Err(Failure::Refused(refusal)) => {
            let status = match refusal.code() {
                "build.duplicate" => StatusCode::CONFLICT,
                "device.unknown_model" => StatusCode::NOT_FOUND,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            refuse(&app, status, refusal.code(), &refusal.to_string())
        }
        Err(Failure::Fault(error)) => Problem::fault(&error).respond(&app, "/api/", None),
        Err(Failure::Files(error)) => fault(&app, &error),
    }
}
