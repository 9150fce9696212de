//! `GET /api/v1/install`: every number with its definition.

use axum::extract::State;
use axum::response::Response;
use kontor_domain::install::{Measure, Timing};
use kontor_rom::install::{Ceiling, Figure, Figures};
use serde::Serialize;
use utoipa::ToSchema;

use super::figures;
use super::show::{Csv, Format, Standing, cell, kept};
use crate::api::call::{Call, parameter};
use crate::api::reply::text;
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Anybody may read it.
pub(crate) const ROUTE: Route = Route::read("/api/v1/install", Class::Read);

/// The numbers of installations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InstallOverview {
    #[serde(flatten)]
    standing: Standing,
    /// The numbers.
    figures: Vec<FigureBody>,
    /// What each measure means.
    definitions: Vec<DefinitionBody>,
    /// How many devices the maker has produced, beside how many were seen.
    ceilings: Vec<CeilingBody>,
    /// Devices ever seen, in cells that are published, of models that the maker does not know: no
    /// build is published for them, and none was produced.
    unknown_models: u64,
    /// Reports that counted, by how their date stood to the day they came.
    timing: Vec<TimingBody>,
    /// Reports of too many new devices from one network on one day: kept, not counted; none: a few.
    set_aside: Option<u64>,
}

/// A number.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FigureBody {
    /// What is counted.
    #[schema(value_type = String, example = "active")]
    measure: &'static str,
    /// The version of its definition.
    definition_version: u8,
    /// The window of days that ends today.
    #[serde(skip_serializing_if = "Option::is_none")]
    window_days: Option<u16>,
    /// How many; none: fewer than the smallest cell that is published, or so near to another of these
    /// numbers that the difference would be.
    count: Option<u64>,
}

/// What a measure means.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DefinitionBody {
    /// The measure.
    #[schema(value_type = String, example = "active")]
    measure: &'static str,
    /// The version; it rises when what is counted changes.
    version: u8,
    /// What exactly is counted.
    #[schema(value_type = String)]
    definition: &'static str,
}

/// A model's ceiling.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CeilingBody {
    /// The model.
    model: String,
    /// Serial numbers that the maker has given out.
    produced: u64,
    /// The day by which it had.
    #[schema(value_type = String, format = Date)]
    until: String,
    /// Devices ever seen that call themselves so; none: withheld.
    activations: Option<u64>,
    /// More were seen than made: wipes count again, and the ROM runs on others' hardware too.
    exceeded: bool,
}

/// How dates of reports stood to the day they came.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimingBody {
    /// `on_time`, `late`, `future_dated`, `too_late`.
    #[schema(value_type = String, example = "late")]
    timing: &'static str,
    /// How many reports; none: a few.
    reports: Option<u64>,
}

impl FigureBody {
    fn of(figure: &Figure) -> Self {
        Self {
            measure: figure.measure.word(),
            definition_version: figure.measure.version(),
            window_days: figure.days,
            count: figure.count,
        }
    }
}

impl From<&Ceiling> for CeilingBody {
    fn from(ceiling: &Ceiling) -> Self {
        Self {
            model: ceiling.model.clone(),
            produced: ceiling.produced,
            until: ceiling.until.to_string(),
            activations: ceiling.activations,
            exceeded: ceiling.exceeded,
        }
    }
}

/// Show the installations
///
/// Every number with its definition, its window, its moment and the place in the log from which it
/// can be counted again. `days` adds the devices active in any other number of days.
#[utoipa::path(
    get,
    path = "/api/v1/install",
    tag = "Installations",
    operation_id = "show-installations",
    params(
        ("days" = Option<u16>, Query, description = "Another window of days, 1 to 65535.", example = 14),
        ("format" = Option<String>, Query, description = "`json` (if not said) or `csv`."),
    ),
    responses(
        (status = 200, description = "The numbers.", body = InstallOverview),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_installations(State(app): State<App>, call: Call) -> Response {
    let figures = figures(&app);
    let (format, shown) = match asked(&call, &figures) {
        Ok(asked) => asked,
        Err(problem) => return call.answer(&app, Err(problem)),
    };
    let make = || match format {
        Format::Json => text(&overview(&figures, &shown)),
        Format::Csv => csv(&figures, &shown),
    };
    if shown.len() > figures.headlines.len() {
        // Any number of days: too many answers to keep.
        return Page::new(make(), format.kind()).respond(&call.headers);
    }
    let key = format!("overview {}", format.word());
    kept(&app, &call, &figures, &key, format.kind(), make)
}

/// The format, and the numbers that are shown: all, and another window if one is asked for.
fn asked(call: &Call, figures: &Figures) -> Result<(Format, Vec<Figure>), Problem> {
    call.only_queries(&["days", "format"])?;
    let format = Format::asked(call)?;
    let mut shown = figures.headlines.clone();
    if let Some(days) = call.query("days") {
        let days: Option<u16> = days.parse().ok().filter(|days| *days > 0);
        let days = days.ok_or_else(|| parameter("days is 1 to 65535."))?;
        if figures.counted && figures.figure(Measure::Active, Some(days)).is_none() {
            shown.push(figures.active(days));
        }
    }
    Ok((format, shown))
}

fn overview(figures: &Figures, shown: &[Figure]) -> InstallOverview {
    let definition = |measure: Measure| DefinitionBody {
        measure: measure.word(),
        version: measure.version(),
        definition: measure.definition(),
    };
    let timing = |timing: Timing| TimingBody {
        timing: timing.word(),
        reports: figures.timing[timing as usize],
    };
    InstallOverview {
        standing: Standing::of(figures),
        figures: shown.iter().map(FigureBody::of).collect(),
        definitions: Measure::ALL.into_iter().map(definition).collect(),
        ceilings: figures.ceilings.iter().map(CeilingBody::from).collect(),
        unknown_models: figures.unknown_models,
        timing: Timing::ALL.into_iter().map(timing).collect(),
        set_aside: figures.set_aside,
    }
}

fn csv(figures: &Figures, shown: &[Figure]) -> String {
    let columns =
        ["measure", "definition_version", "window_days", "count", "as_of", "log_position"];
    let mut csv = Csv::new(&columns);
    let (as_of, position) = (figures.as_of.to_string(), figures.position.to_string());
    for figure in shown {
        csv.row(&[
            figure.measure.word(),
            &figure.measure.version().to_string(),
            &figure.days.map_or_else(String::new, |days| days.to_string()),
            &cell(figure.count),
            &as_of,
            &position,
        ]);
    }
    csv.text()
}
