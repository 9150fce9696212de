//! The forms of other projects' clients: both lists of the LineageOS Updater, the static line, and
//! the JSON of Custota.
//!
//! None of these clients tells an id. A ROM may bake `?c=NN` into its address to give its devices a
//! place in rollouts; without it the address of the connection stands in, which is approximate.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_rom::core::{Decided, ModelView, Question, Source};
use serde::Deserialize;

use super::download;
use super::reply::{Keep, answer, is_placed, stranger};
use crate::kit::app::App;
use crate::kit::express::{self, Heads, Ready};
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

/// The same, read from a query in which nothing is escaped.
#[derive(Clone, Copy, Default)]
struct Added<'r> {
    c: Option<u32>,
    channel: Option<&'r str>,
}

impl<'r> Added<'r> {
    /// `None` for a query that has to be decoded or refused.
    fn read(query: Option<&'r str>) -> Option<Self> {
        let mut added = Self::default();
        for (name, value) in express::pairs(query)? {
            match name {
                "c" if added.c.is_none() => added.c = Some(value.parse().ok()?),
                "channel" if added.channel.is_none() => added.channel = Some(value),
                "c" | "channel" => return None,
                _ => {}
            }
        }
        Some(added)
    }
}

impl Extra {
    fn added(&self) -> Added<'_> {
        Added { c: self.c, channel: self.channel.as_deref() }
    }
}

/// A client's question: model, release type and incremental from its path, and the rest.
#[derive(Clone, Copy)]
struct Asked<'r> {
    path: [&'r str; 3],
    added: Added<'r>,
    heads: Heads<'r>,
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
        let peer = peer.as_ref().map(|info| info.0.0);
        Self { path, added: extra.added(), heads: headers.into(), peer }
    }

    fn by_lane(question: &express::Question<'r>) -> Option<Self> {
        let [model, kind, incremental, _] = question.parts;
        Some(Self {
            path: [model, kind, incremental],
            added: Added::read(question.query)?,
            heads: question.heads,
            peer: Some(question.peer),
        })
    }
}

/// Asks for the documents, and hands the right one to `pick`. `None` where there is no ROM, no such
/// model, or nothing to pick.
fn with_answers(
    app: &App,
    asked: Asked<'_>,
    pick: impl FnOnce(&Decided<'_>, Keep) -> Option<Ready>,
) -> Option<Ready> {
    let rom = app.rom.as_ref()?;
    let [model, kind, incremental] = asked.path;
    let word = asked.added.channel.unwrap_or(kind);
    let question = Question {
        model,
        channel: Channel::from_word(word).unwrap_or(Channel::Stable),
        source: Source { incremental, built_s: None },
        who: stranger(app, rom, asked.added.c, asked.heads, asked.peer),
        country: None,
    };
    let snapshot = rom.snapshots.look();
    let decided = snapshot.decide(&question, rom.now())?;
    // An address decides only where a rollout asks for a place and none was told.
    let by_address = decided.view.live.is_some() && !is_placed(asked.added.c);
    pick(&decided, if by_address { Keep::Device } else { Keep::Everybody })
}

fn v1_answer(app: &App, asked: Asked<'_>) -> Option<Ready> {
    with_answers(app, asked, |decided, keep| {
        Some(answer(&decided.answers.lineage_v1, JSON, asked.heads, keep))
    })
}

fn v2_answer(app: &App, asked: Asked<'_>) -> Option<Ready> {
    with_answers(app, asked, |decided, keep| {
        Some(answer(&decided.answers.lineage_v2, JSON, asked.heads, keep))
    })
}

/// The answer, or an empty list: the client takes an unknown model for one without builds.
fn or_empty(app: &App, found: Option<Ready>, empty: &'static str) -> Response {
    match found {
        Some(ready) => ready.into_response(),
        None if app.rom.is_none() => StatusCode::NOT_FOUND.into_response(),
        None => ([(axum::http::header::CONTENT_TYPE, JSON)], empty).into_response(),
    }
}

/// The answer, or that there is nothing.
fn or_not_found(found: Option<Ready>) -> Response {
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), Ready::into_response)
}

pub(super) async fn v1(
    State(app): State<App>,
    Path(path): Path<(String, String, String)>,
    Query(extra): Query<Extra>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::by_handler(&path, &extra, &headers, &peer);
    or_empty(&app, v1_answer(&app, asked), "{\"response\":[]}")
}

pub(super) async fn v2(
    State(app): State<App>,
    Path(path): Path<(String, String, String)>,
    Query(extra): Query<Extra>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::by_handler(&path, &extra, &headers, &peer);
    or_empty(&app, v2_answer(&app, asked), "[]")
}

/// The same without the router.
pub(super) fn v1_express(question: &express::Question<'_>) -> Option<Ready> {
    v1_answer(question.app, Asked::by_lane(question)?)
}

/// The same without the router.
pub(super) fn v2_express(question: &express::Question<'_>) -> Option<Ready> {
    v2_answer(question.app, Asked::by_lane(question)?)
}

/// Every build of a model that everybody may have, newest first.
pub(super) async fn all(
    State(app): State<App>,
    Path(device): Path<String>,
    headers: HeaderMap,
) -> Response {
    let snapshot = app.rom.as_ref().map(|rom| rom.snapshots.now());
    let model = snapshot.as_ref().and_then(|snapshot| snapshot.model(&device));
    let list =
        |model: &ModelView| answer(&model.all_builds, JSON, Heads::Kept(&headers), Keep::Everybody);
    or_empty(&app, model.map(list), "[]")
}

/// `{device}-{channel}`: one line with what to install; and the packages that its clients then ask
/// for at the same place.
pub(super) async fn line(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(extra): Query<Extra>,
    peer: Peer,
    (method, headers): (Method, HeaderMap),
    extensions: Extensions,
) -> Response {
    if let Some(package) = name.strip_suffix(".zip") {
        let Some(file) = package_of(&app, package) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let from = download::Place::Anywhere;
        return download::respond(&app, file, &method, &headers, &extensions, from).await;
    }
    let Some((device, channel)) = name.rsplit_once('-') else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if Channel::from_word(channel).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (path, added, heads) = ([device, channel, ""], extra.added(), Heads::Kept(&headers));
    let asked = Asked { path, added, heads, peer: peer.map(|info| info.0.0) };
    or_not_found(with_answers(&app, asked, |decided, keep| {
        let line = decided.answers.line.as_ref()?;
        Some(answer(line, "text/plain; charset=utf-8", heads, keep))
    }))
}

/// The file behind `{device}-incremental-{source}-{target}` or `{device}-ota_update-{target}`, if its
/// build is in a channel and was not withdrawn: these names can be guessed.
fn package_of(app: &App, name: &str) -> Option<(String, String)> {
    let snapshot = app.rom.as_ref()?.snapshots.now();
    let (build, package) = if let Some((device, builds)) = name.split_once("-incremental-") {
        // Either incremental may have a dash in it: the packages say where the one ends.
        let of = |build: &Arc<Build>| {
            let source = builds.strip_suffix(build.incremental.as_str())?.strip_suffix('-')?;
            Some((Arc::clone(build), build.from_source(source)?.clone()))
        };
        snapshot.model(device)?.builds.iter().find_map(of)?
    } else {
        let (device, build) = name.split_once("-ota_update-")?;
        let build = snapshot.model(device)?.build(build)?;
        (Arc::clone(build), build.whole()?.clone())
    };
    let channels = snapshot.models.get(&build.model)?.channels();
    let mut entries = channels.iter().flat_map(|channel| &channel.entries);
    if build.withdrawn.is_some() || !entries.any(|entry| entry.build == build.id) {
        return None;
    }
    let sha256 = package.file.sha256;
    Some((sha256.to_string(), snapshot.file(&sha256)?.name.clone()))
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
    let (path, added, heads) = ([device, &channel, ""], extra.added(), Heads::Kept(&headers));
    let asked = Asked { path, added, heads, peer: peer.map(|info| info.0.0) };
    or_not_found(with_answers(&app, asked, |decided, keep| {
        Some(answer(decided.answers.custota.as_ref()?, JSON, heads, keep))
    }))
}
