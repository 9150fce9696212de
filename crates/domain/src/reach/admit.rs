//! Records are added and never edited. What is recorded already is left alone; the same name with
//! other words is refused; a figure or rank that was wrong is answered by a new one that names it.

use std::fmt;

use kontor_base::Wrong;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::figure::Figure;
use super::forecast::Forecast;
use super::rank::Rank;
use super::target::Target;
use crate::catalogue::Slug;

/// The kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// [`Figure`]
    Figure,
    /// [`Rank`]
    Rank,
    /// [`Target`]
    Target,
    /// [`Forecast`]
    Forecast,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Figure, Self::Rank, Self::Target, Self::Forecast];

    /// The word in the database and in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Figure => "figure",
            Self::Rank => "rank",
            Self::Target => "target",
            Self::Forecast => "forecast",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A record of one of the kinds.
pub trait Record: PartialEq + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Which kind.
    const KIND: RecordKind;
    /// Its name, unique within its kind.
    fn code(&self) -> &Slug;
    /// The record that it puts right; none for kinds that are never put right.
    fn corrects(&self) -> Option<&Slug>;
}

impl Record for Figure {
    const KIND: RecordKind = RecordKind::Figure;
    fn code(&self) -> &Slug {
        &self.code
    }
    fn corrects(&self) -> Option<&Slug> {
        self.corrects.as_ref()
    }
}

impl Record for Rank {
    const KIND: RecordKind = RecordKind::Rank;
    fn code(&self) -> &Slug {
        &self.code
    }
    fn corrects(&self) -> Option<&Slug> {
        self.corrects.as_ref()
    }
}

impl Record for Target {
    const KIND: RecordKind = RecordKind::Target;
    fn code(&self) -> &Slug {
        &self.code
    }
    fn corrects(&self) -> Option<&Slug> {
        None
    }
}

impl Record for Forecast {
    const KIND: RecordKind = RecordKind::Forecast;
    fn code(&self) -> &Slug {
        &self.code
    }
    fn corrects(&self) -> Option<&Slug> {
        None
    }
}

/// The most bytes of a record as it is kept: both databases must be able to index it whole, which is
/// how they guard it against changes.
pub const RECORD_BYTES_MAX: usize = 2_000;

/// What becomes of a record that is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is added.
    New,
    /// It is there already, word for word.
    Unchanged,
}

/// Why a record is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordRefusal {
    /// A record of this name says something else.
    Edited {
        /// What it is.
        kind: RecordKind,
        /// The name.
        code: Slug,
    },
    /// What it puts right is not there.
    NothingToCorrect(Slug),
    /// A record cannot put itself right.
    CorrectsItself,
    /// Another record has put that right; correct that one.
    CorrectedBefore {
        /// The record that was wrong.
        corrected: Slug,
        /// The one that put it right.
        by: Slug,
    },
}

impl fmt::Display for RecordRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Wrong::from(self).fmt(f)
    }
}

impl std::error::Error for RecordRefusal {}

impl From<&RecordRefusal> for Wrong {
    fn from(refusal: &RecordRefusal) -> Self {
        match refusal {
            RecordRefusal::Edited { kind, code } => {
                let code = code.to_string();
                match kind {
                    RecordKind::Figure | RecordKind::Rank => Self::EditedCorrect { code },
                    RecordKind::Target | RecordKind::Forecast => Self::EditedRename { code },
                }
            }
            RecordRefusal::NothingToCorrect(name) => {
                Self::NothingToCorrect { name: name.to_string() }
            }
            RecordRefusal::CorrectsItself => Self::CorrectsItself,
            RecordRefusal::CorrectedBefore { corrected, by } => {
                Self::CorrectedBefore { corrected: corrected.to_string(), by: by.to_string() }
            }
        }
    }
}

impl RecordRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Edited { .. } => "reach.edited",
            Self::NothingToCorrect(_) => "reach.nothing_to_correct",
            Self::CorrectsItself => "reach.corrects_itself",
            Self::CorrectedBefore { .. } => "reach.corrected_before",
        }
    }

    /// The column of the row that is to blame.
    #[must_use]
    pub const fn column(&self) -> &'static str {
        match self {
            Self::Edited { .. } => "code",
            _ => "corrects",
        }
    }
}

/// Whether `new` may be added to what is `recorded`.
///
/// # Errors
///
/// See [`RecordRefusal`].
pub fn admit<'a, R: Record>(
    new: &R,
    recorded: impl Iterator<Item = &'a R> + Clone,
) -> Result<Admission, RecordRefusal> {
    if let Some(known) = recorded.clone().find(|record| record.code() == new.code()) {
        if known == new {
            return Ok(Admission::Unchanged);
        }
        return Err(RecordRefusal::Edited { kind: R::KIND, code: new.code().clone() });
    }
    let Some(wrong) = new.corrects() else { return Ok(Admission::New) };
    if wrong == new.code() {
        return Err(RecordRefusal::CorrectsItself);
    }
    if !recorded.clone().any(|record| record.code() == wrong) {
        return Err(RecordRefusal::NothingToCorrect(wrong.clone()));
    }
    let mut others = recorded;
    match others.find(|record| record.corrects() == Some(wrong)) {
        Some(other) => Err(RecordRefusal::CorrectedBefore {
            corrected: wrong.clone(),
            by: other.code().clone(),
        }),
        None => Ok(Admission::New),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::{ForecastRow, RankRow};

    fn rank(code: &str, place: &str, corrects: &str) -> Rank {
        let row = RankRow {
            code: code.to_owned(),
            period: "2014-Q3".to_owned(),
            provider: "IDC".to_owned(),
            measure: "shipments".to_owned(),
            rank: place.to_owned(),
            source: "a report".to_owned(),
            confidence: "M".to_owned(),
            corrects: corrects.to_owned(),
            ..RankRow::default()
        };
        row.parse().expect("a rank")
    }

    #[test]
    fn records_are_added_and_left_alone_and_never_edited() {
        let recorded = [rank("a", "3", "")];
        assert_eq!(admit(&rank("b", "4", ""), recorded.iter()), Ok(Admission::New));
        assert_eq!(admit(&rank("a", "3", ""), recorded.iter()), Ok(Admission::Unchanged));
        let edited = admit(&rank("a", "4", ""), recorded.iter()).expect_err("an edit");
        assert_eq!(edited.code(), "reach.edited");
        assert!(edited.to_string().contains("corrects"), "{edited}");
    }

    #[test]
    fn a_correction_names_what_it_corrects_once() {
        let recorded = [rank("a", "3", ""), rank("a-2", "4", "a")];
        let refused = |new: &Rank| admit(new, recorded.iter()).expect_err("refused").code();
        assert_eq!(refused(&rank("a-3", "5", "a")), "reach.corrected_before");
        assert_eq!(refused(&rank("b", "5", "c")), "reach.nothing_to_correct");
        assert_eq!(refused(&rank("b", "5", "b")), "reach.corrects_itself");
        assert_eq!(admit(&rank("a-3", "5", "a-2"), recorded.iter()), Ok(Admission::New));
    }

    #[test]
    fn a_forecast_is_never_put_right() {
        let row = |value: &str| {
            let row = ForecastRow {
                code: "f".to_owned(),
                subject: "phones-sold".to_owned(),
                period: "2015".to_owned(),
                value: value.to_owned(),
                unit: "million".to_owned(),
                method: "run_rate".to_owned(),
                inputs: "35.01".to_owned(),
                known_until: "2014-12".to_owned(),
                made_on: "2015-01-05".to_owned(),
                made_by: "planning".to_owned(),
                source: "docs".to_owned(),
                confidence: "S1".to_owned(),
                ..ForecastRow::default()
            };
            row.parse().expect("a forecast")
        };
        let refused = admit(&row("71"), [row("70.0")].iter()).expect_err("an edit");
        assert!(refused.to_string().contains("a name of its own"), "{refused}");
        assert_eq!(row("70.0").corrects(), None);
        assert!(!row("70.0").in_hindsight());
    }
}
