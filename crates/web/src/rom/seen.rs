//! A device that asks for an update or tells what became of one is seen by it, too: it is counted
//! from what it says anyway, and gets its credential with the answer.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use kontor_domain::install::{Credential, OwnForm};
use kontor_rom::Rom;
use kontor_rom::core::Shown;
use kontor_rom::install::Install;

use super::reply::DEVICE;
use crate::kit::app::App;

/// The credential that a device brings and is given.
const CREDENTIAL: HeaderName = HeaderName::from_static("kontor-credential");

/// The serial number of a device that tells it.
const SERIAL: HeaderName = HeaderName::from_static("kontor-serial");

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
    match counted(app, headers, form) {
        Some((install, form)) => {
            let given = kontor_rom::install::seen(install, form, address).await;
            with_credential(response, given)
        }
        None => known_only(app, headers, response),
    }
}

/// The same for a device that has been counted today as what it says it is; `None` for another,
/// which has to be counted first.
pub(super) fn seen_already(
    app: &App,
    headers: &HeaderMap,
    form: OwnForm<'_>,
    response: Response,
) -> Option<Response> {
    let Some((install, form)) = counted(app, headers, form) else {
        return Some(known_only(app, headers, response));
    };
    let given = kontor_rom::install::seen_already(install, &form)?;
    Some(with_credential(response, given))
}

/// Where nothing is counted a rollout's gate still asks which devices are known.
fn known_only(app: &App, headers: &HeaderMap, response: Response) -> Response {
    let (Some(rom), Some(device)) = (app.rom.as_ref(), text(headers, &DEVICE)) else {
        return response;
    };
    let credential = text(headers, &CREDENTIAL).unwrap_or_default();
    with_credential(response, rom.keys.credentials.given(device, credential, rom.now()))
}

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

/// By what a device is counted, where there is a count and it tells an id.
fn counted<'r>(
    app: &'r App,
    headers: &'r HeaderMap,
    form: OwnForm<'r>,
) -> Option<(&'r Install, OwnForm<'r>)> {
    let (install, device) = (app.install.as_deref()?, text(headers, &DEVICE)?);
    let credential = text(headers, &CREDENTIAL).unwrap_or_default();
    let serial = text(headers, &SERIAL).unwrap_or_default();
    Some((install, OwnForm { device, credential, serial, ..form }))
}

fn with_credential(mut response: Response, given: Option<Credential>) -> Response {
    if let Some(value) = given.and_then(|given| HeaderValue::from_bytes(&given.text()).ok()) {
        response.headers_mut().insert(CREDENTIAL, value);
    }
    response
}
