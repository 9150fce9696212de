//! Choose your country: every market by region with its stage in words.

use kontor_base::Language;

use super::{Market, Said, Shell, Stage};

/// A part of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionName {
    /// `asia`
    Asia,
    /// `americas`
    Americas,
    /// `europe`
    Europe,
    /// Everything else.
    Elsewhere,
}

impl RegionName {
    /// The region with this word in the market data; unknown words are elsewhere.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "asia" => Self::Asia,
            "americas" => Self::Americas,
            "europe" => Self::Europe,
            _ => Self::Elsewhere,
        }
    }
}

/// One market in the list.
#[derive(Clone, Debug)]
pub struct MarketEntry {
    /// The market.
    pub market: Market,
    /// The languages of its pages, the default first.
    pub languages: Vec<Language>,
    /// How far it has come.
    pub stage: Stage,
    /// A public sentence about it, if there is one.
    pub note: Option<Said>,
}

/// A region with its markets.
#[derive(Clone, Debug)]
pub struct Region {
    /// Which.
    pub name: RegionName,
    /// Its markets, in order.
    pub markets: Vec<MarketEntry>,
}

/// `GET /`
#[derive(Clone, Debug)]
pub struct CountriesPage {
    /// The layout's part; its market is `None`.
    pub shell: Shell,
    /// The regions, in order.
    pub regions: Vec<Region>,
}
