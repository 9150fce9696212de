//! Rates (tax, duty, fees) as parts per million, and how amounts are rounded.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A non-negative rate in parts per million: 7.25 % is 72 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rate(u32);

impl Rate {
    /// One whole, in parts per million.
    pub const ONE: u32 = 1_000_000;
    /// No rate at all.
    pub const ZERO: Self = Self(0);

    /// A rate of `ppm` parts per million.
    #[must_use]
    pub const fn from_ppm(ppm: u32) -> Self {
        Self(ppm)
    }

    /// Parts per million.
    #[must_use]
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// Reads a percentage such as `7.25` or `19` (at most four decimal places, at most 1000 %).
    #[must_use]
    pub fn parse_percent(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 4 || fraction.len() > 4 {
            return None;
        }
        if !plain(whole) || !plain(fraction) {
            return None;
        }
        let ppm: u32 = format!("{whole}{fraction:0<4}").parse().ok()?;
        (ppm <= 10 * Self::ONE).then_some(Self(ppm))
    }

    /// The percentage without trailing zeros: `7.25`, `19`.
    #[must_use]
    pub fn percent(self) -> String {
        let text = format!("{}.{:04}", self.0 / 10_000, self.0 % 10_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent())
    }
}

/// How a fraction of a minor unit becomes a whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Halves go away from zero (commercial rounding), the default for tax per line.
    HalfUp,
    /// Halves go to the even neighbour.
    HalfEven,
    /// Towards zero.
    Down,
}

impl Rounding {
    /// `numerator / denominator`, rounded; the denominator is positive.
    #[must_use]
    pub fn divide(self, numerator: i128, denominator: i128) -> i128 {
        debug_assert!(denominator > 0);
        let quotient = numerator / denominator;
        let rest = (numerator % denominator).abs() * 2;
        let away = match self {
            Self::Down => false,
            Self::HalfUp => rest >= denominator,
            Self::HalfEven => rest > denominator || (rest == denominator && quotient % 2 != 0),
        };
        if away { quotient + numerator.signum() } else { quotient }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_what_it_says() {
        for (n, up, even, down) in
            [(25, 3, 2, 2), (35, 4, 4, 3), (-25, -3, -2, -2), (24, 2, 2, 2), (26, 3, 3, 2)]
        {
            assert_eq!(Rounding::HalfUp.divide(n, 10), up, "{n}");
            assert_eq!(Rounding::HalfEven.divide(n, 10), even, "{n}");
            assert_eq!(Rounding::Down.divide(n, 10), down, "{n}");
        }
    }

    #[test]
    fn percentages_are_read_exactly() {
        assert_eq!(Rate::parse_percent("7.25"), Some(Rate::from_ppm(72_500)));
        assert_eq!(Rate::parse_percent("19"), Some(Rate::from_ppm(190_000)));
        assert_eq!(Rate::parse_percent("6.875").map(Rate::percent).as_deref(), Some("6.875"));
        for bad in ["", "-1", "1.23456", "99999", "1,5", "x"] {
            assert_eq!(Rate::parse_percent(bad), None, "{bad:?}");
        }
    }
}
