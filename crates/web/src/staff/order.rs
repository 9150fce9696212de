//! One order: what is known of it, what happened, and what may be done with it. The list is in
//! `order_list.rs`, what is done in `order_act.rs`.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::{Money, id};
use kontor_domain::clearance::Outcome;
use kontor_domain::market::Act as Step;
use kontor_domain::order::{OrderLine, OrderNumber, cancel_plan, is_erased};
use kontor_domain::payment::PaymentState;
use kontor_domain::staff::Permission;
use kontor_ledger::money::MoneyCause;
use kontor_shop::order::{DeskOrder, REFUND_OF_CANCELLED, desk_order};
use kontor_shop::staff::{LogQuery, Person, entries};
use serde::Deserialize;

use super::desk::{nothing, said_of, shell};
use super::letter::letters;
use super::order_list::row;
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{DeskLine, Happened, MayDo, Notice, OrderDeskPage, Place, Typed};

pub(super) const SHOW: Route = Route::desk("/admin/orders/{number}", Some(Permission::OrderRead));

/// How many acts stand on a page.
const ACTS: usize = 100;

/// An order, if its market is the person's; else it does not exist.
pub(super) async fn theirs(
    app: &App,
    uri: &Uri,
    person: &Person,
    number: &str,
    needed: Permission,
) -> Result<DeskOrder, Response> {
    let Ok(number) = number.parse::<OrderNumber>() else { return Err(nothing(app, uri)) };
    match desk_order(&app.shop, number).await {
        Ok(Some(found)) if person.may(needed, Some(found.placed.order.market)) => Ok(found),
        Ok(_) => Err(nothing(app, uri)),
        Err(fault) => Err(Problem::fault(&fault).respond(app, uri.path(), None)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    said: String,
    /// The act before which those on the page were done.
    acts: String,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let found = match theirs(&app, &uri, &person, &number, Permission::OrderRead).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let said = said_of(&person, &asked.said);
    let before = id::decode(&asked.acts);
    answer_at(&app, &uri, &person, found, (StatusCode::OK, said), (Typed::default(), before)).await
}

pub(super) async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    found: DeskOrder,
    status: StatusCode,
    notice: Option<Notice>,
    typed: Typed,
) -> Response {
    answer_at(app, uri, person, found, (status, notice), (typed, None)).await
}

/// The page of an order, with the acts on it that were done before one of them.
async fn answer_at(
    app: &App,
    uri: &Uri,
    person: &Person,
    found: DeskOrder,
    (status, notice): (StatusCode, Option<Notice>),
    (typed, before): (Typed, Option<[u8; 16]>),
) -> Response {
    let order = &found.placed.order;
    let market = Some(order.market);
    let subject = order.number.to_string();
    let log = LogQuery { subject, after: before, ..LogQuery::default() };
    let (acts, older) = match entries(&app.shop, log, ACTS).await {
        Ok(page) => (page.entries, page.next),
        Err(fault) => return Problem::fault(&fault).respond(app, uri.path(), None),
    };
    let mut shell = shell(app, person, Place::Orders).await;
    shell.notice = notice;
    let t = shell.text();
    let letters = match letters(app, person, &t, &found.placed, &acts).await {
        Ok(letters) => letters,
        Err(fault) => return Problem::fault(&fault).respond(app, uri.path(), None),
    };
    let currency = order.totals.total.currency;
    let payment = found.payment.as_ref();
    let (captured, refunded) =
        payment.map_or((0, 0), |payment| (payment.captured_minor, payment.refunded_minor));
    let customer = person.may(Permission::CustomerRead, market) && !is_erased(order);
    let customer = customer.then(|| app.shop.keys.customer(&order.contact.email));
    let ship_to = &order.ship_to;
    let city = [ship_to.postcode.as_ref().map(|p| p.as_str()), Some(ship_to.city.as_str())];
    let postal = [
        Some(ship_to.name.to_string()),
        Some(ship_to.line1.to_string()),
        ship_to.line2.as_ref().map(ToString::to_string),
        Some(city.into_iter().flatten().collect::<Vec<_>>().join(" ")),
        ship_to.region.as_ref().map(ToString::to_string),
        Some(t.country(&ship_to.country).into_owned()),
    ];
    let page = OrderDeskPage {
        row: row(&found.placed),
        email: order.contact.email.as_str().to_owned(),
        phone: order.contact.phone.as_ref().map_or("", |phone| phone.as_str()).to_owned(),
        customer: customer.map(|id| format!("/admin/customers/{id}")),
        postal: postal.into_iter().flatten().collect(),
        language: order.language.tag().to_owned(),
        lines: order.lines.iter().map(|line| desk_line(app, person, &t, &found, line)).collect(),
        shipping: order.shipping.amount.gross,
        tax: order.totals.tax,
        paid_by: payment.map_or_else(String::new, |payment| {
            let reference = payment.reference.as_deref().unwrap_or_default();
            format!("{} {reference}", payment.provider.word())
        }),
        payment: payment.map_or("", |payment| payment.state.word()).to_owned(),
        captured: Money::new(captured, currency),
        refunded: Money::new(refunded, currency),
        deposit: order.deposit.map(|paid| {
            let left = found.deposit.as_ref().map_or(0, |(deposit, _)| deposit.applied_minor);
            (paid.paid_at, paid.amount, Money::new(left, currency))
        }),
        refunds: found
            .refunds
            .iter()
            .map(|back| {
                let why = match back.reason.as_str() {
                    // The sentence is what older ones have.
                    REFUND_OF_CANCELLED | "order cancelled" => {
                        t.get("desk-refund-cancelled").into_owned()
                    }
                    reason => reason.to_owned(),
                };
                (back.asked_at, back.amount, why, back.done_at.is_some())
            })
            .collect(),
        books: found
            .transfers
            .iter()
            .map(|entry| {
                let (from, to) = (entry.from.to_string(), entry.to.to_string());
                (entry.at, from, to, entry.amount, entry.cause.as_str().to_owned())
            })
            .collect(),
        timeline: timeline(&t, &found, acts),
        older: older.map(id::encode),
        in_part: before.is_some(),
        letters,
        notes: found
            .notes
            .iter()
            .map(|note| (note.written_at, note.person.clone(), note.words.clone()))
            .collect(),
        out: out(&found),
        may: may_do(person, &found),
        key: form_key::fresh(app),
        typed,
        shell,
    };
    html(status, &page)
}

fn desk_line(
    app: &App,
    person: &Person,
    t: &Text,
    found: &DeskOrder,
    line: &OrderLine,
) -> DeskLine {
    let order = &found.placed.order;
    let snapshot = app.shop.snapshots.now();
    let sku = &line.quoted.sku;
    let words = |outcome: Option<Outcome>| match outcome {
        Some(Outcome::Allowed) => (t.get("outcome-allowed").into_owned(), "good"),
        Some(Outcome::Conditional) => (t.get("outcome-conditional").into_owned(), "warn"),
        _ => (t.get("outcome-refused").into_owned(), "bad"),
    };
    let at_the_sale = match line.verdict.outcome.as_str() {
        "allowed" => Some(Outcome::Allowed),
        "conditional" => Some(Outcome::Conditional),
        _ => None,
    };
    let now = snapshot.ladders.get(&(order.market, sku.clone()));
    let (now, now_tone) = match now.map(|ladder| ladder.get(Step::Deliver)) {
        Some(outcome) => words(Some(outcome)),
        None => (t.get("desk-not-known").into_owned(), "bad"),
    };
    let (then, then_tone) = words(at_the_sale);
    let sees = person.may(Permission::ClearanceRead, Some(order.market));
    DeskLine {
        sku: sku.to_string(),
        title: line.title.clone(),
        quantity: line.quoted.quantity,
        unit: line.quoted.unit_price,
        gross: line.quoted.amount.gross,
        then,
        then_tone,
        facts_version: line.verdict.facts_version,
        judged_at: line.verdict.at,
        obligations: line.verdict.obligations.clone(),
        now,
        now_tone,
        facts: sees.then(|| format!("/admin/{}/clearances/{sku}", order.market)),
        serials: found
            .serials
            .iter()
            .filter(|sold| sold.item == sku.as_str())
            .map(|sold| sold.serial.clone())
            .collect(),
    }
}

/// What the books, the provider and the log tell, in the order in which it happened.
fn timeline(
    t: &Text,
    found: &DeskOrder,
    acts: Vec<kontor_store::staff::log::Entry>,
) -> Vec<Happened> {
    let order = &found.placed.order;
    let event = |at, what: String| Happened { at, what, who: String::new() };
    let mut all = vec![event(order.placed_at, t.get("desk-happened-placed").into_owned())];
    for entry in &found.transfers {
        let amount = t.money(&entry.amount);
        let what = match entry.cause {
            MoneyCause::Captured => t.one("desk-happened-captured", "amount", amount),
            MoneyCause::Refunded => t.one("desk-happened-refunded", "amount", amount),
            MoneyCause::Voided => t.get("desk-happened-voided"),
            MoneyCause::Applied => t.one("desk-happened-applied", "amount", amount),
            MoneyCause::Unapplied => t.one("desk-happened-unapplied", "amount", amount),
            MoneyCause::Sold | MoneyCause::Credited => continue,
        };
        all.push(event(entry.at, what.into_owned()));
    }
    for back in &found.returned {
        let id =
            if back.on_the_shelf { "desk-happened-returned" } else { "desk-happened-scrapped" };
        all.push(event(back.at, t.two(id, "units", back.units, "sku", &*back.sku).into_owned()));
    }
    let done = acts.into_iter().map(|entry| Happened {
        at: entry.made_at,
        what: if entry.reason.is_empty() {
            entry.act
        } else {
            format!("{}: {}", entry.act, entry.reason)
        },
        who: entry.person,
    });
    all.extend(done);
    all.sort_by_key(|event| event.at);
    all.dedup();
    all
}

/// What can come back: variant, name and units.
fn out(found: &DeskOrder) -> Vec<(String, String, i64)> {
    let lines = &found.placed.order.lines;
    let title = |sku: &String| {
        let line = lines.iter().find(|line| line.quoted.sku.as_str() == sku);
        line.map_or_else(|| sku.clone(), |line| line.title.clone())
    };
    found.out.iter().map(|(sku, units)| (sku.clone(), title(sku), *units)).collect()
}

fn may_do(person: &Person, found: &DeskOrder) -> MayDo {
    let placed = &found.placed;
    let may = |permission| person.may(permission, Some(placed.order.market));
    let plan = cancel_plan(placed.payment_state, placed.fulfilment_state, placed.clearance_state);
    let has_money =
        matches!(placed.payment_state, PaymentState::Captured | PaymentState::PartlyRefunded);
    MayDo {
        note: may(Permission::OrderEdit),
        cancel: may(Permission::OrderCancel) && plan.is_ok(),
        refund: may(Permission::PaymentRefund) && has_money,
        take_back: may(Permission::OrderReturn) && !found.out.is_empty(),
    }
}
