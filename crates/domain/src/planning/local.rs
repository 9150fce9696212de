//! Local production or import: from how many units on it pays, and what for.
//!
//! Three different decisions hide behind "local production": a *permission* (phones without local
//! content may not be sold at all), a *duty gap* (a finished device pays more than its parts), and
//! *lead time* (less stock in transit). The planner names the one that applies, because each ends on
//! another day: a permission with the rule, a duty gap with the next budget, lead time never.

use kontor_base::{Date, Money, MoneyError, Rate, Rounding};
use serde::{Deserialize, Serialize};

use super::landed::{LandedCost, Recovery};
use crate::catalogue::Slug;

/// Two ways to get a product into a market, compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalPlan {
    /// What has to be spent before the first unit: development, line, certification of the factory.
    pub setup: Money,
    /// Landed cost of an imported unit.
    pub import_unit: Money,
    /// Cost of a unit made there, parts duty and conversion included, before yield.
    pub local_unit: Money,
    /// The share of made units that can be sold; the rest is scrapped.
    pub yield_rate: Rate,
    /// The part of the difference that comes from duty on finished devices against parts.
    pub duty_gap: Money,
    /// The last day on which that gap is known to hold.
    pub duty_gap_until: Option<Date>,
    /// Whether the product may be sold at all without local production.
    pub permission: Permission,
    /// Days from order to warehouse when imported.
    pub import_lead_days: u32,
    /// Days from order to warehouse when made there.
    pub local_lead_days: u32,
    /// Units that the market is expected to take in a year, from evidence.
    pub units_a_year: u64,
}

/// Whether local production is a condition of selling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Imported units may be sold.
    NotNeeded,
    /// Without local production the product may not be sold.
    Needed,
}

/// The named reason for producing locally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum LocalReason {
    /// There is no sale without it.
    Permission,
    /// The duty on finished devices is most of what is saved.
    DutyGap {
        /// How much of the saving per unit it is.
        per_unit: Money,
        /// The last day on which it is known to hold.
        until: Option<Date>,
    },
    /// A unit is cheaper to make there for other reasons than duty.
    UnitCost {
        /// The saving per unit.
        per_unit: Money,
    },
    /// It costs no less, but arrives sooner.
    LeadTime {
        /// Days saved.
        days: u32,
        /// Units in transit that are no longer needed: daily demand × days saved (Little's law).
        transit_units: u64,
    },
    /// Nothing speaks for it.
    None,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalVerdict {
    /// What a good unit made there costs: `local_unit ÷ yield`, rounded up.
    pub good_unit: Money,
    /// What a unit made there saves; negative if it costs more.
    pub saving: Money,
    /// `Q* = setup ÷ saving`, rounded up: from this many units on it pays. None where nothing is
    /// saved.
    pub break_even_units: Option<u64>,
    /// Days until then at the expected demand, rounded up; none where it is never reached.
    pub break_even_days: Option<u64>,
    /// Whether the break-even comes after the day until which the duty gap is known to hold.
    pub outlives_gap: bool,
    /// The reason that applies.
    pub reason: LocalReason,
}

/// Compares producing in the market with importing, `from` the day on which production would start.
///
/// # Errors
///
/// Mixed currencies, a yield of zero or above one whole, a negative setup, amounts that do not fit.
pub fn local_or_import(plan: &LocalPlan, from: Date) -> Result<LocalVerdict, MoneyError> {
    if plan.yield_rate.ppm() == 0 || plan.yield_rate.ppm() > Rate::ONE || plan.setup.minor < 0 {
        return Err(MoneyError::OutOfRange);
    }
    // The setup is only divided by the saving: adding nothing proves that they share a currency.
    let setup = plan.setup.plus(Money::zero(plan.import_unit.currency))?;
    let good_unit = good_unit(plan)?;
    let saving = plan.import_unit.minus(good_unit)?;
    let break_even_units = (saving.minor > 0).then(|| ceil(setup.minor, saving.minor));
    let break_even_days = break_even_units.and_then(|units| {
        (plan.units_a_year > 0).then(|| (units.saturating_mul(365)).div_ceil(plan.units_a_year))
    });
    let outlives_gap = match (plan.duty_gap_until, break_even_days) {
        (Some(until), Some(days)) => {
            from.until(until).map_or(true, |span| i64::from(span.get_days()) < saturated(days))
        }
        _ => false,
    };
    let reason = reason(plan, saving)?;
    Ok(LocalVerdict { good_unit, saving, break_even_units, break_even_days, outlives_gap, reason })
}

/// The duty gap of a unit by the two cost sheets: what is paid of these `duties` on an imported unit
/// and stays a cost, less what is paid of them on one made there.
///
/// # Errors
///
/// Mixed currencies, or a sum that does not fit.
pub fn duty_gap(
    imported: &LandedCost,
    made_there: &LandedCost,
    duties: &[Slug],
) -> Result<Money, MoneyError> {
    let paid = |landed: &LandedCost| {
        let ours = landed.lines.iter().filter(|line| {
            line.charge.recovery == Recovery::Cost && duties.contains(&line.charge.code)
        });
        ours.map(|line| line.amount)
            .try_fold(Money::zero(landed.cost.currency), |sum, amount| sum.plus(amount))
    };
    paid(imported)?.minus(paid(made_there)?)
}

fn good_unit(plan: &LocalPlan) -> Result<Money, MoneyError> {
    let exact = i128::from(plan.local_unit.minor) * i128::from(Rate::ONE);
    let ppm = i128::from(plan.yield_rate.ppm());
    let floor = Rounding::Down.divide(exact, ppm);
    // A unit is never made out cheaper than it is.
    let up = if exact > floor * ppm { floor + 1 } else { floor };
    let minor = i64::try_from(up).map_err(|_| MoneyError::OutOfRange)?;
    Money::zero(plan.local_unit.currency).plus(Money::new(minor, plan.local_unit.currency))
}

fn reason(plan: &LocalPlan, saving: Money) -> Result<LocalReason, MoneyError> {
    if plan.permission == Permission::Needed {
        return Ok(LocalReason::Permission);
    }
    if saving.minor > 0 {
        // More than half of the saving, so that without the gap the case is another one.
        let mostly_duty = plan.duty_gap.plus(plan.duty_gap)?.minor > saving.minor;
        return Ok(if mostly_duty {
            LocalReason::DutyGap { per_unit: plan.duty_gap, until: plan.duty_gap_until }
        } else {
            LocalReason::UnitCost { per_unit: saving }
        });
    }
    let days = plan.import_lead_days.saturating_sub(plan.local_lead_days);
    let transit_units = plan.units_a_year.saturating_mul(u64::from(days)) / 365;
    Ok(if days == 0 { LocalReason::None } else { LocalReason::LeadTime { days, transit_units } })
}

fn ceil(total: i64, each: i64) -> u64 {
    let (total, each) = (total.unsigned_abs(), each.unsigned_abs());
    total.div_ceil(each)
}

fn saturated(days: u64) -> i64 {
    i64::try_from(days).unwrap_or(i64::MAX)
}
