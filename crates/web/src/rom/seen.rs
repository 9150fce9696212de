//! A device that asks for an update or tells what became of one is seen by it, too: it is counted
//! from what it says anyway, and gets its credential with the answer.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use kontor_domain::install::OwnForm;

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
    mut response: Response,
) -> Response {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (Some(install), Some(device)) = (app.install.as_ref(), text(DEVICE)) else {
        return response;
    };
    let form = OwnForm { device, credential: text(CREDENTIAL).unwrap_or_default(), ..form };
    let given = kontor_rom::install::seen(install, form, address).await;
    if let Some(value) = given.and_then(|given| HeaderValue::from_str(&given.to_string()).ok()) {
        response.headers_mut().insert(CREDENTIAL, value);
    }
    response
}
