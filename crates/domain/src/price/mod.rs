//! Prices and tax: scheduled price lists, the lowest price of 30 days beside a reduction, dated
//! tax rates, and the tax of one line. An unknown rate is refused, never taken as zero.

mod cut;
mod entry;
mod jurisdiction;
mod line;
mod reduction;
mod rows;
#[cfg(test)]
mod samples;
mod tax;

pub use cut::{Cut, largest_cut, rewrites_past};
pub use entry::{PriceEntry, PriceRefusal, check_mrp, mrp_at, price_at};
pub use jurisdiction::{Jurisdiction, JurisdictionError, Region, US_STATES, us_state};
pub use line::{TAX_ROUNDING, TaxedAmount, tax_amount, tax_line};
pub use reduction::{REDUCTION_SHOWN_DAYS, REDUCTION_WINDOW_DAYS, Reduction, reduction};
pub use rows::{PriceRow, TaxRateRow};
pub use tax::{TaxRate, TaxTable, TaxTableError};
