//! `GET /api/v1/orders`: orders, for another program with a key.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::Instant;
use kontor_base::id::OrderId;
use kontor_domain::market::MarketCode;
use kontor_domain::order::order_state;
use kontor_domain::staff::Permission;
use kontor_shop::staff::{OrdersQuery, orders_for_key};
use kontor_store::order::PlacedOrder;
use kontor_store::staff::key::Key;
use serde::Serialize;
use utoipa::ToSchema;

use super::TotalsBody;
use super::show::{AddressBody, ContactBody, address_body, contact_body};
use crate::api::call::{Call, parameter};
use crate::api::money::MoneyBody;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::{Problem, ProblemDocument};
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};

/// Whoever has a key with the scope `order.read`.
pub(crate) const ROUTE: Route = Route {
    method: Verb::Get,
    path: "/api/v1/orders",
    access: Access::Key(Permission::OrderRead, &[Permission::CustomerRead]),
    class: Class::Read,
    repeat: Repeat::Harmless,
};

/// How many orders a page has when nothing is said.
const LIMIT: usize = 50;
/// The most orders of a page.
const LIMIT_MAX: usize = 200;

/// A page of orders.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderPage)]
pub(crate) struct OrderPageAnswer {
    /// The orders, in the order in which they were placed.
    orders: Vec<OrderRow>,
    /// Whether there are more after them.
    more: bool,
    /// The last order's id: send it as `after` for what comes next, now or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ord_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    next: Option<String>,
}

/// An order in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderRow)]
pub(crate) struct OrderRow {
    /// Its id.
    #[schema(example = "ord_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    id: String,
    /// Its number for people.
    #[schema(example = "US26-7K3Q-9MX2-4TB7")]
    number: String,
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime)]
    placed_at: Instant,
    /// `awaiting_payment`, `paid`, `on_hold`, `dispatched`, `delivered`, `returned`, `cancelled`,
    /// `partly_refunded` or `refunded`.
    #[schema(value_type = String, example = "paid")]
    state: &'static str,
    /// How the payment stands.
    #[schema(value_type = String, example = "captured")]
    payment_state: &'static str,
    /// How far the parcel has come.
    #[schema(value_type = String, example = "waiting")]
    fulfilment_state: &'static str,
    /// Whether everything may still be delivered: `clear` or `held`.
    #[schema(value_type = String, example = "clear")]
    clearance_state: &'static str,
    /// What was bought.
    lines: Vec<OrderRowLine>,
    /// The sums, as agreed.
    totals: TotalsBody,
    /// Who bought; only with the scope `customer.read` in this market.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactBody>,
    /// Where it goes; only with the scope `customer.read` in this market.
    #[serde(skip_serializing_if = "Option::is_none")]
    ship_to: Option<AddressBody>,
}

/// A line of an order in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderRowLine)]
pub(crate) struct OrderRowLine {
    /// The variant.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// The name under which it was sold.
    title: String,
    /// How many.
    quantity: u32,
    /// The price of one.
    unit_price: MoneyBody,
}

/// List orders
///
/// Orders of the key's markets, in the order in which they were placed. Keep `next` and send it as
/// `after`: the next call answers what was placed since. Who bought and where it goes is told only to
/// keys that also have `customer.read`.
#[utoipa::path(
    get,
    path = "/api/v1/orders",
    tag = "Orders",
    operation_id = "list-orders",
    params(
        ("Authorization" = String, Header, description = "Bearer and a key with the scope order.read."),
        ("market" = Option<String>, Query, description = "One of the key's markets."),
        ("after" = Option<String>, Query, description = "The id after which the page begins."),
        ("limit" = Option<u32>, Query, description = "How many orders: 1 to 200, 50 if nothing is said."),
    ),
    responses(
        (status = 200, description = "A page of orders.", body = OrderPageAnswer),
        (status = 401, description = "No key, or none that is good.", body = ProblemDocument,
            content_type = "application/problem+json"),
        (status = 403, description = "The key does not have the scope.", body = ProblemDocument,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many calls with this key.", body = ProblemDocument,
            content_type = "application/problem+json"),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn list_orders(
    State(app): State<App>,
    Extension(key): Extension<Key>,
    call: Call,
) -> Response {
    let answer = list(&app, &key, &call).await;
    call.answer(&app, answer)
}

async fn list(app: &App, key: &Key, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&["market", "after", "limit"])?;
    let market: Option<MarketCode> = match call.query("market") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| parameter("market is a market's code."))?),
    };
    let after: Option<OrderId> = match call.query("after") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| parameter("after is an order's id."))?),
    };
    let limit = match call.query("limit") {
        None => LIMIT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=LIMIT_MAX).contains(limit))
            .ok_or_else(|| parameter(format!("limit is 1 to {LIMIT_MAX}.")))?,
    };
    let query = OrdersQuery { market, after };
    let found = orders_for_key(&app.shop, key, query, limit).await;
    let (orders, more) = found.map_err(|fault| Problem::fault(&fault))?;
    let next = orders.last().map(|last| last.order.id.to_string());
    let orders = orders.iter().map(|placed| row(key, placed)).collect();
    Ok(Reply::json(StatusCode::OK, &OrderPageAnswer { orders, more, next }))
}

fn row(key: &Key, placed: &PlacedOrder) -> OrderRow {
    let order = &placed.order;
    let state = order_state(placed.payment_state, placed.fulfilment_state, placed.clearance_state);
    let knows_people = key.grant.may(Permission::CustomerRead, Some(order.market));
    OrderRow {
        id: order.id.to_string(),
        number: order.number.to_string(),
        market: order.market.to_string(),
        placed_at: order.placed_at,
        state: state.word(),
        payment_state: placed.payment_state.word(),
        fulfilment_state: placed.fulfilment_state.word(),
        clearance_state: placed.clearance_state.word(),
        lines: order
            .lines
            .iter()
            .map(|line| OrderRowLine {
                sku: line.quoted.sku.to_string(),
                title: line.title.clone(),
                quantity: line.quoted.quantity,
                unit_price: line.quoted.unit_price.into(),
            })
            .collect(),
        totals: (&order.totals).into(),
        contact: knows_people.then(|| contact_body(&order.contact)),
        ship_to: knows_people.then(|| address_body(&order.ship_to)),
    }
}
