//! The world rank as one provider counts it for one period.

use kontor_base::{Confidence, RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::cell;
use super::period::Period;
use super::quantity::Value;
use crate::catalogue::Slug;

/// A place, or the places among which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Standing {
    /// The best place that it can be.
    pub best: u8,
    /// The worst; none where only "not among the first" was said.
    pub worst: Option<u8>,
}

impl Standing {
    /// Reads `3`, `5-6`, `1-5` ("among the first five") or `>5` ("not among the first five").
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let place = |text: &str| text.parse::<u8>().ok().filter(|place| (1..=99).contains(place));
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('>') {
            return place(rest).map(|place| Self { best: place + 1, worst: None });
        }
        let (best, worst) = match text.split_once('-') {
            Some((best, worst)) => (place(best)?, place(worst)?),
            None => (place(text)?, place(text)?),
        };
        (best <= worst).then_some(Self { best, worst: Some(worst) })
    }

    /// The one place, where one was said.
    #[must_use]
    pub fn exact(self) -> Option<u8> {
        self.worst.filter(|worst| *worst == self.best)
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.worst {
            None => write!(f, ">{}", self.best - 1),
            Some(worst) if worst == self.best => write!(f, "{worst}"),
            Some(worst) => write!(f, "{}-{worst}", self.best),
        }
    }
}

/// What one provider counted. Never changed once recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank {
    /// Its name in addresses, for ever.
    pub code: Slug,
    /// The period that was counted.
    pub period: Period,
    /// Who counted.
    pub provider: String,
    /// What was counted: shipments to shops, sales to users.
    pub measure: String,
    /// The place.
    pub standing: Standing,
    /// Units in millions, where they were told.
    pub units_m: Option<Value>,
    /// The share of the world's units in per cent, where it was told.
    pub share_pct: Option<Value>,
    /// Where it can be read: title or medium.
    pub source: String,
    /// The address; only what is from memory has none.
    pub source_url: Option<String>,
    /// How well it is known.
    pub confidence: Confidence,
    /// What else a reader should know, in English.
    pub note: String,
    /// The rank that this one puts right.
    pub corrects: Option<Slug>,
}

/// One row of the file of ranks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankRow {
    /// Its name in addresses.
    pub code: String,
    /// The period that was counted.
    pub period: String,
    /// Who counted.
    pub provider: String,
    /// What was counted.
    pub measure: String,
    /// `3`, `5-6`, `1-5` (among the first five), `>5` (not among them).
    pub rank: String,
    /// Units in millions, or empty.
    pub units_m: String,
    /// The share in per cent, or empty.
    pub share_pct: String,
    /// The address of the source.
    pub source_url: String,
    /// What else a reader should know.
    pub note: String,
    /// The code of the rank that this one puts right, or empty.
    pub corrects: String,
    /// Where it can be read: title or medium.
    pub source: String,
    /// `S1`, `S2` or `M`.
    pub confidence: String,
}

impl RankRow {
    /// Reads the row.
    ///
    /// # Errors
    ///
    /// [`RowError`] for the first column that is wrong.
    pub fn parse(&self) -> Result<Rank, RowError> {
        let confidence = cell::confidence(&self.confidence)?;
        let standing = Standing::parse(&self.rank);
        let bad = || RowError::of("rank", Wrong::NotRank { cell: self.rank.clone() });
        Ok(Rank {
            code: cell::value("code", &self.code)?,
            period: cell::value("period", &self.period)?,
            provider: cell::required("provider", &self.provider)?,
            measure: cell::required("measure", &self.measure)?,
            standing: standing.ok_or_else(bad)?,
            units_m: cell::optional("units_m", &self.units_m)?,
            share_pct: cell::optional("share_pct", &self.share_pct)?,
            source: cell::required("source", &self.source)?,
            source_url: cell::source_url(&self.source_url, confidence)?,
            confidence,
            note: cell::text("note", &self.note)?,
            corrects: cell::optional("corrects", &self.corrects)?,
        })
    }

    /// The row that [`RankRow::parse`] reads back as the same rank.
    #[must_use]
    pub fn to_row(rank: &Rank) -> Self {
        let rank = rank.clone();
        Self {
            code: rank.code.to_string(),
            period: rank.period.to_string(),
            provider: rank.provider,
            measure: rank.measure,
            rank: rank.standing.to_string(),
            units_m: rank.units_m.map(|value| value.to_string()).unwrap_or_default(),
            share_pct: rank.share_pct.map(|value| value.to_string()).unwrap_or_default(),
            source_url: rank.source_url.unwrap_or_default(),
            note: rank.note,
            corrects: rank.corrects.map(|code| code.to_string()).unwrap_or_default(),
            source: rank.source,
            confidence: rank.confidence.word().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_said_in_four_ways() {
        for (text, best, worst) in
            [("3", 3, Some(3)), ("5-6", 5, Some(6)), ("1-5", 1, Some(5)), (">5", 6, None)]
        {
            let standing = Standing::parse(text).expect("a place");
            assert_eq!((standing.best, standing.worst), (best, worst));
            assert_eq!(standing.to_string(), text);
        }
        for bad in ["", "0", "6-5", "top 5", "100", "-1", ">"] {
            assert_eq!(Standing::parse(bad), None, "{bad}");
        }
        assert_eq!(Standing::parse("3").and_then(Standing::exact), Some(3));
        assert_eq!(Standing::parse("5-6").and_then(Standing::exact), None);
    }
}
