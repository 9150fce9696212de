//! The reorder point: at which stock to order again so that it lasts until the goods arrive.
//!
//! `ROP = d·L + z·√(L·σ_d² + d²·σ_L²)` with daily demand `d` (± `σ_d`), lead time `L` days (± `σ_L`)
//! and `z` the quantile of the normal distribution for the wanted *cycle service*: the chance that
//! a cycle passes without running out. It is not the fill rate (the share of units delivered from
//! stock), which is usually higher. Source: Silver, Pyke, Thomas, *Inventory and Production
//! Management in Supply Chains*, the case of random demand and random lead time.

#![expect(clippy::float_arithmetic, reason = "statistics of estimates, never money or stock")]

use kontor_base::{Rate, Wrong};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// What a reorder point is worked out from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reorder {
    /// Mean demand a day, in units.
    pub demand_a_day: f64,
    /// Its standard deviation from day to day.
    pub demand_deviation: f64,
    /// Mean lead time in days.
    pub lead_days: f64,
    /// Its standard deviation.
    pub lead_deviation: f64,
    /// The wanted chance that a cycle passes without running out: 50 % to 99.99 %.
    pub cycle_service: Rate,
}

/// The answer, in whole units, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReorderPoint {
    /// What is sold while waiting: `d·L`; also the units in transit.
    pub in_lead_time: u64,
    /// What lies there for the case that it takes longer or sells faster.
    pub safety: u64,
    /// Order when stock on hand and on order falls to this.
    pub point: u64,
    /// The quantile that was used.
    pub z: f64,
}

/// Why there is no reorder point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReorderError {
    /// A figure is negative, endless or absurdly large.
    #[error("demand and lead time are numbers from 0 to 1,000,000,000")]
    Range,
    /// Below an even chance the formula would ask for less than the mean, above it is not known.
    #[error("the cycle service is a share from 50 % to 99.99 %")]
    Service,
}

impl ReorderError {
    /// What is wrong with the file that asked for it.
    #[must_use]
    pub const fn wrong(&self) -> Wrong {
        match self {
            Self::Range => Wrong::ReorderRange,
            Self::Service => Wrong::ReorderService,
        }
    }
}

/// The stock at which to order again.
///
/// # Errors
///
/// See [`ReorderError`].
pub fn reorder_point(input: &Reorder) -> Result<ReorderPoint, ReorderError> {
    let figures =
        [input.demand_a_day, input.demand_deviation, input.lead_days, input.lead_deviation];
    if figures.iter().any(|figure| !(0.0..=1e9).contains(figure)) {
        return Err(ReorderError::Range);
    }
    if !(500_000..=999_900).contains(&input.cycle_service.ppm()) {
        return Err(ReorderError::Service);
    }
    let service = f64::from(input.cycle_service.ppm()) / f64::from(Rate::ONE);
    let z = Normal::standard().inverse_cdf(service);
    let mean = input.demand_a_day * input.lead_days;
    let variance = input.lead_days * input.demand_deviation.powi(2)
        + input.demand_a_day.powi(2) * input.lead_deviation.powi(2);
    let safety = z * variance.sqrt();
    let (in_lead_time, safety) = (whole(mean), whole(safety));
    Ok(ReorderPoint { in_lead_time, safety, point: in_lead_time.saturating_add(safety), z })
}

/// Rounded up, with room for the last bits of a product that is whole on paper.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and a cast of a float saturates"
)]
fn whole(units: f64) -> u64 {
    (units - 1e-9).ceil().max(0.0) as u64
}
