//! The test provider's second step: a page that plays the bank.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::{self, PaymentId};
use kontor_domain::payment::{PaymentState, SecondStep};
use kontor_shop::Failure;
use kontor_shop::order::{ShownCheckout, checkout_of_payment, second_step};
use serde::Deserialize;

use super::visit::{Visit, nothing_here, personal};
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Class, Repeat, Route};
use crate::page::SecondStepPage;

pub(super) const SHOW: Route = Route::secret("/pay/test/{payment}", Class::Personal);
pub(super) const ANSWER: Route =
    Route::write("/pay/test/{payment}", Access::Token, Repeat::Natural);

#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    outcome: String,
}

/// The checkout of a payment with the place where its pages are.
async fn find(
    app: &App,
    payment: &str,
) -> Result<Option<(PaymentId, Visit, ShownCheckout)>, Response> {
    let Ok(payment) = payment.parse::<PaymentId>() else { return Ok(None) };
    let shown = checkout_of_payment(&app.shop, payment)
        .await
        .map_err(|fault| Problem::fault(&fault).respond(app, "/pay/test", None))?;
    Ok(shown.and_then(|shown| {
        let market = shown.checkout.market.to_string();
        let visit = Visit::find(app, &market, shown.checkout.draft.language.tag())
            .or_else(|| Visit::find(app, &market, "en"))?;
        Some((payment, visit, shown))
    }))
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Path(payment): Path<String>,
) -> Response {
    let (id, visit, shown) = match find(&app, &payment).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let Some(kept) = shown.payment.filter(|kept| kept.id == id) else {
        return nothing_here(&app, &uri);
    };
    if kept.state != PaymentState::NeedsAction {
        return Redirect::to(&back(&app, &visit, &shown.checkout)).into_response();
    }
    personal(&SecondStepPage {
        shell: crate::page::Shell {
            path: uri.path().to_owned(),
            ..visit.private_shell(&app, "checkout")
        },
        action: uri.path().to_owned(),
        key: id::encode(app.shop.random.bytes16()),
        amount: kept.amount,
        reference: kept.id.to_string(),
    })
}

pub(super) async fn answer(
    State(app): State<App>,
    uri: Uri,
    Path(payment): Path<String>,
    form: Result<Form<Answer>, FormRejection>,
) -> Response {
    let (id, visit, shown) = match find(&app, &payment).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let step = match form.as_ref().map(|Form(form)| form.outcome.as_str()) {
        Ok("approve") => SecondStep::Confirm,
        Ok("decline") => SecondStep::Refuse,
        Ok(_) => return Problem::bad_form().respond(&app, uri.path(), None),
        Err(rejection) => return Problem::form(rejection).respond(&app, uri.path(), None),
    };
    match second_step(&app.shop, id, step).await {
        // However it came out, and also when it was over before: the checkout's page tells.
        Ok(_) | Err(Failure::Refused(_) | Failure::KeyReused) => {
            Redirect::to(&back(&app, &visit, &shown.checkout)).into_response()
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

fn back(app: &App, visit: &Visit, checkout: &kontor_shop::order::Checkout) -> String {
    visit.path(&format!("checkout/{}", app.shop.keys.checkout_token(checkout.id)))
}
