//! What getting a clearance or an item of the checklist costs, as somebody was told: an offer of a
//! laboratory, a list of fees.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_domain::clearance::{Reach, Rule};
use kontor_domain::market::MarketCode;
use kontor_store::clearance::{self, Kind};
use kontor_store::opening::{Cost, costs as all, items, save_cost};
use kontor_store::{StoreError, Tx};

use super::refusal::Refusal;
use crate::core::{Failure, Known, Outcome, Shop};

/// Every cost that is noted, by the code of its rule.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn costs(shop: &Arc<Shop>) -> Result<Vec<Cost>, StoreError> {
    shop.db.read("opening.costs", all).await
}

/// The costs that are noted for rules and items that count in a market, by their codes: what an opening
/// elsewhere costs is not its people's to read.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn costs_in(shop: &Arc<Shop>, market: MarketCode) -> Result<Vec<Cost>, StoreError> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .read("opening.costs_in", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            let here = |reach: Reach| markets_within(&known, reach).any(|own| own == market);
            let rules = known.facts.records().rules.iter().filter(|rule| here(rule.reach));
            let items = items(tx)?;
            let items = items.iter().filter(|item| here(Reach::Country(item.country)));
            let codes: BTreeSet<&str> = rules
                .map(|rule| rule.code.as_str())
                .chain(items.map(|item| item.code.as_str()))
                .collect();
            let mut costs = all(tx)?;
            costs.retain(|cost| codes.contains(cost.clearance.as_str()));
            Ok(costs)
        })
        .await
}

/// The markets in which the rule or item of this code counts; none: there is no such code.
pub(crate) fn markets_of_cost(
    tx: &mut Tx<'_>,
    known: &Known,
    code: &str,
) -> Result<Vec<MarketCode>, StoreError> {
    let mut rules = known.facts.records().rules.iter();
    let rule = rules.find(|rule| rule.code.as_str() == code).map(|rule| rule.reach);
    let reach = match rule {
        Some(reach) => Some(reach),
        None => {
            let items = items(tx)?;
            let item = items.iter().find(|item| item.code.as_str() == code);
            item.map(|item| Reach::Country(item.country))
        }
    };
    Ok(reach.map_or_else(Vec::new, |reach| markets_within(known, reach).collect()))
}

fn markets_within(known: &Known, reach: Reach) -> impl Iterator<Item = MarketCode> {
    let markets = known.markets.iter();
    let within = move |countries: &[kontor_base::Country]| {
        countries.iter().any(|country| reach.includes(*country))
    };
    markets.filter(move |market| within(&market.countries)).map(|market| market.code)
}

/// Notes a cost, in place of what was noted before.
///
/// # Errors
///
/// [`Refusal::BadCost`], or a fault of the store.
pub async fn note_cost(shop: &Arc<Shop>, cost: Cost) -> Outcome<(), Refusal> {
    shop.db.write("opening.note_cost", move |tx| note_cost_in(tx, &cost)).await
}

/// Notes a cost within a transaction, in place of what was noted for the rule or item before.
pub(crate) fn note_cost_in(tx: &mut Tx<'_>, cost: &Cost) -> Outcome<(), Refusal> {
    let rules: Vec<Rule> = clearance::all(tx, Kind::Rule)?;
    let known = rules.iter().any(|rule| rule.code.as_str() == cost.clearance)
        || items(tx)?.iter().any(|item| item.code.as_str() == cost.clearance);
    if !known || cost.amount.minor < 0 {
        return Err(Failure::Refused(Refusal::BadCost(cost.clearance.clone())));
    }
    save_cost(tx, cost)?;
    Ok(())
}
