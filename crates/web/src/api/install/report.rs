//! `POST /api/v1/install/reports`: a device says what it runs.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_count::Answer;
use kontor_domain::install::OwnForm;
use kontor_rom::install::{Incoming, NotCounted, accept};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{not_here, problem};
use crate::api::call::{Call, field, invalid};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};

/// Any device may report. The same report twice counts once, so no key is needed.
pub(crate) const ROUTE: Route = Route {
    method: Verb::Post,
    path: "/api/v1/install/reports",
    access: Access::Public,
    class: Class::Report,
    repeat: Repeat::Natural,
};

/// What a device says of itself. Not `Debug`: its id is personal data until it is hashed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"device": "5b0c3f9a7d21e684", "model": "cancro", "version": "V6.3.5.0",
    "channel": "stable", "country": "IN", "kind": "check"}))]
pub(crate) struct InstallReport {
    /// What the device calls itself: 8 to 128 visible ASCII characters, random, made anew by a
    /// wipe. It is hashed with a key of this server at once and never kept.
    device: String,
    /// The model, as it calls itself.
    model: String,
    /// The version that runs.
    version: String,
    /// The channel: `stable`, `beta`, `nightly`, `unofficial`.
    #[serde(default)]
    channel: String,
    /// The country of its network (ISO 3166-1); left out, what it said before stays.
    #[serde(default)]
    country: String,
    /// The day that the report is from, if it could not be sent then. One that is more than 30
    /// days old or lies in the future counts on the day it comes.
    #[serde(default)]
    day: String,
    /// `check` (the default): it is here. `install`: it has installed this version.
    #[serde(default)]
    kind: String,
    /// The credential that this server gave it.
    #[serde(default)]
    credential: String,
    /// Its serial number, if it may tell it: hashed at once, and used for nothing but where the unit
    /// stays that was sold under it.
    #[serde(default)]
    serial: String,
}

/// The report is taken: what it says is on disk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InstallAnswer {
    /// `counted`; `repeat`: everything it says was known; `set_aside`: kept but not counted, too
    /// many new devices came from one network today.
    #[schema(value_type = String, example = "counted")]
    state: &'static str,
    /// What the device is to keep and bring along from tomorrow on, if it brought none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
}

/// Report an installation
///
/// A device says once a day which model it is and which version it runs. The answer comes when
/// what is new is on disk. The same report twice counts once. Neither the device's id nor its
/// address is kept.
#[utoipa::path(
    post,
    path = "/api/v1/install/reports",
    tag = "Installations",
    operation_id = "report-installation",
    request_body(content = InstallReport, description = "What the device says of itself."),
    responses(
        (status = 200, description = "The report is taken.", body = InstallAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn report_installation(State(app): State<App>, call: Call) -> Response {
    let answer = take(&app, &call).await;
    call.answer(&app, answer)
}

async fn take(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let report: InstallReport = call.json()?;
    let install = app.install.as_ref().ok_or_else(not_here)?;
    let form = OwnForm {
        device: &report.device,
        model: &report.model,
        version: &report.version,
        channel: &report.channel,
        country: &report.country,
        day: &report.day,
        kind: &report.kind,
        credential: &report.credential,
        serial: &report.serial,
    };
    match accept(install, Incoming::Own(form), call.address).await {
        Ok(accepted) => {
            let state = word(accepted.answer);
            let credential = accepted.credential.map(|credential| credential.to_string());
            Ok(Reply::json(StatusCode::OK, &InstallAnswer { state, credential }))
        }
        Err(NotCounted::Form(refusal)) => {
            let pointer = format!("/{}", refusal.field());
            Err(invalid(vec![field(&pointer, refusal.code(), &refusal.to_string())]))
        }
        Err(refusal) => Err(problem(&refusal)),
    }
}

const fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Counted => "counted",
        Answer::Repeat => "repeat",
        Answer::SetAside | Answer::Refused => "set_aside",
    }
}
