//! `GET /rom/check`: what the service's own client is to install, or why nothing.

use std::borrow::Cow;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use kontor_base::{Country, Instant};
use kontor_domain::channel::Channel;
use kontor_domain::install::OwnForm;
use kontor_rom::Rom;
use kontor_rom::core::{Question, Source, Who};
use kontor_rom::rollout::receipt_of;
use serde::Deserialize;

use super::reply::{Keep, answer as answer_with, is_placed, stranger, with_receipt};
use super::seen::{CREDENTIAL, NoId, Teller, seen, seen_already, teller, with_credential};
use crate::kit::app::App;
use crate::kit::express::{self, Heads, Ready};
use crate::kit::guard::client_address;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

pub(super) const ROUTE: Route = Route::read("/rom/check", Class::Read);

/// What a device says of itself; its id is in the header `Kontor-Device`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked<'r> {
    #[serde(borrow)]
    model: Cow<'r, str>,
    #[serde(borrow)]
    channel: Cow<'r, str>,
    /// The incremental of the build that it has.
    #[serde(borrow)]
    build: Cow<'r, str>,
    /// When that was built, in seconds since 1970.
    built: Option<i64>,
    /// Where it is: two capital letters.
    #[serde(borrow)]
    country: Option<Cow<'r, str>>,
    /// Its place in hundredths, where it tells no id.
    c: Option<u32>,
    /// Its cohort, where it asks for signed offers too: both then say the same.
    cohort: Option<u16>,
}

impl<'r> Asked<'r> {
    /// Reads a query; texts in it without escapes are not copied.
    fn read(uri: &'r Uri) -> Option<Self> {
        serde_urlencoded::from_str(uri.query().unwrap_or_default()).ok()
    }

    /// The same by hand, for a query in which nothing is escaped and every part is right; `None` for
    /// any other, which has to be decoded or refused.
    fn plain(query: Option<&'r str>) -> Option<Self> {
        let (mut model, mut channel, mut build, mut country) = (None, None, None, None);
        let (mut built, mut c, mut cohort) = (None, None, None);
        for (name, value) in express::pairs(query)? {
            let twice = match name {
                "model" => model.replace(value).is_some(),
                "channel" => channel.replace(value).is_some(),
                "build" => build.replace(value).is_some(),
                "country" => country.replace(value).is_some(),
                "built" => built.replace(value.parse().ok()?).is_some(),
                "c" => c.replace(value.parse().ok()?).is_some(),
                "cohort" => cohort.replace(value.parse().ok()?).is_some(),
                _ => return None,
            };
            if twice {
                return None;
            }
        }
        let (model, channel, build) = (model?.into(), channel?.into(), build?.into());
        Some(Self { model, channel, build, built, country: country.map(Cow::Borrowed), c, cohort })
    }
}

/// What a check came to.
struct Found<'r> {
    /// The documents; none for a model of which nothing is published. Its devices are counted, too.
    ready: Option<Ready>,
    /// Who has asked, if it tells an id.
    teller: Option<Teller<'r>>,
    /// What the device has said of itself, to count it by.
    form: OwnForm<'r>,
}

/// Why a check has no answer.
#[derive(Clone, Copy)]
enum Wrong {
    Channel,
    DeviceId,
}

pub(super) async fn answer(
    State(app): State<App>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let peer = peer.map(|info| info.0.0);
    let Some(asked) = Asked::read(&uri) else {
        return problem(&app, StatusCode::BAD_REQUEST, "rom.query", QUERY);
    };
    let Some(rom) = app.rom.as_ref() else { return StatusCode::NOT_FOUND.into_response() };
    let Found { ready, teller, form } =
        match find(&app, rom, Heads::Kept(&headers), peer, &asked, rom.now()) {
            Ok(found) => found,
            Err(wrong) => return refuse(&app, wrong),
        };
    let address = client_address(&app, &headers, peer.map(|peer| peer.ip()));
    let given = seen(&app, teller.as_ref(), address, form).await;
    let Some(ready) = ready else { return unknown_model(&app, given) };
    with_credential(ready, given).into_response()
}

/// The same without the router, for a device that need not be counted anew.
pub(super) fn express(question: &express::Question<'_>) -> Option<Ready> {
    let app = question.app;
    let asked = Asked::plain(question.query)?;
    let rom = app.rom.as_ref()?;
    let (peer, now) = (Some(question.peer), rom.now());
    let Found { ready, teller, form } = find(app, rom, question.heads, peer, &asked, now).ok()?;
    Some(with_credential(ready?, seen_already(app, teller.as_ref(), form, now)?))
}

const QUERY: &str = "A check has model, channel and build, and may have built, country and c.";

fn refuse(app: &App, wrong: Wrong) -> Response {
    let (status, code, detail) = match wrong {
        Wrong::Channel => {
            let detail = "The channels are stable, beta and nightly.";
            (StatusCode::NOT_FOUND, "channel.unknown", detail)
        }
        Wrong::DeviceId => {
            let detail = "Kontor-Device is 8 to 128 visible ASCII characters.";
            (StatusCode::BAD_REQUEST, "device.id", detail)
        }
    };
    problem(app, status, code, detail)
}

/// The answer where nothing is published for the model, with the credential that the device is to keep.
fn unknown_model(app: &App, given: Option<HeaderValue>) -> Response {
    let detail = "No builds are published for this model.";
    let mut response = problem(app, StatusCode::NOT_FOUND, "device.unknown_model", detail);
    if let Some(value) = given {
        response.headers_mut().insert(CREDENTIAL, value);
    }
    response
}

fn problem(app: &App, status: StatusCode, code: &'static str, detail: &'static str) -> Response {
    Problem::new(status, code).detail(detail).respond(app, "/api/", None)
}

/// The documents for the question, or what is wrong with it.
fn find<'r>(
    app: &App,
    rom: &Rom,
    heads: Heads<'r>,
    peer: Option<SocketAddr>,
    asked: &'r Asked<'r>,
    now: Instant,
) -> Result<Found<'r>, Wrong> {
    let channel = Channel::from_word(&asked.channel).ok_or(Wrong::Channel)?;
    let teller = teller(rom, heads, now).map_err(|NoId| Wrong::DeviceId)?;
    let device = teller.map(|teller| teller.device);
    let who = match (asked.cohort, device) {
        (Some(cohort), device) => Who::Cohort { cohort, device },
        (None, Some(key)) => Who::Device(key),
        (None, None) => stranger(app, rom, asked.c, heads, peer),
    };
    let question = Question {
        model: &asked.model,
        channel,
        source: Source { incremental: &asked.build, built_s: asked.built },
        who,
        country: asked.country.as_deref().and_then(|code| code.parse::<Country>().ok()),
    };
    let snapshot = rom.snapshots.look();
    let ready = snapshot.decide(&question, now).map(|decided| {
        let receipt = teller
            .and_then(|teller| receipt_of(rom, teller.device, teller.brought.shown(), &decided));
        // An address decides only where a rollout asks for a place and none was told.
        let placed = is_placed(asked.c) || asked.cohort.is_some();
        let own = device.is_some() || (decided.view.live.is_some() && !placed);
        let keep = if own { Keep::Device } else { Keep::Everybody };
        let ready = answer_with(&decided.answers.check, "application/json", heads, keep);
        with_receipt(ready, receipt.as_deref())
    });
    let form = OwnForm {
        model: &asked.model,
        version: &asked.build,
        channel: channel.word(),
        country: asked.country.as_deref().unwrap_or_default(),
        ..OwnForm::default()
    };
    Ok(Found { ready, teller, form })
}
