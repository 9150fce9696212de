//! The plan of an opening, from the facts as they are stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Date, Instant, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::{Bound, Subject};
use kontor_domain::market::{Act, MarketCode, Stage, stage_allows};
use kontor_domain::opening::{OpeningPlan, PlanRequest, plan_opening};
use kontor_store::{Tx, opening};

use super::refusal::Refusal;
use crate::core::{Failure, Known, Outcome, Refuse, Shop};

/// What is to be planned.
#[derive(Clone, Debug)]
pub struct PlanQuery {
    /// The market.
    pub market: MarketCode,
    /// The day on which it should open; none: today.
    pub on: Option<Date>,
    /// With which variants; empty: with every one.
    pub skus: Vec<Sku>,
    /// What getting a clearance costs, by the code of its rule, where it shall differ from what is
    /// noted.
    pub costs: BTreeMap<String, Money>,
}

/// Plans the opening of a market. Changes nothing.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn plan(shop: &Arc<Shop>, query: PlanQuery) -> Outcome<OpeningPlan, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .read("opening.plan", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            let stage = known.market(query.market).map(|market| market.stage);
            // What a market that sells (or has paused) does not sell is told; what one that does not sell
            // yet may open with is asked anew.
            let sells = stage.is_some_and(|s| stage_allows(s, Act::Sell) || s == Stage::Paused);
            let bound = if sells { Bound::ByPlan } else { Bound::ByNothing };
            plan_in(tx, &known, &query, bound, at)
        })
        .await
}

/// The plan within a transaction, from what is known in it.
pub(super) fn plan_in(
    tx: &mut Tx<'_>,
    known: &Known,
    query: &PlanQuery,
    bound: Bound,
    at: Instant,
) -> Outcome<OpeningPlan, Refusal> {
    let unknown = || Failure::Refused(Refusal::UnknownMarket(query.market));
    let market = known.market(query.market).ok_or_else(unknown)?;
    let subjects = subjects(known, &query.skus)?;
    let checklist = opening::items(tx)?;
    let mut costs = query.costs.clone();
    for cost in opening::costs(tx)? {
        costs.entry(cost.clearance).or_insert(cost.amount);
    }
    let today = at.date();
    let request = PlanRequest {
        market,
        on: query.on.unwrap_or(today),
        today,
        subjects: &subjects,
        checklist: &checklist,
        costs: &costs,
        bound,
    };
    plan_opening(&request, &known.facts).refuse()
}

fn subjects<'k>(known: &'k Known, skus: &[Sku]) -> Outcome<Vec<Subject<'k>>, Refusal> {
    let subject = |sku: &Sku| {
        let product = known.product(sku);
        let (variant, model) =
            product.ok_or_else(|| Failure::Refused(Refusal::UnknownSku(sku.clone())))?;
        Ok(Subject::new(variant, model))
    };
    if skus.is_empty() {
        return known.variants.keys().map(subject).collect();
    }
    let mut wanted = skus.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.iter().map(subject).collect()
}
