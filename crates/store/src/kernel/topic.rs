//! What a committed transaction changed, so that snapshots are rebuilt after it and not before.

/// An area whose readers keep a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// Markets.
    Market,
    /// Models, variants, fits.
    Catalogue,
    /// Rules, grants, orders of authorities, reviews.
    Clearance,
    /// Prices and tax rates.
    Price,
    /// Stock balances.
    Stock,
    /// Device models, builds, channels, rollouts.
    Rollout,
    /// The job queue.
    Job,
    /// Sales and where they stand.
    Sale,
    /// Published figures, ranks, targets, forecasts.
    Reach,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 9] = [
        Self::Market,
        Self::Catalogue,
        Self::Clearance,
        Self::Price,
        Self::Stock,
        Self::Rollout,
        Self::Job,
        Self::Sale,
        Self::Reach,
    ];

    /// The topics that have a version in the database because decisions are made from them.
    pub const FACTS: [Self; 6] =
        [Self::Market, Self::Catalogue, Self::Clearance, Self::Price, Self::Rollout, Self::Reach];

    /// The area's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Catalogue => "catalogue",
            Self::Clearance => "clearance",
            Self::Price => "price",
            Self::Stock => "stock",
            Self::Rollout => "rollout",
            Self::Job => "job",
            Self::Sale => "sale",
            Self::Reach => "reach",
        }
    }

    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// How often the facts of each area have changed since the database was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactVersions([i64; Topic::FACTS.len()]);

impl FactVersions {
    /// The version of an area's facts; 0 for areas without any.
    #[must_use]
    pub fn of(&self, topic: Topic) -> i64 {
        Topic::FACTS.iter().position(|fact| *fact == topic).map_or(0, |at| self.0[at])
    }

    /// Whether the facts of all these areas are the same in both.
    #[must_use]
    pub fn agree(&self, other: &Self, topics: &[Topic]) -> bool {
        topics.iter().all(|topic| self.of(*topic) == other.of(*topic))
    }

    /// Sets the version of the area with this word; one of a later release is none of ours.
    pub(crate) fn set(&mut self, word: &str, version: i64) {
        if let Some(at) = Topic::FACTS.iter().position(|topic| topic.word() == word) {
            self.0[at] = version;
        }
    }
}
