//! The opening plans behind candidates: which market a country has, and when it could open with a
//! class of products by its clearances and its checklist.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Country, Date, Money};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::clearance::{Bound, Subject};
use kontor_domain::market::{Act, Market, MarketCode, stage_allows};
use kontor_domain::opening::{
    ChecklistItem, Need, OpeningPlan, PlanError, PlanRequest, plan_opening,
};
use kontor_store::{StoreError, Tx, opening};
use serde::Serialize;

use super::file_error::{FileError, bad};
use crate::core::{Known, Shop};

/// What opening plans are made from.
#[derive(Clone, Debug)]
pub struct Openings {
    known: Arc<Known>,
    checklist: Vec<ChecklistItem>,
    costs: BTreeMap<String, Money>,
}

/// What is known of a candidate's opening.
#[derive(Clone, Debug)]
pub enum Planned {
    /// The plan of the country's market for the products of the class.
    Plan(Box<OpeningPlan>),
    /// No shop was asked.
    NotAsked,
    /// The shop knows no market of the country.
    NoMarket,
    /// The catalogue has no product of the class to open this market with.
    NoProducts(MarketCode),
}

/// What is unsolved in a market that sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Unsolved {
    /// The market.
    pub market: MarketCode,
    /// Products that may not be sold there.
    pub products: usize,
    /// What the seller needs there and has not: hard items of the checklist, and a checklist for each
    /// country without one.
    pub items: usize,
}

impl Openings {
    pub(super) fn read_in(tx: &mut Tx<'_>, shop: &Shop) -> Result<Self, StoreError> {
        let known = shop.snapshots.current_in(tx, shop.now())?;
        let costs = opening::costs(tx)?.into_iter().map(|cost| (cost.clearance, cost.amount));
        Ok(Self { known, checklist: opening::items(tx)?, costs: costs.collect() })
    }

    /// The plan for opening in `country` with every product of `class`, asked on `on`: work on what
    /// is missing begins that day.
    ///
    /// # Errors
    ///
    /// Why there is no plan, for example a checklist whose items wait for each other.
    pub fn planned(
        &self,
        country: Country,
        class: ProductClass,
        on: Date,
    ) -> Result<Planned, FileError> {
        let Some(market) = self.market(country) else { return Ok(Planned::NoMarket) };
        let products = self.known.variants.keys().filter_map(|sku| self.known.product(sku));
        let ours = products.filter(|(_, model)| model.class == class);
        let subjects: Vec<Subject<'_>> =
            ours.map(|(variant, model)| Subject::new(variant, model)).collect();
        if subjects.is_empty() {
            return Ok(Planned::NoProducts(market.code));
        }
        let place = format!("{country}, {}", market.code);
        let plan = self.plan(market, &subjects, on);
        let plan = plan.map_err(|error| bad(place, error.wrong()))?;
        Ok(Planned::Plan(Box::new(plan)))
    }

    /// Markets that sell and have something unsolved on `on`: they come before the next one.
    #[must_use]
    pub fn unsolved(&self, on: Date) -> Vec<Unsolved> {
        let products = self.known.variants.keys().filter_map(|sku| self.known.product(sku));
        let subjects: Vec<Subject<'_>> =
            products.map(|(variant, model)| Subject::new(variant, model)).collect();
        let sell = self.known.markets.iter().filter(|m| stage_allows(m.stage, Act::Sell));
        let open = sell.filter_map(|market| {
            let plan = self.plan(market, &subjects, on).ok()?;
            let products = plan.products.iter().filter(|gap| !gap.ready.by(on)).count();
            let hard = plan.checklist.iter().filter(|planned| planned.need == Need::Hard);
            let open = hard.filter(|planned| !planned.item.done(on)).count();
            let items = open + plan.unlisted.len();
            Some(Unsolved { market: market.code, products, items })
        });
        open.filter(|open| open.products > 0 || open.items > 0).collect()
    }

    /// The plan of a market for some products, made and asked on the same day.
    fn plan(
        &self,
        market: &Market,
        subjects: &[Subject<'_>],
        on: Date,
    ) -> Result<OpeningPlan, PlanError> {
        let (checklist, costs) = (self.checklist.as_slice(), &self.costs);
        // What may be opened with is asked, not what somebody has opened with.
        let bound = Bound::ByNothing;
        let request = PlanRequest { market, on, today: on, subjects, checklist, costs, bound };
        plan_opening(&request, &self.known.facts)
    }

    /// The market that has its home in the country, otherwise the first that delivers there.
    fn market(&self, country: Country) -> Option<&Market> {
        let markets = &self.known.markets;
        let home = markets.iter().find(|market| market.home() == country);
        home.or_else(|| markets.iter().find(|market| market.countries.contains(&country)))
    }
}
