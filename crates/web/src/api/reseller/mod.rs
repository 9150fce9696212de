//! Resellers for programs: what lies with them, orders, and reports of what was sold on.

pub(crate) mod cancel;
pub(crate) mod order;
pub(crate) mod sell_out;
pub(crate) mod show;

use axum::http::{StatusCode, header};
use kontor_shop::Failure;
use kontor_shop::reseller::{Refusal, holder_of};
use kontor_store::reseller::Reseller;
use serde_json::json;

use super::call::{Call, field, invalid};
use super::problem_map::of;
use crate::kit::app::App;
use crate::kit::problem::{FieldProblem, Problem};

/// The reseller whose key a request carries.
async fn holder(app: &App, call: &Call) -> Result<Reseller, Problem> {
    let text = call.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = text.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    let found = holder_of(&app.shop, key).await.map_err(|fault| Problem::fault(&fault))?;
    found.ok_or_else(|| {
        Problem::new(StatusCode::UNAUTHORIZED, "reseller.key")
            .detail("Send your key as Authorization: Bearer rsk_…")
    })
}

/// Why something about a reseller is not done.
fn of_reseller(failure: Failure<Refusal>) -> Problem {
    of(failure, |refusal| {
        let code = refusal.code();
        let detail = refusal.to_string();
        match refusal {
            Refusal::Judged(refusals) => {
                let list =
                    refusals.iter().map(|r| json!({"code": r.code(), "detail": r.to_string()}));
                let mut problem = Problem::new(StatusCode::CONFLICT, code).detail(detail);
                problem.more = Some(json!({"refusals": list.collect::<Vec<_>>()}));
                problem
            }
            Refusal::Rows(rows) => {
                let errors = rows.iter().take(100).map(|(line, error)| FieldProblem {
                    pointer: format!("/rows/{}/{}", line.saturating_sub(1), error.field),
                    code: code.to_owned(),
                    detail: error.problem.to_string(),
                });
                let mut problem =
                    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code).detail(detail);
                problem.errors = errors.collect();
                problem
            }
            Refusal::UnknownSku(_) => invalid(vec![field("/lines", code, &detail)]),
            Refusal::Unknown
            | Refusal::UnknownContract(_)
            | Refusal::UnknownOrder
            | Refusal::UnknownBill => Problem::new(StatusCode::NOT_FOUND, code).detail(detail),
            Refusal::Stock(_)
            | Refusal::Ship(_)
            | Refusal::BeyondAllotment { .. }
            | Refusal::Billed(_)
            | Refusal::BillStands(..)
            | Refusal::Tax(_)
            | Refusal::Money(_) => Problem::new(StatusCode::CONFLICT, code).detail(detail),
            Refusal::Size | Refusal::Fields(_) | Refusal::Contract(_) | Refusal::Text(_) => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code).detail(detail)
            }
        }
    })
}
