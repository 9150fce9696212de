//! What a sale's refusals are to a program: the status by what can be done about it.

use axum::http::StatusCode;
use kontor_domain::sale::CodeRefusal;
use kontor_ledger::sale::Refusal;
use kontor_shop::sale::SaleRefusal;

use crate::kit::problem::Problem;

/// A sale's refusal as a problem document.
pub(crate) fn of_sale(refusal: &SaleRefusal) -> Problem {
    let status = match refusal {
        SaleRefusal::Unknown | SaleRefusal::UnknownClaim | SaleRefusal::UnknownDeposit => {
            StatusCode::NOT_FOUND
        }
        SaleRefusal::Ticket(_) | SaleRefusal::Code(CodeRefusal::NotYours) => StatusCode::FORBIDDEN,
        SaleRefusal::Elsewhere | SaleRefusal::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        SaleRefusal::NoWay
        | SaleRefusal::CodeUnknown
        | SaleRefusal::Lot(Refusal::KeyReused | Refusal::Units) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    Problem::new(status, refusal.code()).detail(format!("Nothing was changed: {refusal}."))
}
