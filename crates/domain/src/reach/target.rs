//! A target: what somebody wants to reach. Not a forecast, and never put right afterwards.

use kontor_base::{Confidence, RowError};
use serde::{Deserialize, Serialize};

use super::cell;
use super::period::Period;
use super::quantity::Value;
use crate::catalogue::Slug;

/// A target as it was announced. A later announcement is another target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its name in addresses, for ever.
    pub code: Slug,
    /// What it is about; the figures that tell how it came out have the same subject.
    pub subject: Slug,
    /// The time in which it was to be reached.
    pub period: Period,
    /// How much, or from how much to how much.
    pub value: Value,
    /// What is counted.
    pub unit: String,
    /// Who set it.
    pub said_by: String,
    /// When.
    pub said_on: Period,
    /// Where it can be read: title or medium.
    pub source: String,
    /// The address; only what is from memory has none.
    pub source_url: Option<String>,
    /// How well it is known.
    pub confidence: Confidence,
    /// What else a reader should know, in English.
    pub note: String,
}

/// One row of the file of targets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TargetRow {
    /// Its name in addresses.
    pub code: String,
    /// What it is about.
    pub subject: String,
    /// The time in which it was to be reached.
    pub period: String,
    /// `100` or `80-100`.
    pub value: String,
    /// What is counted.
    pub unit: String,
    /// Who set it.
    pub said_by: String,
    /// When.
    pub said_on: String,
    /// The address of the source.
    pub source_url: String,
    /// What else a reader should know.
    pub note: String,
    /// Where it can be read: title or medium.
    pub source: String,
    /// `S1`, `S2` or `M`.
    pub confidence: String,
}

impl TargetRow {
    /// Reads the row.
    ///
    /// # Errors
    ///
    /// [`RowError`] for the first column that is wrong.
    pub fn parse(&self) -> Result<Target, RowError> {
        let confidence = cell::confidence(&self.confidence)?;
        Ok(Target {
            code: cell::value("code", &self.code)?,
            subject: cell::value("subject", &self.subject)?,
            period: cell::value("period", &self.period)?,
            value: cell::value("value", &self.value)?,
            unit: cell::required("unit", &self.unit)?,
            said_by: cell::required("said_by", &self.said_by)?,
            said_on: cell::value("said_on", &self.said_on)?,
            source: cell::required("source", &self.source)?,
            source_url: cell::source_url(&self.source_url, confidence)?,
            confidence,
            note: cell::text("note", &self.note)?,
        })
    }

    /// The row that [`TargetRow::parse`] reads back as the same target.
    #[must_use]
    pub fn to_row(target: &Target) -> Self {
        let target = target.clone();
        Self {
            code: target.code.to_string(),
            subject: target.subject.to_string(),
            period: target.period.to_string(),
            value: target.value.to_string(),
            unit: target.unit,
            said_by: target.said_by,
            said_on: target.said_on.to_string(),
            source_url: target.source_url.unwrap_or_default(),
            note: target.note,
            source: target.source,
            confidence: target.confidence.word().to_owned(),
        }
    }
}
