//! The number under which people know an order.

use std::fmt;
use std::str::FromStr;

use kontor_base::Instant;
use kontor_base::id::OrderId;
use serde::{Deserialize, Deserializer, Serialize};

use crate::market::MarketCode;
use crate::payment::{is_readable, readable_code};

/// An order's number, such as `US26-7K3Q-9MX2-4TB7`: the market, the year (UTC) and a code from
/// the order's id whose last sign is a check ([`readable_code`] says how). No counter is needed,
/// and nobody can tell from it how much the shop sells.
///
/// It is no secret: an order page needs its secret link. It is unique by the store's constraint;
/// the rare order whose number is taken gets another id. (Invoices, which the law wants without
/// gaps, have numbers of their own.)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct OrderNumber(String);

/// The text is not an order number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an order number such as US26-7K3Q-9MX2-4TB7")]
pub struct OrderNumberError;

impl OrderNumber {
    /// The number of the order with this id, which carries the moment it was made.
    #[must_use]
    pub fn new(market: MarketCode, order: OrderId) -> Self {
        // The first 48 bits of a version 7 UUID are milliseconds since 1970.
        let millis = order.bytes()[..6].iter().fold(0, |sum, byte| (sum << 8) | i64::from(*byte));
        let year = Instant::from_micros(millis.saturating_mul(1_000)).date().year().rem_euclid(100);
        let market = market.as_str().to_ascii_uppercase();
        Self(format!("{market}{year:02}-{}", readable_code(order.bytes())))
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrderNumber {
    type Err = OrderNumberError;

    /// Reads a number as people type it: in any case, with spaces around.
    fn from_str(text: &str) -> Result<Self, OrderNumberError> {
        let text = text.trim().to_ascii_uppercase();
        let (head, code) = text.split_once('-').ok_or(OrderNumberError)?;
        let head_is_good = match head.as_bytes() {
            [a, b, c, d] => {
                [a, b].iter().all(|l| l.is_ascii_uppercase())
                    && [c, d].iter().all(|digit| digit.is_ascii_digit())
            }
            _ => false,
        };
        if head_is_good && is_readable(code) { Ok(Self(text)) } else { Err(OrderNumberError) }
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OrderNumber {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_help_and_messages_is_a_number() {
        let told = OrderNumberError.to_string();
        let example = told.rsplit(' ').next().expect("a word");
        assert!(example.parse::<OrderNumber>().is_ok(), "{example}");
    }
    use kontor_base::Random;

    #[test]
    fn a_number_comes_from_the_id_and_reads_back() {
        let at = Instant::start_of("2015-06-01".parse().expect("a day"));
        let order = OrderId::new(at, &Random::seeded(1));
        let market = "us".parse().expect("a market");
        let number = OrderNumber::new(market, order);
        assert_eq!(number, OrderNumber::new(market, order));
        assert!(number.as_str().starts_with("US15-"), "{number}");
        let typed = format!(" {} ", number.as_str().to_lowercase());
        assert_eq!(typed.parse(), Ok(number));
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        let good = "US15-2222-2222-223Y";
        assert!(good.parse::<OrderNumber>().is_ok());
        for bad in [
            "",
            "US15",
            "US15-",
            "2222-2222-223Y",
            "US1-2222-2222-223Y",
            "U515-2222-2222-223Y",
            "US15-2222-2222-223Z",
            "US15-2222-2222-2232",
            "US15-2222-22222-23Y",
            "US15 2222 2222 223Y",
            "US15-2222-2222-223Y-2222",
            "ÜS15-2222-2222-223Y",
        ] {
            assert!(bad.parse::<OrderNumber>().is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_of_many_orders_of_one_moment_differ() {
        let (random, at) = (Random::seeded(7), Instant::from_micros(1_432_000_000_000_000));
        let market = "us".parse().expect("a market");
        let numbers: std::collections::BTreeSet<_> =
            (0..10_000).map(|_| OrderNumber::new(market, OrderId::new(at, &random))).collect();
        assert_eq!(numbers.len(), 10_000);
    }
}
