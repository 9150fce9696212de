//! The list of orders, on a page and as a file.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Date;
use kontor_domain::market::MarketCode;
use kontor_domain::order::{OrderLine, OrderState};
use kontor_domain::staff::Permission;
use kontor_shop::order::{ListQuery, list};
use kontor_shop::staff::{LeavingList, Person, begin_export};
use kontor_store::StoreError;
use kontor_store::order::PlacedOrder;
use serde::Deserialize;

use super::blocks::{Blocks, whole_file};
use super::csv::Csv;
use super::desk::{failed, market_for, markets_for, nothing, shell};
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::page::staff::{OrderRow, OrderRows, OrdersPage, Place};

const READS: Option<Permission> = Some(Permission::OrderRead);
pub(super) const LIST: Route = Route::desk("/admin/orders", READS);
/// A form, because taking the buyers' names out is written down, and looking at a page is not.
pub(super) const CSV: Route = Route::desk_form("/admin/orders.csv", READS, Repeat::Natural);

/// Orders on one page.
const PAGE: usize = 50;
/// Orders that are read for the file at a time.
const CSV_BLOCK: usize = 500;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    market: String,
    state: String,
    day: String,
    after: String,
}

impl Asked {
    /// What is asked for, within the person's markets; none: a market that is not theirs.
    fn query(&self, app: &App, person: &Person) -> Option<ListQuery> {
        let markets: Vec<MarketCode> = if self.market.is_empty() {
            markets_for(app, person, Permission::OrderRead)
        } else {
            vec![market_for(app, person, Permission::OrderRead, &self.market)?]
        };
        Some(ListQuery {
            markets,
            state: OrderState::from_word(&self.state),
            day: self.day.parse::<Date>().ok(),
            before: self.after.parse().ok(),
        })
    }

    /// The same list elsewhere.
    fn path(&self, path: &str, query: &ListQuery, after: &str) -> String {
        let mut whole = String::from(path);
        let day = query.day.map(|day| day.to_string()).unwrap_or_default();
        let parts = [
            ("market", self.market.as_str()),
            ("state", query.state.map_or("", OrderState::word)),
            ("day", &day),
            ("after", after),
        ];
        for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            whole.push(if whole.contains('?') { '&' } else { '?' });
            whole.push_str(name);
            whole.push('=');
            whole.push_str(&crate::kit::escape::in_query(value));
        }
        whole
    }
}

pub(super) async fn orders(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(query) = asked.query(&app, &person) else { return nothing(&app, &uri) };
    let mut found = match list(&app.shop, query.clone(), PAGE + 1).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| more).map(|last| last.order.id.to_string());
    let shell = shell(&app, &person, Place::Orders).await;
    let t = shell.text();
    let page = OrdersPage {
        markets: markets_for(&app, &person, Permission::OrderRead),
        market: (!asked.market.is_empty()).then(|| query.markets.first().copied()).flatten(),
        state: query.state,
        day: query.day.map(|day| day.to_string()).unwrap_or_default(),
        rows: OrderRows { t, labelled: "orders-title", rows: found.iter().map(row).collect() },
        next: last.map(|last| asked.path("/admin/orders", &query, &last)),
        shell,
    };
    html(StatusCode::OK, &page)
}

/// All orders of the list, from its newest on.
pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    let asked = match form {
        Ok(Form(asked)) => asked,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(query) = asked.query(&app, &person) else { return nothing(&app, &uri) };
    let query = ListQuery { before: None, ..query };
    let leaving = LeavingList::Orders(query.clone());
    if let Err(failure) = begin_export(&app.shop, &person, &leaving).await {
        return failed(&app, &uri, failure);
    }
    let columns = "order,number,placed_at,market,state,name,goods,total,currency";
    let blocks = Orders { app: app.clone(), query };
    whole_file(&app, &uri, blocks, columns, "attachment; filename=\"orders.csv\"").await
}

/// Orders, the newest first. What is placed meanwhile is newer than all that is still to come.
struct Orders {
    app: App,
    query: ListQuery,
}

impl Blocks for Orders {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        let found = list(&self.app.shop, self.query.clone(), CSV_BLOCK).await?;
        for placed in &found {
            let order = &placed.order;
            let goods: Vec<String> = order.lines.iter().map(goods).collect();
            csv.row([
                &order.id.to_string(),
                order.number.as_str(),
                &order.placed_at.timestamp().to_string(),
                order.market.as_str(),
                placed.state().word(),
                order.contact.name.as_str(),
                &goods.join(", "),
                &order.totals.total.decimal(),
                order.totals.total.currency.code(),
            ]);
        }
        self.query.before = found.last().map(|last| last.order.id);
        Ok(found.len() == CSV_BLOCK)
    }
}

fn goods(line: &OrderLine) -> String {
    format!("{} × {}", line.quoted.quantity, line.quoted.sku)
}

/// An order in a list.
pub(super) fn row(placed: &PlacedOrder) -> OrderRow {
    let order = &placed.order;
    let more = order.lines.len().saturating_sub(2);
    let mut named: Vec<String> = order.lines.iter().take(2).map(goods).collect();
    if more > 0 {
        named.push(format!("+ {more}"));
    }
    OrderRow {
        id: order.id,
        number: order.number.to_string(),
        at: order.placed_at,
        market: order.market,
        name: order.contact.name.to_string(),
        goods: named.join(", "),
        total: order.totals.total,
        state: placed.state(),
    }
}
