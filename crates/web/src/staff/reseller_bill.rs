//! Orders of resellers after they were taken: cancelled, billed, paid; and the bill as it is printed.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Money;
use kontor_base::id::ResellerOrderId;
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::{SupplyFacts, TaxNumber};
use kontor_domain::staff::Permission;
use kontor_shop::reseller::{BillTerms, ShownReseller, bill_of_reseller, order_of};
use kontor_shop::staff::{ExpansionAct, Person};
use kontor_store::reseller::KeptOrder;
use kontor_store::reseller::bill::KeptBill;
use serde::Deserialize;

use super::desk::{nothing, shell};
use super::doing::Doing;
use super::reseller::{With, asked_about, back, found, said_bad};
use super::reseller_view::{bill_csv, bill_document, product_name};
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::page::staff::{BillPage, Place, Typed};

const READS: Option<Permission> = Some(Permission::ResellerRead);
const MANAGES: Option<Permission> = Some(Permission::ResellerManage);
pub(super) const CANCEL: Route =
    Route::desk_form("/admin/resellers/{id}/cancel", MANAGES, Repeat::FormKey);
pub(super) const BILL: Route =
    Route::desk_form("/admin/resellers/{id}/bill", MANAGES, Repeat::FormKey);
pub(super) const MONEY: Route =
    Route::desk_form("/admin/resellers/{id}/money", MANAGES, Repeat::FormKey);
pub(super) const SHOW: Route = Route::desk("/admin/resellers/{id}/bills/{number}", READS);
pub(super) const CSV: Route = Route::desk("/admin/resellers/{id}/bills/{number}/lines.csv", READS);

/// The fields of the forms. Nothing but these is read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    before: String,
    order: String,
    reason: String,
    due_on: String,
    from: String,
    seller_number: String,
    buyer_number: String,
    tax: String,
    tax_note: String,
    on: String,
    reference: String,
}

/// The order that was chosen; and, where it is about money, the choice's own word for which way it goes.
fn chosen(choice: &str) -> (&str, Option<bool>) {
    match choice.split_once(' ') {
        Some((order, "comes")) => (order, Some(true)),
        Some((order, "goes")) => (order, Some(false)),
        _ => (choice, None),
    }
}

/// The order that a form is about and its bill, with its reseller, if the person looks after its market.
async fn about(
    app: &App,
    person: &Person,
    id: &str,
    sent: &Sent,
) -> Result<Option<(ShownReseller, (KeptOrder, Option<KeptBill>))>, Problem> {
    let Some(found) = found(app, person, id).await? else { return Ok(None) };
    let (order, _) = chosen(&sent.order);
    let Ok(order) = order.parse::<ResellerOrderId>() else { return Ok(None) };
    // By its id, however old it is; whose it is and who serves it is looked at.
    let order = order_of(&app.shop, found.reseller.id, order).await;
    let order = order.map_err(|fault| Problem::fault(&fault))?;
    let own = |order: &KeptOrder| person.may(Permission::ResellerManage, Some(order.body.market));
    Ok(order.filter(|(order, _)| own(order)).map(|about| (found, about)))
}

/// The page that the form of this name was on, with what was typed into it.
fn with(form: &str, sent: &Sent) -> With {
    let fields = [
        ("order", sent.order.as_str()),
        ("reason", sent.reason.as_str()),
        ("due_on", sent.due_on.as_str()),
        ("from", sent.from.as_str()),
        ("seller_number", sent.seller_number.as_str()),
        ("buyer_number", sent.buyer_number.as_str()),
        ("tax", sent.tax.as_str()),
        ("tax_note", sent.tax_note.as_str()),
        ("on", sent.on.as_str()),
        ("reference", sent.reference.as_str()),
    ];
    let typed = Typed::new(form, &fields);
    With { before: sent.before.parse().ok(), typed, ..With::default() }
}

pub(super) async fn cancel(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, _, (order, _)) = asked_about!(app, uri, person, id, form);
    let (market, reason) = (order.body.market, sent.reason.clone());
    let with = with("cancel", &sent);
    let act = ExpansionAct::CancelReseller { market, order: order.id, reason };
    let what = "staff.reseller.cancel";
    let doing = Doing { act: act.into(), reason: sent.reason, key: &sent.key, what };
    back(&app, &uri, &person, &id, doing, with).await
}

pub(super) async fn bill(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, _, (order, _)) = asked_about!(app, uri, person, id, form);
    let Some(terms) = terms(&sent, &order) else {
        return said_bad(&app, &uri, &person, &id, "rsl-bill-bad", with("bill", &sent)).await;
    };
    let act = ExpansionAct::BillReseller { market: order.body.market, order: order.id, terms };
    let (reason, with) = (order.id.to_string(), with("bill", &sent));
    let what = "staff.reseller.bill";
    let doing = Doing { act: act.into(), reason, key: &sent.key, what };
    back(&app, &uri, &person, &id, doing, with).await
}

/// What a bill says, as typed: without an amount the tax is to be worked out.
fn terms(sent: &Sent, order: &KeptOrder) -> Option<BillTerms> {
    let due_on = sent.due_on.trim().parse().ok()?;
    let number = |typed: &str| match typed.trim() {
        "" => Some(None),
        typed => TaxNumber::parse(typed).ok().map(Some),
    };
    let (tax_minor, supply) = match sent.tax.trim() {
        "" => {
            let from = sent.from.trim().to_ascii_uppercase().parse().ok()?;
            let (seller, buyer) = (number(&sent.seller_number)?, number(&sent.buyer_number)?);
            (0, Some(SupplyFacts { from, seller, buyer }))
        }
        said => (Money::parse(said, order.body.total.currency).ok()?.minor, None),
    };
    Some(BillTerms { due_on, tax_minor, tax_note: sent.tax_note.clone(), supply })
}

pub(super) async fn money(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, _, (order, _)) = asked_about!(app, uri, person, id, form);
    // What the choice said when it was shown: where somebody else has booked it since, the act refuses this one
    // instead of giving back what has just come.
    let ((_, Some(came)), Ok(on)) = (chosen(&sent.order), sent.on.trim().parse()) else {
        return said_bad(&app, &uri, &person, &id, "rsl-bill-bad", with("money", &sent)).await;
    };
    let (market, reference) = (order.body.market, sent.reference.clone());
    let with = with("money", &sent);
    let act = ExpansionAct::MoveBill { market, order: order.id, came, on, reference };
    let what = "staff.reseller.money";
    let doing = Doing { act: act.into(), reason: sent.reference, key: &sent.key, what };
    back(&app, &uri, &person, &id, doing, with).await
}

/// A bill of a reseller whom the person may see.
async fn kept(
    app: &App,
    person: &Person,
    id: &str,
    number: String,
) -> Result<Option<KeptBill>, Problem> {
    let Some(found) = found(app, person, id).await? else { return Ok(None) };
    let bill = bill_of_reseller(&app.shop, found.reseller.id, number).await;
    let bill = bill.map_err(|fault| Problem::fault(&fault))?;
    let own = |market: MarketCode| person.may(Permission::ResellerRead, Some(market));
    Ok(bill.filter(|bill| own(bill.body.market)))
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((id, number)): Path<(String, String)>,
) -> Response {
    let kept = match kept(&app, &person, &id, number).await {
        Ok(Some(kept)) => kept,
        Ok(None) => return nothing(&app, &uri),
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::Resellers).await;
    let t = shell.text();
    let back = format!("/admin/resellers/{id}");
    let csv = format!("{back}/bills/{}/lines.csv", kept.number);
    let bill = bill_document(&t, &kept, csv, |sku| product_name(&app, &t, sku));
    html(StatusCode::OK, &BillPage { bill, back, shell })
}

pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((id, number)): Path<(String, String)>,
) -> Response {
    match kept(&app, &person, &id, number).await {
        Ok(Some(kept)) => bill_csv(&kept),
        Ok(None) => nothing(&app, &uri),
        Err(problem) => problem.respond(&app, uri.path(), None),
    }
}
