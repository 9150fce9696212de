//! All methods side by side, their spread, and the gap to the target.

use serde::Serialize;

use super::gap::Gap;
use super::simple::{Method, Series, project};

/// What one method says of a year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Projection {
    /// The method.
    pub method: Method,
    /// Its word in files and records.
    pub word: String,
    /// What it says of each period.
    pub periods: Vec<f64>,
    /// What it says of the year.
    pub year: f64,
}

/// The year ahead as simple methods see it. The spread is no probability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// What each method says, the lowest year first.
    pub projections: Vec<Projection>,
    /// The lowest year of all.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// The gap to the target, where there is one.
    pub gap: Option<Gap>,
}

/// The next year of `series` by every method that its length allows: damped trends with the given
/// phis (in hundredths), the others as they are.
#[must_use]
pub fn outlook(series: &Series, phis_pct: &[u8], target: Option<f64>) -> Outlook {
    let damped = phis_pct.iter().map(|phi_pct| Method::Damped { phi_pct: *phi_pct });
    let others =
        [Method::RunRate, Method::Drift, Method::ConstantGrowth, Method::LastYearAgain].into_iter();
    let mut projections: Vec<Projection> = others
        .chain(damped)
        .filter_map(|method| {
            // A method that the series is too short for says nothing.
            let periods = project(series, method, series.per_year()).ok()?;
            let year = periods.iter().sum();
            Some(Projection { method, word: method.word(), periods, year })
        })
        .collect();
    projections.sort_by(|a, b| a.year.total_cmp(&b.year));
    let years = |end: Option<&Projection>| end.map_or(0.0, |projection| projection.year);
    Outlook {
        low: years(projections.first()),
        high: years(projections.last()),
        gap: target.map(|target| Gap::of(series, target)),
        projections,
    }
}
