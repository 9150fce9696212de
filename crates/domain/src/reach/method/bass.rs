//! Bass's curve of diffusion as a what-if, with the ceiling entered by hand: fitted to a few years, a
//! ceiling is not found but invented (the best fit of the back test forecasts worst).
//!
//! Srinivasan and Mason (1986): sales of year `t` are `m·(F(t) − F(t−1))`; `p` and `q` are fitted by
//! least squares, searched by the method of Nelder and Mead over their logarithms.

#![expect(clippy::float_arithmetic, reason = "forecasts are estimates, never money or stock")]

use super::simple::{ForecastError, Series};

/// Steps of the search; it has long settled by then.
const STEPS: usize = 600;

/// A fitted curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BassFit {
    /// The ceiling that was entered.
    pub ceiling: f64,
    /// The share that buys of its own accord.
    pub innovation: f64,
    /// The share that buys because others have.
    pub imitation: f64,
    /// What it says of the next year.
    pub next: f64,
    /// The root mean square of its errors on the years that it was fitted to.
    pub error: f64,
}

/// Fits the curve to yearly sales from the first year on.
///
/// # Errors
///
/// See [`ForecastError`].
pub fn bass(yearly: &Series, ceiling: f64) -> Result<BassFit, ForecastError> {
    let sales = yearly.points();
    if sales.len() < 3 {
        return Err(ForecastError::TooShort(3));
    }
    if !ceiling.is_finite() || ceiling <= sales.iter().sum() {
        return Err(ForecastError::Ceiling);
    }
    let cost = |at: [f64; 2]| -> f64 {
        let curve = Curve::new(at, ceiling);
        let errors = sales.iter().enumerate().map(|(i, sold)| curve.year(i + 1) - sold);
        let sum: f64 = errors.map(|error| error * error).sum();
        if sum.is_finite() { sum } else { f64::MAX }
    };
    // Several beginnings, because the valley is long and bent.
    let beginnings = [[0.01_f64, 0.5_f64], [0.001, 1.0], [0.0003, 1.5], [0.001, 3.0]];
    let fits = beginnings.map(|[p, q]| descend([p.ln(), q.ln()], cost));
    let best = fits.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(([0.0; 2], f64::MAX));
    let curve = Curve::new(best.0, ceiling);
    #[expect(clippy::cast_precision_loss, reason = "a few years")]
    let years = sales.len() as f64;
    Ok(BassFit {
        ceiling,
        innovation: curve.p,
        imitation: curve.q,
        next: curve.year(sales.len() + 1),
        error: (best.1 / years).sqrt(),
    })
}

struct Curve {
    p: f64,
    q: f64,
    ceiling: f64,
}

impl Curve {
    fn new([log_p, log_q]: [f64; 2], ceiling: f64) -> Self {
        Self { p: log_p.exp(), q: log_q.exp(), ceiling }
    }

    /// The share that has bought by the end of year `t`.
    fn share(&self, t: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few years")]
        let fading = (-(self.p + self.q) * t as f64).exp();
        (1.0 - fading) / (1.0 + self.q / self.p * fading)
    }

    fn year(&self, t: usize) -> f64 {
        self.ceiling * (self.share(t) - self.share(t - 1))
    }
}

/// The lowest point that Nelder and Mead's triangle reaches from `from`, and its height.
fn descend(from: [f64; 2], height: impl Fn([f64; 2]) -> f64) -> ([f64; 2], f64) {
    let at = |point: [f64; 2]| (point, height(point));
    let mut corners = [at(from), at([from[0] + 0.5, from[1]]), at([from[0], from[1] + 0.5])];
    for _ in 0..STEPS {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let [best, good, worst] = corners;
        let middle = [0, 1].map(|i| f64::midpoint(best.0[i], good.0[i]));
        let along = |by: f64| at([0, 1].map(|i| middle[i] + by * (worst.0[i] - middle[i])));
        let mirrored = along(-1.0);
        corners[2] = if mirrored.1 < best.1 {
            let further = along(-2.0);
            if further.1 < mirrored.1 { further } else { mirrored }
        } else if mirrored.1 < good.1 {
            mirrored
        } else {
            let nearer = along(if mirrored.1 < worst.1 { -0.5 } else { 0.5 });
            if nearer.1 < worst.1 {
                nearer
            } else {
                let shrunk =
                    |corner: [f64; 2]| at([0, 1].map(|i| f64::midpoint(best.0[i], corner[i])));
                corners[1] = shrunk(good.0);
                shrunk(worst.0)
            }
        };
    }
    corners.sort_by(|a, b| a.1.total_cmp(&b.1));
    corners[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_found_again_from_its_own_sales() {
        let curve = Curve::new([0.01_f64.ln(), 0.6_f64.ln()], 1_000.0);
        let sales = (1..=6).map(|t| curve.year(t)).collect();
        let series = Series::try_new(sales, 1).expect("a series");
        let fit = bass(&series, 1_000.0).expect("a fit");
        assert!((fit.innovation - 0.01).abs() < 1e-5, "{fit:?}");
        assert!((fit.imitation - 0.6).abs() < 1e-4, "{fit:?}");
        assert!((fit.next - curve.year(7)).abs() < 1e-3, "{fit:?}");
        assert!(fit.error < 1e-4, "{fit:?}");
    }

    #[test]
    fn a_ceiling_below_what_was_sold_is_refused() {
        let series = Series::try_new(vec![1.0, 2.0, 4.0], 1).expect("a series");
        assert_eq!(bass(&series, 7.0), Err(ForecastError::Ceiling));
        assert_eq!(bass(&series, f64::NAN), Err(ForecastError::Ceiling));
        let short = Series::try_new(vec![1.0, 2.0], 1).expect("a series");
        assert_eq!(bass(&short, 100.0), Err(ForecastError::TooShort(3)));
    }
}
