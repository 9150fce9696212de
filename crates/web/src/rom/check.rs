//! `GET /rom/check`: what the service's own client is to install, or why nothing.

use std::borrow::Cow;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use kontor_base::Country;
use kontor_domain::channel::Channel;
use kontor_domain::install::OwnForm;
use kontor_rom::core::{Question, Source, Who};
use kontor_rom::rollout::receipt_of;
use serde::Deserialize;

use super::reply::{DEVICE, Keep, answer as answer_with, is_placed, stranger, with_receipt};
use super::seen::{seen, seen_already, shown};
use crate::kit::app::App;
use crate::kit::express;
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
}

/// What a check came to.
struct Found<'r> {
    response: Response,
    /// What the device has said of itself, to count it by.
    form: OwnForm<'r>,
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
    match find(&app, &headers, peer, &asked) {
        Ok(Found { response, form }) => {
            let address = client_address(&app, &headers, peer.map(|peer| peer.ip()));
            seen(&app, &headers, address, form, response).await
        }
        Err(response) => response,
    }
}

/// The same without the router, for a device that need not be counted anew.
pub(super) fn express(question: &express::Question<'_>) -> Option<Response> {
    let headers = question.request.headers();
    let asked = Asked::read(question.request.uri())?;
    let found = find(question.app, headers, Some(question.peer), &asked).ok()?;
    seen_already(question.app, headers, found.form, found.response)
}

const QUERY: &str = "A check has model, channel and build, and may have built, country and c.";

fn problem(app: &App, status: StatusCode, code: &'static str, detail: &'static str) -> Response {
    Problem::new(status, code).detail(detail).respond(app, "/api/", None)
}

/// The documents for the question, or what is wrong with it.
fn find<'r>(
    app: &App,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
    asked: &'r Asked<'r>,
) -> Result<Found<'r>, Response> {
    let Some(rom) = app.rom.as_ref() else { return Err(StatusCode::NOT_FOUND.into_response()) };
    let Some(channel) = Channel::from_word(&asked.channel) else {
        let detail = "The channels are stable, beta and nightly.";
        return Err(problem(app, StatusCode::NOT_FOUND, "channel.unknown", detail));
    };
    let device = headers.get(DEVICE).map(|id| id.to_str().ok().and_then(|id| rom.keys.device(id)));
    if device == Some(None) {
        let detail = "Kontor-Device is 8 to 128 visible ASCII characters.";
        return Err(problem(app, StatusCode::BAD_REQUEST, "device.id", detail));
    }
    let device = device.flatten();
    let who = match (asked.cohort, device) {
        (Some(cohort), device) => Who::Cohort { cohort, device },
        (None, Some(key)) => Who::Device(key),
        (None, None) => stranger(app, rom, asked.c, headers, peer),
    };
    let question = Question {
        model: &asked.model,
        channel,
        source: Source { incremental: &asked.build, built_s: asked.built },
        who,
        country: asked.country.as_deref().and_then(|code| code.parse::<Country>().ok()),
    };
    let snapshot = rom.snapshots.look();
    let response = match snapshot.decide(&question, rom.now()) {
        Some(decided) => {
            let receipt =
                device.and_then(|device| receipt_of(rom, device, shown(rom, headers), &decided));
            // An address decides only where a rollout asks for a place and none was told.
            let placed = is_placed(asked.c) || asked.cohort.is_some();
            let own = device.is_some() || (decided.view.live.is_some() && !placed);
            let keep = if own { Keep::Device } else { Keep::Everybody };
            let check = answer_with(&decided.answers.check, "application/json", headers, keep);
            with_receipt(check, receipt.as_deref())
        }
        None => {
            let detail = "No builds are published for this model.";
            problem(app, StatusCode::NOT_FOUND, "device.unknown_model", detail)
        }
    };
    let form = OwnForm {
        model: &asked.model,
        version: &asked.build,
        channel: channel.word(),
        country: asked.country.as_deref().unwrap_or_default(),
        ..OwnForm::default()
    };
    Ok(Found { response, form })
}
