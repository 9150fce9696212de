//! `POST` and `GET /api/v1/stats`: the statistics service of LineageOS devices, so that a ROM that
//! reports there can report here by changing an address.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use kontor_count::Slice;
use kontor_domain::install::{Cell, LineageForm, Measure};
use kontor_rom::install::{Figures, Incoming, accept};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::{figures, not_here, problem, show};
use crate::api::call::{Call, parameter};
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};

/// Any device may report. The same report twice counts once.
pub(crate) const REPORT: Route = Route {
    method: Verb::Post,
    path: "/api/v1/stats",
    access: Access::Public,
    class: Class::Report,
    repeat: Repeat::Natural,
};

/// Anybody may read it.
pub(crate) const SHOW: Route = Route::read("/api/v1/stats", Class::Read);

/// What the clients expect; they look at the status only.
const TAKEN: &str = "neat";

/// How many cells of a table the form has at most.
const CELLS_MAX: usize = 250;

/// The days after which a device that is silent is not counted any more.
const DAYS: u16 = 90;

/// What a LineageOS device says of itself, in either spelling.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form; clients send it in two spellings")]
pub(crate) struct LineageReport {
    /// The hash of the device's id; also `device_id`.
    device_hash: String,
    /// The model; also `name`.
    device_name: String,
    /// The version; also `version`.
    device_version: String,
    /// Two letters or `Unknown`; also `country`.
    device_country: String,
    /// Taken and not kept; also `carrier`.
    device_carrier: Option<String>,
    /// Taken and not kept; also `carrier_id`.
    device_carrier_id: Option<String>,
}

/// Report in the form of LineageOS
///
/// The statistics form of LineageOS devices, as JSON or as a form, with the keys of either of its
/// clients. The carrier is not kept.
#[utoipa::path(
    post,
    path = "/api/v1/stats",
    tag = "Installations",
    operation_id = "report-lineage",
    request_body(content = LineageReport, description = "What the device says of itself."),
    responses(
        (status = 200, description = "The report is taken.", body = String,
            content_type = "text/plain", example = "neat"),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn report_lineage(State(app): State<App>, call: Call) -> Response {
    match take(&app, &call).await {
        Ok(()) => {
            let kind = HeaderValue::from_static("text/plain; charset=utf-8");
            let mut response = Response::new(Body::from(TAKEN));
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response
        }
        Err(problem) => call.answer(&app, Err(problem)),
    }
}

async fn take(app: &App, call: &Call) -> Result<(), Problem> {
    let fields = call.fields()?;
    let value = |names: [&str; 2]| {
        let found = fields.iter().find(|(name, _)| names.contains(&name.as_str()));
        found.map_or("", |(_, value)| value.as_str())
    };
    let form = LineageForm {
        device: value(["device_hash", "device_id"]),
        name: value(["device_name", "name"]),
        version: value(["device_version", "version"]),
        country: value(["device_country", "country"]),
    };
    // A form that is none is told so wherever it comes to.
    form.report(|_| kontor_domain::install::DeviceKey(0))
        .map_err(|refusal| problem(&refusal.into()))?;
    let install = app.install.as_ref().ok_or_else(not_here)?;
    let taken = accept(install, Incoming::Lineage(form), call.address).await;
    taken.map(|_| ()).map_err(|refusal| problem(&refusal))
}

/// The public answer of the statistics service.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineageStats {
    /// Devices by model, the largest first.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    model: Sorted,
    /// Devices by country.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    country: Sorted,
    /// Devices by version.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    version: Sorted,
    /// Always empty: carriers are not kept.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    carrier: Sorted,
    /// Devices in the last 90 days.
    total: u64,
}

/// Cells in their order.
pub(crate) struct Sorted(Vec<Cell>);

impl Serialize for Sorted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for cell in &self.0 {
            map.serialize_entry(&cell.value, &cell.count)?;
        }
        map.end()
    }
}

/// Show the statistics in the form of LineageOS
///
/// Devices of the last 90 days by model, country and version, in the shape of the public service:
/// the largest 250 of each, so that the parts need not sum to the total. Cells under the smallest
/// that is published are left out. For definitions, windows and the place in the log read
/// `/api/v1/install`.
#[utoipa::path(
    get,
    path = "/api/v1/stats",
    tag = "Installations",
    operation_id = "show-lineage",
    responses(
        (status = 200, description = "The statistics.", body = LineageStats),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_lineage(State(app): State<App>, call: Call) -> Response {
    if call.only_queries(&[]).is_err() {
        let detail = "The statistics are not told apart by two properties at once: small cells \
                      could be worked out from them.";
        return call.answer(&app, Err(parameter(detail)));
    }
    let figures = figures(&app);
    show::kept(&app, &call, &figures, "stats", "application/json", || {
        crate::api::reply::text(&stats(&figures))
    })
}

fn stats(figures: &Figures) -> LineageStats {
    let cells = |measure, by| {
        let table = figures.table(measure, Some(DAYS), by);
        let mut cells = table.map(|table| table.published.cells.clone()).unwrap_or_default();
        cells.truncate(CELLS_MAX);
        for cell in &mut cells {
            if cell.value == "unknown" {
                "Unknown".clone_into(&mut cell.value);
            }
        }
        Sorted(cells)
    };
    let total = figures.figure(Measure::Active, Some(DAYS)).and_then(|figure| figure.count);
    LineageStats {
        model: cells(Measure::Active, Slice::Model),
        country: cells(Measure::Active, Slice::Country),
        version: cells(Measure::OnVersion, Slice::Version),
        carrier: Sorted(Vec::new()),
        total: total.unwrap_or(0),
    }
}
