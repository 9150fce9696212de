//! The simple methods: run rate, drift, damped and undamped growth, last year once more.

#![expect(clippy::float_arithmetic, reason = "forecasts are estimates, never money or stock")]

use serde::{Deserialize, Serialize};

/// The most points of a series, and the most periods ahead.
const POINTS_MAX: usize = 400;
/// Numbers beyond this are no counts of anything sold.
const VALUE_MAX: f64 = 1e12;

/// A series of counts in equal periods, the oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    points: Vec<f64>,
    per_year: usize,
}

/// Why there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// Too few points for this method.
    #[error("the method needs at least {0} periods of history")]
    TooShort(usize),
    /// A count is zero, negative or absurd.
    #[error("counts are numbers above 0, at most 1,000,000,000,000")]
    Count,
    /// Too many points, or no sensible number of periods a year.
    #[error("a series has at most 400 periods, and 1, 2, 4 or 12 of them make a year")]
    Shape,
    /// The damping is out of range.
    #[error("phi is from 0.3 to 0.9: below, the trend is gone at once, above, it is not damped")]
    Phi,
    /// The ceiling is not above what was sold already.
    #[error("the ceiling must be above what was sold already")]
    Ceiling,
}

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The last period again and again.
    RunRate,
    /// A straight line from the first to the last point, continued.
    Drift,
    /// The last growth, weaker by phi with each period.
    Damped {
        /// In hundredths: 30 to 90.
        phi_pct: u8,
    },
    /// The mean growth of all periods, for ever.
    ConstantGrowth,
    /// The growth of the last whole year once more; needs two years.
    LastYearAgain,
}

impl Method {
    /// The word in files and records.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::RunRate => "run_rate".to_owned(),
            Self::Drift => "drift".to_owned(),
            Self::Damped { phi_pct } => {
                let phi = format!("damped_0.{phi_pct:02}");
                phi.trim_end_matches('0').to_owned()
            }
            Self::ConstantGrowth => "constant_growth".to_owned(),
            Self::LastYearAgain => "last_year_again".to_owned(),
        }
    }

    const fn points_min(self) -> usize {
        match self {
            Self::RunRate => 1,
            Self::Drift | Self::Damped { .. } | Self::ConstantGrowth => 2,
            Self::LastYearAgain => 2,
        }
    }
}

impl Series {
    /// A series of `points`, of which `per_year` make a year.
    ///
    /// # Errors
    ///
    /// See [`ForecastError`].
    pub fn try_new(points: Vec<f64>, per_year: usize) -> Result<Self, ForecastError> {
        if points.is_empty() {
            return Err(ForecastError::TooShort(1));
        }
        if points.len() > POINTS_MAX || !matches!(per_year, 1 | 2 | 4 | 12) {
            return Err(ForecastError::Shape);
        }
        if points.iter().any(|point| !(f64::MIN_POSITIVE..=VALUE_MAX).contains(point)) {
            return Err(ForecastError::Count);
        }
        Ok(Self { points, per_year })
    }

    /// The points.
    #[must_use]
    pub fn points(&self) -> &[f64] {
        &self.points
    }

    /// How many of them make a year.
    #[must_use]
    pub const fn per_year(&self) -> usize {
        self.per_year
    }

    pub(super) fn last(&self) -> f64 {
        self.points.last().copied().unwrap_or_default()
    }

    /// What the `n` last points sum to, and the `n` before them, if there are that many.
    fn last_two_sums(&self, n: usize) -> Option<(f64, f64)> {
        let end = self.points.len();
        let last = end.checked_sub(n)?;
        let before = last.checked_sub(n)?;
        Some((self.points[before..last].iter().sum(), self.points[last..].iter().sum()))
    }
}

/// What `method` says of the next `ahead` periods.
///
/// # Errors
///
/// See [`ForecastError`].
pub fn project(series: &Series, method: Method, ahead: usize) -> Result<Vec<f64>, ForecastError> {
    let n = series.points.len();
    if ahead > POINTS_MAX {
        return Err(ForecastError::Shape);
    }
    if n < method.points_min() {
        return Err(ForecastError::TooShort(method.points_min()));
    }
    let last = series.last();
    let first = series.points[0];
    let steps = 1..=ahead;
    let growth_of = |log: f64, share: f64| last * (log * share).exp();
    Ok(match method {
        Method::RunRate => vec![last; ahead],
        Method::Drift => {
            let slope = (last - first) / count(n - 1);
            // A falling line ends at nothing: less than none is sold by nobody.
            steps.map(|step| (last + slope * count(step)).max(0.0)).collect()
        }
        Method::Damped { phi_pct } => {
            if !(30..=90).contains(&phi_pct) {
                return Err(ForecastError::Phi);
            }
            let phi = f64::from(phi_pct) / 100.0;
            let log = (last / series.points[n - 2]).ln();
            let (mut power, mut share) = (1.0, 0.0);
            steps
                .map(|_| {
                    power *= phi;
                    share += power;
                    growth_of(log, share)
                })
                .collect()
        }
        Method::ConstantGrowth => {
            let log = (last / first).ln() / count(n - 1);
            steps.map(|step| growth_of(log, count(step))).collect()
        }
        Method::LastYearAgain => {
            let year = series.per_year;
            let sums = series.last_two_sums(year).ok_or(ForecastError::TooShort(2 * year))?;
            let factor = sums.1 / sums.0;
            let shape = &series.points[n - year..];
            let grown = |step: usize| {
                let years = i32::try_from((step - 1) / year + 1).unwrap_or(i32::MAX);
                shape[(step - 1) % year] * factor.powi(years)
            };
            steps.map(grown).collect()
        }
    })
}

#[expect(clippy::cast_precision_loss, reason = "at most a few hundred periods")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[f64], per_year: usize) -> Series {
        Series::try_new(points.to_vec(), per_year).expect("a series")
    }

    #[test]
    fn a_level_series_stays_level_by_every_method() {
        let level = series(&[5.0, 5.0, 5.0, 5.0], 2);
        for method in [
            Method::RunRate,
            Method::Drift,
            Method::Damped { phi_pct: 80 },
            Method::ConstantGrowth,
            Method::LastYearAgain,
        ] {
            let ahead = project(&level, method, 3).expect("a forecast");
            assert!(ahead.iter().all(|value| (value - 5.0).abs() < 1e-9), "{method:?} {ahead:?}");
        }
    }

    #[test]
    fn a_falling_line_ends_at_nothing() {
        let ahead = project(&series(&[3.0, 1.0], 1), Method::Drift, 3).expect("a forecast");
        assert_eq!(ahead, [0.0, 0.0, 0.0]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(Series::try_new(vec![], 2), Err(ForecastError::TooShort(1)));
        assert_eq!(Series::try_new(vec![1.0], 3), Err(ForecastError::Shape));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e13] {
            assert_eq!(Series::try_new(vec![bad], 2), Err(ForecastError::Count));
        }
        let one = series(&[1.0], 2);
        assert_eq!(project(&one, Method::Drift, 1), Err(ForecastError::TooShort(2)));
        assert_eq!(project(&one, Method::RunRate, 401), Err(ForecastError::Shape));
        let two = series(&[1.0, 2.0], 2);
        assert_eq!(project(&two, Method::LastYearAgain, 1), Err(ForecastError::TooShort(4)));
        for phi_pct in [29, 91] {
            assert_eq!(project(&two, Method::Damped { phi_pct }, 1), Err(ForecastError::Phi));
        }
    }

    #[test]
    fn the_words_name_the_damping() {
        assert_eq!(Method::Damped { phi_pct: 50 }.word(), "damped_0.5");
        assert_eq!(Method::Damped { phi_pct: 35 }.word(), "damped_0.35");
    }
}
