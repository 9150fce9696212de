//! What a market has opened with: the products of the plan that was carried out, as they were changed
//! since. What is cleared and not among them is not sold there.

use std::collections::BTreeSet;

use kontor_base::{Confidence, RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::row;
use crate::catalogue::Sku;
use crate::market::MarketCode;

/// The most products of an assortment.
const SKUS_MAX: usize = 2_000;
/// The sign between the parts of a list in a cell.
const BETWEEN: char = '|';

/// What a market has opened with. Without one, or with one that names no product, a market sells
/// everything that is cleared: a market of before plans bound anything, and one that has opened with
/// all products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AssortmentRow", into = "AssortmentRow")]
pub struct Assortment {
    /// The market.
    pub market: MarketCode,
    /// The products; empty: every one.
    pub skus: BTreeSet<Sku>,
    /// Who decided it, and with which step.
    pub source: String,
    /// How well it is sourced.
    pub confidence: Confidence,
}

/// Whether what a market has opened with counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// It sells what it has opened with.
    ByPlan,
    /// As if it had opened with everything: for what was ordered before a product was taken out, and for
    /// a plan that is about to take the place of the one before.
    ByNothing,
}

/// An assortment as a row of text: the columns of `assortments.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the columns are the fields of Assortment, described there")]
pub struct AssortmentRow {
    pub market: String,
    pub skus: String,
    pub source: String,
    pub confidence: String,
}

impl Assortment {
    /// Whether it keeps anything off the shelf.
    #[must_use]
    pub fn binds(&self) -> bool {
        !self.skus.is_empty()
    }

    /// Whether a product is sold where it is cleared.
    #[must_use]
    pub fn includes(&self, sku: &Sku) -> bool {
        !self.binds() || self.skus.contains(sku)
    }

    /// Reads a row.
    ///
    /// # Errors
    ///
    /// The first column that cannot be read.
    pub fn parse(row: &AssortmentRow) -> Result<Self, RowError> {
        let mut skus = BTreeSet::new();
        let parts = row.skus.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty());
        for part in parts {
            let sku: Sku = row::value("skus", part)?;
            if !skus.insert(sku) {
                return Err(RowError::of("skus", Wrong::Twice { cell: part.to_owned() }));
            }
        }
        if skus.len() > SKUS_MAX {
            return Err(RowError::of("skus", Wrong::TooManyParts { max: SKUS_MAX.to_string() }));
        }
        Ok(Self {
            market: row::value("market", &row.market)?,
            skus,
            source: row::required_text("source", &row.source)?,
            confidence: row::word("confidence", &row.confidence, Confidence::from_word)?,
        })
    }

    /// Writes the row that [`Assortment::parse`] reads.
    #[must_use]
    pub fn to_row(&self) -> AssortmentRow {
        let skus: Vec<&str> = self.skus.iter().map(Sku::as_str).collect();
        AssortmentRow {
            market: self.market.to_string(),
            skus: skus.join(&BETWEEN.to_string()),
            source: self.source.clone(),
            confidence: self.confidence.word().to_owned(),
        }
    }
}

impl TryFrom<AssortmentRow> for Assortment {
    type Error = RowError;

    fn try_from(row: AssortmentRow) -> Result<Self, RowError> {
        Self::parse(&row)
    }
}

impl From<Assortment> for AssortmentRow {
    fn from(assortment: Assortment) -> Self {
        assortment.to_row()
    }
}
