//! Money: an integer of minor units with its currency. No floats, no implicit conversion.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rate::{Rate, Rounding};

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The three-letter code, such as `USD`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal places the minor unit has (ISO 4217): 2 for USD, 0 for JPY.
    #[must_use]
    pub fn exponent(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(0))
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        if code.len() != 3 {
            return Err(MoneyError::UnknownCurrency);
        }
        iso_currency::Currency::from_code(code).map(Self).ok_or(MoneyError::UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// What can go wrong with money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The code is not an ISO 4217 currency.
    #[error("unknown currency")]
    UnknownCurrency,
    /// Two amounts of different currencies met.
    #[error("amounts are in different currencies")]
    MixedCurrencies,
    /// The result does not fit.
    #[error("amount out of range")]
    OutOfRange,
    /// The text is not an amount in this currency.
    #[error("not an amount with at most the currency's decimal places")]
    NotAnAmount,
}

/// An amount of money in minor units (cents, paise, yen) of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in minor units; may be negative (a refund).
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// The largest amount that is accepted anywhere, in minor units (2^53 - 1): JSON clients that
    /// read numbers as IEEE doubles still read it exactly.
    pub const MINOR_MAX: i64 = (1 << 53) - 1;

    /// `minor` minor units of `currency`.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The sum.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] or [`MoneyError::OutOfRange`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies);
        }
        self.checked(self.minor.checked_add(other.minor))
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] or [`MoneyError::OutOfRange`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(Self::new(-other.minor, other.currency))
    }

    /// The amount taken `quantity` times.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`].
    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        self.checked(self.minor.checked_mul(i64::from(quantity)))
    }

    /// `rate` of the amount, rounded to whole minor units as `rounding` says.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`].
    pub fn share(self, rate: Rate, rounding: Rounding) -> Result<Self, MoneyError> {
        let exact = i128::from(self.minor) * i128::from(rate.ppm());
        self.checked(i64::try_from(rounding.divide(exact, i128::from(Rate::ONE))).ok())
    }

    /// The part of a gross amount that is tax at `rate`: gross × rate / (1 + rate), rounded.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`].
    pub fn included(self, rate: Rate, rounding: Rounding) -> Result<Self, MoneyError> {
        let exact = i128::from(self.minor) * i128::from(rate.ppm());
        let whole = i128::from(Rate::ONE) + i128::from(rate.ppm());
        self.checked(i64::try_from(rounding.divide(exact, whole)).ok())
    }

    /// The sum of amounts that are all in `currency`.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] or [`MoneyError::OutOfRange`].
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// Reads a plain decimal such as `14.99` or `6999`: digits, at most one point, never more
    /// decimal places than the currency has.
    ///
    /// # Errors
    ///
    /// [`MoneyError::NotAnAmount`] or [`MoneyError::OutOfRange`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let exponent = currency.exponent() as usize;
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !plain(whole)
            || !plain(fraction)
            || fraction.len() > exponent
            || (digits.contains('.') && fraction.is_empty())
        {
            return Err(MoneyError::NotAnAmount);
        }
        let padded = format!("{whole}{fraction:0<exponent$}");
        let minor: i64 = padded.parse().map_err(|_| MoneyError::OutOfRange)?;
        Self::zero(currency).checked(Some(sign * minor))
    }

    /// The plain decimal that [`Money::parse`] reads, without the currency: `14.99`.
    #[must_use]
    pub fn decimal(self) -> String {
        let exponent = self.currency.exponent();
        let scale = 10_u64.pow(exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        if exponent == 0 {
            return format!("{sign}{minor}");
        }
        format!("{sign}{}.{:0width$}", minor / scale, minor % scale, width = exponent as usize)
    }

    fn checked(self, minor: Option<i64>) -> Result<Self, MoneyError> {
        match minor {
            Some(minor) if minor.abs() <= Self::MINOR_MAX => Ok(Self { minor, ..self }),
            _ => Err(MoneyError::OutOfRange),
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("USD is a currency"))
    }

    #[test]
    fn amounts_are_read_with_the_currencys_own_decimal_places() {
        let jpy: Currency = "JPY".parse().expect("JPY is a currency");
        assert_eq!(Money::parse("14.99", usd(0).currency), Ok(usd(1499)));
        assert_eq!(Money::parse("14.9", usd(0).currency), Ok(usd(1490)));
        assert_eq!(Money::parse("-3", usd(0).currency), Ok(usd(-300)));
        assert_eq!(Money::parse("1800", jpy).map(|m| m.minor), Ok(1800));
        for bad in ["", ".", "1.", ".5", "1.999", "1,99", "1e3", "--1", " 1", "1_000", "０"] {
            assert_eq!(Money::parse(bad, usd(0).currency), Err(MoneyError::NotAnAmount), "{bad:?}");
        }
        assert_eq!(Money::parse("1.5", jpy), Err(MoneyError::NotAnAmount));
        assert_eq!(
            Money::parse("99999999999999999999", usd(0).currency),
            Err(MoneyError::OutOfRange)
        );
    }

    #[test]
    fn currencies_do_not_mix() {
        let eur = Money::new(1, "EUR".parse().expect("EUR is a currency"));
        assert_eq!(usd(1).plus(eur), Err(MoneyError::MixedCurrencies));
    }

    proptest! {
        #[test]
        fn decimal_text_round_trips(minor in -Money::MINOR_MAX..=Money::MINOR_MAX) {
            let money = usd(minor);
            prop_assert_eq!(Money::parse(&money.decimal(), money.currency), Ok(money));
        }

        #[test]
        fn included_tax_and_added_tax_agree(net in 0_i64..10_000_000, ppm in 0_u32..300_000) {
            let rate = Rate::from_ppm(ppm);
            let tax = usd(net).share(rate, Rounding::HalfUp).expect("fits");
            let gross = usd(net).plus(tax).expect("fits");
            let back = gross.included(rate, Rounding::HalfUp).expect("fits");
            prop_assert!((back.minor - tax.minor).abs() <= 1);
        }
    }
}
