//! The forms of other projects' clients: both lists of the LineageOS Updater, the static line, and
//! the JSON of Custota.
//!
//! None of these clients tells an id. A ROM may bake `?c=NN` into its address to give its devices a
//! place in rollouts; without it the address of the connection stands in, which is approximate.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_domain::channel::Channel;
use kontor_rom::core::{Decided, Question, Source};
use serde::Deserialize;

use super::reply::{Keep, answer, is_placed, stranger};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};

pub(super) const V1: Route = Route::read("/rom/api/v1/{device}/{type}/{incr}", Class::Read);
pub(super) const V2: Route = Route::read("/rom/api/v2/{device}/{type}/{incr}", Class::Read);
pub(super) const ALL: Route = Route::read("/rom/api/v2/devices/{device}/builds", Class::Read);
pub(super) const LINE: Route = Route::read("/rom/static/{name}", Class::Read);

pub(super) const CUSTOTA: Route = Route::read("/rom/custota/{channel}/{file}", Class::Read);

const JSON: &str = "application/json";

type Peer = Option<axum::Extension<ConnectInfo<SocketAddr>>>;

/// What a ROM may add to its address.
#[derive(Deserialize)]
pub(super) struct Extra {
    /// A place in hundredths.
    c: Option<u32>,
    /// The channel, where the release type is not its word.
    channel: Option<String>,
}

/// Asks for the documents, and hands the right one to `pick`.
fn with_answers(
    app: &App,
    (device, kind, incr): &(String, String, String),
    extra: &Extra,
    headers: &HeaderMap,
    peer: Peer,
    pick: impl FnOnce(Option<(Decided<'_>, Keep)>) -> Response,
) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let word = extra.channel.as_deref().unwrap_or(kind);
    let question = Question {
        model: device,
        channel: Channel::from_word(word).unwrap_or(Channel::Stable),
        source: Source { incremental: incr, built_s: None },
        who: stranger(app, rom, extra.c, headers, peer.map(|info| info.0)),
        country: None,
    };
    let snapshot = rom.snapshots.now();
    let decided = snapshot.decide(&question, rom.now()).map(|decided| {
        // An address decides only where a rollout asks for a place and none was told.
        let by_address = decided.view.live.is_some() && !is_placed(extra.c);
        (decided, if by_address { Keep::Device } else { Keep::Everybody })
    });
    pick(decided)
}

fn json(body: &'static str) -> Response {
    ([(axum::http::header::CONTENT_TYPE, JSON)], body).into_response()
}

pub(super) async fn v1(
    State(app): State<App>,
    Path(path): Path<(String, String, String)>,
    Query(extra): Query<Extra>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    with_answers(&app, &path, &extra, &headers, peer, |decided| match decided {
        Some((decided, keep)) => answer(&decided.answers.lineage_v1, JSON, &headers, keep),
        // The client takes an unknown model for one without builds.
        None => json("{\"response\":[]}"),
    })
}

pub(super) async fn v2(
    State(app): State<App>,
    Path(path): Path<(String, String, String)>,
    Query(extra): Query<Extra>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    with_answers(&app, &path, &extra, &headers, peer, |decided| match decided {
        Some((decided, keep)) => answer(&decided.answers.lineage_v2, JSON, &headers, keep),
        None => json("[]"),
    })
}

/// Every build of a model that everybody may have, newest first.
pub(super) async fn all(
    State(app): State<App>,
    Path(device): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    match rom.snapshots.now().model(&device) {
        Some(model) => answer(&model.all_builds, JSON, &headers, Keep::Everybody),
        None => json("[]"),
    }
}

/// `{device}-{channel}`: one line with what to install.
pub(super) async fn line(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(extra): Query<Extra>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    let Some((device, channel)) = name.rsplit_once('-') else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if Channel::from_word(channel).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = (device.to_owned(), channel.to_owned(), String::new());
    with_answers(&app, &path, &extra, &headers, peer, |decided| {
        let line = decided.and_then(|(decided, keep)| Some((decided.answers.line.as_ref()?, keep)));
        match line {
            Some((line, keep)) => answer(line, "text/plain; charset=utf-8", &headers, keep),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

/// `{device}.json` in the folder of a channel, which is the address that its owner types in.
pub(super) async fn custota(
    State(app): State<App>,
    Path((channel, file)): Path<(String, String)>,
    Query(extra): Query<Extra>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    let device = file.strip_suffix(".json").filter(|_| Channel::from_word(&channel).is_some());
    let Some(device) = device else { return StatusCode::NOT_FOUND.into_response() };
    let path = (device.to_owned(), channel.clone(), String::new());
    with_answers(&app, &path, &extra, &headers, peer, |decided| {
        let found =
            decided.and_then(|(decided, keep)| Some((decided.answers.custota.as_ref()?, keep)));
        match found {
            Some((found, keep)) => answer(found, JSON, &headers, keep),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}
