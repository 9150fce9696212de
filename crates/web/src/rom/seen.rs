//! A device that asks for an update or tells what became of one is seen by it, too: it is counted
//! from what it says anyway, and gets its credential with the answer.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use kontor_domain::install::{Credential, OwnForm};
use kontor_rom::install::Install;

use super::reply::DEVICE;
use crate::kit::app::App;

/// The credential that a device brings and is given.
const CREDENTIAL: HeaderName = HeaderName::from_static("kontor-credential");

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
    let Some((install, form)) = counted(app, headers, form) else { return response };
    let given = kontor_rom::install::seen(install, form, address).await;
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
    let Some((install, form)) = counted(app, headers, form) else { return Some(response) };
    let given = kontor_rom::install::seen_already(install, &form)?;
    Some(with_credential(response, given))
}

/// By what a device is counted, where there is a count and it tells an id.
fn counted<'r>(
    app: &'r App,
    headers: &'r HeaderMap,
    form: OwnForm<'r>,
) -> Option<(&'r Install, OwnForm<'r>)> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (install, device) = (app.install.as_deref()?, text(DEVICE)?);
    let credential = text(CREDENTIAL).unwrap_or_default();
    Some((install, OwnForm { device, credential, ..form }))
}

fn with_credential(mut response: Response, given: Option<Credential>) -> Response {
    if let Some(value) = given.and_then(|given| HeaderValue::from_str(&given.to_string()).ok()) {
        response.headers_mut().insert(CREDENTIAL, value);
    }
    response
}
