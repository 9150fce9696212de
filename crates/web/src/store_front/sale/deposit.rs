//! A deposit's page: paid, looked at, had back. Whoever has its link has the deposit.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::{Money, id};
use kontor_domain::payment::{PaymentState, ProviderKind, TEST_ACTION_PATH, TestScenario};
use kontor_domain::sale::DepositState;
use kontor_shop::Failure;
use kontor_shop::order::{
    DepositAnswer, PayDeposit, Refusal, ShownDeposit, deposit, leave_line, pay_deposit,
};
use kontor_shop::payment::offered;
use kontor_shop::sale::SaleRefusal;
use serde::Deserialize;

use super::list::product;
use super::{never_kept, sale_id};
use crate::kit::app::App;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route};
use crate::page::{DepositPage, DepositStage};
use crate::store_front::checkout_form::scenario;
use crate::store_front::visit::{Visit, nothing_here};

pub(super) const SHOW: Route =
    Route::secret("/{market}/{language}/sale/{sale}/deposit/{token}", Class::Personal);
pub(super) const PAY: Route = Route::write(
    "/{market}/{language}/sale/{sale}/deposit/{token}",
    Access::Token,
    Repeat::FormKey,
);
/// Leaving twice is once.
pub(super) const LEAVE: Route = Route::write(
    "/{market}/{language}/sale/{sale}/deposit/{token}/leave",
    Access::Token,
    Repeat::Natural,
);

type Address = Path<(String, String, String, String)>;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    amount_seen: String,
    scenario: String,
}

/// The path of a deposit's page in its sale.
pub(in super::super) fn path_of(app: &App, visit: &Visit, shown: &ShownDeposit) -> String {
    let token = app.shop.keys.deposit_token(shown.deposit.id);
    visit.path(&format!("sale/{}/deposit/{token}", shown.deposit.sale))
}

async fn find(
    app: &App,
    uri: &Uri,
    Path((market, language, sale, token)): Address,
) -> Result<(Visit, ShownDeposit), Response> {
    let nothing = || nothing_here(app, uri);
    let visit = Visit::find(app, &market, &language).ok_or_else(nothing)?;
    let sale = sale_id(&sale).ok_or_else(nothing)?;
    let id = app.shop.keys.open_deposit(&token).ok_or_else(nothing)?;
    let shown = deposit(&app.shop, id)
        .await
        .map_err(|fault| Problem::fault(&fault).respond(app, uri.path(), None))?
        .filter(|shown| shown.deposit.sale == sale && shown.deposit.market == visit.code);
    shown.map(|shown| (visit, shown)).ok_or_else(nothing)
}

pub(super) async fn show(State(app): State<App>, uri: Uri, address: Address) -> Response {
    match find(&app, &uri, address).await {
        Ok((visit, shown)) => answer(&app, &uri, &visit, &shown, None, StatusCode::OK),
        Err(response) => response,
    }
}

fn answer(
    app: &App,
    uri: &Uri,
    visit: &Visit,
    shown: &ShownDeposit,
    notice: Option<&'static str>,
    status: StatusCode,
) -> Response {
    let definition = &shown.sale.definition;
    let Some((_, model)) = product(visit, &definition.sku) else { return nothing_here(app, uri) };
    let token = app.shop.keys.deposit_token(shown.deposit.id);
    let below = format!("sale/{}/deposit/{token}", shown.deposit.sale);
    let page = DepositPage {
        shell: visit.private_shell(app, &below),
        sale: shown.deposit.sale.to_string(),
        name: model.text(visit.language, |text| &text.name).to_owned(),
        picture: visit.snapshot.picture(model),
        amount: shown.deposit.amount,
        paid_at: shown.deposit.paid_at,
        stage: stage(app, visit, shown),
        is_offered: offered(&app.shop.policy).contains(&ProviderKind::Test),
        scenario: String::new(),
        key: id::encode(app.shop.random.bytes16()),
        notice,
    };
    never_kept(html(status, &page))
}

fn stage(app: &App, visit: &Visit, shown: &ShownDeposit) -> DepositStage {
    let deposit = &shown.deposit;
    let state = shown.payment.as_ref().map(|payment| payment.state);
    let takes = shown.sale.state.owns_units() && shown.now < shown.sale.definition.windows.ends_at;
    match deposit.state {
        DepositState::Open | DepositState::Failed | DepositState::Lapsed if !takes => {
            DepositStage::Closed
        }
        DepositState::Open => DepositStage::Open,
        DepositState::Failed => DepositStage::Declined,
        DepositState::Lapsed => DepositStage::Lapsed,
        DepositState::Paying => match deposit.payment {
            Some(payment) if state == Some(PaymentState::NeedsAction) => {
                DepositStage::Action { path: format!("{TEST_ACTION_PATH}/{payment}") }
            }
            _ => DepositStage::Waiting,
        },
        DepositState::Held => {
            let ticket = shown.ticket.clone().unwrap_or_default();
            let place = visit.path(&format!("sale/{}/place/{ticket}", deposit.sale));
            DepositStage::Held { place }
        }
        DepositState::Applied => {
            let order = deposit.order.map(|order| app.shop.keys.order_token(order));
            let order = visit.path(&format!("order/{}", order.unwrap_or_default()));
            DepositStage::Applied { order }
        }
        DepositState::Returned => {
            let at = shown.returned.map_or(deposit.changed_at, |(at, _)| at);
            DepositStage::Returned { at }
        }
    }
}

pub(super) async fn pay(
    State(app): State<App>,
    uri: Uri,
    address: Address,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (visit, shown) = match find(&app, &uri, address).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(scenario) = scenario(&sent.scenario).filter(|_| is_form_key(&sent.key)) else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    let command = command(&app, &shown, &sent, scenario);
    match pay_deposit(&app.shop, command).await {
        Ok(paid) => match paid.answer {
            DepositAnswer::NeedsAction { path, .. } => {
                never_kept(Redirect::to(&path).into_response())
            }
            // The deposit's own page tells how it came out, and leads to the place.
            DepositAnswer::Entered { .. }
            | DepositAnswer::Pending { .. }
            | DepositAnswer::Declined { .. } => back(&app, &visit, &shown),
            DepositAnswer::Gone => {
                let notice = Some("deposit-notice-gone");
                again(&app, &uri, &visit, &shown, notice).await
            }
        },
        Err(Failure::Refused(refusal)) => {
            let notice = Some(said(&refusal));
            again(&app, &uri, &visit, &shown, notice).await
        }
        Err(Failure::KeyReused) => {
            again(&app, &uri, &visit, &shown, Some("place-notice-key")).await
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

fn command(app: &App, shown: &ShownDeposit, sent: &Sent, scenario: TestScenario) -> PayDeposit {
    let (deposit, currency) = (shown.deposit.id, shown.deposit.amount.currency);
    let body = format!("{}\u{1f}{}", sent.amount_seen, sent.scenario);
    let scope = format!("order.pay_deposit {deposit}");
    let once = app.shop.keys.once(&scope, &sent.key, body.as_bytes());
    // An amount that is no number is not the one that was seen: the page asks again.
    let amount_seen = Money::new(sent.amount_seen.parse().unwrap_or(-1), currency);
    PayDeposit { deposit, amount_seen, provider: ProviderKind::Test, scenario, once: Some(once) }
}

fn back(app: &App, visit: &Visit, shown: &ShownDeposit) -> Response {
    never_kept(Redirect::to(&path_of(app, visit, shown)).into_response())
}

/// The page as it stands now, with what could not be done.
async fn again(
    app: &App,
    uri: &Uri,
    visit: &Visit,
    before: &ShownDeposit,
    notice: Option<&'static str>,
) -> Response {
    match deposit(&app.shop, before.deposit.id).await {
        Ok(Some(shown)) => answer(app, uri, visit, &shown, notice, StatusCode::CONFLICT),
        Ok(None) => nothing_here(app, uri),
        Err(fault) => Problem::fault(&fault).respond(app, uri.path(), None),
    }
}

pub(super) async fn leave(State(app): State<App>, uri: Uri, address: Address) -> Response {
    let (visit, shown) = match find(&app, &uri, address).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    match leave_line(&app.shop, shown.deposit.id).await {
        Ok(_) => back(&app, &visit, &shown),
        Err(Failure::Refused(refusal)) => {
            let notice = Some(said(&refusal));
            again(&app, &uri, &visit, &shown, notice).await
        }
        Err(Failure::KeyReused) => Problem::key_reused().respond(&app, uri.path(), None),
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

/// Why nothing was done, as a text's id.
const fn said(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Checkout(_) | Refusal::Sale(SaleRefusal::BeingPaid) => "deposit-notice-paying",
        Refusal::Sale(SaleRefusal::PlacePaid) => "sale-error-place-paid",
        Refusal::Sale(SaleRefusal::NoEntries | SaleRefusal::NotLive) => "sale-error-closed",
        Refusal::Sale(SaleRefusal::NotCleared) => "sale-error-not-cleared",
        Refusal::Sale(SaleRefusal::PersonLimit) => "sale-error-limit",
        Refusal::Sale(SaleRefusal::Excluded) => "sale-error-excluded",
        Refusal::Sale(SaleRefusal::EnteredElsewhere) => "sale-error-elsewhere",
        Refusal::Sale(SaleRefusal::DepositChanged) => "deposit-notice-changed",
        Refusal::Sale(SaleRefusal::Deposit(_)) => "deposit-notice-over",
        _ => "place-notice-busy",
    }
}
