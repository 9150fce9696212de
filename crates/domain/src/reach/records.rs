//! Everything that is recorded, as a page or a file sees it.

use std::collections::BTreeSet;

use kontor_base::Instant;
use serde::Serialize;

use super::admit::Record;
use super::figure::Figure;
use super::forecast::Forecast;
use super::rank::Rank;
use super::target::Target;
use crate::catalogue::Slug;

/// A record with the moment at which it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded<R> {
    /// When.
    pub at: Instant,
    /// What.
    pub record: R,
}

/// All records, each kind in the order in which it was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// What was said.
    pub figures: Vec<Recorded<Figure>>,
    /// Where the maker stands in the world, by provider and period.
    pub ranks: Vec<Recorded<Rank>>,
    /// What was to be reached.
    pub targets: Vec<Recorded<Target>>,
    /// What was forecast.
    pub forecasts: Vec<Recorded<Forecast>>,
}

impl Reach {
    /// Whether nothing is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
            && self.ranks.is_empty()
            && self.targets.is_empty()
            && self.forecasts.is_empty()
    }

    /// The figure with this name, corrected or not.
    #[must_use]
    pub fn figure(&self, code: &str) -> Option<&Recorded<Figure>> {
        find(&self.figures, code)
    }

    /// The rank with this name, corrected or not.
    #[must_use]
    pub fn rank(&self, code: &str) -> Option<&Recorded<Rank>> {
        find(&self.ranks, code)
    }

    /// The target with this name.
    #[must_use]
    pub fn target(&self, code: &str) -> Option<&Recorded<Target>> {
        find(&self.targets, code)
    }

    /// The forecast with this name.
    #[must_use]
    pub fn forecast(&self, code: &str) -> Option<&Recorded<Forecast>> {
        find(&self.forecasts, code)
    }

    /// The figures that stand: those that no other has put right, by time.
    #[must_use]
    pub fn standing_figures(&self) -> Vec<&Figure> {
        let mut standing = standing(&self.figures);
        standing.sort_by_key(|figure| figure.period.order());
        standing
    }

    /// The ranks that stand, by time and provider.
    #[must_use]
    pub fn standing_ranks(&self) -> Vec<&Rank> {
        let mut standing = standing(&self.ranks);
        standing.sort_by(|a, b| {
            a.period.order().cmp(&b.period.order()).then_with(|| a.provider.cmp(&b.provider))
        });
        standing
    }
}

/// The record that puts `code` right, if one does.
#[must_use]
pub(super) fn correction<'a, R: Record>(
    records: &'a [Recorded<R>],
    code: &Slug,
) -> Option<&'a Recorded<R>> {
    records.iter().find(|recorded| recorded.record.corrects() == Some(code))
}

impl Reach {
    /// The figure that puts this one right, if one does.
    #[must_use]
    pub fn correction_of_figure(&self, code: &Slug) -> Option<&Recorded<Figure>> {
        correction(&self.figures, code)
    }

    /// The rank that puts this one right, if one does.
    #[must_use]
    pub fn correction_of_rank(&self, code: &Slug) -> Option<&Recorded<Rank>> {
        correction(&self.ranks, code)
    }
}

fn find<'a, R: Record>(records: &'a [Recorded<R>], code: &str) -> Option<&'a Recorded<R>> {
    records.iter().find(|recorded| recorded.record.code().as_str() == code)
}

fn standing<R: Record>(records: &[Recorded<R>]) -> Vec<&R> {
    let corrected: BTreeSet<&Slug> =
        records.iter().filter_map(|recorded| recorded.record.corrects()).collect();
    let all = records.iter().map(|recorded| &recorded.record);
    all.filter(|record| !corrected.contains(record.code())).collect()
}
