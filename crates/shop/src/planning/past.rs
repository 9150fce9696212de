//! The record of past openings, from a CSV file: all or nothing, each bad row named with its line.

use std::sync::Arc;

use kontor_base::{Date, RowError, Wrong};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::planning::{Opening, PastForecast, PastOpening, PastOutcome, SignalKind};
use kontor_store::StoreError;
use kontor_store::planning::{openings, save_opening};
use serde::Deserialize;

use crate::core::{Shop, not_a_row, row_source};

/// The most rows of one file.
const ROWS_MAX: usize = 5_000;

/// The columns of a row.
const COLUMNS: &str = "country, class, signal, signalled, bought, opened_on, forecast_low, \
                       forecast_high, forecast_on, forecast_source, units, until, outcome_source";

/// A row as text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    country: String,
    class: String,
    signal: String,
    signalled: String,
    bought: String,
    opened_on: String,
    forecast_low: String,
    forecast_high: String,
    forecast_on: String,
    forecast_source: String,
    units: String,
    until: String,
    outcome_source: String,
}

/// What an import has done or found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastImport {
    /// Openings that were written.
    pub written: usize,
    /// Rows that are wrong, with their lines: nothing is imported then.
    pub problems: Vec<(u64, RowError)>,
}

/// Every past opening.
///
/// # Errors
///
/// A fault of the store.
pub async fn past_openings(shop: &Arc<Shop>) -> Result<Vec<PastOpening>, StoreError> {
    shop.db.read("planning.past", openings).await
}

/// Imports a file of past openings.
///
/// # Errors
///
/// A fault of the store. Nothing is written then.
pub async fn import_past(shop: &Arc<Shop>, file: &[u8]) -> Result<PastImport, StoreError> {
    let mut import = PastImport::default();
    let mut rows = Vec::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    for (at, row) in reader.deserialize::<Row>().enumerate() {
        let line = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(2);
        if at >= ROWS_MAX {
            let problem = Wrong::TooManyRows { max: ROWS_MAX.to_string() };
            import.problems.push((line, RowError::of("country", problem)));
            break;
        }
        let read = row.map_err(|error| not_a_row(&error, COLUMNS)).and_then(|row| read(&row));
        match read {
            Ok(past) => rows.push(past),
            Err(problem) => import.problems.push((line, problem)),
        }
    }
    if !import.problems.is_empty() {
        return Ok(import);
    }
    import.written = rows.len();
    shop.db
        .write("planning.import_past", move |tx| {
            rows.iter().try_for_each(|past| save_opening(tx, past))
        })
        .await?;
    Ok(import)
}

fn read(row: &Row) -> Result<PastOpening, RowError> {
    let (number, day) = (RowError::read::<u64>, RowError::read::<Date>);
    let class = ProductClass::from_word(&row.class);
    let kind = SignalKind::from_word(&row.signal);
    let past = PastOpening {
        lesson: Opening {
            country: RowError::read("country", &row.country)?,
            class: class.ok_or_else(|| no_word("class", &row.class))?,
            kind: kind.ok_or_else(|| no_word("signal", &row.signal))?,
            signalled: number("signalled", &row.signalled)?,
            bought: number("bought", &row.bought)?,
        },
        opened_on: day("opened_on", &row.opened_on)?,
        forecast: match row.forecast_low.as_str() {
            "" => None,
            low => Some(PastForecast {
                low: number("forecast_low", low)?,
                high: number("forecast_high", &row.forecast_high)?,
                made_on: day("forecast_on", &row.forecast_on)?,
                source: row_source("forecast_source", &row.forecast_source)?,
            }),
        },
        outcome: match row.units.as_str() {
            "" => None,
            units => Some(PastOutcome {
                units: number("units", units)?,
                until: day("until", &row.until)?,
                source: row_source("outcome_source", &row.outcome_source)?,
            }),
        },
    };
    match past.problem() {
        Some(problem) => Err(RowError::of("country", problem)),
        None => Ok(past),
    }
}
fn no_word(field: &'static str, cell: &str) -> RowError {
    RowError::of(field, Wrong::NotAWord { cell: cell.to_owned() })
}
