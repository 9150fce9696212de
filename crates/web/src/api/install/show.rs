//! What every answer with figures has: its moment, its place in the log, JSON or CSV.

use axum::response::Response;
use kontor_rom::install::Figures;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::call::{Call, parameter};
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::problem::Problem;

/// Where numbers stand: whoever has the log up to the place counts the same.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Standing {
    /// Whether anything is counted by this server.
    counted: bool,
    /// When the numbers were made.
    #[schema(value_type = String, format = DateTime)]
    as_of: String,
    /// The day (UTC) with which windows end.
    #[schema(value_type = String, format = Date)]
    today: String,
    /// The place in the log: everything before it is counted. `kontor install recount --until`
    /// counts it again.
    #[schema(example = "3:1048576")]
    log_position: String,
    /// Cells with fewer devices are withheld, and as many others as keep them from being worked
    /// out.
    cell_min: u64,
}

impl Standing {
    pub(super) fn of(figures: &Figures) -> Self {
        Self {
            counted: figures.counted,
            as_of: figures.as_of.to_string(),
            today: figures.today.to_string(),
            log_position: figures.position.to_string(),
            cell_min: figures.cell_min,
        }
    }
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON.
    Json,
    /// CSV (RFC 4180), for spreadsheets.
    Csv,
}

impl Format {
    /// What `?format=` asks for.
    pub(super) fn asked(call: &Call) -> Result<Self, Problem> {
        match call.query("format") {
            None | Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            Some(_) => Err(parameter("format is json or csv.")),
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// The media type.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// Lines of CSV whose cells need no quotes: numbers, dates, words, and names, which hold no comma,
/// quote or line break and begin with a letter or digit.
pub(super) struct Csv(String);

impl Csv {
    pub(super) fn new(columns: &[&str]) -> Self {
        Self(columns.join(",") + "\r\n")
    }

    pub(super) fn row(&mut self, cells: &[&str]) {
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// A number, or nothing where it is withheld.
pub(super) fn cell(count: Option<u64>) -> String {
    count.map_or_else(String::new, |count| count.to_string())
}

/// An answer that is the same for everybody until the figures are made anew. `key` must be of a
/// bounded number.
pub(super) fn kept(
    app: &App,
    call: &Call,
    figures: &Figures,
    key: &str,
    kind: &'static str,
    make: impl FnOnce() -> String,
) -> Response {
    let generation = figures.generation;
    let page = app
        .install_pages
        .get(generation, key)
        .unwrap_or_else(|| app.install_pages.keep(generation, key, Page::new(make(), kind)));
    page.respond(&call.headers)
}
