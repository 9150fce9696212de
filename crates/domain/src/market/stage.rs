//! The stages of a market and the acts each allows, as tables that a test can walk and a page can
//! draw.

use serde::{Deserialize, Serialize};

/// What can be done with a product in a market, in rising degree. A clearance rule names the
/// degree from which on it is needed; everything above needs it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Show that the product exists.
    Announce,
    /// Take names of people who want to hear more.
    RegisterInterest,
    /// Take an order before the product may be delivered.
    Preorder,
    /// Sell: take an order and the money.
    Sell,
    /// Hand the product over to the carrier.
    Deliver,
    /// Sell to somebody who sells on.
    Resell,
}

impl Act {
    /// Every act, in rising degree.
    pub const ALL: [Self; 6] = [
        Self::Announce,
        Self::RegisterInterest,
        Self::Preorder,
        Self::Sell,
        Self::Deliver,
        Self::Resell,
    ];

    /// The word for the act in data files, codes and URLs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Announce => "announce",
            Self::RegisterInterest => "register_interest",
            Self::Preorder => "preorder",
            Self::Sell => "sell",
            Self::Deliver => "deliver",
            Self::Resell => "resell",
        }
    }

    /// The act with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }
}

/// How far a market has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looked at; nothing is said in public.
    Scouting,
    /// Announced: people can read and leave their address.
    Preparing,
    /// Open for a limited circle with limited quantities.
    Beta,
    /// Open.
    Open,
    /// Sales stopped for a while; what was sold is still delivered and looked after.
    Paused,
    /// Winding down: what was ordered is delivered, then warranty and spare parts only.
    Closing,
    /// Closed: warranty obligations are honoured, nothing is sold.
    Closed,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 7] = [
        Self::Scouting,
        Self::Preparing,
        Self::Beta,
        Self::Open,
        Self::Paused,
        Self::Closing,
        Self::Closed,
    ];

    /// The word for the stage in data files and codes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Scouting => "scouting",
            Self::Preparing => "preparing",
            Self::Beta => "beta",
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }

    /// The stage with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

/// What kind of goods something is, where a stage tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goods {
    /// A product.
    Product,
    /// A part or a case for something that was bought before.
    SparePart,
}

/// Which acts each stage allows. Closed markets still announce: a page has to say that the market
/// is closed and where warranty is given.
pub const STAGE_TABLE: [(Stage, &[Act]); 7] = [
    (Stage::Scouting, &[]),
    (Stage::Preparing, &[Act::Announce, Act::RegisterInterest]),
    (Stage::Beta, &Act::ALL),
    (Stage::Open, &Act::ALL),
    (Stage::Paused, &[Act::Announce, Act::RegisterInterest, Act::Deliver]),
    (Stage::Closing, &[Act::Announce, Act::Deliver]),
    (Stage::Closed, &[Act::Announce]),
];

/// What a stage allows besides for spare parts: whoever has bought can have it repaired where nothing
/// else is sold any more, so long as parcels are delivered at all.
pub const SPARE_PART_TABLE: [(Stage, &[Act]); 2] =
    [(Stage::Paused, &[Act::Sell]), (Stage::Closing, &[Act::Sell])];

/// Which stage may follow which.
pub const TRANSITIONS: [(Stage, &[Stage]); 7] = [
    (Stage::Scouting, &[Stage::Preparing]),
    (Stage::Preparing, &[Stage::Scouting, Stage::Beta, Stage::Open]),
    (Stage::Beta, &[Stage::Preparing, Stage::Open, Stage::Paused]),
    (Stage::Open, &[Stage::Paused, Stage::Closing]),
    (Stage::Paused, &[Stage::Beta, Stage::Open, Stage::Closing]),
    (Stage::Closing, &[Stage::Paused, Stage::Closed]),
    (Stage::Closed, &[Stage::Preparing]),
];

/// Whether `stage` allows `act`; what the table does not name is refused.
#[must_use]
pub fn stage_allows(stage: Stage, act: Act) -> bool {
    STAGE_TABLE.iter().any(|(s, acts)| *s == stage && acts.contains(&act))
}

/// Whether `stage` allows `act` with goods of a kind.
#[must_use]
pub fn stage_allows_goods(stage: Stage, act: Act, goods: Goods) -> bool {
    let spare = || SPARE_PART_TABLE.iter().any(|(s, acts)| *s == stage && acts.contains(&act));
    stage_allows(stage, act) || (goods == Goods::SparePart && spare())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_name_every_stage_once_and_in_order() {
        for (i, stage) in Stage::ALL.into_iter().enumerate() {
            assert_eq!(STAGE_TABLE[i].0, stage);
            assert_eq!(TRANSITIONS[i].0, stage);
            assert_eq!(Stage::from_word(stage.word()), Some(stage));
            assert!(!TRANSITIONS[i].1.contains(&stage), "{stage:?} follows itself");
        }
        for act in Act::ALL {
            assert_eq!(Act::from_word(act.word()), Some(act));
        }
    }

    #[test]
    fn only_beta_and_open_take_orders() {
        for stage in Stage::ALL {
            let sells = stage_allows(stage, Act::Sell);
            assert_eq!(sells, matches!(stage, Stage::Beta | Stage::Open), "{stage:?}");
            // What was sold must still reach its buyer after sales have stopped.
            if matches!(stage, Stage::Paused | Stage::Closing) {
                assert!(stage_allows(stage, Act::Deliver));
            }
        }
    }

    #[test]
    fn spare_parts_are_sold_as_long_as_parcels_are_delivered() {
        for stage in Stage::ALL {
            let sells = stage_allows_goods(stage, Act::Sell, Goods::SparePart);
            let delivers = stage_allows_goods(stage, Act::Deliver, Goods::SparePart);
            assert_eq!(sells, delivers, "{stage:?}");
            assert_eq!(
                stage_allows_goods(stage, Act::Sell, Goods::Product),
                stage_allows(stage, Act::Sell),
                "{stage:?}"
            );
            let resold = stage_allows_goods(stage, Act::Resell, Goods::SparePart);
            assert_eq!(resold, stage_allows(stage, Act::Resell), "{stage:?}");
        }
    }

    #[test]
    fn every_stage_but_the_first_can_be_reached() {
        for stage in Stage::ALL.into_iter().skip(1) {
            assert!(TRANSITIONS.iter().any(|(_, next)| next.contains(&stage)), "{stage:?}");
        }
    }
}
