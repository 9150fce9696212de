//! Numbers as they were said: `18.70` stays `18.70`, "more than 70" does not become 70.

use std::fmt;
use std::str::FromStr;

use kontor_base::{Cell, Wrong};
use serde::{Deserialize, Serialize};

/// The most digits of a number, before and after the point together.
const DIGITS_MAX: usize = 15;

/// A decimal number with as many decimal places as it was said with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quantity {
    mantissa: i64,
    places: u8,
}

/// What was said: a number, a bound, a range, or words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// `61.12`
    Exact(Quantity),
    /// `~15`
    About(Quantity),
    /// `>70`
    MoreThan(Quantity),
    /// `>=1`
    AtLeast(Quantity),
    /// `<10000`
    LessThan(Quantity),
    /// `80-100`
    Range(Quantity, Quantity),
}

/// The text is not a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not a decimal number.
    #[error("not a number such as 61.12, >70, >=1, <10000, ~15 or 80-100")]
    Number,
    /// The end of a range is not above its beginning.
    #[error("not a range: its end must be above its beginning")]
    Range,
}

impl Quantity {
    /// `mantissa / 10^places`.
    #[must_use]
    pub const fn new(mantissa: i64, places: u8) -> Self {
        Self { mantissa, places }
    }

    /// The digits without their point.
    #[must_use]
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// How many of them stand behind the point.
    #[must_use]
    pub const fn places(self) -> u8 {
        self.places
    }

    /// The number for drawing and for forecasts; digits and places stay with the record.
    #[must_use]
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        reason = "at most fifteen digits, which a double holds exactly"
    )]
    pub fn float(self) -> f64 {
        self.mantissa as f64 / 10_f64.powi(i32::from(self.places))
    }

    /// Whether both are the same number, however many places they were said with.
    #[must_use]
    pub fn equals(self, other: Self) -> bool {
        let at = |quantity: Self| {
            let missing = 15 - u32::from(quantity.places);
            i128::from(quantity.mantissa) * 10_i128.pow(missing)
        };
        at(self) == at(other)
    }
}

impl FromStr for Quantity {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let dangling = text.ends_with('.');
        if whole.is_empty() || dangling || whole.len() + fraction.len() > DIGITS_MAX {
            return Err(ValueError::Number);
        }
        if !plain(whole) || !plain(fraction) {
            return Err(ValueError::Number);
        }
        let mantissa = format!("{whole}{fraction}").parse().map_err(|_| ValueError::Number)?;
        let places = u8::try_from(fraction.len()).map_err(|_| ValueError::Number)?;
        Ok(Self { mantissa, places })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = usize::from(self.places);
        if places == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let digits = format!("{:0>width$}", self.mantissa, width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        write!(f, "{whole}.{fraction}")
    }
}

impl Value {
    /// The least that was said.
    #[must_use]
    pub const fn low(&self) -> Quantity {
        match self {
            Self::Exact(q)
            | Self::About(q)
            | Self::MoreThan(q)
            | Self::AtLeast(q)
            | Self::LessThan(q)
            | Self::Range(q, _) => *q,
        }
    }

    /// The most that was said; the same as the least where one number was said.
    #[must_use]
    pub const fn high(&self) -> Quantity {
        match self {
            Self::Range(_, high) => *high,
            _ => self.low(),
        }
    }
}

impl ValueError {
    fn of(self, cell: &str) -> Wrong {
        let cell = cell.to_owned();
        match self {
            Self::Number => Wrong::NotQuantity { cell },
            Self::Range => Wrong::NotRange { cell },
        }
    }
}

impl Cell for Quantity {
    fn wrong(cell: &str, error: &ValueError) -> Wrong {
        error.of(cell)
    }
}

impl Cell for Value {
    fn wrong(cell: &str, error: &ValueError) -> Wrong {
        error.of(cell)
    }
}

impl FromStr for Value {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix(">=") {
            return rest.parse().map(Self::AtLeast);
        }
        if let Some(rest) = text.strip_prefix('>') {
            return rest.parse().map(Self::MoreThan);
        }
        if let Some(rest) = text.strip_prefix('<') {
            return rest.parse().map(Self::LessThan);
        }
        if let Some(rest) = text.strip_prefix('~') {
            return rest.parse().map(Self::About);
        }
        let Some((low, high)) = text.split_once('-') else { return text.parse().map(Self::Exact) };
        let (low, high): (Quantity, Quantity) = (low.parse()?, high.parse()?);
        if low.float() < high.float() { Ok(Self::Range(low, high)) } else { Err(ValueError::Range) }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(q) => write!(f, "{q}"),
            Self::About(q) => write!(f, "~{q}"),
            Self::MoreThan(q) => write!(f, ">{q}"),
            Self::AtLeast(q) => write!(f, ">={q}"),
            Self::LessThan(q) => write!(f, "<{q}"),
            Self::Range(low, high) => write!(f, "{low}-{high}"),
        }
    }
}

/// Kept as the text that it is read from.
macro_rules! as_text {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
as_text!(Quantity);
as_text!(Value);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_kept_as_it_was_said() {
        for text in ["61.12", "18.70", ">70", ">=1", "<10000", "~15", "80-100", "0.3", "0", "100"] {
            let value: Value = text.parse().expect("a value");
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_no_value() {
        for text in
            ["", ".", "1.", ".5", "-1", "1-", "100-80", "5-5", "1e9", "NaN", "١", ">", "1,5"]
        {
            assert!(text.parse::<Value>().is_err(), "{text}");
        }
        assert!("1234567890123456".parse::<Quantity>().is_err());
    }

    #[test]
    fn numbers_are_compared_by_what_they_are() {
        let number = |text: &str| text.parse::<Quantity>().expect("a number");
        assert!(number("100").equals(number("100.0")));
        assert!(!number("100").equals(number("100.1")));
        assert!((number("18.70").float() - 18.7).abs() < 1e-12);
    }
}
