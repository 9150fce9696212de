//! `/api/v1/sale`: entering a sale and taking units. The decisions are `kontor_shop::sale`'s.

pub(crate) mod claim;
pub(crate) mod enter;
mod problem;

use kontor_base::id::SaleId;

use super::call::Call;
use crate::kit::problem::Problem;
use problem::of_sale;

/// The sale of the path.
fn sale_of(call: &Call) -> Result<SaleId, Problem> {
    let unknown = |_| of_sale(&kontor_shop::sale::SaleRefusal::Unknown);
    call.segment("sale").parse().map_err(unknown)
}
