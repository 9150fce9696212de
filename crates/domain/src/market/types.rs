//! What a market is: countries, currency, languages, tax display, how goods get there.

use std::fmt;
use std::str::FromStr;

use kontor_base::{Cell, Country, Currency, Date, Language, Wrong};
use serde::{Deserialize, Serialize};

use super::beta::BetaTerms;
use super::contact::Contact;
use super::stage::Stage;

/// The short lower-case name of a market in URLs and data: `us`, `de`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarketCode([u8; 2]);

/// The text is not a market code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a market code (two lower-case letters)")]
pub struct MarketError;

impl MarketCode {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("codes are ASCII")
    }
}

impl FromStr for MarketCode {
    type Err = MarketError;

    fn from_str(code: &str) -> Result<Self, MarketError> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_lowercase() && b.is_ascii_lowercase() => Ok(Self([*a, *b])),
            _ => Err(MarketError),
        }
    }
}

impl Cell for MarketCode {
    fn wrong(cell: &str, _: &MarketError) -> Wrong {
        Wrong::NotMarket { cell: cell.to_owned() }
    }
}

impl fmt::Display for MarketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for MarketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for MarketCode {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for MarketCode {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether shelf prices contain the tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxDisplay {
    /// Prices contain the tax (nearly everywhere).
    Inclusive,
    /// Tax is added at checkout by ship-to address (USA, Canada).
    Exclusive,
}

/// How goods reach the buyer; it decides who imports and which rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfilmentModel {
    /// Parcels from the home warehouse across the border.
    ParcelsFromHome,
    /// Bulk import to a warehouse in the market.
    BulkImport,
    /// A local importer or distributor.
    LocalPartner,
    /// Assembled in the market.
    LocalAssembly,
    /// The maker's home market: nothing is imported.
    Home,
}

impl FulfilmentModel {
    /// Every model.
    pub const ALL: [Self; 5] = [
        Self::ParcelsFromHome,
        Self::BulkImport,
        Self::LocalPartner,
        Self::LocalAssembly,
        Self::Home,
    ];

    /// The word in data files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ParcelsFromHome => "parcels_from_home",
            Self::BulkImport => "bulk_import",
            Self::LocalPartner => "local_partner",
            Self::LocalAssembly => "local_assembly",
            Self::Home => "home",
        }
    }

    /// The model with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.word() == word)
    }

    /// Whether goods cross a border on their way to the buyer.
    #[must_use]
    pub const fn imports(self) -> bool {
        !matches!(self, Self::Home | Self::LocalAssembly)
    }
}

/// A market: one shop front.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Market {
    /// The code, also the first segment of its URLs.
    pub code: MarketCode,
    /// The countries it ships to; never empty. The first is the one whose rules and tax apply
    /// where a page needs one country.
    pub countries: Vec<Country>,
    /// The currency of its prices.
    pub currency: Currency,
    /// The languages of its pages, the default first; never empty.
    pub languages: Vec<Language>,
    /// Whether prices contain the tax.
    pub tax_display: TaxDisplay,
    /// How goods get there.
    pub fulfilment: FulfilmentModel,
    /// How many days a buyer may send goods back.
    pub return_window_days: u16,
    /// How far it has come.
    pub stage: Stage,
    /// When it opened or is planned to open, if known.
    pub opens_on: Option<Date>,
    /// What it costs to ship one order there, in minor units of `currency` (tax treated like the
    /// prices).
    pub shipping_minor: i64,
    /// The order of markets on the page where a country is chosen: its region's word
    /// (`americas`, `asia`, `europe`).
    pub region: String,
    /// A short public sentence about the stage and where it is from (source), per language.
    pub note: Vec<(Language, String)>,
    /// What holds while it is in beta.
    #[serde(default)]
    pub beta: BetaTerms,
    /// How its people are reached, and where goods are sent back to.
    #[serde(default)]
    pub contact: Contact,
}

impl Market {
    /// The country whose rules and tax apply where a page needs one country.
    ///
    /// # Panics
    ///
    /// Never for a market read from the store or an import: both refuse one without countries.
    #[must_use]
    pub fn home(&self) -> Country {
        *self.countries.first().expect("a market has at least one country")
    }

    /// The note in `language`, or in English.
    #[must_use]
    pub fn note_in(&self, language: Language) -> Option<&str> {
        let find = |wanted| self.note.iter().find(|(l, _)| *l == wanted).map(|(_, t)| t.as_str());
        find(language).or_else(|| find(Language::En))
    }
}
