//! The tax of one line.
//!
//! The rule of the house: tax is computed **once per line**, on unit price × quantity, rounded to
//! whole minor units with halves away from zero ([`TAX_ROUNDING`]); sums add rounded lines and are
//! never rounded again. Shipping is one more line, taxed like the goods: it is ancillary to them
//! (Article 78(b) of Directive 2006/112/EC; in the USA most states that tax the goods tax delivery
//! charges too, which is one more reason why that tax is labelled an estimate).

use kontor_base::{Money, Rate, Rounding};
use serde::{Deserialize, Serialize};

use crate::market::TaxDisplay;

use super::entry::PriceRefusal;

/// How the tax of a line is rounded.
pub const TAX_ROUNDING: Rounding = Rounding::HalfUp;

/// An amount taken apart: `net + tax = gross`, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxedAmount {
    /// Without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// With tax: what is paid.
    pub gross: Money,
}

/// Takes `amount` apart, which contains the tax ([`TaxDisplay::Inclusive`]: the gross stays as it
/// is shown) or does not yet ([`TaxDisplay::Exclusive`]: the net stays).
///
/// # Errors
///
/// [`PriceRefusal::Amount`] when a result does not fit.
pub fn tax_amount(
    amount: Money,
    rate: Rate,
    display: TaxDisplay,
) -> Result<TaxedAmount, PriceRefusal> {
    match display {
        TaxDisplay::Inclusive => {
            let tax = amount.included(rate, TAX_ROUNDING)?;
            Ok(TaxedAmount { net: amount.minus(tax)?, tax, gross: amount })
        }
        TaxDisplay::Exclusive => {
            let tax = amount.share(rate, TAX_ROUNDING)?;
            Ok(TaxedAmount { net: amount, tax, gross: amount.plus(tax)? })
        }
    }
}

/// The line of `quantity` units at `unit`.
///
/// # Errors
///
/// [`PriceRefusal::Amount`] when a result does not fit.
pub fn tax_line(
    unit: Money,
    quantity: u32,
    rate: Rate,
    display: TaxDisplay,
) -> Result<TaxedAmount, PriceRefusal> {
    tax_amount(unit.times(quantity)?, rate, display)
}
