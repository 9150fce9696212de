//! The number under which people know an order.

use std::fmt;
use std::str::FromStr;

use kontor_base::Instant;
use kontor_base::id::OrderId;
use serde::{Deserialize, Deserializer, Serialize};

use crate::market::MarketCode;
use crate::payment::{is_readable, readable_code};

/// An order's number, such as `US26-7K3Q-9MX2-4TBC`: the market, the year (UTC) and a code from
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
#[error("not an order number such as US26-7K3Q-9MX2-4TBC")]
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
