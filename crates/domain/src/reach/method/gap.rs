//! What must be true for a target to be reached, and what past forecasts were worth.

#![expect(clippy::float_arithmetic, reason = "forecasts are estimates, never money or stock")]

use serde::{Deserialize, Serialize};

use super::simple::{ForecastError, Series};

/// From how many own past forecasts on their errors are worth a band.
pub const ERRORS_MIN: usize = 8;

/// A growth in whole per cent, rounded half away from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Growth(pub i64);

impl Growth {
    /// How much `to` is more than `from`.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    pub fn between(from: f64, to: f64) -> Self {
        Self(((to / from - 1.0) * 100.0).round() as i64)
    }
}

impl std::fmt::Display for Growth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:+} %", self.0)
    }
}

/// What the rest of a year must bring.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Needed {
    /// What is missing in all.
    pub rest: f64,
    /// What each period that is left must bring.
    pub per_period: f64,
    /// How much that is over the last period.
    pub growth: Growth,
}

/// What the periods that are left must bring for `target`, when `so_far` has been sold in the
/// periods that are over and `last` in the last one. Nothing where no period is left.
#[must_use]
pub fn needed(target: f64, so_far: f64, last: f64, left: usize) -> Option<Needed> {
    if left == 0 || last <= 0.0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few periods")]
    let per_period = (target - so_far) / left as f64;
    Some(Needed { rest: target - so_far, per_period, growth: Growth::between(last, per_period) })
}

/// How a target stands to the run rate: the headline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// The target.
    pub target: f64,
    /// The last period, all year.
    pub run_rate: f64,
    /// What is missing to the target.
    pub missing: f64,
    /// How much every period must be above the last one, held all year.
    pub growth: Growth,
}

impl Gap {
    /// The gap of `target` over the last period of `series` held for a year.
    #[must_use]
    pub fn of(series: &Series, target: f64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "at most twelve periods")]
        let run_rate = series.last() * series.per_year() as f64;
        Self {
            target,
            run_rate,
            missing: target - run_rate,
            growth: Growth::between(run_rate, target),
        }
    }
}

/// What one market is planned to bring: what must be true, with its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarketPlan {
    /// The market.
    pub market: String,
    /// Units in each period of the year; a market that opens in June has fewer.
    pub units: Vec<f64>,
    /// Why that should be so: a clearance with its date, a capacity, a calibrated signal.
    #[serde(default)]
    pub because: String,
}

/// The year that these plans sum to.
///
/// # Errors
///
/// [`ForecastError::Shape`] where a market has more periods than the year, [`ForecastError::Count`]
/// for a number that is no count.
pub fn scenario(plans: &[MarketPlan], per_year: usize) -> Result<f64, ForecastError> {
    let mut sum = 0.0;
    for plan in plans {
        if plan.units.len() > per_year {
            return Err(ForecastError::Shape);
        }
        if plan.units.iter().any(|units| !(0.0..=1e12).contains(units)) {
            return Err(ForecastError::Count);
        }
        sum += plan.units.iter().sum::<f64>();
    }
    Ok(sum)
}

/// A forecast of one's own with what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastForecast {
    /// What was forecast.
    pub forecast: f64,
    /// What happened.
    pub actual: f64,
}

/// What past errors make of a new forecast: its value at the tenth and ninetieth hundredth of the
/// past ratios of actual to forecast. Nothing below [`ERRORS_MIN`] past forecasts.
#[must_use]
pub fn error_band(past: &[PastForecast], forecast: f64) -> Option<(f64, f64)> {
    let mut ratios: Vec<f64> = past
        .iter()
        .filter(|past| past.forecast > 0.0 && past.actual >= 0.0)
        .map(|past| past.actual / past.forecast)
        .collect();
    if ratios.len() < ERRORS_MIN {
        return None;
    }
    ratios.sort_by(f64::total_cmp);
    let quantile = |tenths: usize| {
        // Between the two nearest of the ordered ratios.
        let place = (ratios.len() - 1) * tenths;
        let (below, tenth) = (place / 10, place % 10);
        let above = (below + 1).min(ratios.len() - 1);
        #[expect(clippy::cast_precision_loss, reason = "a digit")]
        let share = tenth as f64 / 10.0;
        ratios[below] + (ratios[above] - ratios[below]) * share
    };
    Some((forecast * quantile(1), forecast * quantile(9)))
}

/// How often a band of past errors held what then happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// How often it did.
    pub held: usize,
    /// How often there was a band.
    pub of: usize,
}

/// What past bands were worth: each forecast, in the order in which they were made, beside the band
/// that the forecasts before it would have given. Nothing while there was none.
#[must_use]
pub fn coverage(past: &[PastForecast]) -> Option<Coverage> {
    let mut coverage = Coverage { held: 0, of: 0 };
    for (made, forecast) in past.iter().enumerate() {
        let Some((low, high)) = error_band(&past[..made], forecast.forecast) else { continue };
        coverage.of += 1;
        coverage.held += usize::from((low..=high).contains(&forecast.actual));
    }
    (coverage.of > 0).then_some(coverage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_year_later_the_target_is_out_of_reach() {
        let full = needed(100.0, 34.7, 34.7, 1).expect("a period is left");
        assert!((full.rest - 65.3).abs() < 1e-9);
        assert_eq!(full.growth, Growth(88));
        let low = needed(80.0, 34.7, 34.7, 1).expect("a period is left");
        assert!((low.rest - 45.3).abs() < 1e-9);
        assert_eq!(low.growth, Growth(31));
        assert_eq!(needed(100.0, 70.0, 35.0, 0), None);
    }

    #[test]
    fn a_market_that_opens_in_june_has_no_twelve_months() {
        let plan = |units: &[f64]| MarketPlan {
            market: "x".to_owned(),
            units: units.to_vec(),
            because: String::new(),
        };
        let sum = scenario(&[plan(&[30.0, 32.0]), plan(&[4.0])], 2).expect("a sum");
        assert!((sum - 66.0).abs() < 1e-9);
        assert_eq!(scenario(&[plan(&[1.0; 3])], 2), Err(ForecastError::Shape));
        assert_eq!(scenario(&[plan(&[-1.0])], 2), Err(ForecastError::Count));
    }

    #[test]
    fn eight_past_errors_make_a_band_and_seven_do_not() {
        let past: Vec<PastForecast> = (0..8)
            .map(|i| PastForecast { forecast: 100.0, actual: 80.0 + 5.0 * f64::from(i) })
            .collect();
        assert_eq!(error_band(&past[..7], 50.0), None);
        let (low, high) = error_band(&past, 50.0).expect("a band");
        assert!((low - 41.75).abs() < 1e-9, "{low}");
        assert!((high - 55.75).abs() < 1e-9, "{high}");
    }

    #[test]
    fn a_band_is_judged_by_what_happened_after_it() {
        let made = |actual| PastForecast { forecast: 100.0, actual };
        let mut past: Vec<PastForecast> = (0..8).map(|i| made(80.0 + 5.0 * f64::from(i))).collect();
        assert_eq!(coverage(&past), None, "the ninth is the first that had a band");
        past.extend([made(100.0), made(200.0)]);
        assert_eq!(coverage(&past), Some(Coverage { held: 1, of: 2 }));
    }
}
