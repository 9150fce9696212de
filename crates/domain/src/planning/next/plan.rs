//! The gate and the opening's cost of a candidate, from the opening plan of the country's market.
//!
//! What must not happen here: guessing. Where the plan knows no day there is none, and what nobody
//! has asked the cost of is told as missing, not as free.

use kontor_base::{Currency, Money};

use super::types::{CostGround, Gate, GateGround};
use crate::opening::{OpeningPlan, Ready};

/// The gate by a plan for the products of one class: the earliest day on which the market can open
/// with the first of them, and what decides that day. What is missing is never there today.
#[must_use]
pub fn gate_by_plan(plan: &OpeningPlan) -> (Gate, GateGround) {
    let gate = match plan.first_ready {
        Ready::Now => Gate::Now,
        Ready::Between { earliest, .. } => Gate::From { on: earliest },
        Ready::Blocked => Gate::Blocked,
        Ready::Undated | Ready::Unknown => Gate::Unknown,
    };
    let because = plan.path.last().map(|step| format!("{} ({})", step.code, step.title));
    let ground = GateGround::Plan { market: plan.market, ready: plan.first_ready, because };
    (gate, ground)
}

/// What the opening costs once, in minor units of `currency`, and what that stands on: what the
/// missing clearances cost by the plan and `besides` (registrations, texts), where the plan knows
/// all of it; otherwise what was `typed`; otherwise as much as is known.
#[must_use]
pub fn opening_cost(
    plan: Option<&OpeningPlan>,
    typed: Option<i64>,
    besides: i64,
    currency: Currency,
) -> (i64, CostGround) {
    let (known, unknown) = plan.map_or((0, None), |plan| {
        let (own, other): (Vec<Money>, Vec<Money>) =
            plan.cost.iter().partition(|cost| cost.currency == currency);
        let known = own.iter().fold(0_i64, |sum, cost| sum.saturating_add(cost.minor));
        // A country that nobody has written a checklist for is not one that costs nothing.
        (known, Some(plan.cost_unknown + other.len() + plan.unlisted.len()))
    });
    let sum = known.saturating_add(besides);
    match (unknown, typed) {
        (Some(0), _) => (sum, CostGround::Plan),
        (_, Some(typed)) => (typed, CostGround::File),
        (Some(unknown), None) => (sum, CostGround::PlanInPart { unknown }),
        (None, None) => (besides, CostGround::Unknown),
    }
}
