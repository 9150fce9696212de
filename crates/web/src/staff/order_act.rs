//! What is done with an order: a note, a cancellation, money back.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::Money;
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::order::DeskOrder;
use kontor_shop::staff::{Act, NoteCommand, Person, Undertaking, write_note};
use serde::Deserialize;

use super::desk::{Refused, failed, notice, status, undertaken};
use super::order::{answer, theirs};
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::Problem;
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::Typed;

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

/// The fields of the forms. Nothing but these is read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    reason: String,
    amount: String,
    words: String,
}

impl Sent {
    /// What was typed into the form of this name.
    fn typed(&self, form: &str) -> Typed {
        let fields = [
            ("reason", self.reason.as_str()),
            ("amount", self.amount.as_str()),
            ("words", self.words.as_str()),
        ];
        Typed::new(form, &fields)
    }
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
    let typed = sent.typed("note");
    match write_note(&app.shop, &person, NoteCommand { order, words: sent.words, once }).await {
        Ok(_) => Redirect::to(&back).into_response(),
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let said = notice("bad", t.one("staff-refused", "why", why(&t, &refusal)));
            answer(&app, &uri, &person, found, status(&refusal), said, typed).await
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
    do_it(&app, &uri, &person, found, act, ("cancel", sent)).await
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
        return answer(&app, &uri, &person, found, unfit, said, sent.typed("refund")).await;
    };
    let act = Act::Refund {
        number: order.number.to_string(),
        minor: amount.minor,
        currency: amount.currency.code().to_owned(),
        why: sent.reason.trim().to_owned(),
    };
    do_it(&app, &uri, &person, found, act, ("refund", sent)).await
}

async fn do_it(
    app: &App,
    uri: &Uri,
    person: &Person,
    found: DeskOrder,
    act: Act,
    (form, sent): (&str, Sent),
) -> Response {
    let typed = sent.typed(form);
    let body = serde_json::to_vec(&act).expect("an act is JSON");
    let scope = format!("staff.order {} {}", found.placed.order.number, person.id);
    let once = app.shop.keys.once(&scope, &sent.key, &body);
    let done = format!("/admin/orders/{}?said=done", found.placed.order.number);
    let undertaking = Undertaking { act, reason: sent.reason, once };
    match undertaken(app, uri, person, undertaking, &done).await {
        Ok(answer) => answer,
        Err(Refused { status, words }) => {
            let said = notice("bad", words);
            answer(app, uri, person, found, status, said, typed).await
        }
    }
}
