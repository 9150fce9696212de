//! `GET /api/v1/install/history`: what was true when each day ended.

use axum::extract::State;
use axum::response::Response;
use kontor_count::{Slice, WINDOWS};
use kontor_domain::install::{Measure, Published};
use kontor_rom::install::{DayFigures, Figures};
use serde::Serialize;
use utoipa::ToSchema;

use super::figures;
use super::show::{Csv, Format, Standing, cell, kept};
use crate::api::call::{Call, parameter};
use crate::api::reply::text;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Anybody may read it.
pub(crate) const ROUTE: Route = Route::read("/api/v1/install/history", Class::Read);

/// The days that have ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InstallHistory {
    #[serde(flatten)]
    standing: Standing,
    /// The days, the earliest first.
    days: Vec<DayBody>,
}

/// What was true when a day ended. Late reports do not change it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayBody {
    /// The day (UTC).
    #[schema(value_type = String, format = Date)]
    day: String,
    /// Devices ever seen.
    activations: Option<u64>,
    /// Active on the day.
    active_1: Option<u64>,
    /// Active within 7 days.
    active_7: Option<u64>,
    /// Active within 30 days.
    active_30: Option<u64>,
    /// Active within 90 days.
    active_90: Option<u64>,
    /// Installations reported until then.
    installs_reported: Option<u64>,
    /// Installations inferred until then.
    installs_inferred: Option<u64>,
    /// Active within 30 days by the property that was asked for, the largest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    active_30_by: Option<Vec<super::table::CellBody>>,
}

/// Show the history of installations
///
/// What was true when each day ended, as it was published then. `by` adds a table of the devices
/// active within 30 days for each day.
#[utoipa::path(
    get,
    path = "/api/v1/install/history",
    tag = "Installations",
    operation_id = "show-installation-history",
    params(
        ("by" = Option<String>, Query, description = "`country`, `model`, `version`, `channel` or \
            `standing`."),
        ("format" = Option<String>, Query, description = "`json` (if not said) or `csv`."),
    ),
    responses(
        (status = 200, description = "The days.", body = InstallHistory),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_history(State(app): State<App>, call: Call) -> Response {
    let figures = figures(&app);
    let (format, by) = match asked(&call) {
        Ok(asked) => asked,
        Err(problem) => return call.answer(&app, Err(problem)),
    };
    let key = format!("history {} {}", format.word(), by.map_or("", Slice::word));
    kept(&app, &call, &figures, &key, format.kind(), || match format {
        Format::Json => text(&body(&figures, by)),
        Format::Csv => csv(&figures, by),
    })
}

fn asked(call: &Call) -> Result<(Format, Option<Slice>), Problem> {
    call.only_queries(&["by", "format"])?;
    let by = match call.query("by") {
        None => None,
        Some(word) => Some(
            Slice::from_word(word)
                .ok_or_else(|| parameter("by is country, model, version, channel or standing."))?,
        ),
    };
    Ok((Format::asked(call)?, by))
}

fn body(figures: &Figures, by: Option<Slice>) -> InstallHistory {
    let of_day = |day: &std::sync::Arc<DayFigures>| {
        let [active_1, active_7, active_30, active_90] = day.active;
        DayBody {
            day: day.day.to_string(),
            activations: day.activations,
            active_1,
            active_7,
            active_30,
            active_90,
            installs_reported: day.installs_reported,
            installs_inferred: day.installs_inferred,
            active_30_by: by
                .map(|by| day.tables[by as usize].cells.iter().map(Into::into).collect()),
        }
    };
    let days = figures.history.iter().map(of_day).collect();
    InstallHistory { standing: Standing::of(figures), days }
}

fn csv(figures: &Figures, by: Option<Slice>) -> String {
    let columns = ["day", "measure", "definition_version", "window_days", "by", "value", "count"];
    let mut csv = Csv::new(&columns);
    for day in &figures.history {
        let date = day.day.to_string();
        let mut row = |measure: Measure, days: Option<u16>, value: (&str, &str), count: &str| {
            let version = measure.version().to_string();
            let days = days.map_or_else(String::new, |days| days.to_string());
            csv.row(&[&date, measure.word(), &version, &days, value.0, value.1, count]);
        };
        let none = ("", "");
        row(Measure::Activations, None, none, &cell(day.activations));
        for (days, count) in WINDOWS.into_iter().zip(day.active) {
            row(Measure::Active, Some(days), none, &cell(count));
        }
        row(Measure::InstallsReported, None, none, &cell(day.installs_reported));
        row(Measure::InstallsInferred, None, none, &cell(day.installs_inferred));
        if let Some(by) = by {
            let Published { cells, .. } = &day.tables[by as usize];
            for cell in cells {
                let value = (by.word(), cell.value.as_str());
                row(Measure::Active, Some(30), value, &cell.count.to_string());
            }
        }
    }
    csv.text()
}
