//! What every page carries: the shop, the language, the market, and where else the page exists.

use std::sync::Arc;

use kontor_base::{Country, Date, Language};

use crate::kit::text::Text;

/// What is the same on every page of one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The shop's name, set as the wordmark in the header and in titles.
    pub shop_name: String,
    /// Who answers for the shop, for the footer: the maker's or operator's name.
    pub operator: String,
    /// Scheme and host without a trailing slash, for canonical and social addresses:
    /// `https://shop.example`.
    pub origin: String,
    /// Whether the shop re-enacts something from public reports and every page has to say so.
    pub reenactment: bool,
}

/// The market a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Market {
    /// The country whose name and rules stand for it. Its lower-case code is the URL's first
    /// segment.
    pub country: Country,
}

/// How far a market has come, in the words of the page where a country is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Everything that the shop has is sold.
    Open,
    /// Open, but only with accessories.
    Accessories,
    /// Open in small quantities.
    Beta,
    /// Not open; the day is set.
    OpensOn(Date),
    /// Not open; the day is not known.
    Preparing,
    /// Sales have stopped for a while.
    Paused,
    /// Winding down.
    Closing,
    /// Closed; warranty is honoured.
    Closed,
}

/// A text that comes from data, with the language it is written in: where that is not the page's,
/// the markup says so and a screen reader changes its voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub text: String,
    /// Its language.
    pub language: Language,
}

impl Said {
    /// `text`, written in `language`.
    pub fn new(text: impl Into<String>, language: Language) -> Self {
        Self { text: text.into(), language }
    }
}

/// The same page in another language or for another market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternate {
    /// The language.
    pub language: Language,
    /// The market's country; `None` for pages without a market.
    pub country: Option<Country>,
    /// The path on this site.
    pub path: String,
}

/// What the layout needs; every page context has one in its field `shell`.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The installation.
    pub site: Arc<Site>,
    /// The language of the page; languages without complete page texts fall back to English.
    pub language: Language,
    /// The market, if the page belongs to one.
    pub market: Option<Market>,
    /// The path of this page, without a query: it becomes the canonical address.
    pub path: String,
    /// This page in the market's other languages, and itself: all of them, for the switcher and
    /// `hreflang`. Empty where a page exists only here (cart, checkout, order, errors).
    pub alternates: Vec<Alternate>,
}

impl Market {
    /// The market of `country`.
    #[must_use]
    pub const fn of(country: Country) -> Self {
        Self { country }
    }

    /// The first segment of its addresses: `us`.
    #[must_use]
    pub fn code(&self) -> String {
        self.country.code().to_ascii_lowercase()
    }
}

impl Stage {
    /// The stage in a few words.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Open => "stage-open",
            Self::Accessories => "stage-accessories",
            Self::Beta => "stage-beta",
            Self::OpensOn(date) => return t.one("stage-opens", "date", t.date(&date)).into_owned(),
            Self::Preparing => "stage-preparing",
            Self::Paused => "stage-paused",
            Self::Closing => "stage-closing",
            Self::Closed => "stage-closed",
        };
        t.get(id).into_owned()
    }

    /// The class that colours its mark; the words say the same.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Open | Self::Accessories | Self::Beta => "good",
            Self::OpensOn(_) => "accent",
            Self::Preparing => "quiet",
            Self::Paused | Self::Closing => "warn",
            Self::Closed => "quiet",
        }
    }
}

impl Alternate {
    /// The value of `hreflang`: `en-US`, or `en` without a market.
    #[must_use]
    pub fn hreflang(&self) -> String {
        match self.country {
            Some(country) => format!("{}-{}", self.language.tag(), country.code()),
            None => self.language.tag().to_owned(),
        }
    }
}

impl Shell {
    /// The texts in the page's language, with the market's way of writing numbers.
    #[must_use]
    pub fn text(&self) -> Text {
        Text::new(self.language, self.market.map(|market| market.country))
    }

    /// The address of something below this market and language: `/us/en/cart` for `cart`. Pages
    /// without a market lead to the choice of countries.
    #[must_use]
    pub fn to(&self, below: &str) -> String {
        match self.market {
            Some(market) => format!("/{}/{}/{below}", market.code(), self.language.tag()),
            None => "/".to_owned(),
        }
    }

    /// "in the USA"; empty without a market.
    #[must_use]
    pub fn place(&self) -> String {
        let place = self.market.map(|market| self.text().in_country(&market.country));
        place.map(std::borrow::Cow::into_owned).unwrap_or_default()
    }

    /// The `lang` attribute for a text of another language, with its leading space, or nothing.
    #[must_use]
    pub fn lang(&self, said: &Said) -> String {
        if said.language == self.text().language() {
            String::new()
        } else {
            format!(" lang=\"{}\"", said.language.tag())
        }
    }
}
