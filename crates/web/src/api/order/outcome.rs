//! How a payment came out, as the API tells it: an order, a step to take, a wait, or a problem.

use axum::http::StatusCode;
use kontor_shop::order::PayAnswer;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::problem_map::{declined, gone};
use crate::api::reply::Reply;
use crate::kit::app::App;

/// How a payment came out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentOutcome {
    /// `placed` (there is an order, and it is on disk), `needs_action` (the buyer has to do
    /// something first) or `pending` (the provider answers later: read the checkout).
    #[schema(value_type = String, example = "placed")]
    outcome: &'static str,
    /// The order, if it is placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<PlacedBody>,
    /// The payment, while it is not decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<UndecidedBody>,
}

/// An order that has been placed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Placed)]
pub(crate) struct PlacedBody {
    /// Its number for people.
    #[schema(example = "US26-7K3Q-9MX2-4TB7")]
    number: String,
    /// The token that opens it. Keep it secret.
    token: String,
    /// Its address, which contains the token.
    url: String,
}

/// A payment that is not decided.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Undecided)]
pub(crate) struct UndecidedBody {
    /// Its id.
    #[schema(example = "pay_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    id: String,
    /// The page where the buyer does what is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/pay/test/pay_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    action: Option<String>,
    /// The address that does the same for programs (test provider).
    #[serde(skip_serializing_if = "Option::is_none")]
    second_step: Option<String>,
}

/// The answer to a payment; `placed_status` says whether this request was to make the order.
pub(crate) fn reply_of(app: &App, answer: PayAnswer, placed_status: StatusCode) -> Reply {
    let undecided = |outcome, payment| {
        let body = PaymentOutcome { outcome, order: None, payment: Some(payment) };
        Reply::json(StatusCode::ACCEPTED, &body)
    };
    match answer {
        PayAnswer::Placed { order, number } => {
            let token = app.shop.keys.order_token(order);
            let url = format!("/api/v1/orders/{token}");
            let order = Some(PlacedBody { number, token, url: url.clone() });
            let body = PaymentOutcome { outcome: "placed", order, payment: None };
            Reply::json(placed_status, &body).at(url)
        }
        PayAnswer::NeedsAction { payment, path } => {
            let second_step = Some(format!("/api/v1/payments/{payment}/second-step"));
            let id = payment.to_string();
            undecided("needs_action", UndecidedBody { id, action: Some(path), second_step })
        }
        PayAnswer::Pending { payment } => {
            let id = payment.to_string();
            undecided("pending", UndecidedBody { id, action: None, second_step: None })
        }
        PayAnswer::Declined { code } => Reply::problem(declined(&code)),
        PayAnswer::Gone => Reply::problem(gone()),
    }
}
