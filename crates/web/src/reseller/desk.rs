//! What a reseller sees and does: contract, allotment, orders, reports of what was sold on.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::RowError;
use kontor_base::id::ResellerOrderId;
use kontor_domain::catalogue::Sku;
use kontor_shop::Failure;
use kontor_shop::reseller::{
    CancelOrder, OfMarkets, OrderCommand, Refusal, SellOutCommand, bill_of_reseller, cancel_order,
    holder_of, order, read_sell_out_csv, report_sell_out, show as shown, show_before,
};
use kontor_store::StoreError;
use kontor_store::reseller::bill::KeptBill;
use kontor_store::reseller::{KeptContract, Reseller};
use serde::Deserialize;

use super::front::{KEY, shell};
use crate::kit::app::App;
use crate::kit::cookie;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route};
use crate::kit::text::Text;
use crate::page::{OwnContract, ResellerBillPage, ResellerDeskPage};
use crate::staff::refusal::say;
use crate::staff::reseller_files::{allotment_file, contracts_file, orders_file, sold_file};
use crate::staff::reseller_view::{
    allotment, bill_csv, bill_document, orders, product_name, sold_on,
};

pub(super) const SHOW: Route = Route::secret("/reseller/desk", Class::Personal);
pub(super) const ORDER: Route = Route::write("/reseller/orders", Access::Token, Repeat::FormKey);
pub(super) const CANCEL: Route =
    Route::write("/reseller/orders/cancel", Access::Token, Repeat::FormKey);
pub(super) const BILL: Route = Route::secret("/reseller/bills/{number}", Class::Personal);
pub(super) const BILL_LINES: Route =
    Route::secret("/reseller/bills/{number}/lines.csv", Class::Personal);
pub(super) const CONTRACTS: Route = Route::secret("/reseller/contracts.csv", Class::Personal);
pub(super) const ALLOTMENT: Route = Route::secret("/reseller/allotment.csv", Class::Personal);
pub(super) const ORDERS: Route = Route::secret("/reseller/orders.csv", Class::Personal);
pub(super) const SOLD: Route = Route::secret("/reseller/sell-outs.csv", Class::Personal);
pub(super) const SELL_OUT: Route =
    Route::write("/reseller/sell-outs", Access::Token, Repeat::FormKey);

/// What has happened: the tone, and the words line by line.
type Said = Option<(&'static str, Vec<String>)>;

async fn holder(app: &App, headers: &HeaderMap) -> Result<Option<Reseller>, StoreError> {
    match cookie::read(headers, KEY) {
        Some(key) => holder_of(&app.shop, key).await,
        None => Ok(None),
    }
}

/// The reseller of a request, or the answer for everybody else.
macro_rules! holder {
    ($app:expr, $uri:expr, $headers:expr) => {
        match holder(&$app, &$headers).await {
            Ok(Some(reseller)) => reseller,
            Ok(None) => return Redirect::to("/reseller").into_response(),
            Err(fault) => return Problem::fault(&fault).respond(&$app, $uri.path(), None),
        }
    };
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    before: String,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let reseller = holder!(app, uri, headers);
    let before = asked.before.parse().ok();
    answer_before(&app, &uri, &headers, &reseller, (StatusCode::OK, None), before).await
}

async fn answer(
    app: &App,
    uri: &Uri,
    headers: &HeaderMap,
    reseller: &Reseller,
    status: StatusCode,
    said: Said,
) -> Response {
    answer_before(app, uri, headers, reseller, (status, said), None).await
}

async fn answer_before(
    app: &App,
    uri: &Uri,
    headers: &HeaderMap,
    reseller: &Reseller,
    (status, said): (StatusCode, Said),
    before: Option<ResellerOrderId>,
) -> Response {
    let found = match show_before(&app.shop, reseller.id, before).await {
        Ok(Some(found)) => found,
        Ok(None) => return Redirect::to("/reseller").into_response(),
        Err(fault) => return Problem::fault(&fault).respond(app, uri.path(), None),
    };
    let shell = shell(app, headers, "/reseller/desk");
    let t = shell.text();
    let page = ResellerDeskPage {
        name: reseller.profile.name.to_string(),
        contracts: found.contracts.iter().map(|kept| own(app, &t, kept)).collect(),
        allotment: allotment(&t, &found),
        orders: orders(&t, &found),
        older: found.older.map(|older| older.to_string()),
        sold: sold_on(&t, &found, SOLD.path.to_owned()),
        said,
        key: form_key::fresh(app),
        shell,
    };
    html(status, &page)
}

/// The reseller of a request with everything that belongs to it; otherwise the handler answers.
macro_rules! own_file {
    ($app:expr, $uri:expr, $headers:expr) => {{
        let reseller = holder!($app, $uri, $headers);
        match shown(&$app.shop, reseller.id).await {
            Ok(Some(found)) => found,
            Ok(None) => return Redirect::to("/reseller").into_response(),
            Err(fault) => return Problem::fault(&fault).respond(&$app, $uri.path(), None),
        }
    }};
}

pub(super) async fn contracts_csv(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    contracts_file(&own_file!(app, uri, headers))
}

pub(super) async fn allotment_csv(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    allotment_file(&own_file!(app, uri, headers))
}

pub(super) async fn orders_csv(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let reseller = holder!(app, uri, headers);
    orders_file(&app, &uri, reseller.id, OfMarkets::All).await
}

pub(super) async fn sold_csv(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let reseller = holder!(app, uri, headers);
    sold_file(&app, &uri, reseller.id, OfMarkets::All).await
}

fn own(app: &App, t: &Text, kept: &KeptContract) -> OwnContract {
    let contract = &kept.contract;
    let terms = &contract.terms;
    let name = |sku: &Sku| product_name(app, t, sku);
    let countries: Vec<(String, String)> = terms
        .territory
        .iter()
        .map(|country| (country.code().to_owned(), t.country(country).into_owned()))
        .collect();
    OwnContract {
        code: contract.code.clone(),
        term: (contract.from, contract.ended_on.unwrap_or(contract.until)),
        territory: countries.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>().join(", "),
        minimum: terms.minimum_units,
        prices: terms
            .prices
            .iter()
            .map(|(sku, price)| (sku.to_string(), name(sku), t.money(price)))
            .collect(),
        countries,
    }
}

pub(super) async fn place(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let reseller = holder!(app, uri, headers);
    let t = shell(&app, &headers, "").text();
    let field = |name: &str| {
        let found = sent.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.trim())
    };
    let key = field("key").to_owned();
    if !is_form_key(&key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let lines = sent.iter().filter_map(|(name, value)| {
        let sku = name.strip_prefix("units-")?.parse::<Sku>().ok()?;
        Some((sku, value.trim().parse::<u32>().ok().filter(|units| *units > 0)?))
    });
    let lines: Vec<(Sku, u32)> = lines.collect();
    let Ok(ship_to) = field("ship_to").to_uppercase().parse() else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    let body = serde_json::to_vec(&sent).expect("pairs of texts are JSON");
    let scope = format!("reseller.order {}", reseller.id);
    let command = OrderCommand {
        reseller: reseller.id,
        contract: field("contract").to_owned(),
        ship_to,
        lines,
        once: Some(app.shop.keys.once(&scope, &key, &body)),
    };
    let (status, said) = match order(&app.shop, command).await {
        Ok(taken) => {
            let total = t.money(&taken.answer.body.total);
            let order = taken.answer.order.to_string();
            let words = t.two("rsl-order-taken", "order", order, "total", total);
            (StatusCode::OK, ("good", vec![words.into_owned()]))
        }
        Err(failure) => match told(&app, &uri, &t, failure) {
            Ok(said) => said,
            Err(response) => return response,
        },
    };
    answer(&app, &uri, &headers, &reseller, status, Some(said)).await
}

/// The fields of a cancellation.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Cancelling {
    key: String,
    order: String,
    reason: String,
}

pub(super) async fn cancel(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    form: Result<Form<Cancelling>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let reseller = holder!(app, uri, headers);
    let (Ok(order), true) = (sent.order.parse(), is_form_key(&sent.key)) else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    let t = shell(&app, &headers, "").text();
    let body = format!("{}\0{}", sent.order, sent.reason);
    let scope = format!("reseller.cancel {}", reseller.id);
    let once = Some(app.shop.keys.once(&scope, &sent.key, body.as_bytes()));
    let command = CancelOrder { reseller: reseller.id, order, reason: sent.reason, once };
    let (status, said) = match cancel_order(&app.shop, command).await {
        Ok(_) => {
            let words = t.one("rsl-order-cancelled", "order", sent.order);
            (StatusCode::OK, ("good", vec![words.into_owned()]))
        }
        Err(failure) => match told(&app, &uri, &t, failure) {
            Ok(said) => said,
            Err(response) => return response,
        },
    };
    answer(&app, &uri, &headers, &reseller, status, Some(said)).await
}

/// The reseller's own bill with a number.
async fn own_bill(
    app: &App,
    reseller: &Reseller,
    number: String,
) -> Result<Option<KeptBill>, Problem> {
    let found = bill_of_reseller(&app.shop, reseller.id, number).await;
    found.map_err(|fault| Problem::fault(&fault))
}

pub(super) async fn bill(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Response {
    let reseller = holder!(app, uri, headers);
    let kept = match own_bill(&app, &reseller, number).await {
        Ok(Some(kept)) => kept,
        Ok(None) => return Problem::not_found().respond(&app, uri.path(), None),
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &headers, uri.path());
    let t = shell.text();
    let csv = format!("/reseller/bills/{}/lines.csv", kept.number);
    let bill = bill_document(&t, &kept, csv, |sku| product_name(&app, &t, sku));
    html(StatusCode::OK, &ResellerBillPage { bill, shell })
}

pub(super) async fn bill_lines(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Response {
    let reseller = holder!(app, uri, headers);
    match own_bill(&app, &reseller, number).await {
        Ok(Some(kept)) => bill_csv(&kept),
        Ok(None) => Problem::not_found().respond(&app, uri.path(), None),
        Err(problem) => problem.respond(&app, uri.path(), None),
    }
}

/// A refusal in words, a line each; or the answer to a fault.
#[expect(clippy::result_large_err, reason = "an answer is what it is")]
fn told(
    app: &App,
    uri: &Uri,
    t: &Text,
    failure: Failure<Refusal>,
) -> Result<(StatusCode, (&'static str, Vec<String>)), Response> {
    let lines = match failure {
        Failure::Fault(fault) => {
            return Err(Problem::fault(&fault).respond(app, uri.path(), None));
        }
        Failure::KeyReused => return Err(Problem::bad_form().respond(app, uri.path(), None)),
        Failure::Refused(Refusal::Judged(refusals)) => {
            refusals.iter().map(|refusal| say(t, refusal)).collect()
        }
        Failure::Refused(Refusal::Rows(rows)) => {
            let row = |(line, error): &(u64, RowError)| {
                format!("{line}: {}: {}", error.field, t.wrong(&error.problem))
            };
            rows.iter().take(50).map(row).collect()
        }
        Failure::Refused(refusal) => vec![say(t, &refusal)],
    };
    Ok((StatusCode::CONFLICT, ("bad", lines)))
}

/// The fields of a report.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sold {
    key: String,
    contract: String,
    csv: String,
}

pub(super) async fn sell_out(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    form: Result<Form<Sold>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let reseller = holder!(app, uri, headers);
    if !is_form_key(&sent.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let t = shell(&app, &headers, "").text();
    let body = format!("{}\0{}", sent.contract, sent.csv);
    let scope = format!("reseller.sell_out {}", reseller.id);
    let once = Some(app.shop.keys.once(&scope, &sent.key, body.as_bytes()));
    let reported = match read_sell_out_csv(&sent.csv) {
        Ok(rows) => {
            let (reseller, contract) = (reseller.id, sent.contract);
            report_sell_out(&app.shop, SellOutCommand { reseller, contract, rows, once }).await
        }
        Err(refusal) => Err(Failure::Refused(refusal)),
    };
    let (status, said) = match reported {
        Ok(taken) => {
            let units: u64 = taken.answer.units.values().sum();
            let mut lines = vec![t.one("rsl-sold-taken", "count", units).into_owned()];
            lines.extend(taken.answer.problems);
            (StatusCode::OK, ("good", lines))
        }
        Err(failure) => match told(&app, &uri, &t, failure) {
            Ok(said) => said,
            Err(response) => return response,
        },
    };
    answer(&app, &uri, &headers, &reseller, status, Some(said)).await
}
