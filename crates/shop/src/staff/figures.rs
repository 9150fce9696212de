//! The figures of the staff side: what was ordered, how many come through, how long the stock lasts.
//! Sums are kept by a keeper and read here; nothing walks through orders, and what was begun on a day is
//! counted once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kontor_base::{Date, Instant, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_store::order::day::{self, Begun, DaySum, day_of};
use kontor_store::order::list::id_at;
use kontor_store::{StoreError, Tx, stock};

use super::person::Person;
use crate::core::Shop;

/// Over how many days orders are summed up and the pace of sales is taken.
pub(super) const DAYS: i64 = 30;
/// Seconds of a day.
const DAY_S: i64 = 24 * 60 * 60;

/// The orders of a day over all markets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayFigure {
    /// The day.
    pub day: Date,
    /// How many.
    pub orders: i64,
}

/// The orders of a market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketFigure {
    /// The market.
    pub market: MarketCode,
    /// How many in the last thirty days.
    pub orders: i64,
    /// What they came to, tax and shipping included, one amount per currency.
    pub totals: Vec<Money>,
}

/// How many came through in the last seven days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// Carts begun.
    pub carts: i64,
    /// Checkouts begun.
    pub checkouts: i64,
    /// Orders placed.
    pub orders: i64,
}

/// How long the stock of a variant lasts at the pace of the last thirty days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: Sku,
    /// Units that can be sold now.
    pub available: i64,
    /// Units ordered in the last thirty days.
    pub ordered: i64,
    /// Whole days that it lasts; none: nothing was ordered.
    pub days: Option<i64>,
}

/// The figures, as far as they are somebody's to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The last thirty days, also those without an order.
    pub days: Vec<DayFigure>,
    /// The markets, the one with most orders first.
    pub markets: Vec<MarketFigure>,
    /// From carts to orders.
    pub funnel: Funnel,
    /// The stock, what ends first in front.
    pub cover: Vec<Cover>,
}

/// The figures of a person's markets.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn figures(shop: &Arc<Shop>, person: &Person) -> Result<Figures, StoreError> {
    let at = shop.now();
    let snapshot = shop.snapshots.now();
    let markets_for = |permission| -> Vec<MarketCode> {
        let own = person.markets(permission);
        let codes = snapshot.markets.iter().map(|market| market.code);
        codes.filter(|code| own.contains(*code)).collect()
    };
    let (orders, stocked) =
        (markets_for(Permission::OrderRead), markets_for(Permission::StockRead));
    let own = Arc::clone(shop);
    shop.db
        .read("staff.figures", move |tx| {
            let mut figures = Figures::default();
            ordered(tx, &orders, at, &own.begun, &mut figures)?;
            figures.cover = cover(tx, &stocked, at)?;
            Ok(figures)
        })
        .await
}

/// What was begun on the days before today. It does not grow any more, so that each day is counted once;
/// what a keeper forgets of it later was begun all the same.
#[derive(Debug, Default)]
pub struct BegunByDay(Mutex<BTreeMap<i64, Arc<Vec<Begun>>>>);

impl BegunByDay {
    /// The day `back` days before the one that begins at `today`.
    fn on(
        &self,
        tx: &mut Tx<'_>,
        today: Instant,
        back: i64,
    ) -> Result<Arc<Vec<Begun>>, StoreError> {
        let (begins, ends) =
            (today.plus_seconds(-back * DAY_S), today.plus_seconds((1 - back) * DAY_S));
        let day = day_of(begins);
        let known = |all: &BTreeMap<i64, Arc<Vec<Begun>>>| all.get(&day).cloned();
        if let Some(known) = known(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        let counted = Arc::new(day::begun(tx, id_at(begins), id_at(ends))?);
        if back > 0 {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|kept, _| *kept > day - 7 && *kept < day + 7);
            all.insert(day, Arc::clone(&counted));
        }
        Ok(counted)
    }
}

fn ordered(
    tx: &mut Tx<'_>,
    markets: &[MarketCode],
    at: Instant,
    begun: &BegunByDay,
    figures: &mut Figures,
) -> Result<(), StoreError> {
    let today = day_of(at);
    let first = today - (DAYS - 1);
    let mut by_day = vec![0; usize::try_from(DAYS).unwrap_or(0)];
    let begins = Instant::start_of(at.date());
    for market in markets {
        let sums: Vec<DaySum> = day::since(tx, *market, first)?;
        let mut figure = MarketFigure { market: *market, orders: 0, totals: Vec::new() };
        for sum in &sums {
            figure.orders += sum.orders;
            if let Some(slot) =
                usize::try_from(sum.day - first).ok().and_then(|i| by_day.get_mut(i))
            {
                *slot += sum.orders;
            }
            if sum.day > today - 7 {
                figures.funnel.orders += sum.orders;
            }
            let same = figure.totals.iter_mut().find(|t| t.currency == sum.total.currency);
            match same {
                Some(total) => total.minor = total.minor.saturating_add(sum.total.minor),
                None => figure.totals.push(sum.total),
            }
        }
        figures.markets.push(figure);
    }
    for back in (0..7).rev() {
        let own = begun.on(tx, begins, back)?;
        for begun in own.iter().filter(|begun| markets.contains(&begun.market)) {
            figures.funnel.carts += begun.carts;
            figures.funnel.checkouts += begun.checkouts;
        }
    }
    figures.markets.sort_by_key(|figure| std::cmp::Reverse(figure.orders));
    if !markets.is_empty() {
        let dated = (0..).zip(by_day).map(|(i, orders)| DayFigure {
            day: begins.plus_seconds((i - (DAYS - 1)) * DAY_S).date(),
            orders,
        });
        figures.days = dated.collect();
    }
    Ok(())
}

fn cover(tx: &mut Tx<'_>, markets: &[MarketCode], at: Instant) -> Result<Vec<Cover>, StoreError> {
    let first = day_of(at) - (DAYS - 1);
    let mut cover: Vec<Cover> = Vec::new();
    for (market, item, units) in stock::levels(tx)? {
        let (Ok(market), Ok(sku)) = (market.parse(), item.parse()) else { continue };
        if !markets.contains(&market) {
            continue;
        }
        match cover.iter_mut().find(|known| known.market == market && known.sku == sku) {
            Some(known) => known.available += units,
            None => cover.push(Cover { market, sku, available: units, ordered: 0, days: None }),
        }
    }
    for market in markets {
        for (sku, units) in day::items_since(tx, *market, first)? {
            let known = cover.iter_mut().find(|known| known.market == *market && known.sku == sku);
            if let Some(known) = known {
                known.ordered = units;
                known.days = lasts(known.available, units);
            }
        }
    }
    cover.sort_by(|a, b| {
        (a.days.unwrap_or(i64::MAX), a.market, &a.sku).cmp(&(
            b.days.unwrap_or(i64::MAX),
            b.market,
            &b.sku,
        ))
    });
    Ok(cover)
}

/// Whole days that `available` units last when `ordered` went in [`DAYS`] days; none: nothing went.
fn lasts(available: i64, ordered: i64) -> Option<i64> {
    (ordered > 0).then(|| available.max(0).saturating_mul(DAYS) / ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_lasts_as_long_as_the_pace_says() {
        assert_eq!(lasts(100, 30), Some(100));
        assert_eq!(lasts(100, 60), Some(50));
        assert_eq!(lasts(0, 60), Some(0));
        assert_eq!(lasts(1, 60), Some(0), "half a day is not a day");
        assert_eq!(lasts(5, 0), None);
    }
}
