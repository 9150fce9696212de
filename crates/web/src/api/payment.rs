//! `POST /api/v1/payments/{id}/second-step`: the buyer confirms or refuses at the test provider.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::id::PaymentId;
use kontor_domain::payment::SecondStep;
use kontor_shop::Failure;
use kontor_shop::order::{Refusal, deposit_of_payment, deposit_second_step, second_step};
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::Call;
use super::order::{PaymentOutcome, reply_of};
use super::problem_map::{of_order, of_order_refusal};
use super::reply::Reply;
use super::sale::deposit::outcome;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever was told the payment's id, which nobody can guess. The payment's own state recognises
/// a repetition, so no key is needed.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/payments/{id}/second-step", Access::Token, Repeat::Natural);

/// What the buyer does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"step": "confirm"}))]
pub(crate) struct SecondStepWish {
    /// Confirm or refuse.
    step: StepWord,
}

/// Confirm or refuse.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepWord {
    /// Confirms the payment.
    Confirm,
    /// Refuses it.
    Refuse,
}

/// Take the second step
///
/// Plays the buyer at the test provider after `needs_action`. The same step twice is answered like
/// the first one; no Idempotency-Key is needed. For the payment of a deposit the answer is that of
/// paying it.
#[utoipa::path(
    post,
    path = "/api/v1/payments/{id}/second-step",
    tag = "Checkouts",
    operation_id = "second-step",
    params(("id" = String, Path, description = "The payment's id.")),
    request_body(content = SecondStepWish, description = "Confirm or refuse."),
    responses(
        (status = 200, description = "The order is placed.", body = PaymentOutcome),
        crate::api::document::Declining,
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn take_second_step(State(app): State<App>, call: Call) -> Response {
    let answer = take(&app, &call).await;
    call.answer(&app, answer)
}

async fn take(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let payment: PaymentId =
        call.segment("id").parse().map_err(|_| of_order_refusal(Refusal::UnknownPayment))?;
    let step = match call.json::<SecondStepWish>()?.step {
        StepWord::Confirm => SecondStep::Confirm,
        StepWord::Refuse => SecondStep::Refuse,
    };
    let of_deposit = deposit_of_payment(&app.shop, payment).await;
    if let Some(shown) = of_deposit.map_err(|fault| Problem::fault(&fault))? {
        let answer = deposit_second_step(&app.shop, payment, step).await.map_err(of_order)?;
        return outcome(app, shown.deposit.id, answer, StatusCode::OK).await;
    }
    let answer =
        second_step(&app.shop, payment, step).await.map_err(|f: Failure<Refusal>| of_order(f))?;
    Ok(reply_of(app, answer, StatusCode::OK))
}
