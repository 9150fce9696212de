//! Tax rates as time series, and which one applies to a parcel on a day.
//!
//! The rates that ship with Kontor (`data/tax/`) begin, where their history is not known, on the
//! day for which their source states them; earlier days have no rate and are refused. Left out
//! because no single rate is right: Brazil (state ICMS, IPI and PIS/COFINS on top of each other),
//! Canada (federal and provincial), Vietnam (8 or 10 per cent by kind of goods); the USA has a row
//! per state instead.

use std::collections::BTreeMap;

use kontor_base::{Confidence, Date, Rate};
use serde::{Deserialize, Serialize};

use crate::market::TaxDisplay;

use super::entry::PriceRefusal;
use super::jurisdiction::Jurisdiction;

/// A tax on sales in one jurisdiction, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// Where it is owed.
    pub jurisdiction: Jurisdiction,
    /// What it is called there: `MwSt`, `sales tax`. Shown as it is, in every language.
    pub name: String,
    /// The rate. Zero only where it is known that nothing is levied (Hong Kong, Oregon).
    pub rate: Rate,
    /// Whether prices there are usually shown with it.
    pub display: TaxDisplay,
    /// The first day on which it applies, or, where the history is not known, the day for which
    /// the source states it.
    pub valid_from: Date,
    /// The last day on which it applies, as laws are written; `None` while no end is known.
    pub valid_to: Option<Date>,
    /// How well it is known.
    pub confidence: Confidence,
    /// Where it is from.
    pub source: String,
}

impl TaxRate {
    /// Whether the rate applies on `day`; both ends belong to the span.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether the tax is only an estimate: always in the USA, since the rates of counties and
    /// cities come on top and are not known here.
    #[must_use]
    pub fn estimated(&self) -> bool {
        Jurisdiction::by_state(self.jurisdiction.country)
    }
}

/// Two rates of one jurisdiction begin on the same day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two tax rates of {jurisdiction} begin on {valid_from}")]
pub struct TaxTableError {
    /// The place.
    pub jurisdiction: Jurisdiction,
    /// The day.
    pub valid_from: Date,
}

/// The known tax rates, ready for lookups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxTable {
    /// Per jurisdiction, the earliest first.
    rates: BTreeMap<Jurisdiction, Vec<TaxRate>>,
}

impl TaxTable {
    /// A table of these rates, in any order.
    ///
    /// # Errors
    ///
    /// [`TaxTableError`] when it would not be clear which of two rates applies.
    pub fn try_new(rates: impl IntoIterator<Item = TaxRate>) -> Result<Self, TaxTableError> {
        let mut table: BTreeMap<Jurisdiction, Vec<TaxRate>> = BTreeMap::new();
        for rate in rates {
            table.entry(rate.jurisdiction).or_default().push(rate);
        }
        for (jurisdiction, series) in &mut table {
            series.sort_by_key(|rate| rate.valid_from);
            if let Some(pair) = series.windows(2).find(|w| w[0].valid_from == w[1].valid_from) {
                let valid_from = pair[0].valid_from;
                return Err(TaxTableError { jurisdiction: *jurisdiction, valid_from });
            }
        }
        Ok(Self { rates: table })
    }

    /// The rate for a parcel to `ship_to` whose tax point is `day`: the one that began last among
    /// those that apply, so that a successor needs no edit of its predecessor.
    ///
    /// The tax point of a web order is the day it is placed and paid, in UTC. (Law uses the local
    /// day; rates change at midnight there. The difference of hours is accepted.)
    ///
    /// # Errors
    ///
    /// [`PriceRefusal::NoTaxRate`] when none is known: also for a country whose states levy the
    /// tax when no state is given.
    pub fn rate_on(&self, ship_to: &Jurisdiction, day: Date) -> Result<&TaxRate, PriceRefusal> {
        self.rates
            .get(ship_to)
            .and_then(|series| series.iter().rev().find(|rate| rate.covers(day)))
            .ok_or(PriceRefusal::NoTaxRate { jurisdiction: *ship_to })
    }

    /// Every rate, by jurisdiction and then by first day.
    pub fn iter(&self) -> impl Iterator<Item = &TaxRate> {
        self.rates.values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn rate(place: &str, percent: &str, from: &str, to: Option<&str>) -> TaxRate {
        TaxRate {
            jurisdiction: place.parse().expect("a jurisdiction"),
            name: "VAT".to_owned(),
            rate: Rate::parse_percent(percent).expect("a percentage"),
            display: TaxDisplay::Inclusive,
            valid_from: day(from),
            valid_to: to.map(day),
            confidence: Confidence::M,
            source: "test".to_owned(),
        }
    }

    #[test]
    fn the_rate_of_the_tax_point_counts() {
        // Germany's rates as everybody remembers them; test data, not shipped data.
        let table = TaxTable::try_new([
            rate("DE", "19", "2007-01-01", None),
            rate("DE", "16", "2020-07-01", Some("2020-12-31")),
            rate("US-CA", "7.25", "2017-01-01", None),
            rate("US-OR", "0", "2017-01-01", None),
        ])
        .expect("one rate per day");
        let percent = |place: &str, on: &str| {
            let place: Jurisdiction = place.parse().expect("a jurisdiction");
            table.rate_on(&place, day(on)).map(|rate| rate.rate.percent()).map_err(|e| e.code())
        };
        assert_eq!(percent("DE", "2020-06-30").as_deref(), Ok("19"));
        assert_eq!(percent("DE", "2020-07-01").as_deref(), Ok("16"));
        assert_eq!(percent("DE", "2020-12-31").as_deref(), Ok("16"));
        assert_eq!(percent("DE", "2021-01-01").as_deref(), Ok("19"));
        assert_eq!(percent("US-OR", "2026-01-01").as_deref(), Ok("0"), "known to be nothing");
        // Unknown is refused and never zero: the day before, the state without a rate, the country
        // whose states levy the tax, the country nobody wrote down.
        for (place, on) in [
            ("DE", "2006-12-31"),
            ("US-TX", "2026-01-01"),
            ("US", "2026-01-01"),
            ("BR", "2026-01-01"),
        ] {
            assert_eq!(percent(place, on), Err("price.no_tax_rate"), "{place} on {on}");
        }
        assert!(table.iter().all(|r| r.estimated() == (r.jurisdiction.country.code() == "US")));
    }

    #[test]
    fn two_rates_of_one_day_are_refused() {
        let twice = [rate("DE", "19", "2007-01-01", None), rate("DE", "20", "2007-01-01", None)];
        assert!(TaxTable::try_new(twice).is_err());
    }
}
