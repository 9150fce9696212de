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
