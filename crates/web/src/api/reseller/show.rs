//! `GET /api/v1/reseller`: contracts, allotment and orders of whoever asks.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::id::ResellerOrderId;
use kontor_shop::reseller::show_before;
use kontor_store::reseller::KeptOrder;
use kontor_store::reseller::bill::KeptBill;
use serde::Serialize;
use utoipa::ToSchema;

use super::holder;
use crate::api::call::{Call, parameter};
use crate::api::money::MoneyBody;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Whoever has a reseller's key.
pub(crate) const ROUTE: Route = Route::secret("/api/v1/reseller", Class::Read);

/// A reseller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResellerBody {
    /// Its name.
    name: String,
    /// Its contracts.
    contracts: Vec<ContractBody>,
    /// What lies with it.
    allotment: Vec<AllotmentBody>,
    /// Its orders, the newest first; at most 200 at once.
    orders: Vec<ResellerOrderBody>,
    /// Where there are older orders: send it as `before` to have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "rso_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    older: Option<String>,
}

/// A contract.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContractBody {
    /// Its name, as orders have to name it.
    #[schema(example = "NL-2015-3")]
    code: String,
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    from: kontor_base::Date,
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    until: kontor_base::Date,
    /// The countries that orders can go to.
    territory: Vec<String>,
    /// The fewest units of an order.
    minimum_units: u32,
    /// What a unit costs.
    prices: Vec<PriceBody>,
}

/// What a unit costs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceBody {
    /// The variant.
    sku: String,
    /// The price, before tax.
    price: MoneyBody,
}

/// What lies with a reseller of one variant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllotmentBody {
    /// The contract.
    contract: String,
    /// The variant.
    sku: String,
    /// What the contract sets aside over its whole term.
    agreed: u32,
    /// Units that can be ordered now.
    available: i64,
    /// Units that were ordered and have not left.
    ordered: i64,
    /// Units that have left.
    shipped: i64,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResellerOrderBody {
    /// Its id.
    #[schema(example = "rso_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    id: String,
    /// The contract.
    contract: String,
    /// When it was placed.
    #[schema(value_type = String, format = Date)]
    on: kontor_base::Date,
    /// Where it goes.
    ship_to: String,
    /// `taken`, `dispatched` or `cancelled`.
    state: String,
    /// What it is billed with, once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    bill: Option<ResellerBillBody>,
    /// What is in it.
    lines: Vec<ResellerLineBody>,
    /// What it costs, before tax.
    total: MoneyBody,
}

/// What an order is billed with: a proforma.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResellerBillBody {
    /// Its number.
    #[schema(example = "US-B-000042")]
    number: String,
    /// `open`, `paid` or `void`.
    state: String,
    /// Until when it is to be paid.
    #[schema(value_type = String, format = Date)]
    due_on: kontor_base::Date,
    /// Tax, as the bill says.
    tax: MoneyBody,
    /// The rule that the tax follows from.
    tax_rule: String,
    /// The number of the credit note that takes the bill back, once its order was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "US-C-000042")]
    credit_note: Option<String>,
    /// What is owed.
    total: MoneyBody,
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResellerLineBody {
    /// The variant.
    sku: String,
    /// How many.
    units: u32,
    /// What the line costs.
    amount: MoneyBody,
}

impl ResellerOrderBody {
    pub(super) fn of(order: &KeptOrder, bills: &[KeptBill]) -> Self {
        let bill = bills.iter().find(|bill| bill.order == order.id);
        Self {
            bill: bill.map(|bill| ResellerBillBody {
                number: bill.number.clone(),
                state: bill.state.word().to_owned(),
                due_on: bill.body.due_on,
                tax: bill.body.tax.into(),
                tax_rule: bill.body.tax_note.clone(),
                credit_note: bill.body.credit.as_ref().map(|credit| credit.number.clone()),
                total: bill.body.total.into(),
            }),
            id: order.id.to_string(),
            contract: order.contract.clone(),
            on: order.body.on,
            ship_to: order.body.ship_to.code().to_owned(),
            state: order.stage.word().to_owned(),
            lines: order.body.lines.iter().map(ResellerLineBody::of).collect(),
            total: order.body.total.into(),
        }
    }
}

impl ResellerLineBody {
    pub(super) fn of(line: &kontor_domain::reseller::BodyLine) -> Self {
        Self { sku: line.sku.to_string(), units: line.units, amount: line.amount.into() }
    }
}

/// Read your contracts, allotment and orders
///
/// Whose they are is told by the key. A key that has ended is answered like one that never was.
#[utoipa::path(
    get,
    path = "/api/v1/reseller",
    tag = "Resellers",
    operation_id = "show-reseller",
    params(
        ("Authorization" = String, Header, description = "`Bearer rsk_…`: your key."),
        ("before" = Option<String>, Query, description = "The id of the order before which the orders begin."),
    ),
    responses(
        (status = 200, description = "Who you are and what lies with you.", body = ResellerBody),
        crate::api::document::Keyed,
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_reseller(State(app): State<App>, call: Call) -> Response {
    let answer = show(&app, &call).await;
    call.answer(&app, answer)
}

async fn show(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&["before"])?;
    let before: Option<ResellerOrderId> = match call.query("before") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| parameter("before is an order's id."))?),
    };
    let reseller = holder(app, call).await?;
    let found = show_before(&app.shop, reseller.id, before).await;
    let found = found.map_err(|fault| Problem::fault(&fault))?;
    let found = found.ok_or_else(Problem::not_found)?;
    let contracts = found.contracts.iter().map(|kept| {
        let contract = &kept.contract;
        let terms = &contract.terms;
        ContractBody {
            code: contract.code.clone(),
            from: contract.from,
            until: contract.ended_on.unwrap_or(contract.until),
            territory: terms.territory.iter().map(|country| country.code().to_owned()).collect(),
            minimum_units: terms.minimum_units,
            prices: terms
                .prices
                .iter()
                .map(|(sku, price)| PriceBody { sku: sku.to_string(), price: (*price).into() })
                .collect(),
        }
    });
    let body = ResellerBody {
        name: found.reseller.profile.name.to_string(),
        contracts: contracts.collect(),
        allotment: found
            .allotment
            .iter()
            .map(|row| AllotmentBody {
                contract: row.contract.clone(),
                sku: row.sku.to_string(),
                agreed: row.agreed,
                available: row.available,
                ordered: row.ordered,
                shipped: row.shipped,
            })
            .collect(),
        orders: found.orders.iter().map(|o| ResellerOrderBody::of(o, &found.bills)).collect(),
        older: found.older.map(|older| older.to_string()),
    };
    Ok(Reply::json(StatusCode::OK, &body))
}
