//! The letters about an order: which there were, what has become of them, and sending one again.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::mail::{Kind, ResendRefusal, letters_about, resend as send_again, resendable};
use kontor_shop::staff::Person;
use kontor_store::StoreError;
use kontor_store::mail::{Letter, LetterState};
use kontor_store::order::PlacedOrder;
use kontor_store::staff::log::Entry;
use serde::Deserialize;

use super::desk::{failed, notice};
use super::order::{answer, theirs};
use crate::kit::app::App;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::Problem;
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{LetterRow, Letters, Typed};

pub(super) const RESEND: Route =
    Route::desk_form("/admin/orders/{number}/letter", Some(Permission::OrderEdit), Repeat::FormKey);

/// The letters about an order, for its page. Whoever may not send them sees what there were.
pub(super) async fn letters(
    app: &App,
    person: &Person,
    t: &Text,
    placed: &PlacedOrder,
    log: &[Entry],
) -> Result<Letters, StoreError> {
    let sent = letters_about(&app.shop, placed.order.id).await?;
    let may = app.shop.policy.mail && person.may(Permission::OrderEdit, Some(placed.order.market));
    let again = if may { resendable(placed, &sent) } else { Vec::new() };
    Ok(Letters {
        rows: sent.iter().map(|letter| row(t, letter, log)).collect(),
        again: again.into_iter().map(|kind| (kind.word(), name(t, kind))).collect(),
    })
}

fn row(t: &Text, letter: &Letter, log: &[Entry]) -> LetterRow {
    // The log and the letter were written in one transaction, with one time.
    let by = log.iter().find(|entry| {
        entry.act == "mail.resend"
            && entry.made_at == letter.queued_at
            && entry.is_now == letter.kind
    });
    let (state, tone) = match letter.state {
        LetterState::Waiting => ("desk-letter-waits", "warn"),
        LetterState::Sent => ("desk-letter-sent", "good"),
        LetterState::GivenUp => ("desk-letter-given-up", "bad"),
    };
    LetterRow {
        name: Kind::from_word(&letter.kind)
            .map_or_else(|| letter.kind.clone(), |kind| name(t, kind)),
        queued_at: letter.queued_at,
        done_at: letter.done_at,
        state: t.get(state).into_owned(),
        tone,
        error: letter.last_error.clone().unwrap_or_default(),
        by: by.map(|entry| entry.person.clone()).unwrap_or_default(),
    }
}

/// What a letter is called.
pub(super) fn name(t: &Text, kind: Kind) -> String {
    let id = match kind {
        Kind::OrderPlaced => "desk-letter-placed",
        Kind::PaymentReceived => "desk-letter-received",
        Kind::PaymentRefunded => "desk-letter-refunded",
        Kind::OrderCancelled => "desk-letter-cancelled",
        Kind::OrderHeld => "desk-letter-held",
        Kind::OrderFreed => "desk-letter-freed",
        // None of them is about a buyer's order.
        Kind::ResellerHeld
        | Kind::ResellerFreed
        | Kind::DepositPaid
        | Kind::DepositReturned
        | Kind::WaitingConfirm
        | Kind::WaitingOver
        | Kind::WaitingDelayed
        | Kind::StaffCode => {
            return kind.word().to_owned();
        }
    };
    t.get(id).into_owned()
}

/// The fields of the form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    kind: String,
}

pub(super) async fn resend(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(number): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let kind = Kind::from_word(&sent.kind).filter(|_| is_form_key(&sent.key));
    let Some(kind) = kind else { return Problem::bad_form().respond(&app, uri.path(), None) };
    let found = match theirs(&app, &uri, &person, &number, Permission::OrderEdit).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let order = found.placed.order.number.clone();
    let scope = format!("staff.letter {order} {}", person.id);
    let once = app.shop.keys.once(&scope, &sent.key, kind.word().as_bytes());
    match send_again(&app.shop, &person, order.clone(), kind, once).await {
        Ok(_) => Redirect::to(&format!("/admin/orders/{order}?said=done")).into_response(),
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let said = notice("bad", t.get(why(refusal)));
            answer(&app, &uri, &person, found, StatusCode::CONFLICT, said, Typed::default()).await
        }
        Err(Failure::KeyReused) => failed(&app, &uri, Failure::KeyReused),
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}

pub(super) const fn why(refusal: ResendRefusal) -> &'static str {
    match refusal {
        ResendRefusal::UnknownOrder | ResendRefusal::NotOfOrder | ResendRefusal::NotTrue => {
            "desk-letter-not-true"
        }
        ResendRefusal::OnItsWay => "desk-letter-on-its-way",
        ResendRefusal::Nobody => "desk-letter-nobody",
        ResendRefusal::NoMail => "desk-letter-no-mail",
    }
}
