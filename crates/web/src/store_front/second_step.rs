//! The test provider's second step: a page that plays the bank.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::Language;
use kontor_base::id::{self, PaymentId};
use kontor_domain::market::MarketCode;
use kontor_domain::payment::{PaymentState, SecondStep};
use kontor_shop::Failure;
use kontor_shop::order::{
    Payment, ShownCheckout, ShownDeposit, checkout_of_payment, deposit_of_payment,
    deposit_second_step, second_step,
};
use serde::Deserialize;

use super::sale::deposit_path;
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

/// What a payment is for.
enum Paid {
    Checkout(Box<ShownCheckout>),
    Deposit(Box<ShownDeposit>),
}

impl Paid {
    /// The latest attempt to pay for it.
    fn payment(&self) -> Option<&Payment> {
        match self {
            Self::Checkout(shown) => shown.payment.as_ref(),
            Self::Deposit(shown) => shown.payment.as_ref(),
        }
    }

    /// The market and the language in which it was begun.
    fn place(&self) -> (MarketCode, Language) {
        match self {
            Self::Checkout(shown) => (shown.checkout.market, shown.checkout.draft.language),
            Self::Deposit(shown) => (shown.deposit.market, shown.deposit.wanted.language),
        }
    }

    /// The page that tells how it came out.
    fn back(&self, app: &App, visit: &Visit) -> String {
        match self {
            Self::Checkout(shown) => {
                let token = app.shop.keys.checkout_token(shown.checkout.id);
                visit.path(&format!("checkout/{token}"))
            }
            Self::Deposit(shown) => deposit_path(app, visit, shown),
        }
    }
}

/// What a payment is for, with the place where its pages are.
async fn find(app: &App, payment: &str) -> Result<Option<(PaymentId, Visit, Paid)>, Response> {
    let Ok(payment) = payment.parse::<PaymentId>() else { return Ok(None) };
    let broken = |fault| Problem::fault(&fault).respond(app, "/pay/test", None);
    let checkout = checkout_of_payment(&app.shop, payment).await.map_err(broken)?;
    let paid = match checkout {
        Some(shown) => Some(Paid::Checkout(Box::new(shown))),
        None => {
            let deposit = deposit_of_payment(&app.shop, payment).await.map_err(broken)?;
            deposit.map(|shown| Paid::Deposit(Box::new(shown)))
        }
    };
    Ok(paid.and_then(|paid| {
        let (market, language) = paid.place();
        let market = market.to_string();
        let visit = Visit::find(app, &market, language.tag())
            .or_else(|| Visit::find(app, &market, "en"))?;
        Some((payment, visit, paid))
    }))
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Path(payment): Path<String>,
) -> Response {
    let (id, visit, paid) = match find(&app, &payment).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let Some(kept) = paid.payment().filter(|kept| kept.id == id) else {
        return nothing_here(&app, &uri);
    };
    if kept.state != PaymentState::NeedsAction {
        return Redirect::to(&paid.back(&app, &visit)).into_response();
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
    let (id, visit, paid) = match find(&app, &payment).await {
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
    let done = match &paid {
        Paid::Checkout(_) => second_step(&app.shop, id, step).await.map(drop),
        Paid::Deposit(_) => deposit_second_step(&app.shop, id, step).await.map(drop),
    };
    match done {
        // However it came out, and also when it was over before: its own page tells.
        Ok(()) | Err(Failure::Refused(_) | Failure::KeyReused) => {
            Redirect::to(&paid.back(&app, &visit)).into_response()
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}
