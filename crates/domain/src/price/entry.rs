//! Price entries and which of them is in force.

use kontor_base::{Instant, Money, MoneyError};
use serde::{Deserialize, Serialize};

use crate::catalogue::Sku;
use crate::market::MarketCode;

use super::jurisdiction::Jurisdiction;

/// How well a figure in a data file is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Confidence {
    /// Found in a primary or official source.
    S1,
    /// Found in a secondary source (press, law firm, data vendor).
    S2,
    /// From memory, unverified: to be checked before it is relied on.
    M,
}

impl Confidence {
    /// Every degree, the best first.
    pub const ALL: [Self; 3] = [Self::S1, Self::S2, Self::M];

    /// The word in data files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S2 => "S2",
            Self::M => "M",
        }
    }

    /// The degree with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confidence| confidence.word() == word)
    }
}

/// What one unit of a variant costs in a market, from one moment to another. Whether the amount
/// contains the tax is the market's matter ([`crate::market::TaxDisplay`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceEntry {
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: Sku,
    /// The price of one unit; never negative.
    pub money: Money,
    /// The first moment at which it is in force.
    pub valid_from: Instant,
    /// The first moment at which it is no longer in force; `None` while no end is planned. An
    /// entry with an end is an offer: the price under it comes back when it ends.
    pub valid_to: Option<Instant>,
    /// Where the figure is from.
    pub source: String,
    /// How well it is known.
    pub confidence: Confidence,
}

impl PriceEntry {
    /// Whether the entry's span contains `at`: from `valid_from`, up to but not including
    /// `valid_to`.
    #[must_use]
    pub fn covers(&self, at: Instant) -> bool {
        self.valid_from <= at && self.valid_to.is_none_or(|end| at < end)
    }
}

/// Why a price or a tax was not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceRefusal {
    /// No entry is in force.
    #[error("there is no price in force")]
    NoPrice,
    /// No rate is known for the place on the day; it is not taken as zero.
    #[error("no tax rate is known for {jurisdiction}")]
    NoTaxRate {
        /// The place that was asked for.
        jurisdiction: Jurisdiction,
    },
    /// The price is above the maximum retail price printed on the package (India).
    #[error("the price is above the printed maximum retail price")]
    AboveMrp {
        /// The printed maximum, all taxes included.
        mrp: Money,
    },
    /// Amounts of different currencies, or an amount too large to be right.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

impl PriceRefusal {
    /// The stable code of the refusal, such as `price.no_tax_rate`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoPrice => "price.no_price",
            Self::NoTaxRate { .. } => "price.no_tax_rate",
            Self::AboveMrp { .. } => "price.above_mrp",
            Self::Amount(MoneyError::MixedCurrencies | MoneyError::UnknownCurrency) => {
                "price.mixed_currencies"
            }
            Self::Amount(_) => "price.out_of_range",
        }
    }
}

/// The entry in force at `at` among the entries of *one* variant in *one* market, in any order.
///
/// Entries may overlap; of those that cover `at`, the one with the latest `valid_from` wins. So an
/// open entry is replaced by the next that begins, and an offer (an entry with an end) lies on top
/// of the ordinary price and uncovers it again when it ends. Should two begin at the same moment,
/// the lower price wins: in doubt for the buyer.
#[must_use]
pub fn price_at(entries: &[PriceEntry], at: Instant) -> Option<&PriceEntry> {
    entries
        .iter()
        .filter(|entry| entry.covers(at))
        .max_by_key(|entry| (entry.valid_from, std::cmp::Reverse(entry.money.minor)))
}

/// Checks a unit price, all taxes included, against the maximum retail price printed on an Indian
/// package: nobody may charge more (Legal Metrology (Packaged Commodities) Rules 2011, rule 18(2);
/// DOMAIN data: "MRP is a legal ceiling", S2).
///
/// # Errors
///
/// [`PriceRefusal::AboveMrp`], or [`PriceRefusal::Amount`] when the currencies differ.
pub fn check_mrp(gross_unit: Money, mrp: Money) -> Result<(), PriceRefusal> {
    if mrp.minus(gross_unit)?.minor < 0 {
        return Err(PriceRefusal::AboveMrp { mrp });
    }
    Ok(())
}
