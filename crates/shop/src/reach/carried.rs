//! Devices carried abroad, and a reseller's devices outside its territory.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::id::ResellerId;
use kontor_base::{Country, Date};
use kontor_domain::install::{DeviceKey, Stay};
use kontor_domain::market::Market;
use kontor_domain::reach::{
    Carried, Estimate, Sighting, SoldUnit, Survival, Whereabouts, estimate, whereabouts,
};
use kontor_store::install::stay::of_reseller_after;
use kontor_store::stock::serial::SoldSerial;
use kontor_store::{StoreError, Tx};

use super::units::units;
use crate::core::Shop;
use crate::reseller::{OfMarkets, Territories};

/// How many units of a reseller are read in one transaction.
const BLOCK: i64 = 1_000;
/// How many units are looked at before others get their turn on the thread.
const AT_ONCE: usize = 20_000;

/// Where a device was seen, if it was, by the count: for units whose own stay is not known.
pub type Seen = dyn Fn(DeviceKey) -> Option<Sighting> + Send + Sync;

/// Whether two countries belong to one market: sold to one of them is sold to both.
fn together(markets: &[Market], one: Country, other: Country) -> bool {
    markets.iter().any(|m| m.countries.contains(&one) && m.countries.contains(&other))
}

/// Where a unit was seen: by its own stay, which knows since when it is in that country. Where only the
/// count knows it, since when it was first seen anywhere.
fn sighting(device: u64, stay: Option<Stay>, seen: &Seen) -> Option<Sighting> {
    match stay {
        Some(Stay { country, since, last }) => {
            Some(Sighting { country: Some(country), first: since, last })
        }
        None => seen(DeviceKey(device)),
    }
}

/// Every unit that has left, against where it is seen.
///
/// # Errors
///
/// A fault of the store.
pub async fn carried_abroad(shop: &Arc<Shop>, seen: &Seen) -> Result<Carried, StoreError> {
    carried_of(shop, seen, &|_| true).await
}

/// The units that were sold in a country that concerns somebody, or are seen there.
///
/// # Errors
///
/// A fault of the store.
pub async fn carried_of(
    shop: &Arc<Shop>,
    seen: &Seen,
    concerns: &(dyn Fn(Country) -> bool + Sync),
) -> Result<Carried, StoreError> {
    let today = shop.now().date();
    let snapshot = shop.snapshots.now();
    let units = units(shop).await?;
    let mut carried = Carried::default();
    for (place, (unit, model)) in units.iter().enumerate() {
        if place % AT_ONCE == AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
        let sighting = sighting(unit.device, unit.stay, seen);
        let is_in = sighting.as_ref().and_then(|sighting| sighting.country);
        if !concerns(unit.country) && !is_in.is_some_and(concerns) {
            continue;
        }
        let sold = SoldUnit { model, country: unit.country };
        let one_region = |a, b| together(&snapshot.markets, a, b);
        carried.add(&sold, sighting.as_ref(), today, one_region);
    }
    Ok(carried)
}

/// The weaker number for a country, by two assumptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstimateRow {
    /// The country.
    pub country: Country,
    /// Every active device there, whoever made it.
    pub active: u64,
    /// Those among them that are entered as another maker's, which are taken off; none where they are
    /// too few to be told of, and still among the active ones.
    pub others: Option<u64>,
    /// If every device lives for ever: the lower bound.
    pub low: Estimate,
    /// If devices live as long as they usually do.
    pub usual: Estimate,
}

/// Devices that were active, by whoever they were made, as far as they may be told of.
#[derive(Clone, Copy, Debug)]
pub struct Active<'a> {
    /// All of them, by country.
    pub installs: &'a [(Country, u64)],
    /// Those that are entered as another maker's: no unit of ours is among them.
    pub others: &'a BTreeMap<Country, u64>,
    /// Fewer devices point at people.
    pub least: u64,
}

/// The weaker number: active own devices in a country less what was sold there and lives. Only for
/// countries whose sale data are missing: where every unit was written down with its serial number
/// when it was sold, devices are counted, and nobody has to estimate. Whether a country is here
/// follows from what was sold, never from what was carried: so that its absence says nothing about
/// devices too few to be told of.
#[must_use]
pub fn estimates(
    active: Active<'_>,
    sold: &[(Country, String, i64, i64)],
    markets: &[Market],
    today: Date,
) -> Vec<EstimateRow> {
    let year = i64::from(today.year());
    let Active { installs, others, least } = active;
    let missing = installs.iter().filter(|(country, _)| !on_record(*country, sold, markets));
    missing
        .map(|(country, active)| {
            let others = others.get(country).copied().filter(|others| *others >= least);
            let ours = active.saturating_sub(others.unwrap_or(0));
            // What is left of two large numbers can be few devices.
            let ours = if ours < least { 0 } else { ours };
            let own = sold.iter().filter(|(sold_in, ..)| sold_in == country);
            let units: Vec<(usize, u64)> = own
                .map(|(_, _, sold_in, units)| {
                    let age = usize::try_from(year - sold_in).unwrap_or(0);
                    (age, u64::try_from(*units).unwrap_or(0))
                })
                .collect();
            EstimateRow {
                country: *country,
                active: *active,
                others,
                low: estimate(ours, &units, &Survival::all()),
                usual: estimate(ours, &units, &Survival::usual()),
            }
        })
        .collect()
}

/// Whether the sales of a country are on record from their beginning: there are serial numbers, and
/// no market of the country was opened in a year before the first of them.
fn on_record(country: Country, sold: &[(Country, String, i64, i64)], markets: &[Market]) -> bool {
    let own = sold.iter().filter(|(sold_in, ..)| *sold_in == country);
    let Some(first) = own.map(|(_, _, year, _)| *year).min() else { return false };
    let opened = markets.iter().filter(|market| market.countries.contains(&country));
    opened.filter_map(|market| market.opens_on).all(|on| i64::from(on.year()) >= first)
}

/// Units on record by country, model and year.
///
/// # Errors
///
/// A fault of the store.
pub async fn sold(shop: &Arc<Shop>) -> Result<Vec<(Country, String, i64, i64)>, StoreError> {
    Ok(units(shop).await?.by_year().to_vec())
}

/// A unit that was delivered to a reseller and is active outside of its territory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideRow {
    /// Its serial number.
    pub serial: String,
    /// Its model.
    pub model: String,
    /// When it was delivered.
    pub delivered_on: Date,
    /// Where it is active.
    pub country: Country,
    /// Since when it is seen.
    pub since: Date,
    /// The clause that names the territory that it was delivered for.
    pub clause: String,
}

/// A reseller's units that were delivered for some markets and are active outside of the territory that they
/// were delivered for, in the order of the serial numbers: each is held against the contract of its own order.
/// All of their units are walked, a block at a time.
#[derive(Clone, Debug)]
pub struct OutsideUnits {
    reseller: ResellerId,
    markets: OfMarkets,
    after: String,
    over: bool,
}

impl OutsideUnits {
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
    pub async fn next(
        &mut self,
        shop: &Arc<Shop>,
        seen: &Seen,
    ) -> Result<Vec<OutsideRow>, StoreError> {
        let (reseller, after, today) = (self.reseller, self.after.clone(), shop.now().date());
        let read = move |tx: &mut Tx<'_>| {
            let block = of_reseller_after(tx, reseller, &after, BLOCK)?;
            let references = block.iter().map(|(unit, _)| unit.reference.as_str());
            let own = Territories::of_units_in(tx, reseller, references)?;
            Ok::<_, StoreError>((block, own))
        };
        let (block, own) = shop.db.read("reach.outside", read).await?;
        self.over = i64::try_from(block.len()) != Ok(BLOCK);
        if let Some((last, _)) = block.last() {
            last.serial.clone_into(&mut self.after);
        }
        let theirs =
            block.into_iter().filter(|(unit, _)| own.is_of(&unit.reference, &self.markets));
        let rows = theirs.filter_map(|(unit, stay)| {
            let sighting = sighting(unit.device, stay, seen)?;
            outside(unit, sighting, today, &own)
        });
        Ok(rows.collect())
    }

    /// Whether all units were walked.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over
    }
}

fn outside(
    unit: SoldSerial,
    sighting: Sighting,
    today: Date,
    own: &Territories,
) -> Option<OutsideRow> {
    let sold = SoldUnit { model: &unit.model, country: unit.country };
    // Whatever lies in the territory is at home, wherever in it the unit went first.
    let territory = |_, to| own.contains(&unit.reference, to);
    let stands = whereabouts(&sold, Some(&sighting), today, territory);
    let Whereabouts::Carried { to } = stands else { return None };
    let clause = own.clause(&unit.reference);
    Some(OutsideRow {
        serial: unit.serial,
        model: unit.model,
        delivered_on: unit.sold_on,
        country: to,
        since: sighting.first,
        clause,
    })
}

#[cfg(test)]
mod tests {
    use kontor_base::Language;
    use kontor_domain::market::{BetaTerms, Contact, FulfilmentModel, Stage, TaxDisplay};

    use super::*;

    fn country(code: &str) -> Country {
        code.parse().expect("a country")
    }

    fn opened(code: &str, at: &str, opens_on: Option<&str>) -> Market {
        Market {
            code: code.parse().expect("a market"),
            countries: vec![country(at)],
            currency: "USD".parse().expect("a currency"),
            languages: vec![Language::En],
            tax_display: TaxDisplay::Inclusive,
            fulfilment: FulfilmentModel::BulkImport,
            return_window_days: 14,
            stage: Stage::Open,
            opens_on: opens_on.map(|day| day.parse().expect("a day")),
            shipping_minor: 0,
            region: "asia".to_owned(),
            note: Vec::new(),
            beta: BetaTerms::default(),
            contact: Contact::default(),
        }
    }

    /// What is estimated for a country with 1,000 active devices: the lower bound and the usual one.
    fn estimated(sold: &[(i64, i64)], opens_on: Option<&str>) -> Option<(u64, u64)> {
        estimated_beside(0, sold, opens_on).map(|(_, gaps)| gaps)
    }

    /// The same with so many active devices of other makers among them, as far as those are told.
    fn estimated_beside(
        foreign: u64,
        sold: &[(i64, i64)],
        opens_on: Option<&str>,
    ) -> Option<(Option<u64>, (u64, u64))> {
        let sold: Vec<_> = sold
            .iter()
            .map(|(year, units)| (country("IN"), "mi-3".to_owned(), *year, *units))
            .collect();
        // What other countries have says nothing about this one.
        let others = [(country("CN"), "mi-3".to_owned(), 2014, 9_000)];
        let sold = [sold.as_slice(), &others].concat();
        let markets = [opened("in", "IN", opens_on), opened("cn", "CN", None)];
        let today = "2016-06-01".parse().expect("a day");
        let (installs, others) = ([(country("IN"), 1_000)], [(country("IN"), foreign)].into());
        let active = Active { installs: &installs, others: &others, least: 50 };
        let rows = estimates(active, &sold, &markets, today);
        rows.first().map(|row| (row.others, (row.low.gap, row.usual.gap)))
    }

    #[test]
    fn other_makers_devices_are_not_own_ones_that_were_carried_there() {
        assert_eq!(estimated_beside(600, &[], None), Some((Some(600), (400, 400))));
        let late = estimated_beside(600, &[(2015, 300)], Some("2014-07-22"));
        assert_eq!(late, Some((Some(600), (100, 160))));
        // Too few to be told of: they stay among the active ones, and the row says so.
        assert_eq!(estimated_beside(49, &[], None), Some((None, (1_000, 1_000))));
        // And what is left of many is not told where it is few.
        assert_eq!(estimated_beside(970, &[], None), Some((Some(970), (0, 0))));
        assert_eq!(estimated_beside(2_000, &[], None), Some((Some(2_000), (0, 0))));
    }

    #[test]
    fn only_countries_whose_sale_data_are_missing_are_estimated() {
        assert_eq!(estimated(&[], None), Some((1_000, 1_000)), "nothing is on record");
        assert_eq!(estimated(&[], Some("2014-07-22")), Some((1_000, 1_000)));
        assert_eq!(estimated(&[(2014, 300)], None), None, "devices are counted");
        assert_eq!(estimated(&[(2014, 300), (2015, 100)], Some("2014-07-22")), None);
        // Serial numbers were kept from the second year on: what is known of them is taken off, and
        // some of them have died.
        let late = estimated(&[(2015, 300)], Some("2014-07-22"));
        assert_eq!(late, Some((700, 760)));
    }
}
