//! Reviews and presences: whether anybody has looked for a country's rules, and how the maker
//! stands in a market. Without the first nothing is cleared there: a rule that nobody wrote down
//! looks exactly like a rule that does not exist.

use jiff::ToSpan as _;
use kontor_base::{Confidence, Country, Date, RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::code::ReviewCode;
use super::row;
use crate::market::MarketCode;

/// The longest time after which a review counts as stale, in days.
const STALE_DAYS_MAX: u16 = 36_500;

/// "The rules of this country have been researched completely."
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ReviewRow", into = "ReviewRow")]
pub struct Review {
    /// Its name.
    pub code: ReviewCode,
    /// The country.
    pub country: Country,
    /// Who says so.
    pub by: String,
    /// Since when.
    pub on: Date,
    /// After so many days it should be done again; a stale review is pointed out, it does not
    /// close a shop overnight.
    pub stale_after_days: u16,
    /// What was looked at.
    pub note: String,
    /// Where this is from.
    pub source: String,
    /// How well it is sourced.
    pub confidence: Confidence,
}

impl Review {
    /// The first day on which it is stale.
    #[must_use]
    pub fn stale_on(&self) -> Date {
        self.on.saturating_add(i64::from(self.stale_after_days).days())
    }
}

/// How the maker stands in a market: some rules ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PresenceRow", into = "PresenceRow")]
pub struct Presence {
    /// The market.
    pub market: MarketCode,
    /// The country of the company that sells there.
    pub entity: Option<Country>,
    /// The country in which the shop is hosted.
    pub hosted_in: Option<Country>,
    /// Where this is from.
    pub source: String,
    /// How well it is sourced.
    pub confidence: Confidence,
}

/// A review as a row of text: the columns of `reviews.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the columns are the fields of Review, described there")]
pub struct ReviewRow {
    pub code: String,
    pub country: String,
    pub by: String,
    pub on: String,
    pub stale_after_days: String,
    pub note: String,
    pub source: String,
    pub confidence: String,
}

/// A presence as a row of text: the columns of `presences.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the columns are the fields of Presence, described there")]
pub struct PresenceRow {
    pub market: String,
    pub entity: String,
    pub hosted_in: String,
    pub source: String,
    pub confidence: String,
}

impl Review {
    /// Reads a row.
    ///
    /// # Errors
    ///
    /// The first column that cannot be read.
    pub fn parse(row: &ReviewRow) -> Result<Self, RowError> {
        let stale_after_days: u16 = row::value("stale_after_days", &row.stale_after_days)?;
        if !(1..=STALE_DAYS_MAX).contains(&stale_after_days) {
            return Err(RowError::of(
                "stale_after_days",
                Wrong::NotBetween { low: "1".to_owned(), high: STALE_DAYS_MAX.to_string() },
            ));
        }
        Ok(Self {
            code: row::value("code", &row.code)?,
            country: row::value("country", &row.country)?,
            by: row::required_text("by", &row.by)?,
            on: row::date("on", &row.on)?,
            stale_after_days,
            note: row::text("note", &row.note)?,
            source: row::required_text("source", &row.source)?,
            confidence: row::word("confidence", &row.confidence, Confidence::from_word)?,
        })
    }

    /// Writes the row that [`Review::parse`] reads.
    #[must_use]
    pub fn to_row(&self) -> ReviewRow {
        ReviewRow {
            code: self.code.to_string(),
            country: self.country.to_string(),
            by: self.by.clone(),
            on: self.on.to_string(),
            stale_after_days: self.stale_after_days.to_string(),
            note: self.note.clone(),
            source: self.source.clone(),
            confidence: self.confidence.word().to_owned(),
        }
    }
}

impl Presence {
    /// Reads a row.
    ///
    /// # Errors
    ///
    /// The first column that cannot be read.
    pub fn parse(row: &PresenceRow) -> Result<Self, RowError> {
        Ok(Self {
            market: row::value("market", &row.market)?,
            entity: row::optional("entity", &row.entity)?,
            hosted_in: row::optional("hosted_in", &row.hosted_in)?,
            source: row::required_text("source", &row.source)?,
            confidence: row::word("confidence", &row.confidence, Confidence::from_word)?,
        })
    }

    /// Writes the row that [`Presence::parse`] reads.
    #[must_use]
    pub fn to_row(&self) -> PresenceRow {
        PresenceRow {
            market: self.market.to_string(),
            entity: row::cell(self.entity.as_ref()),
            hosted_in: row::cell(self.hosted_in.as_ref()),
            source: self.source.clone(),
            confidence: self.confidence.word().to_owned(),
        }
    }
}

impl TryFrom<ReviewRow> for Review {
    type Error = RowError;

    fn try_from(row: ReviewRow) -> Result<Self, RowError> {
        Self::parse(&row)
    }
}

impl From<Review> for ReviewRow {
    fn from(review: Review) -> Self {
        review.to_row()
    }
}

impl TryFrom<PresenceRow> for Presence {
    type Error = RowError;

    fn try_from(row: PresenceRow) -> Result<Self, RowError> {
        Self::parse(&row)
    }
}

impl From<Presence> for PresenceRow {
    fn from(presence: Presence) -> Self {
        presence.to_row()
    }
}
