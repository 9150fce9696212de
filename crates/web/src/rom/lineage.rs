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
use crate::kit::express;
use crate::kit::routes::{Class, Route};

pub(super) const V1: Route = Route::read("/rom/api/v1/{device}/{type}/{incr}", Class::Read);
pub(super) const V2: Route = Route::read("/rom/api/v2/{device}/{type}/{incr}", Class::Read);
pub(super) const ALL: Route = Route::read("/rom/api/v2/devices/{device}/builds", Class::Read);
pub(super) const LINE: Route = Route::read("/rom/static/{name}", Class::Read);

pub(super) const CUSTOTA: Route = Route::read("/rom/custota/{channel}/{file}", Class::Read);

const JSON: &str = "application/json";

type Peer = Option<axum::Extension<ConnectInfo<SocketAddr>>>;

/// What a ROM may add to its address.
#[derive(Default, Deserialize)]
pub(super) struct Extra {
    /// A place in hundredths.
    c: Option<u32>,
    /// The channel, where the release type is not its word.
    channel: Option<String>,
}

/// A client's question: model, release type and incremental from its path, and the rest.
struct Asked<'r> {
    path: [&'r str; 3],
    extra: &'r Extra,
    headers: &'r HeaderMap,
    peer: Option<SocketAddr>,
}

impl<'r> Asked<'r> {
    fn by_handler(
        path: &'r (String, String, String),
        extra: &'r Extra,
        headers: &'r HeaderMap,
        peer: &Peer,
    ) -> Self {
        let path = [path.0.as_str(), path.1.as_str(), path.2.as_str()];
        Self { path, extra, headers, peer: peer.as_ref().map(|info| info.0.0) }
    }
}

/// Asks for the documents, and hands the right one to `pick`.
fn with_answers(
    app: &App,
    asked: &Asked<'_>,
    pick: impl FnOnce(Option<(Decided<'_>, Keep)>) -> Response,
) -> Response {
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let [model, kind, incremental] = asked.path;
    let word = asked.extra.channel.as_deref().unwrap_or(kind);
    let question = Question {
        model,
        channel: Channel::from_word(word).unwrap_or(Channel::Stable),
        source: Source { incremental, built_s: None },
        who: stranger(app, rom, asked.extra.c, asked.headers, asked.peer),
        country: None,
    };
    let snapshot = rom.snapshots.look();
    let decided = snapshot.decide(&question, rom.now()).map(|decided| {
        // An address decides only where a rollout asks for a place and none was told.
        let by_address = decided.view.live.is_some() && !is_placed(asked.extra.c);
        (decided, if by_address { Keep::Device } else { Keep::Everybody })
    });
    pick(decided)
}

fn json(body: &'static str) -> Response {
    ([(axum::http::header::CONTENT_TYPE, JSON)], body).into_response()
}

fn v1_answer(app: &App, asked: &Asked<'_>) -> Response {
    with_answers(app, asked, |decided| match decided {
        Some((decided, keep)) => answer(&decided.answers.lineage_v1, JSON, asked.headers, keep),
        // The client takes an unknown model for one without builds.
        None => json("{\"response\":[]}"),
    })
}

fn v2_answer(app: &App, asked: &Asked<'_>) -> Response {
    with_answers(app, asked, |decided| match decided {
        Some((decided, keep)) => answer(&decided.answers.lineage_v2, JSON, asked.headers, keep),
        None => json("[]"),
    })
}

pub(super) async fn v1(
    State(app): State<App>,
    Path(path): Path<(String, String, String)>,
    Query(extra): Query<Extra>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    v1_answer(&app, &Asked::by_handler(&path, &extra, &headers, &peer))
}

pub(super) async fn v2(
    State(app): State<App>,
    Path(path): Path<(String, String, String)>,
    Query(extra): Query<Extra>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    v2_answer(&app, &Asked::by_handler(&path, &extra, &headers, &peer))
}

/// The same without the router.
pub(super) fn v1_express(question: &express::Question<'_>) -> Option<Response> {
    by_lane(question, v1_answer)
}

/// The same without the router.
pub(super) fn v2_express(question: &express::Question<'_>) -> Option<Response> {
    by_lane(question, v2_answer)
}

fn by_lane(
    question: &express::Question<'_>,
    say: fn(&App, &Asked<'_>) -> Response,
) -> Option<Response> {
    let [model, kind, incremental, _] = question.parts;
    let uri = question.request.uri();
    let extra = match uri.query() {
        None => Extra::default(),
        Some(_) => Query::try_from_uri(uri).ok()?.0,
    };
    let asked = Asked {
        path: [model, kind, incremental],
        extra: &extra,
        headers: question.request.headers(),
        peer: Some(question.peer),
    };
    Some(say(question.app, &asked))
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
    let peer = peer.map(|info| info.0.0);
    let asked = Asked { path: [device, channel, ""], extra: &extra, headers: &headers, peer };
    with_answers(&app, &asked, |decided| {
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
    let peer = peer.map(|info| info.0.0);
    let asked = Asked { path: [device, &channel, ""], extra: &extra, headers: &headers, peer };
    with_answers(&app, &asked, |decided| {
        let found =
            decided.and_then(|(decided, keep)| Some((decided.answers.custota.as_ref()?, keep)));
        match found {
            Some((found, keep)) => answer(found, JSON, &headers, keep),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}
