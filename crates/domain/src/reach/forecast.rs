//! A forecast: what a method made of what was known. Not a target, and never put right afterwards:
//! only so can anybody learn what forecasts are worth.

use kontor_base::{Confidence, Date, RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::cell;
use super::period::Period;
use super::quantity::Quantity;
use crate::catalogue::Slug;

/// A forecast as it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Its name in addresses, for ever.
    pub code: Slug,
    /// What it is about; the figures that tell how it came out have the same subject.
    pub subject: Slug,
    /// The time that was forecast.
    pub period: Period,
    /// How much, as the method says.
    pub value: Quantity,
    /// What is counted.
    pub unit: String,
    /// The method: `run_rate`, `drift`, `damped_0.5`, …
    pub method: String,
    /// What it was worked out from.
    pub inputs: String,
    /// Up to when things were known that it was worked out from.
    pub known_until: Period,
    /// When it was really made: later than what was known, where it was made in hindsight.
    pub made_on: Date,
    /// Who made it.
    pub made_by: String,
    /// Where the method is written down.
    pub source: String,
    /// How well it is known.
    pub confidence: Confidence,
    /// What else a reader should know, in English.
    pub note: String,
}

impl Forecast {
    /// Whether it was made after the time that it forecasts had begun and what it knew had ended: an
    /// exercise in hindsight.
    #[must_use]
    pub fn in_hindsight(&self) -> bool {
        self.made_on > self.period.last_day()
    }
}

/// One row of the file of forecasts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForecastRow {
    /// Its name in addresses.
    pub code: String,
    /// What it is about.
    pub subject: String,
    /// The time that was forecast.
    pub period: String,
    /// How much.
    pub value: String,
    /// What is counted.
    pub unit: String,
    /// The method.
    pub method: String,
    /// What it was worked out from.
    pub inputs: String,
    /// Up to when things were known.
    pub known_until: String,
    /// The day on which it was made.
    pub made_on: String,
    /// Who made it.
    pub made_by: String,
    /// What else a reader should know.
    pub note: String,
    /// Where the method is written down.
    pub source: String,
    /// `S1`, `S2` or `M`.
    pub confidence: String,
}

impl ForecastRow {
    /// Reads the row.
    ///
    /// # Errors
    ///
    /// [`RowError`] for the first column that is wrong.
    pub fn parse(&self) -> Result<Forecast, RowError> {
        let made_on: Period = cell::value("made_on", &self.made_on)?;
        let Period::Day(made_on) = made_on else {
            return Err(RowError::of("made_on", Wrong::NotDay { cell: made_on.to_string() }));
        };
        Ok(Forecast {
            code: cell::value("code", &self.code)?,
            subject: cell::value("subject", &self.subject)?,
            period: cell::value("period", &self.period)?,
            value: cell::value("value", &self.value)?,
            unit: cell::required("unit", &self.unit)?,
            method: cell::required("method", &self.method)?,
            inputs: cell::required("inputs", &self.inputs)?,
            known_until: cell::value("known_until", &self.known_until)?,
            made_on,
            made_by: cell::required("made_by", &self.made_by)?,
            source: cell::required("source", &self.source)?,
            confidence: cell::confidence(&self.confidence)?,
            note: cell::text("note", &self.note)?,
        })
    }

    /// The row that [`ForecastRow::parse`] reads back as the same forecast.
    #[must_use]
    pub fn to_row(forecast: &Forecast) -> Self {
        let forecast = forecast.clone();
        Self {
            code: forecast.code.to_string(),
            subject: forecast.subject.to_string(),
            period: forecast.period.to_string(),
            value: forecast.value.to_string(),
            unit: forecast.unit,
            method: forecast.method,
            inputs: forecast.inputs,
            known_until: forecast.known_until.to_string(),
            made_on: forecast.made_on.to_string(),
            made_by: forecast.made_by,
            note: forecast.note,
            source: forecast.source,
            confidence: forecast.confidence.word().to_owned(),
        }
    }
}
