//! `GET /api/v1/orders/{token}`: an order, for whoever has its secret link.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::{Instant, Money};
use kontor_domain::customer::{Address, Contact};
use kontor_domain::order::OrderLine;
use kontor_shop::order::{ShownOrder, order};
use serde::Serialize;
use utoipa::ToSchema;

use super::TotalsBody;
use crate::api::call::Call;
use crate::api::money::MoneyBody;
use crate::api::problem_map::unknown_order;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Whoever has the order's token, which is the last part of its address.
pub(crate) const ROUTE: Route = Route::secret("/api/v1/orders/{token}", Class::Personal);

/// An order. It keeps what was agreed; only the states change.
#[derive(Serialize, ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderAnswer {
    /// Its number for people.
    #[schema(example = "US26-7K3Q-9MX2-4TB7")]
    number: String,
    /// `awaiting_payment`, `paid`, `on_hold` (a clearance has to be settled first), `dispatched`,
    /// `delivered`, `returned`, `cancelled`, `partly_refunded` or `refunded`.
    #[schema(value_type = String, example = "paid")]
    state: &'static str,
    /// How the payment stands.
    #[schema(value_type = String, example = "captured")]
    payment_state: &'static str,
    /// How far the parcel has come: `waiting`, `cancelled`, `dispatched`, `delivered`, `returned`.
    #[schema(value_type = String, example = "waiting")]
    fulfilment_state: &'static str,
    /// Whether everything may still be delivered: `clear` or `held`.
    #[schema(value_type = String, example = "clear")]
    clearance_state: &'static str,
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// The language in which it was placed.
    #[schema(value_type = String, example = "en")]
    language: &'static str,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime)]
    placed_at: Instant,
    /// Who bought.
    contact: ContactBody,
    /// Where it goes.
    ship_to: AddressBody,
    /// What was bought.
    lines: Vec<OrderLineBody>,
    /// The sums, as agreed.
    totals: TotalsBody,
    /// Whether the tax in it was an estimate.
    estimated: bool,
    /// How it is paid: `test`, `bank_transfer`.
    #[schema(value_type = String, example = "test")]
    paid_by: &'static str,
    /// The deposit that was paid towards it before; the rest of the total was paid with the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit: Option<PaidDepositBody>,
    /// How to transfer the money, while it is awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer: Option<TransferBody>,
    /// The order's page for people.
    page: String,
}

/// A deposit that goes towards an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PaidDeposit)]
pub(crate) struct PaidDepositBody {
    /// How much.
    amount: MoneyBody,
    /// When it was paid.
    #[schema(value_type = String, format = DateTime)]
    paid_at: Instant,
}

impl PaidDepositBody {
    /// A deposit of this amount that was paid then.
    pub(super) fn of(amount: Money, paid_at: Instant) -> Self {
        Self { amount: amount.into(), paid_at }
    }
}

/// Who bought.
#[derive(Serialize, ToSchema)]
#[schema(as = Contact)]
pub(crate) struct ContactBody {
    /// The e-mail address.
    email: String,
    /// The telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// The name.
    name: String,
}

/// Where a parcel goes.
#[derive(Serialize, ToSchema)]
#[schema(as = Address)]
pub(crate) struct AddressBody {
    /// Who receives it.
    name: String,
    /// Street and number.
    line1: String,
    /// What else the carrier needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    line2: Option<String>,
    /// The city.
    city: String,
    /// The state or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// The postcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    postcode: Option<String>,
    /// The country (ISO 3166-1).
    country: String,
}

/// A line of an order.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderLine)]
pub(crate) struct OrderLineBody {
    /// The variant.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// The name under which it was sold.
    title: String,
    /// How many.
    quantity: u32,
    /// The price of one.
    unit_price: MoneyBody,
    /// The line without tax.
    net: MoneyBody,
    /// Its tax.
    tax: MoneyBody,
    /// The line with tax.
    gross: MoneyBody,
    /// The verdict that allowed the sale: `allowed` or `conditional`.
    #[schema(example = "allowed")]
    verdict: String,
    /// What was promised or has to be done.
    obligations: Vec<String>,
    /// The version of the facts behind the verdict.
    facts_version: u64,
}

/// How to transfer the money.
#[derive(Serialize, ToSchema)]
#[schema(as = Transfer)]
pub(crate) struct TransferBody {
    /// What to transfer, exactly.
    amount: MoneyBody,
    /// What to write on it.
    #[schema(example = "PAY-7K3Q-9MX2-4TB7")]
    reference: String,
    /// Until when it has to arrive.
    #[schema(value_type = String, format = DateTime)]
    due: Instant,
    /// Whose account it goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// The bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
}

/// Read an order
///
/// The order with its states, for whoever has its secret link. A token that is not right is
/// answered like an order that does not exist.
#[utoipa::path(
    get,
    path = "/api/v1/orders/{token}",
    tag = "Orders",
    operation_id = "get-order",
    params(("token" = String, Path, description = "The order's token.")),
    responses(
        (status = 200, description = "The order.", body = OrderAnswer),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_order(State(app): State<App>, call: Call) -> Response {
    let answer = show(&app, &call).await;
    call.answer(&app, answer)
}

async fn show(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let token = call.segment("token");
    let id = app.shop.keys.open_order(token).ok_or_else(unknown_order)?;
    let found = order(&app.shop, id).await.map_err(|fault| Problem::fault(&fault))?;
    let shown = found.ok_or_else(unknown_order)?;
    Ok(Reply::json(StatusCode::OK, &body(app, &shown, token)))
}

fn body(app: &App, shown: &ShownOrder, token: &str) -> OrderAnswer {
    let ShownOrder { placed, state, transfer, .. } = shown;
    let order = &placed.order;
    let bank = app.shop.policy.bank_account.as_ref();
    OrderAnswer {
        number: order.number.to_string(),
        state: state.word(),
        payment_state: placed.payment_state.word(),
        fulfilment_state: placed.fulfilment_state.word(),
        clearance_state: placed.clearance_state.word(),
        market: order.market.to_string(),
        language: order.language.tag(),
        placed_at: order.placed_at,
        contact: contact_body(&order.contact),
        ship_to: address_body(&order.ship_to),
        lines: order.lines.iter().map(line_body).collect(),
        totals: (&order.totals).into(),
        estimated: order.estimated,
        paid_by: order.paid_by.word(),
        deposit: order.deposit.map(|paid| PaidDepositBody::of(paid.amount, paid.paid_at)),
        transfer: transfer.as_ref().map(|told| TransferBody {
            amount: told.amount.into(),
            reference: told.reference.clone(),
            due: told.due,
            holder: bank.map(|bank| bank.holder.clone()),
            account: bank.map(|bank| bank.account.clone()),
            bank: bank.map(|bank| bank.bank.clone()),
        }),
        page: format!("/{}/{}/order/{token}", order.market, order.language),
    }
}

pub(super) fn contact_body(contact: &Contact) -> ContactBody {
    ContactBody {
        email: contact.email.as_str().to_owned(),
        phone: contact.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        name: contact.name.to_string(),
    }
}

pub(super) fn address_body(address: &Address) -> AddressBody {
    AddressBody {
        name: address.name.to_string(),
        line1: address.line1.to_string(),
        line2: address.line2.as_ref().map(ToString::to_string),
        city: address.city.to_string(),
        region: address.region.as_ref().map(ToString::to_string),
        postcode: address.postcode.as_ref().map(ToString::to_string),
        country: address.country.code().to_owned(),
    }
}

fn line_body(line: &OrderLine) -> OrderLineBody {
    OrderLineBody {
        sku: line.quoted.sku.to_string(),
        title: line.title.clone(),
        quantity: line.quoted.quantity,
        unit_price: line.quoted.unit_price.into(),
        net: line.quoted.amount.net.into(),
        tax: line.quoted.amount.tax.into(),
        gross: line.quoted.amount.gross.into(),
        verdict: line.verdict.outcome.clone(),
        obligations: line.verdict.obligations.clone(),
        facts_version: line.verdict.facts_version,
    }
}
