//! From numbers to places, and which numbers an axis names.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

/// A linear scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    domain: [f64; 2],
    range: [f64; 2],
}

impl Linear {
    /// A scale from numbers to places; an empty domain is widened, so that it never divides by zero.
    #[must_use]
    pub fn new(domain: [f64; 2], range: [f64; 2]) -> Self {
        let [low, high] = domain;
        let domain = if high > low { domain } else { [low, low + 1.0] };
        Self { domain, range }
    }

    /// The place of a number.
    #[must_use]
    pub fn at(&self, number: f64) -> f64 {
        let share = (number - self.domain[0]) / (self.domain[1] - self.domain[0]);
        self.range[0] + share * (self.range[1] - self.range[0])
    }

    /// Round numbers within the domain, about `wanted` of them.
    #[must_use]
    pub fn ticks(&self, wanted: u8) -> Vec<f64> {
        let span = self.domain[1] - self.domain[0];
        let rough = span / f64::from(wanted.max(1));
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * power)
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(10.0 * power);
        let mut ticks = Vec::new();
        let mut tick = (self.domain[0] / step).ceil() * step;
        while tick <= self.domain[1] + step * 1e-6 && ticks.len() < 50 {
            ticks.push(tick);
            tick += step;
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(Linear::new([0.0, 199.8], [0.0, 1.0]).ticks(4), [0.0, 50.0, 100.0, 150.0]);
        assert_eq!(Linear::new([0.0, 91.4], [0.0, 1.0]).ticks(5), [0.0, 20.0, 40.0, 60.0, 80.0]);
        let thousandths = Linear::new([0.0, 0.004], [0.0, 1.0]).ticks(4);
        assert_eq!(thousandths.len(), 5);
    }

    #[test]
    fn places_follow_numbers() {
        let scale = Linear::new([0.0, 10.0], [100.0, 0.0]);
        assert!((scale.at(2.5) - 75.0).abs() < 1e-9);
        assert!(Linear::new([3.0, 3.0], [0.0, 1.0]).at(3.0).is_finite());
    }
}
