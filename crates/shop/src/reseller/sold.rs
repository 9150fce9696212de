//! Reading what resellers have reported as sold on: by month and model, unit by unit, and what went
//! outside of their territory, for the maker.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use kontor_base::id::ResellerId;
use kontor_base::{Country, Date, Instant};
use kontor_store::reseller::{
    SoldGroup, SoldOn, find, sold_after, sold_groups, sold_since, sold_since_to,
};
use kontor_store::{StoreError, Tx};

use super::territory::{OfMarkets, Territories};
use crate::core::Shop;

/// The most sums of one reseller.
const SUMS_MAX: usize = 5_000;
/// The most of what they are added up from: units of one order.
const GROUPS_MAX: i64 = 50_000;
/// How many units are read in one transaction.
const BLOCK: i64 = 1_000;
/// For how many days the maker is told of what was reported.
const TOLD_DAYS: i32 = 30;

/// Units of a model that went to a country in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldRow {
    /// The month, as `2015-05`.
    pub month: String,
    /// The model.
    pub model: String,
    /// Where they went.
    pub country: Country,
    /// How many.
    pub units: i64,
    /// Whether the contract under which they were delivered has the country in its territory.
    pub inside: bool,
}

/// A unit that was sold on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldUnit {
    /// Its serial number.
    pub serial: String,
    /// Its model.
    pub model: String,
    /// When it was sold.
    pub on: Date,
    /// Where it went.
    pub country: Country,
    /// Whether the contract under which it was delivered has the country in its territory.
    pub inside: bool,
    /// When it was reported.
    pub reported_at: Instant,
}

/// What a reseller has reported lately as sold outside of its territory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldOutside {
    /// Who.
    pub reseller: ResellerId,
    /// Its name.
    pub name: String,
    /// How many units went to which country.
    pub units: BTreeMap<Country, i64>,
}

/// The sums of a reseller, the latest month first, and whether there is more than they add up.
pub(super) fn sold_in(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    own: &OfMarkets,
) -> Result<(Vec<SoldRow>, bool), StoreError> {
    let territories = Territories::read_in(tx, reseller)?;
    let mut rows: Vec<SoldRow> = Vec::new();
    let groups = sold_groups(tx, reseller, GROUPS_MAX + 1)?;
    let more = i64::try_from(groups.len()).is_ok_and(|read| read > GROUPS_MAX);
    for group in groups {
        if !territories.is_of(&group.reference, own) {
            continue;
        }
        let inside = territories.contains(&group.reference, group.country);
        let SoldGroup { month, model, country, units, .. } = group;
        // Groups of one month, model and country stand beside each other: at most two rows each.
        let same = |row: &SoldRow| row.month == month && row.model == model;
        let same = |row: &&mut SoldRow| same(row) && row.country == country;
        let known = rows.iter_mut().rev().take_while(same).find(|row| row.inside == inside);
        match known {
            Some(row) => row.units += units,
            None => rows.push(SoldRow { month, model, country, units, inside }),
        }
    }
    let more = more || rows.len() > SUMS_MAX;
    rows.truncate(SUMS_MAX);
    Ok((rows, more))
}

/// Every unit that a reseller has reported as sold on and that was delivered for some markets, in the order of
/// the serial numbers, a block at a time.
#[derive(Clone, Debug)]
pub struct SoldUnits {
    reseller: ResellerId,
    markets: OfMarkets,
    after: String,
    over: bool,
}

impl SoldUnits {
    /// From the first on.
    #[must_use]
    pub const fn of(reseller: ResellerId, markets: OfMarkets) -> Self {
        Self { reseller, markets, after: String::new(), over: false }
    }

    /// Those of the next block of units; it may be none, and there may be more.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn next(&mut self, shop: &Arc<Shop>) -> Result<Vec<SoldUnit>, StoreError> {
        let (reseller, after) = (self.reseller, self.after.clone());
        let read = move |tx: &mut Tx<'_>| {
            let block = sold_after(tx, reseller, &after, BLOCK)?;
            let references = block.iter().map(|unit| unit.reference.as_str());
            let own = Territories::of_units_in(tx, reseller, references)?;
            Ok::<_, StoreError>((block, own))
        };
        let (block, own) = shop.db.read("reseller.sold_units", read).await?;
        self.over = i64::try_from(block.len()) != Ok(BLOCK);
        if let Some(last) = block.last() {
            last.sold.serial.clone_into(&mut self.after);
        }
        let theirs = block.into_iter().filter(|unit| own.is_of(&unit.reference, &self.markets));
        let unit = |unit: SoldOn| SoldUnit {
            inside: own.contains(&unit.reference, unit.sold.country),
            serial: unit.sold.serial,
            model: unit.model,
            on: unit.sold.on,
            country: unit.sold.country,
            reported_at: unit.reported_at,
        };
        Ok(theirs.map(unit).collect())
    }

    /// Whether all units were walked.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over
    }
}

/// What was reported in the last thirty days as sold outside of the seller's territory, reseller by
/// reseller, of units that were delivered for these markets: the maker is told, not only whoever has
/// sold it.
///
/// # Errors
///
/// A fault of the store.
pub async fn sold_outside(
    shop: &Arc<Shop>,
    markets: OfMarkets,
) -> Result<Vec<SoldOutside>, StoreError> {
    let since = Instant::start_of(shop.now().date().saturating_sub(TOLD_DAYS.days()));
    shop.db
        .read("reseller.sold_outside", move |tx| {
            let mut sums: BTreeMap<ResellerId, BTreeMap<Country, i64>> = BTreeMap::new();
            for (reseller, country, units) in sold_since(tx, since)? {
                sums.entry(reseller).or_default().insert(country, units);
            }
            let mut told = Vec::new();
            for (reseller, sold) in sums {
                let own = Territories::read_in(tx, reseller)?;
                if !own.any_of(&markets) {
                    continue;
                }
                let units = outside_in(tx, reseller, (&own, &markets), sold, since)?;
                let found = find(tx, reseller)?.filter(|_| !units.is_empty());
                told.extend(found.map(|found| SoldOutside {
                    reseller,
                    name: found.profile.name.to_string(),
                    units,
                }));
            }
            Ok(told)
        })
        .await
}

/// Of what was sold to each country, what the units' own contracts do not allow. Only where the
/// contracts differ, or are not all of these markets, has anybody to look at the orders.
fn outside_in(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    (own, markets): (&Territories, &OfMarkets),
    sold: BTreeMap<Country, i64>,
    since: Instant,
) -> Result<BTreeMap<Country, i64>, StoreError> {
    let mut outside = BTreeMap::new();
    for (country, all) in sold {
        let units = match own.of_all(country).filter(|inside| *inside || own.all_of(markets)) {
            Some(true) => 0,
            Some(false) => all,
            None => {
                let orders = sold_since_to(tx, reseller, country, since)?.into_iter();
                let theirs = orders.filter(|(order, _)| own.is_of(order, markets));
                let beyond = theirs.filter(|(order, _)| !own.contains(order, country));
                beyond.map(|(_, units)| units).sum()
            }
        };
        if units > 0 {
            outside.insert(country, units);
        }
    }
    Ok(outside)
}
