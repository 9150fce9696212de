//! The order's page behind its secret link.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Instant;
use kontor_domain::customer::Address;
use kontor_domain::market::TaxDisplay;
use kontor_domain::order::{OrderState, QuotedLine};
use kontor_domain::payment::ProviderKind;
use kontor_shop::order::{ShownOrder, order};
use serde::Deserialize;

use super::help::help_of;
use super::view;
use super::visit::{Visit, nothing_here};
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Class, Route};
use crate::kit::text::Text;
use crate::page::{
    OrderPage, OrderStatus, PaymentState, Step, StepKind, StepState, SummaryLine, TransferAccount,
};

pub(super) const ROUTE: Route =
    Route::secret("/{market}/{language}/order/{token}", Class::Personal);

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    placed: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, token)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let Some(id) = app.shop.keys.open_order(&token) else { return nothing_here(&app, &uri) };
    let shown = match order(&app.shop, id).await {
        Ok(shown) => shown.filter(|shown| shown.placed.order.market == visit.code),
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let Some(shown) = shown else { return nothing_here(&app, &uri) };
    html(StatusCode::OK, &page(&app, &visit, &token, &shown, asked.placed.is_some()))
}

fn page(app: &App, visit: &Visit, token: &str, shown: &ShownOrder, just_placed: bool) -> OrderPage {
    let order = &shown.placed.order;
    let display = visit.market().tax_display;
    let shell = visit.private_shell(app, &format!("order/{token}"));
    OrderPage {
        number: order.number.to_string(),
        placed_at: order.placed_at,
        just_placed,
        status: status(shown.state),
        steps: steps(shown.state, order.placed_at),
        lines: order
            .lines
            .iter()
            .map(|line| summary(visit, &line.title, &line.quoted, display))
            .collect(),
        totals: view::totals_of(&order.totals, display, false)
            .with_deposit(order.deposit.map(|paid| (paid.amount, paid.paid_at))),
        address: address_lines(&order.ship_to, &shell.text()),
        email: order.contact.email.as_str().to_owned(),
        payment: payment(app, shown),
        units: Vec::new(),
        return_days: visit.market().return_window_days,
        help: help_of(visit.market(), &shell.text()),
        refresh_s: None,
        shell,
    }
}

/// A line as it was sold: the name is the order's own, whatever the catalogue says today.
fn summary(visit: &Visit, title: &str, line: &QuotedLine, display: TaxDisplay) -> SummaryLine {
    let today = view::summary_line(&visit.snapshot, visit.language, line, display);
    SummaryLine { name: title.to_owned(), option: String::new(), ..today }
}

const fn status(state: OrderState) -> OrderStatus {
    match state {
        OrderState::AwaitingPayment => OrderStatus::AwaitingPayment,
        OrderState::Paid => OrderStatus::Paid,
        OrderState::OnHold => OrderStatus::OnHold,
        OrderState::Dispatched => OrderStatus::Shipped,
        OrderState::Delivered | OrderState::Returned | OrderState::PartlyRefunded => {
            OrderStatus::Delivered
        }
        OrderState::Cancelled => OrderStatus::Cancelled,
        OrderState::Refunded => OrderStatus::Refunded,
    }
}

fn steps(state: OrderState, placed_at: Instant) -> Vec<Step> {
    let step = |kind, state| Step { kind, state };
    let placed = step(StepKind::Placed, StepState::Done(placed_at));
    let (current, ahead) = (StepState::Current, StepState::ToCome);
    match state {
        OrderState::Cancelled => vec![placed, step(StepKind::Cancelled, current)],
        OrderState::Refunded | OrderState::PartlyRefunded => {
            vec![placed, step(StepKind::Refunded, current)]
        }
        OrderState::AwaitingPayment => vec![
            placed,
            step(StepKind::Paid, current),
            step(StepKind::Shipped, ahead),
            step(StepKind::Delivered, ahead),
        ],
        OrderState::Paid | OrderState::OnHold => vec![
            placed,
            // Authorised within moments of the order; its own moment is not kept.
            step(StepKind::Paid, StepState::Done(placed_at)),
            step(StepKind::Shipped, current),
            step(StepKind::Delivered, ahead),
        ],
        OrderState::Dispatched | OrderState::Delivered | OrderState::Returned => vec![
            placed,
            step(StepKind::Paid, StepState::Done(placed_at)),
            step(StepKind::Shipped, current),
            step(StepKind::Delivered, ahead),
        ],
    }
}

/// An address as it is written on a parcel.
pub(crate) fn address_lines(address: &Address, t: &Text) -> Vec<String> {
    let text = |line: Option<&str>| line.unwrap_or_default().to_owned();
    let city = [
        text(address.postcode.as_ref().map(|line| line.as_str())),
        address.city.as_str().to_owned(),
        text(address.region.as_ref().map(|line| line.as_str())),
    ];
    [
        address.name.as_str().to_owned(),
        address.line1.as_str().to_owned(),
        text(address.line2.as_ref().map(|line| line.as_str())),
        city.join(" ").trim().to_owned(),
        t.country(&address.country).into_owned(),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .collect()
}

fn payment(app: &App, shown: &ShownOrder) -> PaymentState {
    let reference = shown
        .payment
        .as_ref()
        .map(|payment| payment.reference.clone().unwrap_or_else(|| payment.id.to_string()))
        .unwrap_or_default();
    match (shown.placed.order.paid_by, &shown.transfer, &app.shop.policy.bank_account) {
        (ProviderKind::Test, _, _) => PaymentState::Test { reference },
        (ProviderKind::BankTransfer, Some(transfer), Some(bank)) => {
            PaymentState::TransferAwaited(TransferAccount {
                holder: bank.holder.clone(),
                account: bank.account.clone(),
                bank_code: String::new(),
                bank: bank.bank.clone(),
                reference: transfer.reference.clone(),
                amount: transfer.amount,
                due: transfer.due.date(),
            })
        }
        (ProviderKind::BankTransfer, Some(_), None) => PaymentState::Pending,
        (ProviderKind::BankTransfer, None, _) => PaymentState::TransferReceived,
    }
}
