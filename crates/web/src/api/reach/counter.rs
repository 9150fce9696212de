//! `GET /api/v1/reach/counter`: the live number with its definition.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use kontor_domain::install::Measure;
use serde::Serialize;
use utoipa::ToSchema;

use super::kept;
use crate::api::call::Call;
use crate::api::reply::text;
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::reach::{ACTIVE_DAYS, Edition};

pub(crate) const ROUTE: Route = Route::read("/api/v1/reach/counter", Class::Read);

/// The live number.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CounterBody {
    /// Whether anything is counted by this server.
    counted: bool,
    /// Devices active within the window; none where nothing is counted, or too few to be told.
    active: Option<u64>,
    /// The window in days.
    active_days: u16,
    /// Devices ever seen; none as above.
    activations: Option<u64>,
    /// What `active` counts, exactly.
    #[schema(value_type = String)]
    definition: &'static str,
    /// The version of the definition.
    definition_version: u8,
    /// When the numbers were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    as_of: Option<String>,
    /// Whether the devices are invented, as in a demo.
    simulated: bool,
}

impl CounterBody {
    pub(super) fn of(edition: &Edition) -> Self {
        Self {
            counted: edition.live.is_some(),
            active: edition.active(),
            active_days: ACTIVE_DAYS,
            activations: edition.activations(),
            definition: Measure::Active.definition(),
            definition_version: Measure::Active.version(),
            as_of: edition.live.as_ref().map(|figures| figures.as_of.to_string()),
            simulated: edition.live.is_some() && edition.snapshot.reenactment,
        }
    }
}

/// Show the live counter
///
/// The devices active in the last 30 days, with the definition of the number. Any page of the web
/// may read it (CORS), and it may be kept for ten seconds.
#[utoipa::path(
    get,
    path = "/api/v1/reach/counter",
    tag = "Published figures",
    operation_id = "show-counter",
    responses(
        (status = 200, description = "The counter.", body = CounterBody),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_counter(State(app): State<App>, call: Call) -> Response {
    if let Err(problem) = call.only_queries(&[]) {
        return call.answer(&app, Err(problem));
    }
    let edition = app.reach.edition(&app);
    let key = "/api/v1/reach/counter";
    let mut response =
        kept(&app, &call, &edition, key, "application/json", || text(&CounterBody::of(&edition)));
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=10"));
    response
}
