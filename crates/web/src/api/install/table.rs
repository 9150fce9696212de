//! `GET /api/v1/install/tables/{by}`: a number told apart by a property.

use axum::extract::State;
use axum::response::Response;
use kontor_count::{Slice, WINDOWS};
use kontor_domain::install::{Cell, Measure};
use kontor_rom::install::{Figures, Table};
use serde::Serialize;
use utoipa::ToSchema;

use super::figures;
use super::show::{Csv, Format, Standing, kept};
use crate::api::call::{Call, parameter};
use crate::api::reply::text;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Anybody may read it.
pub(crate) const ROUTE: Route = Route::read("/api/v1/install/tables/{by}", Class::Read);

/// A table. Its cells and what is withheld sum to its total.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InstallTable {
    #[serde(flatten)]
    standing: Standing,
    /// What is counted.
    #[schema(value_type = String, example = "active")]
    measure: &'static str,
    /// The version of its definition.
    definition_version: u8,
    /// What exactly is counted.
    #[schema(value_type = String)]
    definition: &'static str,
    /// The window of days that ends today; none: ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    window_days: Option<u16>,
    /// The property.
    #[schema(value_type = String, example = "country")]
    by: &'static str,
    /// Everything together; 0 where not even that is published.
    total: u64,
    /// The cells, the largest first.
    cells: Vec<CellBody>,
    /// How many cells are withheld.
    withheld_cells: u64,
    /// What these hold together.
    withheld: u64,
}

/// A cell.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CellBody {
    /// The property's value.
    #[schema(example = "IN")]
    value: String,
    /// How many.
    count: u64,
}

impl From<&Cell> for CellBody {
    fn from(cell: &Cell) -> Self {
        Self { value: cell.value.clone(), count: cell.count }
    }
}

/// Show a table of installations
///
/// Devices by country, model, version, channel or standing (whether they could show that they were
/// here on an earlier day), or installations by version. Cells with too few devices are withheld,
/// and with them as many others as keep them from being worked out; what is withheld is told as
/// one sum. `other` holds names beyond the 4,095th.
#[utoipa::path(
    get,
    path = "/api/v1/install/tables/{by}",
    tag = "Installations",
    operation_id = "show-installations-by",
    params(
        ("by" = String, Path, description = "`country`, `model`, `version`, `channel`, \
            `standing`, `installs-reported`, `installs-inferred`.", example = "country"),
        ("days" = Option<String>, Query, description = "The window of days: `1`, `7`, `30` (if \
            not said), `90`, or `ever`. Installations have none."),
        ("format" = Option<String>, Query, description = "`json` (if not said) or `csv`."),
    ),
    responses(
        (status = 200, description = "The table.", body = InstallTable),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_table(State(app): State<App>, call: Call) -> Response {
    let figures = figures(&app);
    let asked = asked(&call);
    let (format, measure, days, by) = match asked {
        Ok(asked) => asked,
        Err(problem) => return call.answer(&app, Err(problem)),
    };
    let none = Table { measure, days, by, published: Default::default() };
    let table = figures.table(measure, days, by).unwrap_or(&none);
    let window = days.map_or_else(|| "ever".to_owned(), |days| days.to_string());
    let key = format!("table {} {} {} {window}", format.word(), measure.word(), by.word());
    kept(&app, &call, &figures, &key, format.kind(), || match format {
        Format::Json => text(&body(&figures, table)),
        Format::Csv => csv(&figures, table),
    })
}

fn asked(call: &Call) -> Result<(Format, Measure, Option<u16>, Slice), Problem> {
    call.only_queries(&["days", "format"])?;
    let format = Format::asked(call)?;
    let installs = match call.segment("by") {
        "installs-reported" => Some(Measure::InstallsReported),
        "installs-inferred" => Some(Measure::InstallsInferred),
        _ => None,
    };
    if let Some(measure) = installs {
        if call.query("days").is_some() {
            return Err(parameter("Installations have no window of days."));
        }
        return Ok((format, measure, None, Slice::Version));
    }
    let by = Slice::from_word(call.segment("by")).ok_or_else(Problem::not_found)?;
    let days = match call.query("days") {
        None => Some(30),
        Some("ever") => None,
        Some(days) => {
            let days = days.parse().ok().filter(|days| WINDOWS.contains(days));
            Some(days.ok_or_else(|| parameter("days is 1, 7, 30, 90 or ever."))?)
        }
    };
    let measure = match (by, days) {
        (Slice::Version, Some(_)) => Measure::OnVersion,
        (_, Some(_)) => Measure::Active,
        (_, None) => Measure::Activations,
    };
    Ok((format, measure, days, by))
}

fn body(figures: &Figures, table: &Table) -> InstallTable {
    let published = &table.published;
    InstallTable {
        standing: Standing::of(figures),
        measure: table.measure.word(),
        definition_version: table.measure.version(),
        definition: table.measure.definition(),
        window_days: table.days,
        by: table.by.word(),
        total: published.total,
        cells: published.cells.iter().map(CellBody::from).collect(),
        withheld_cells: published.withheld_cells,
        withheld: published.withheld,
    }
}

fn csv(figures: &Figures, table: &Table) -> String {
    let mut csv = Csv::new(&[
        "measure",
        "definition_version",
        "window_days",
        "by",
        "kind",
        "value",
        "count",
        "as_of",
        "log_position",
    ]);
    let version = table.measure.version().to_string();
    let days = table.days.map_or_else(String::new, |days| days.to_string());
    let (as_of, position) = (figures.as_of.to_string(), figures.position.to_string());
    let mut row = |kind: &str, value: &str, count: u64| {
        csv.row(&[
            table.measure.word(),
            &version,
            &days,
            table.by.word(),
            kind,
            value,
            &count.to_string(),
            &as_of,
            &position,
        ]);
    };
    let published = &table.published;
    for cell in &published.cells {
        row("cell", &cell.value, cell.count);
    }
    row("withheld", "", published.withheld);
    row("total", "", published.total);
    csv.text()
}
