//! Counting installations: reports in, published figures out.
//!
//! Small cells are withheld where the figures are made (`kontor_rom::install`), never here.

pub(crate) mod history;
pub(crate) mod lineage;
pub(crate) mod overview;
pub(crate) mod report;
mod show;
pub(crate) mod table;

use std::sync::Arc;

use axum::http::StatusCode;
use kontor_rom::install::{Figures, NotCounted};

use crate::kit::app::App;
use crate::kit::problem::Problem;

/// The figures; where nothing is counted they say so.
fn figures(app: &App) -> Arc<Figures> {
    match app.install.as_ref() {
        Some(install) => install.figures(),
        None => Arc::new(Figures::none(app.shop.now(), kontor_domain::install::CELL_MIN)),
    }
}

/// Why a report was not counted, as a problem.
fn problem(refusal: &NotCounted) -> Problem {
    let detail = format!("{refusal}.");
    let with = |status, retry_s| {
        let mut problem = Problem::new(status, refusal.code()).detail(detail.clone());
        problem.retry_s = retry_s;
        problem
    };
    match refusal {
        NotCounted::Form(_) | NotCounted::Lineage(_) => with(StatusCode::BAD_REQUEST, None),
        // The budget of a network begins anew with the day.
        NotCounted::Flood => with(StatusCode::TOO_MANY_REQUESTS, Some(3_600)),
        NotCounted::Elsewhere(_) => with(StatusCode::SERVICE_UNAVAILABLE, Some(60)),
        NotCounted::Unavailable => with(StatusCode::SERVICE_UNAVAILABLE, Some(5)),
    }
}

/// Nothing is counted here at all.
fn not_here() -> Problem {
    problem(&NotCounted::Elsewhere("this server counts no installations".into()))
}
