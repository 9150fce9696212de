//! `GET /rom/offers/{model}/{channel}/{cohort}/{build}`: the signed answer to an update check.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_base::Country;
use kontor_domain::channel::Channel;
use kontor_domain::install::OwnForm;
use kontor_rom::core::Shown;
use kontor_rom::rollout::{OfferQuestion, OfferRefusal, offer};
use serde::Deserialize;

use super::reply::{Keep, answer as answer_with, with_receipt};
use super::seen::{seen, teller, with_credential};
use crate::kit::app::App;
use crate::kit::express::Heads;
use crate::kit::guard::client_address;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

pub(super) const ROUTE: Route =
    Route::read("/rom/offers/{model}/{channel}/{cohort}/{build}", Class::Read);

/// What a device may add.
#[derive(Deserialize)]
pub(super) struct Extra {
    /// Where it is: two capital letters.
    country: Option<String>,
}

pub(super) async fn answer(
    State(app): State<App>,
    Path((model, channel, cohort, build)): Path<(String, String, String, String)>,
    Query(extra): Query<Extra>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let refuse = |status, code: &str, detail: &str| {
        Problem::new(status, code).detail(detail).respond(&app, "/api/", None)
    };
    let Some(channel) = Channel::from_word(&channel) else {
        let detail = "The channels are stable, beta and nightly.";
        return refuse(StatusCode::NOT_FOUND, "channel.unknown", detail);
    };
    let heads = Heads::Kept(&headers);
    let Ok(teller) = teller(rom, heads, rom.now()) else {
        let detail = "Kontor-Device is 8 to 128 visible ASCII characters.";
        return refuse(StatusCode::BAD_REQUEST, "device.id", detail);
    };
    let device = teller.map(|teller| teller.device);
    let question = OfferQuestion {
        model: &model,
        channel,
        source: &build,
        // What is no number is no cohort either.
        cohort: cohort.parse().unwrap_or(u16::MAX),
        device,
        shown: teller.map_or(Shown::Nothing, |teller| teller.brought.shown()),
        country: extra.country.as_deref().and_then(|code| code.parse::<Country>().ok()),
    };
    let keep = if device.is_some() { Keep::Device } else { Keep::Everybody };
    let ready = match offer(rom, &question) {
        Ok(offered) => with_receipt(
            answer_with(&offered.document, "application/json", heads, keep),
            offered.receipt.as_deref(),
        ),
        Err(refusal) => {
            let status = match refusal {
                OfferRefusal::UnknownModel | OfferRefusal::NotSigned => StatusCode::NOT_FOUND,
                OfferRefusal::Cohort => StatusCode::BAD_REQUEST,
                OfferRefusal::Rejected(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            return refuse(status, refusal.code(), &refusal.to_string());
        }
    };
    let form = OwnForm {
        model: &model,
        version: &build,
        channel: channel.word(),
        country: extra.country.as_deref().unwrap_or_default(),
        ..OwnForm::default()
    };
    let address = client_address(&app, &headers, peer.map(|info| info.0.0.ip()));
    with_credential(ready, seen(&app, teller.as_ref(), address, form).await).into_response()
}
