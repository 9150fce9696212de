//! The record of past openings, from a CSV file: all or nothing, each bad row named with its line.
//! What was known before an opening is never edited afterwards; what came of it may be counted anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Date, RowError, Wrong};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::planning::{Opening, PastForecast, PastOpening, PastOutcome, SignalKind};
use kontor_domain::staff::{Permission, StaffRefusal};
use kontor_store::planning::{openings, save_opening};
use kontor_store::{StoreError, Tx};
use serde::Deserialize;

use crate::core::{Outcome, Shop, not_a_row, row_source};
use crate::staff::{By, Noted, Person, Refusal, note};

/// The most rows of one file.
const ROWS_MAX: usize = 5_000;

/// The columns of a row.
const COLUMNS: &str = "country, class, signal, signalled, bought, opened_on, forecast_low, \
                       forecast_high, forecast_on, forecast_source, units, until, outcome_source, \
                       sold_out";

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
    /// `yes`, or nothing; files of before the column do not have it.
    #[serde(default)]
    sold_out: String,
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
    let rows = match parse(file) {
        Ok(rows) => rows,
        Err(problems) => return Ok(PastImport { written: 0, problems }),
    };
    shop.db.write("planning.import_past", move |tx| keep_in(tx, &rows)).await
}

/// Imports a file of past openings and writes it down in the log, unless a row of it is wrong.
///
/// # Errors
///
/// A [`Refusal`] for whoever may not change all markets, or a fault of the store.
pub async fn record_past(
    shop: &Arc<Shop>,
    person: &Person,
    file: &[u8],
) -> Outcome<PastImport, Refusal> {
    if !person.may(Permission::MarketEdit, None) {
        return Err(StaffRefusal::NotPermitted.into());
    }
    let rows = match parse(file) {
        Ok(rows) => rows,
        Err(problems) => return Ok(PastImport { written: 0, problems }),
    };
    let (at, own, person) = (shop.now(), Arc::clone(shop), person.clone());
    shop.db
        .write("staff.record_past", move |tx| {
            let import = keep_in(tx, &rows)?;
            if import.written > 0 {
                let rows = import.written.to_string();
                let noted = Noted {
                    act: "staff.record_past",
                    market: None,
                    subject: "plans/past_openings",
                    was: "",
                    is_now: &rows,
                };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
            }
            Ok(import)
        })
        .await
}

/// Imports within a transaction; nothing is written where a row is wrong.
///
/// # Errors
///
/// A fault of the store.
pub(crate) fn import_past_in(tx: &mut Tx<'_>, file: &[u8]) -> Result<PastImport, StoreError> {
    match parse(file) {
        Ok(rows) => keep_in(tx, &rows),
        Err(problems) => Ok(PastImport { written: 0, problems }),
    }
}

type Numbered = (u64, PastOpening);

/// The rows of a file, or what is wrong with it: neither takes a transaction.
fn parse(file: &[u8]) -> Result<Vec<Numbered>, Vec<(u64, RowError)>> {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    for (at, row) in reader.deserialize::<Row>().enumerate() {
        let line = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(2);
        if at >= ROWS_MAX {
            let problem = Wrong::TooManyRows { max: ROWS_MAX.to_string() };
            problems.push((line, RowError::of("country", problem)));
            break;
        }
        let read = row.map_err(|error| not_a_row(&error, COLUMNS)).and_then(|row| read(&row));
        match read {
            Ok(past) => rows.push((line, past)),
            Err(problem) => problems.push((line, problem)),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// Writes the rows, if none of them stands against what is on record or was said further up.
fn keep_in(tx: &mut Tx<'_>, rows: &[Numbered]) -> Result<PastImport, StoreError> {
    let key = |past: &PastOpening| (past.lesson.country, past.lesson.class, past.lesson.kind);
    let mut known: BTreeMap<_, PastOpening> =
        openings(tx)?.into_iter().map(|past| (key(&past), past)).collect();
    let mut import = PastImport::default();
    for (line, past) in rows {
        let before = known.insert(key(past), past.clone());
        let stands = before.and_then(|before| before.stands_against(past));
        import.problems.extend(stands.map(|wrong| (*line, RowError::of("country", wrong))));
    }
    if import.problems.is_empty() {
        rows.iter().try_for_each(|(_, past)| save_opening(tx, past))?;
        import.written = rows.len();
    }
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
        sold_out: match row.sold_out.as_str() {
            "" => false,
            "yes" => true,
            other => return Err(no_word("sold_out", other)),
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
