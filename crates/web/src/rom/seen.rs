//! A device that asks for an update or tells what became of one is seen by it, too: it is counted
//! from what it says anyway, and gets its credential with the answer.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use kontor_domain::install::OwnForm;
use kontor_rom::Rom;
use kontor_rom::core::Shown;

use super::reply::DEVICE;
use crate::kit::app::App;

/// The credential that a device brings and is given.
const CREDENTIAL: HeaderName = HeaderName::from_static("kontor-credential");

/// What the device of a request has shown of itself.
pub(super) fn shown(rom: &Rom, headers: &HeaderMap) -> Shown {
    match (text(headers, &DEVICE), text(headers, &CREDENTIAL)) {
        (Some(device), Some(credential)) => {
            rom.keys.credentials.shown(device, credential, rom.now())
        }
        _ => Shown::Nothing,
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Counts the device of a request, whose id and credential are in its headers, and adds the
/// credential that it is to keep to the answer. A device that tells no id is not counted: nobody
/// could tell it from itself tomorrow.
pub(super) async fn seen(
    app: &App,
    headers: &HeaderMap,
    address: Option<IpAddr>,
    form: OwnForm<'_>,
    mut response: Response,
) -> Response {
    let Some(device) = text(headers, &DEVICE) else { return response };
    let credential = text(headers, &CREDENTIAL).unwrap_or_default();
    let given = match (app.install.as_ref(), app.rom.as_ref()) {
        (Some(install), _) => {
            let form = OwnForm { device, credential, ..form };
            kontor_rom::install::seen(install, form, address).await
        }
        // Nothing is counted here; a rollout's gate still asks who is known.
        (None, Some(rom)) => rom.keys.credentials.given(device, credential, rom.now()),
        (None, None) => None,
    };
    if let Some(value) = given.and_then(|given| HeaderValue::from_str(&given.to_string()).ok()) {
        response.headers_mut().insert(CREDENTIAL, value);
    }
    response
}
