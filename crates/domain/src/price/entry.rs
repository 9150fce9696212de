//! Price entries and which of them is in force.

use kontor_base::{Confidence, Instant, Money, MoneyError};
use serde::{Deserialize, Serialize};

use crate::catalogue::Sku;
use crate::market::MarketCode;

use super::jurisdiction::Jurisdiction;

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
    /// The maximum retail price printed on the package, all taxes included (India); `None` where
    /// nothing is printed.
    #[serde(default)]
    pub mrp: Option<Money>,
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

/// The maximum retail price printed on the package at `at`, among the entries of *one* variant in
/// *one* market. An offer lies on top of the ordinary price and need not repeat what is printed: the
/// latest entry in force that names one counts.
#[must_use]
pub fn mrp_at(entries: &[PriceEntry], at: Instant) -> Option<Money> {
    let printed = entries.iter().filter(|entry| entry.covers(at) && entry.mrp.is_some());
    printed.max_by_key(|entry| entry.valid_from).and_then(|entry| entry.mrp)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("USD is a currency"))
    }

    fn day(n: i64) -> Instant {
        Instant::from_micros(1_432_000_000_000_000).plus_seconds(n * 24 * 60 * 60)
    }

    fn entry(minor: i64, from: i64, to: Option<i64>) -> PriceEntry {
        PriceEntry {
            market: "us".parse().expect("a market"),
            sku: "BAND-BLACK".parse().expect("a SKU"),
            money: usd(minor),
            mrp: None,
            valid_from: day(from),
            valid_to: to.map(day),
            source: "test".to_owned(),
            confidence: Confidence::M,
        }
    }

    #[test]
    fn the_latest_beginning_wins_and_an_offer_uncovers_what_lies_under_it() {
        let entries = [entry(1299, 10, Some(12)), entry(1499, 0, None), entry(1999, 20, Some(25))];
        let at = |n| price_at(&entries, day(n)).map(|e| e.money.minor);
        assert_eq!(at(-1), None);
        assert_eq!(at(0), Some(1499));
        assert_eq!(at(9), Some(1499));
        assert_eq!(at(10), Some(1299), "the first moment belongs to the entry");
        assert_eq!(at(12), Some(1499), "the last does not");
        assert_eq!(at(22), Some(1999));
        assert_eq!(at(26), Some(1499));
        let same = [entry(1499, 0, None), entry(999, 0, None), entry(1299, 0, None)];
        assert_eq!(price_at(&same, day(1)).map(|e| e.money.minor), Some(999));
        assert_eq!(price_at(&[], day(0)), None);
    }

    #[test]
    fn what_is_printed_stays_printed_under_an_offer() {
        let printed = PriceEntry { mrp: Some(usd(1999)), ..entry(1499, 0, None) };
        let entries = [entry(1299, 10, Some(12)), printed];
        assert_eq!(mrp_at(&entries, day(-1)), None);
        assert_eq!(mrp_at(&entries, day(11)), Some(usd(1999)));
        assert_eq!(mrp_at(&entries[..1], day(11)), None);
    }

    #[test]
    fn nobody_charges_more_than_the_printed_price() {
        let inr = |minor| Money::new(minor, "INR".parse().expect("INR is a currency"));
        assert_eq!(check_mrp(inr(699_900), inr(699_900)), Ok(()));
        assert_eq!(check_mrp(inr(1), inr(699_900)), Ok(()));
        let above = check_mrp(inr(699_901), inr(699_900)).map_err(|e| e.code());
        assert_eq!(above, Err("price.above_mrp"));
        let mixed = check_mrp(usd(1), inr(1)).map_err(|e| e.code());
        assert_eq!(mixed, Err("price.mixed_currencies"));
    }
}
