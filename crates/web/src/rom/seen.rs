//! A device that asks for an update or tells what became of one is seen by it, too: it is counted
//! from what it says anyway, and gets its credential with the answer.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use kontor_domain::install::{Credential, OwnForm};
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
    response: Response,
) -> Response {
    let Some(form) = told(headers, form) else { return response };
    let given = match &app.install {
        Some(install) => kontor_rom::install::seen(install, form, address).await,
        None => uncounted(app, &form),
    };
    with_credential(response, given)
}

/// The same for a device that has been counted today as what it says it is; `None` for another,
/// which has to be counted first.
pub(super) fn seen_already(
    app: &App,
    headers: &HeaderMap,
    form: OwnForm<'_>,
    response: Response,
) -> Option<Response> {
    let Some(form) = told(headers, form) else { return Some(response) };
    let given = match &app.install {
        Some(install) => kontor_rom::install::seen_already(install, &form)?,
        None => uncounted(app, &form),
    };
    Some(with_credential(response, given))
}

/// What a device that tells an id says of itself, with its headers.
fn told<'r>(headers: &'r HeaderMap, form: OwnForm<'r>) -> Option<OwnForm<'r>> {
    let device = text(headers, &DEVICE)?;
    let credential = text(headers, &CREDENTIAL).unwrap_or_default();
    Some(OwnForm { device, credential, ..form })
}

/// Nothing is counted here; a rollout's gate still asks who is known.
fn uncounted(app: &App, form: &OwnForm<'_>) -> Option<Credential> {
    let rom = app.rom.as_ref()?;
    rom.keys.credentials.given(form.device, form.credential, rom.now())
}

fn with_credential(mut response: Response, given: Option<Credential>) -> Response {
    if let Some(value) = given.and_then(|given| HeaderValue::from_str(&given.to_string()).ok()) {
        response.headers_mut().insert(CREDENTIAL, value);
    }
    response
}
