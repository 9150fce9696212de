//! `/api/v1/sale`: entering a sale and taking units. The decisions are `kontor_shop::sale`'s.

pub(crate) mod check_out;
pub(crate) mod claim;
pub(crate) mod deposit;
pub(crate) mod enter;
pub(crate) mod give_up;
pub(crate) mod pass_on;
mod problem;
pub(crate) mod report;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod stop_waiting;
pub(crate) mod wait;

use kontor_base::id::SaleId;

use super::call::{CLAIM_TOKEN, Call};
use crate::kit::app::App;
use crate::kit::problem::Problem;
pub(super) use problem::of_sale;

/// The claim whose token stands in the header, if it is one of the path's sale. Whose sale it is
/// the claim's own lot says; the path names it for people who read logs.
fn claim_of(app: &App, call: &Call) -> Result<(i64, u32), Problem> {
    sale_of(call)?;
    let token = call.token(CLAIM_TOKEN)?;
    let opened = app.shop.keys.open_claim(token);
    opened.ok_or_else(|| of_sale(&kontor_shop::sale::SaleRefusal::UnknownClaim))
}

/// The sale of the path.
fn sale_of(call: &Call) -> Result<SaleId, Problem> {
    let unknown = |_| of_sale(&kontor_shop::sale::SaleRefusal::Unknown);
    call.segment("sale").parse().map_err(unknown)
}
