//! A customer: seen, handed what is kept, put together with another address, erased.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::{CustomerId, OrderId};
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::staff::{
    Act, Customer, MergeCommand, Person, Undertaking, customer, export as everything_of,
    merge as put_together,
};
use serde::Deserialize;

use super::desk::{
    Refused, attachment, failed, nothing, notice, said_of, shell, status, undertaken,
};
use super::order_list::row;
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{CustomerPage, Notice, OrderRows, Place, Typed};

pub(super) const SHOW: Route =
    Route::desk("/admin/customers/{customer}", Some(Permission::CustomerRead));
/// It only adds to the log; whoever sends it twice has it twice.
pub(super) const EXPORT: Route = Route::desk_form(
    "/admin/customers/{customer}/export",
    Some(Permission::CustomerExport),
    Repeat::Natural,
);
pub(super) const MERGE: Route = Route::desk_form(
    "/admin/customers/{customer}/merge",
    Some(Permission::CustomerMerge),
    Repeat::FormKey,
);
pub(super) const ERASE: Route = Route::desk_form(
    "/admin/customers/{customer}/erase",
    Some(Permission::CustomerErase),
    Repeat::FormKey,
);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    said: String,
    /// Before which order the page begins.
    before: String,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Response {
    let before = said.before.parse::<OrderId>().ok();
    let said = said_of(&person, &said.said);
    page(&app, &uri, &person, &id, (StatusCode::OK, said, before), Typed::default()).await
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    id: &str,
    (status, notice): (StatusCode, Option<Notice>),
    typed: Typed,
) -> Response {
    page(app, uri, person, id, (status, notice, None), typed).await
}

async fn page(
    app: &App,
    uri: &Uri,
    person: &Person,
    id: &str,
    (status, notice, before): (StatusCode, Option<Notice>, Option<OrderId>),
    typed: Typed,
) -> Response {
    let Ok(id) = id.parse::<CustomerId>() else { return nothing(app, uri) };
    let found = match customer(&app.shop, person, id, before).await {
        Ok(found) => found,
        Err(failure) => return failed(app, uri, failure),
    };
    let mut shell = shell(app, person, Place::Orders).await;
    shell.notice = notice;
    let t = shell.text();
    let markets = found.markets();
    let everywhere = |needed| markets.iter().all(|market| person.may(needed, Some(*market)));
    let may = |permission| !found.in_part && everywhere(permission);
    let page = CustomerPage {
        id: found.id.to_string(),
        older: found.older.map(|last| format!("/admin/customers/{}?before={last}", found.id)),
        name: name_of(&found),
        addresses: found
            .contacts
            .iter()
            .map(|contact| (contact.email.clone(), contact.seen_at))
            .collect(),
        orders: OrderRows {
            t,
            labelled: "orders-title",
            rows: found.orders.iter().map(row).collect(),
        },
        waiting: found
            .waiting
            .iter()
            .map(|kept| {
                let model = kept.entry.model.as_ref().map(|model| model_name(app, &t, model));
                let opening = || t.get("desk-waiting-opening").into_owned();
                let (since, confirmed) = (kept.moments.signed_at, kept.moments.confirmed_at);
                (kept.entry.market, model.unwrap_or_else(opening), since, confirmed)
            })
            .collect(),
        entries: found
            .entries
            .iter()
            .map(|entry| {
                let way = entry.way.word().to_owned();
                (entry.sale.to_string(), entry.market, way, entry.entered_at)
            })
            .collect(),
        deposits: found
            .deposits
            .iter()
            .map(|kept| {
                (kept.sale.to_string(), kept.market, kept.amount, kept.state, kept.changed_at)
            })
            .collect(),
        may_export: may(Permission::CustomerExport),
        may_merge: may(Permission::CustomerMerge),
        may_erase: may(Permission::CustomerErase),
        key: form_key::fresh(app),
        typed,
        shell,
    };
    html(status, &page)
}

fn name_of(found: &Customer) -> String {
    let latest = found.orders.first().map(|placed| placed.order.contact.name.to_string());
    let address = || found.contacts.first().map(|contact| contact.email.clone());
    latest.or_else(address).unwrap_or_default()
}

/// What a model is called in a language.
pub(super) fn model_name(app: &App, t: &Text, model: &kontor_domain::catalogue::Slug) -> String {
    let snapshot = app.shop.snapshots.now();
    match snapshot.models.get(model) {
        Some(known) => known.text(t.language(), |text| &text.name).to_owned(),
        None => model.to_string(),
    }
}

pub(super) async fn export(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<CustomerId>() else { return nothing(&app, &uri) };
    match everything_of(&app.shop, &person, id).await {
        Ok(told) => {
            let body = serde_json::to_string_pretty(&told).expect("a JSON value is JSON");
            attachment(&format!("{id}.json"), "application/json", body)
        }
        Err(failure) => failed(&app, &uri, failure),
    }
}

/// The fields of the forms. Nothing but these is read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    other: String,
    reason: String,
}

/// A form about a customer of whom something is the person's to see, or the answer.
async fn received(
    app: &App,
    uri: &Uri,
    person: &Person,
    id: &str,
    form: Result<Form<Sent>, FormRejection>,
) -> Result<(Sent, CustomerId), Response> {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Err(Problem::form(&rejection).respond(app, uri.path(), None)),
    };
    if !is_form_key(&sent.key) {
        return Err(Problem::bad_form().respond(app, uri.path(), None));
    }
    let Ok(id) = id.parse::<CustomerId>() else { return Err(nothing(app, uri)) };
    match customer(&app.shop, person, id, None).await {
        Ok(found) => Ok((sent, found.id)),
        Err(failure) => Err(failed(app, uri, failure)),
    }
}

pub(super) async fn merge(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, front) = match received(&app, &uri, &person, &id, form).await {
        Ok(received) => received,
        Err(answer) => return answer,
    };
    let scope = format!("staff.merge {front} {}", person.id);
    let once = app.shop.keys.once(&scope, &sent.key, sent.other.as_bytes());
    let typed = Typed::new("merge", &[("other", &sent.other)]);
    let command = MergeCommand { customer: front, other: sent.other.trim().to_owned(), once };
    match put_together(&app.shop, &person, command).await {
        Ok(_) => Redirect::to(&format!("/admin/customers/{front}?said=done")).into_response(),
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let said = notice("bad", t.one("staff-refused", "why", why(&t, &refusal)));
            // The page is there: what is not found is the other one.
            let code = match status(&refusal) {
                StatusCode::NOT_FOUND => StatusCode::UNPROCESSABLE_ENTITY,
                other => other,
            };
            answer(&app, &uri, &person, &id, (code, said), typed).await
        }
        Err(failure) => failed(&app, &uri, failure),
    }
}

pub(super) async fn erase(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, front) = match received(&app, &uri, &person, &id, form).await {
        Ok(received) => received,
        Err(answer) => return answer,
    };
    let act = Act::EraseCustomer { customer: front.to_string() };
    let body = serde_json::to_vec(&act).expect("an act is JSON");
    let scope = format!("staff.erase {front} {}", person.id);
    let once = app.shop.keys.once(&scope, &sent.key, &body);
    let done = format!("/admin/customers/{front}?said=done");
    let typed = Typed::new("erase", &[("reason", &sent.reason)]);
    let undertaking = Undertaking { act, reason: sent.reason, once };
    match undertaken(&app, &uri, &person, undertaking, &done).await {
        Ok(answer) => answer,
        Err(Refused { status, words }) => {
            answer(&app, &uri, &person, &id, (status, notice("bad", words)), typed).await
        }
    }
}
