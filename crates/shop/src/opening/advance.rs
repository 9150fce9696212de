//! Takes a market one step further, after checking once more that it may, and writes the step down.
//!
//! A step that sells (beta, open) carries out a plan: its products are kept with the step, and its day
//! must have come. It needs the hard items of the checklist, done and not only expected, and at least
//! one of those products that may be sold and delivered today. From then on the market sells what is cleared *and* in the plan; a plan
//! with all products binds nothing, and [`super::assort`] changes it later. Steps back (pausing, closing)
//! need nothing: warranty, returns and deliveries of what was sold go on by the stage's own table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_base::{Date, Instant, Line};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Bound;
use kontor_domain::market::{Act, MarketCode, Stage, TRANSITIONS, stage_allows};
use kontor_domain::opening::OpeningPlan;
use kontor_store::customer::guest;
use kontor_store::opening::{Step, record, steps};
use kontor_store::order::beta;
use kontor_store::{StoreError, Tx, market};

use super::assort::keep_in;
use super::plan::{PlanQuery, plan_in};
use super::refusal::Refusal;
use crate::core::{Failure, Known, Outcome, Shop};

/// A step of a market.
#[derive(Clone, Debug)]
pub struct AdvanceCommand {
    /// The market.
    pub market: MarketCode,
    /// Where it shall go.
    pub to: Stage,
    /// The products of the plan that is carried out, which are what the market sells from then on; empty:
    /// every one, and it sells everything that is cleared.
    pub skus: Vec<Sku>,
    /// The day of that plan; none: today.
    pub on: Option<Date>,
    /// Who takes the step.
    pub by: Line<200>,
    /// Why.
    pub reason: Line<200>,
}

/// Takes the step; gives the plan that was checked, where the step sells.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store. Nothing is changed then.
pub async fn advance(
    shop: &Arc<Shop>,
    command: AdvanceCommand,
) -> Outcome<Option<OpeningPlan>, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db.write("opening.advance", move |tx| advance_in(tx, &own, &command, at)).await
}

/// Takes the step in the caller's transaction.
///
/// # Errors
///
/// See [`advance`].
pub(crate) fn advance_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    command: &AdvanceCommand,
    at: Instant,
) -> Outcome<Option<OpeningPlan>, Refusal> {
    let known = shop.snapshots.current_in(tx, at)?;
    let code = command.market;
    let unknown = || Failure::Refused(Refusal::UnknownMarket(code));
    let mut changed = known.market(code).ok_or_else(unknown)?.clone();
    let (from, to) = (changed.stage, command.to);
    if !leads(from, to) {
        return Err(Failure::Refused(Refusal::NoSuchStep { from, to }));
    }
    let plan = if stage_allows(to, Act::Sell) {
        if let Some(on) = command.on.filter(|on| *on > at.date()) {
            return Err(Failure::Refused(Refusal::TooEarly(on)));
        }
        let skus = command.skus.clone();
        let query = PlanQuery { market: code, on: None, skus, costs: BTreeMap::new() };
        // What the market had opened with before gives way to this plan.
        let mut plan = plan_in(tx, &known, &query, Bound::ByNothing, at)?;
        plan.planned_on = command.on;
        if plan.opens_with().next().is_none() {
            return Err(Failure::Refused(Refusal::NotReady(Box::new(plan))));
        }
        let skus: BTreeSet<Sku> = command.skus.iter().cloned().collect();
        let source = format!("{}, {}: {}", to.word(), command.by, command.reason);
        keep_in(tx, shop, known.assortment(code), code, &skus, source, at)?;
        Some(plan)
    } else {
        None
    };
    changed.stage = to;
    if to == Stage::Open && changed.opens_on.is_none() {
        changed.opens_on = Some(at.date());
    }
    let places = market::positions(tx)?;
    let place = places.iter().find(|(known, _)| known == code.as_str());
    if to == Stage::Open {
        // Everybody may buy: who was let in, and who has bought how much, is of no use any more.
        guest::forget_market(tx, code)?;
        beta::forget_market(tx, code)?;
    }
    market::save(tx, &changed, place.map_or(0, |(_, place)| *place))?;
    record(
        tx,
        &Step {
            id: kontor_base::id::uuid_v7(at, &shop.random),
            market: code,
            from,
            to,
            made_at: at,
            made_by: command.by.as_str().to_owned(),
            reason: command.reason.as_str().to_owned(),
            plan: plan.clone(),
        },
    )?;
    Ok(plan)
}

/// The products that a step is taken with where none are chosen: what the market has opened with before,
/// so that a pause does not end in a shop that sells everything.
#[must_use]
pub fn products_of_step(known: &Known, market: MarketCode, chosen: &[Sku]) -> Vec<Sku> {
    if !chosen.is_empty() {
        return chosen.to_vec();
    }
    known.assortment(market).into_iter().flatten().cloned().collect()
}

fn leads(from: Stage, to: Stage) -> bool {
    TRANSITIONS.iter().any(|(stage, next)| *stage == from && next.contains(&to))
}

/// The steps that a market has gone, the first one first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn history(shop: &Arc<Shop>, code: MarketCode) -> Result<Vec<Step>, StoreError> {
    shop.db.read("opening.history", move |tx| steps(tx, code)).await
}
