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

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Currency;
    use proptest::prelude::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().expect("a currency"))
    }

    /// Every row was worked out by hand: the exact tax stands in its comment.
    #[test]
    fn cents_by_hand() {
        use TaxDisplay::{Exclusive, Inclusive};
        #[rustfmt::skip]
        let table = [
            // display, currency, unit, quantity, per cent, net, tax, gross
            (Exclusive, "USD", 1499, 1, "7.25", 1499, 109, 1608),      // 108.6775
            (Exclusive, "USD", 1499, 2, "7.25", 2998, 217, 3215),      // 217.355
            (Exclusive, "USD", 1000, 1, "6.25", 1000, 63, 1063),       // 62.5: half goes up
            (Exclusive, "USD", 7999, 1, "6.875", 7999, 550, 8549),     // 549.93125
            (Exclusive, "USD", 999, 3, "0", 2997, 0, 2997),            // Oregon
            (Inclusive, "EUR", 1499, 1, "19", 1260, 239, 1499),        // 239.336…
            (Inclusive, "EUR", 1499, 3, "19", 3779, 718, 4497),        // 718.008…, not 3 × 239
            (Inclusive, "GBP", 999, 1, "20", 832, 167, 999),           // 166.5: half goes up
            (Inclusive, "INR", 699_900, 1, "18", 593_136, 106_764, 699_900), // 106 764.406…
            (Inclusive, "TWD", 34_900, 1, "5", 33_238, 1_662, 34_900), // 1 661.904…
            (Inclusive, "JPY", 1_980, 1, "10", 1_800, 180, 1_980),     // exact
            (Inclusive, "IDR", 19_900_000, 1, "11", 17_927_928, 1_972_072, 19_900_000), // …,07
            (Inclusive, "HKD", 9_900, 1, "0", 9_900, 0, 9_900),
        ];
        for (display, currency, unit, quantity, percent, net, tax, gross) in table {
            let rate = Rate::parse_percent(percent).expect("a percentage");
            let line = tax_line(money(unit, currency), quantity, rate, display);
            let wanted = TaxedAmount {
                net: money(net, currency),
                tax: money(tax, currency),
                gross: money(gross, currency),
            };
            assert_eq!(line, Ok(wanted), "{quantity} × {unit} {currency} at {percent} %");
        }
        let too_much = tax_line(money(Money::MINOR_MAX, "USD"), 2, Rate::ZERO, Exclusive);
        assert_eq!(too_much.map_err(|e| e.code()), Err("price.out_of_range"));
    }

    proptest! {
        #[test]
        fn net_and_tax_make_the_gross(
            unit in 0_i64..100_000_000, quantity in 1_u32..=10, ppm in 0_u32..300_000,
        ) {
            let usd: Currency = "USD".parse().expect("USD is a currency");
            let rate = Rate::from_ppm(ppm);
            for display in [TaxDisplay::Inclusive, TaxDisplay::Exclusive] {
                let line = tax_line(Money::new(unit, usd), quantity, rate, display)
                    .expect("small amounts fit");
                prop_assert_eq!(line.net.plus(line.tax), Ok(line.gross));
                let shown = match display {
                    TaxDisplay::Inclusive => line.gross,
                    TaxDisplay::Exclusive => line.net,
                };
                prop_assert_eq!(shown.minor, unit * i64::from(quantity));
                // Within half a cent of the exact tax, which is net × rate.
                let exact_millionths = i128::from(line.net.minor) * i128::from(ppm);
                let off = (i128::from(line.tax.minor) * 1_000_000 - exact_millionths).abs();
                prop_assert!(off <= 1_000_000, "off by {off} millionths of a cent");
                prop_assert!(line.tax.minor >= 0 && line.net.minor >= 0);
            }
        }
    }
}
