//! `GET /rom/check`: what the service's own client is to install, or why nothing.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_base::Country;
use kontor_domain::channel::Channel;
use kontor_domain::install::OwnForm;
use kontor_rom::core::{Question, Source, Who};
use kontor_rom::rollout::receipt_of;
use serde::Deserialize;

use super::reply::{DEVICE, Keep, answer as answer_with, is_placed, stranger, with_receipt};
use super::seen::{seen, shown};
use crate::kit::app::App;
use crate::kit::guard::client_address;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

pub(super) const ROUTE: Route = Route::read("/rom/check", Class::Read);

/// What a device says of itself; its id is in the header `Kontor-Device`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    model: String,
    channel: String,
    /// The incremental of the build that it has.
    build: String,
    /// When that was built, in seconds since 1970.
    built: Option<i64>,
    /// Where it is: two capital letters.
    country: Option<String>,
    /// Its place in hundredths, where it tells no id.
    c: Option<u32>,
    /// Its cohort, where it asks for signed offers too: both then say the same.
    cohort: Option<u16>,
}

pub(super) async fn answer(
    State(app): State<App>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(Query(asked)) = asked else {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "rom.query")
            .detail("A check has model, channel and build, and may have built, country and c.");
        return problem.respond(&app, "/api/", None);
    };
    let Some(channel) = Channel::from_word(&asked.channel) else {
        let problem = Problem::new(StatusCode::NOT_FOUND, "channel.unknown")
            .detail("The channels are stable, beta and nightly.");
        return problem.respond(&app, "/api/", None);
    };
    let device = headers.get(DEVICE).map(|id| id.to_str().ok().and_then(|id| rom.keys.device(id)));
    if device == Some(None) {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "device.id")
            .detail("Kontor-Device is 8 to 128 visible ASCII characters.");
        return problem.respond(&app, "/api/", None);
    }
    let device = device.flatten();
    let who = match (asked.cohort, device) {
        (Some(cohort), device) => Who::Cohort { cohort, device },
        (None, Some(key)) => Who::Device(key),
        (None, None) => stranger(&app, rom, asked.c, &headers, peer.as_ref().map(|info| info.0)),
    };
    let address = peer.as_ref().map(|info| info.0.0.ip());
    let address = client_address(&app, &headers, address);
    let question = Question {
        model: &asked.model,
        channel,
        source: Source { incremental: &asked.build, built_s: asked.built },
        who,
        country: asked.country.as_deref().and_then(|code| code.parse::<Country>().ok()),
    };
    let shown = shown(rom, &headers);
    let placed = is_placed(asked.c);
    let snapshot = rom.snapshots.now();
    let response = match snapshot.decide(&question, rom.now()) {
        Some(decided) => {
            let receipt = device.and_then(|device| receipt_of(rom, device, shown, &decided));
            // An address decides only where a rollout asks for a place and none was told.
            let by_address = decided.view.live.is_some() && !(placed || asked.cohort.is_some());
            let own = device.is_some() || by_address;
            let keep = if own { Keep::Device } else { Keep::Everybody };
            let check = answer_with(&decided.answers.check, "application/json", &headers, keep);
            with_receipt(check, receipt.as_deref())
        }
        None => {
            let problem = Problem::new(StatusCode::NOT_FOUND, "device.unknown_model")
                .detail("No builds are published for this model.");
            problem.respond(&app, "/api/", None)
        }
    };
    let form = OwnForm {
        model: &asked.model,
        version: &asked.build,
        channel: channel.word(),
        country: asked.country.as_deref().unwrap_or_default(),
        ..OwnForm::default()
    };
    seen(&app, &headers, address, form, response).await
}
