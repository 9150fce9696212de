//! Money as the API writes and reads it.

use kontor_base::{Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{field, invalid};
use crate::kit::problem::Problem;

/// An amount of money. `minor` and `currency` say everything; `decimal` is the same for reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Money)]
pub(crate) struct MoneyBody {
    /// The amount in minor units of the currency (cents, yen): at most 2^53 - 1.
    #[schema(example = 1499)]
    minor: i64,
    /// The currency (ISO 4217).
    #[schema(value_type = String, example = "USD")]
    currency: &'static str,
    /// The amount with the currency's own decimal places.
    #[schema(example = "14.99")]
    decimal: String,
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency.code(), decimal: money.decimal() }
    }
}

/// An amount that the buyer has seen and agrees to. An amount from an answer can be sent back as
/// it is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneySeen {
    /// The amount in minor units.
    #[schema(example = 1905, minimum = 0)]
    minor: i64,
    /// The currency (ISO 4217).
    #[schema(example = "USD")]
    currency: String,
    /// The same amount with decimal places; if it is sent, it must agree.
    #[serde(default)]
    #[schema(example = "19.05")]
    decimal: Option<String>,
}

impl MoneySeen {
    /// The amount. `pointer` is where it stands in the body.
    pub(crate) fn read(&self, pointer: &str) -> Result<Money, Problem> {
        let bad = |member: &str, detail: &str| {
            let pointer = format!("{pointer}/{member}");
            Err(invalid(vec![field(&pointer, "request.bad_value", detail)]))
        };
        let Ok(currency) = self.currency.parse::<Currency>() else {
            return bad("currency", "not an ISO 4217 currency code");
        };
        if !(0..=Money::MINOR_MAX).contains(&self.minor) {
            return bad("minor", "an amount in minor units is between 0 and 2^53 - 1");
        }
        let money = Money::new(self.minor, currency);
        match &self.decimal {
            Some(decimal) if Money::parse(decimal, currency) != Ok(money) => {
                bad("decimal", "not the same amount as minor")
            }
            _ => Ok(money),
        }
    }
}
