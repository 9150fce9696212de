//! Orders: the list, one of them, and what can be done with it.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::{Date, Money};
use kontor_domain::clearance::Outcome;
use kontor_domain::market::{Act as Step, MarketCode};
use kontor_domain::order::{OrderLine, OrderNumber, OrderState, cancel_plan, is_erased};
use kontor_domain::payment::PaymentState;
use kontor_domain::staff::Permission;
use kontor_ledger::money::MoneyCause;
use kontor_shop::Failure;
use kontor_shop::order::{DeskOrder, ListQuery, desk_order, list};
use kontor_shop::staff::{Act, LogQuery, NoteCommand, Person, Undertaking, entries, write_note};
use kontor_store::order::PlacedOrder;
use serde::Deserialize;

use super::desk::{
    Refused, csv as csv_file, failed, market_for, markets_for, nothing, notice, said_of, shell,
    status, undertaken,
};
use super::letter::letters;
use crate::kit::app::App;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{
    DeskLine, Happened, MayDo, Notice, OrderDeskPage, OrderRow, OrderRows, OrdersPage, Place,
};

const READS: Option<Permission> = Some(Permission::OrderRead);
pub(super) const LIST: Route = Route::desk("/admin/orders", READS);
pub(super) const CSV: Route = Route::desk("/admin/orders.csv", READS);
pub(super) const SHOW: Route = Route::desk("/admin/orders/{number}", READS);
pub(super) const NOTE: Route =
    Route::desk_form("/admin/orders/{number}/note", Some(Permission::OrderEdit), Repeat::FormKey);
pub(super) const CANCEL: Route = Route::desk_form(
    "/admin/orders/{number}/cancel",
    Some(Permission::OrderCancel),
    Repeat::FormKey,
);
pub(super) const REFUND: Route = Route::desk_form(
    "/admin/orders/{number}/refund",
    Some(Permission::PaymentRefund),
    Repeat::FormKey,
);

/// Orders on one page.
const PAGE: usize = 50;
/// Orders in one CSV file.
const CSV_ROWS: usize = 5_000;

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
        csv: asked.path("/admin/orders.csv", &query, &asked.after),
        shell,
    };
    html(StatusCode::OK, &page)
}

pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(query) = asked.query(&app, &person) else { return nothing(&app, &uri) };
    let found = match list(&app.shop, query, CSV_ROWS).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let rows = found.into_iter().map(|placed| {
        let order = &placed.order;
        let goods: Vec<String> = order.lines.iter().map(goods).collect();
        vec![
            order.id.to_string(),
            order.number.to_string(),
            order.placed_at.timestamp().to_string(),
            order.market.to_string(),
            placed.state().word().to_owned(),
            order.contact.name.to_string(),
            goods.join(", "),
            order.totals.total.decimal(),
            order.totals.total.currency.code().to_owned(),
        ]
    });
    csv_file("orders.csv", "order,number,placed_at,market,state,name,goods,total,currency", rows)
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
pub(super) struct Said {
    said: String,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(number): Path<String>,
    Query(said): Query<Said>,
) -> Response {
    let found = match theirs(&app, &uri, &person, &number, Permission::OrderRead).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let said = said_of(&person, &said.said);
    answer(&app, &uri, &person, found, StatusCode::OK, said, String::new()).await
}

pub(super) async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    found: DeskOrder,
    status: StatusCode,
    notice: Option<Notice>,
    typed: String,
) -> Response {
    let order = &found.placed.order;
    let market = Some(order.market);
    let subject = order.number.to_string();
    let log = LogQuery { subject, ..LogQuery::default() };
    let acts = match entries(&app.shop, log, 100).await {
        Ok(page) => page.entries,
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
            .map(|back| (back.asked_at, back.amount, back.reason.clone(), back.done_at.is_some()))
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
        letters,
        notes: found
            .notes
            .iter()
            .map(|note| (note.written_at, note.person.clone(), note.words.clone()))
            .collect(),
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
    let done = acts.into_iter().map(|entry| Happened {
        at: entry.made_at,
        what: entry.act,
        who: entry.person,
    });
    all.extend(done);
    all.sort_by_key(|event| event.at);
    all.dedup();
    all
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
    }
}

/// The fields of the forms. Nothing but these is read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    reason: String,
    amount: String,
    words: String,
}

/// A form with its order, or the answer where there is none.
async fn received(
    app: &App,
    uri: &Uri,
    person: &Person,
    number: &str,
    needed: Permission,
    form: Result<Form<Sent>, FormRejection>,
) -> Result<(Sent, DeskOrder), Response> {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Err(Problem::form(&rejection).respond(app, uri.path(), None)),
    };
    if !is_form_key(&sent.key) {
        return Err(Problem::bad_form().respond(app, uri.path(), None));
    }
    let found = theirs(app, uri, person, number, needed).await?;
    Ok((sent, found))
}

pub(super) async fn note(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(number): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let needed = Permission::OrderEdit;
    let (sent, found) = match received(&app, &uri, &person, &number, needed, form).await {
        Ok(received) => received,
        Err(answer) => return answer,
    };
    let order = found.placed.order.number.clone();
    let scope = format!("staff.note {order} {}", person.id);
    let once = app.shop.keys.once(&scope, &sent.key, sent.words.as_bytes());
    let back = format!("/admin/orders/{order}?said=done");
    match write_note(&app.shop, &person, NoteCommand { order, words: sent.words, once }).await {
        Ok(_) => Redirect::to(&back).into_response(),
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let said = notice("bad", t.one("staff-refused", "why", refusal.to_string()));
            answer(&app, &uri, &person, found, status(&refusal), said, String::new()).await
        }
        Err(failure) => failed(&app, &uri, failure),
    }
}

pub(super) async fn cancel(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(number): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let needed = Permission::OrderCancel;
    let (sent, found) = match received(&app, &uri, &person, &number, needed, form).await {
        Ok(received) => received,
        Err(answer) => return answer,
    };
    let number = found.placed.order.number.to_string();
    let act = Act::CancelOrder { number };
    do_it(&app, &uri, &person, found, act, sent).await
}

pub(super) async fn refund(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(number): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let needed = Permission::PaymentRefund;
    let (sent, found) = match received(&app, &uri, &person, &number, needed, form).await {
        Ok(received) => received,
        Err(answer) => return answer,
    };
    let order = &found.placed.order;
    // A comma is a point to half of the world.
    let typed = sent.amount.trim().replace(',', ".");
    let Ok(amount) = Money::parse(&typed, order.totals.total.currency) else {
        let t = Text::new(person.language, None);
        let said = notice("bad", t.get("desk-refund-bad"));
        let unfit = StatusCode::UNPROCESSABLE_ENTITY;
        return answer(&app, &uri, &person, found, unfit, said, sent.amount).await;
    };
    let act = Act::Refund {
        number: order.number.to_string(),
        minor: amount.minor,
        currency: amount.currency.code().to_owned(),
        why: sent.reason.trim().to_owned(),
    };
    do_it(&app, &uri, &person, found, act, sent).await
}

async fn do_it(
    app: &App,
    uri: &Uri,
    person: &Person,
    found: DeskOrder,
    act: Act,
    sent: Sent,
) -> Response {
    let body = serde_json::to_vec(&act).expect("an act is JSON");
    let scope = format!("staff.order {} {}", found.placed.order.number, person.id);
    let once = app.shop.keys.once(&scope, &sent.key, &body);
    let done = format!("/admin/orders/{}?said=done", found.placed.order.number);
    let undertaking = Undertaking { act, reason: sent.reason, once };
    match undertaken(app, uri, person, undertaking, &done).await {
        Ok(answer) => answer,
        Err(Refused { status, words }) => {
            let said = notice("bad", words);
            answer(app, uri, person, found, status, said, sent.amount).await
        }
    }
}
