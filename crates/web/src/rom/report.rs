//! `POST /rom/reports`: a device tells what became of a build. The same report twice counts once, and
//! one without the receipt of an offer is counted apart.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_domain::channel::Channel;
use kontor_domain::install::{Kind, OwnForm};
use kontor_domain::rollout::Event;
use kontor_rom::Failure;
use kontor_rom::rollout::{ReportCommand, report};

use super::seen::{seen, teller, with_credential};
use crate::kit::app::App;
use crate::kit::express::{Heads, Ready};
use crate::kit::guard::client_address;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

pub(super) const ROUTE: Route = Route::write("/rom/reports", Access::Public, Repeat::Natural);

/// The body as JSON. Control characters and raw line breaks inside of strings, which real clients
/// send, become spaces before it is read; bytes that are no text become `\u{fffd}`.
fn read(body: &[u8]) -> Option<serde_json::Value> {
    let text = String::from_utf8_lossy(body).replace(char::is_control, " ");
    serde_json::from_str(&text).ok()
}

/// A value of the body: an object of strings.
fn field<'v>(body: &'v serde_json::Value, name: &str) -> &'v str {
    body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
}

pub(super) async fn take(
    State(app): State<App>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let refuse = |status, code: &str, detail: &str| {
        Problem::new(status, code).detail(detail).respond(&app, "/api/", None)
    };
    let Some(body) = read(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "request.malformed", "The body is not JSON.");
    };
    let Ok(Some(teller)) = teller(rom, Heads::Kept(&headers), rom.now()) else {
        let detail = "Kontor-Device is 8 to 128 visible ASCII characters.";
        return refuse(StatusCode::BAD_REQUEST, "device.id", detail);
    };
    let words =
        (Channel::from_word(field(&body, "channel")), Event::from_word(field(&body, "event")));
    let (Some(channel), Some(event)) = words else {
        let detail = "channel is stable, beta or nightly; event is downloaded, installed, failed \
                      or rolled_back.";
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "rollout.report", detail);
    };
    let country = field(&body, "country").to_owned();
    let said = (field(&body, "model").to_owned(), field(&body, "build").to_owned());
    let command = ReportCommand {
        device: teller.device,
        model: field(&body, "model").to_owned(),
        channel,
        incremental: field(&body, "build").to_owned(),
        event,
        code: field(&body, "code").to_owned(),
        receipt: field(&body, "receipt").to_owned(),
    };
    match report(rom, command).await {
        // What it has installed is what runs from now on. The other events say nothing of that.
        Ok(_) if event == Event::Installed => {
            let form = OwnForm {
                model: &said.0,
                version: &said.1,
                channel: channel.word(),
                country: &country,
                kind: Kind::Install.word(),
                ..OwnForm::default()
            };
            let address = peer.map(|info| info.0.0.ip());
            let address = client_address(&app, &headers, address);
            let given = seen(&app, Some(&teller), address, form).await;
            let ready = Ready::new(StatusCode::NO_CONTENT, Bytes::new());
            with_credential(ready, given).into_response()
        }
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(Failure::Refused(refusal)) => {
            refuse(StatusCode::NOT_FOUND, refusal.code(), &refusal.to_string())
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, "/api/", None),
        Err(Failure::Files(fault)) => {
            tracing::error!(%fault, "a report was not taken in");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A code as a careless client puts it between quotes: only what would end the text is escaped.
    fn careless(text: &str) -> String {
        text.replace('\\', "\\\\").replace('"', "\\\"")
    }

    proptest! {
        /// Whatever is in a failure's code, nothing of the report is lost by it.
        #[test]
        fn raw_control_characters_lose_nothing(
            code in prop_oneof![any::<String>(), "[\u{0}-\u{9f}]{0,40}", "E:\n\r\t slot [ab]\u{1b}\\[0m"],
            between in "[ \n\r\t]{0,4}",
        ) {
            let body = format!(
                "{between}{{\"build\":\"a2\",{between}\"code\":\"{}\",\"event\":\"failed\"}}{between}",
                careless(&code)
            );
            let read = read(body.as_bytes()).expect("is read");
            prop_assert_eq!((field(&read, "build"), field(&read, "event")), ("a2", "failed"));
            let spaced: String =
                code.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            prop_assert_eq!(field(&read, "code"), spaced);
        }

        /// A code that is cut in the middle of a character, or is not text at all.
        #[test]
        fn bytes_that_are_no_text_lose_nothing_else(code in prop::collection::vec(128..=255_u8, 0..20)) {
            let mut body = b"{\"code\":\"".to_vec();
            body.extend(&code);
            body.extend(b"\",\"event\":\"failed\"}");
            let read = read(&body).expect("is read");
            prop_assert_eq!(field(&read, "event"), "failed");
        }

        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(read) = read(&body) {
                prop_assert!(["event", "code", "x"].iter().all(|name| field(&read, name).len() <= 200));
            }
        }
    }
}
