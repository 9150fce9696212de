//! Choose your country: every market by region with its stage in words.

use askama::Template;
use kontor_base::Language;

use super::{Market, Said, Shell, Stage};
use crate::kit::text::Text;

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
#[derive(Clone, Debug, Template)]
#[template(path = "countries.html")]
pub struct CountriesPage {
    /// The layout's part; its market is `None`.
    pub shell: Shell,
    /// The regions, in order.
    pub regions: Vec<Region>,
}

impl RegionName {
    /// The region's name.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Asia => "region-asia",
            Self::Americas => "region-americas",
            Self::Europe => "region-europe",
            Self::Elsewhere => "region-elsewhere",
        };
        t.get(id).into_owned()
    }
}

impl MarketEntry {
    /// Its shelf, in the reader's language if the market has it, else in its own.
    #[must_use]
    pub fn path(&self, language: &Language) -> String {
        let own = self.languages.first().unwrap_or(language);
        let language = if self.languages.contains(language) { language } else { own };
        format!("/{}/{}/", self.market.code(), language.tag())
    }
}
