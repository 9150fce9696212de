//! The newsvendor: how many units to make for one sale that is not repeated.
//!
//! A unit too few loses the margin (`Cu`), a unit too many loses what it cost beyond its salvage
//! value (`Co`). The best batch is the smallest quantity whose chance of being enough reaches
//! `Cu ÷ (Cu + Co)` (Arrow, Harris, Marschak 1951). Demand is given as scenarios, because a normal
//! curve around a guess looks more exact than a guess is.

use kontor_base::{Money, MoneyError, Rate, Wrong};
use serde::{Deserialize, Serialize};

/// The most scenarios of one batch.
const SCENARIOS_MAX: usize = 100;

/// One way the demand may come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Units that would be bought.
    pub units: u64,
    /// How likely it is beside the others; only the proportion counts.
    pub weight: u32,
}

/// What a batch is decided from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// What a unit is sold for, net of tax.
    pub price: Money,
    /// Its landed cost.
    pub landed: Money,
    /// What a unit that is left over still brings.
    pub salvage: Money,
    /// How the demand may come out.
    pub scenarios: Vec<Scenario>,
}

/// The batch that is expected to earn most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchPlan {
    /// The lost margin of a unit too few.
    pub too_few: Money,
    /// The lost cost of a unit too many.
    pub too_many: Money,
    /// `Cu ÷ (Cu + Co)`.
    pub critical_ratio: Rate,
    /// How many to make.
    pub units: u64,
    /// The chance, over the scenarios, that they are enough.
    pub enough: Rate,
    /// What each scenario's quantity would be expected to earn, in their order by quantity.
    pub expected: Vec<(u64, Money)>,
}

/// Why a batch cannot be planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// No scenario has a weight, or there are too many.
    #[error("a batch needs 1 to {SCENARIOS_MAX} scenarios with a weight")]
    Scenarios,
    /// Every unit loses money.
    #[error("a unit costs at least as much as it brings: the best batch is none")]
    NoMargin,
    /// A left-over unit brings more than it cost: there would be no limit.
    #[error("a unit that is left over brings at least its cost: the best batch has no end")]
    NoRisk,
    /// Amounts of different currencies, or too large.
    #[error("{0}")]
    Money(#[from] MoneyError),
}

impl BatchError {
    /// What is wrong with the file that asked for it.
    #[must_use]
    pub fn wrong(&self) -> Wrong {
        match self {
            Self::Scenarios => Wrong::BatchScenarios { max: SCENARIOS_MAX.to_string() },
            Self::NoMargin => Wrong::BatchNoMargin,
            Self::NoRisk => Wrong::BatchNoRisk,
            Self::Money(error) => Wrong::of_sum(*error),
        }
    }
}

/// The batch that is expected to earn most.
///
/// # Errors
///
/// See [`BatchError`].
pub fn plan_batch(batch: &Batch) -> Result<BatchPlan, BatchError> {
    let mut scenarios = batch.scenarios.clone();
    scenarios.retain(|scenario| scenario.weight > 0);
    if scenarios.is_empty() || batch.scenarios.len() > SCENARIOS_MAX {
        return Err(BatchError::Scenarios);
    }
    scenarios.sort_by_key(|scenario| scenario.units);
    let too_few = batch.price.minus(batch.landed)?;
    let too_many = batch.landed.minus(batch.salvage)?;
    if too_few.minor <= 0 {
        return Err(BatchError::NoMargin);
    }
    if too_many.minor <= 0 {
        return Err(BatchError::NoRisk);
    }
    let (lost, left) = (i128::from(too_few.minor), i128::from(too_many.minor));
    let weight: i128 = scenarios.iter().map(|scenario| i128::from(scenario.weight)).sum();
    let mut reached = 0;
    let mut chosen = None;
    for scenario in &scenarios {
        reached += i128::from(scenario.weight);
        // reached ÷ weight ≥ Cu ÷ (Cu + Co), without rounding.
        if chosen.is_none() && reached * (lost + left) >= lost * weight {
            chosen = Some(scenario.units);
        }
    }
    let units = chosen.expect("all scenarios together reach every ratio below one");
    let covered =
        scenarios.iter().filter(|s| s.units <= units).map(|s| i128::from(s.weight)).sum::<i128>();
    let mut expected = Vec::new();
    for units in distinct(&scenarios) {
        expected.push((units, expectation(units, &scenarios, too_few, too_many)?));
    }
    Ok(BatchPlan {
        too_few,
        too_many,
        critical_ratio: share(lost, lost + left),
        units,
        enough: share(covered, weight),
        expected,
    })
}

fn distinct(scenarios: &[Scenario]) -> Vec<u64> {
    let mut quantities: Vec<u64> = scenarios.iter().map(|scenario| scenario.units).collect();
    quantities.dedup();
    quantities
}

/// The weighted mean over the scenarios of `sold × Cu − left × Co`, rounded towards zero.
fn expectation(
    units: u64,
    scenarios: &[Scenario],
    too_few: Money,
    too_many: Money,
) -> Result<Money, MoneyError> {
    let (mut sum, mut weight) = (0_i128, 0_i128);
    for scenario in scenarios {
        let sold = i128::from(units.min(scenario.units));
        let left = i128::from(units) - sold;
        let earned = sold
            .checked_mul(i128::from(too_few.minor))
            .and_then(|won| won.checked_sub(left.checked_mul(i128::from(too_many.minor))?))
            .and_then(|earned| earned.checked_mul(i128::from(scenario.weight)))
            .ok_or(MoneyError::OutOfRange)?;
        sum = sum.checked_add(earned).ok_or(MoneyError::OutOfRange)?;
        weight += i128::from(scenario.weight);
    }
    let minor = i64::try_from(sum / weight).map_err(|_| MoneyError::OutOfRange)?;
    Money::zero(too_few.currency).plus(Money::new(minor, too_few.currency))
}

/// A share of at most one whole, rounded down to parts per million.
fn share(part: i128, whole: i128) -> Rate {
    let ppm = part * i128::from(Rate::ONE) / whole;
    Rate::from_ppm(u32::try_from(ppm).expect("a part is not larger than its whole"))
}
