//! The outbox: letters that were given up or are late, and trying one again.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::LetterId;
use kontor_domain::staff::Permission;
use kontor_shop::mail::{Kind, LATE_AFTER_S, Outbox, Stuck, outbox, retry_letter};
use kontor_shop::staff::Person;
use serde::Deserialize;

use super::desk::{failed, nothing, said_of, shell};
use super::letter::name;
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{OutboxPage, Place, StuckRow};

pub(super) const LIST: Route = Route::desk("/admin/letters", Some(Permission::JobRead));
/// What waits already is not begun anew: twice is once.
pub(super) const RETRY: Route =
    Route::desk_form("/admin/letters/{id}", Some(Permission::JobRun), Repeat::Natural);

/// Letters on one page.
const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    after: String,
    said: String,
}

pub(super) async fn list(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let which = Outbox::from_word(&asked.state).unwrap_or(Outbox::GivenUp);
    let before = asked.after.parse().ok();
    let mut found = match outbox(&app.shop, which, before, PAGE as i64 + 1).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| more).map(|stuck| stuck.letter.id);
    let mut shell = shell(&app, &person, Place::Jobs).await;
    shell.notice = said_of(&person, &asked.said);
    let t = shell.text();
    let page = OutboxPage {
        given_up: which == Outbox::GivenUp,
        late_minutes: LATE_AFTER_S / 60,
        rows: found.into_iter().map(|stuck| row(&t, &person, stuck)).collect(),
        next: last.map(|last| format!("/admin/letters?state={}&after={last}", which.word())),
        may_run: person.may(Permission::JobRun, None) && which == Outbox::GivenUp,
        shell,
    };
    html(StatusCode::OK, &page)
}

fn row(t: &Text, person: &Person, stuck: Stuck) -> StuckRow {
    let Stuck { letter, market, order } = stuck;
    let kind = Kind::from_word(&letter.kind);
    let error = letter.last_error.unwrap_or_default();
    let sees_order = person.may(Permission::OrderRead, market);
    StuckRow {
        id: letter.id.to_string(),
        name: kind.map_or_else(|| letter.kind.clone(), |kind| name(t, kind)),
        market: market.map(|market| market.to_string()).unwrap_or_default(),
        order: order.filter(|_| sees_order).map(|number| number.to_string()),
        queued_at: letter.queued_at,
        due_at: letter.due_at,
        attempts: letter.attempts,
        error: match person.may(Permission::CustomerRead, market) {
            true => error,
            false => without_addresses(&error),
        },
    }
}

/// What another server said, without whom it said it of: replies name the address that they refuse.
fn without_addresses(text: &str) -> String {
    let word = |word: &str| if word.contains('@') { "…@…" } else { word }.to_owned();
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

pub(super) async fn retry(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<LetterId>() else { return nothing(&app, &uri) };
    match retry_letter(&app.shop, &person, id).await {
        Ok(()) => Redirect::to("/admin/letters?said=done").into_response(),
        Err(failure) => failed(&app, &uri, failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_said_is_told_without_the_address() {
        let said = "550 5.1.1 <ada@shop.example>: Recipient address rejected (ada@shop.example)";
        assert_eq!(without_addresses(said), "550 5.1.1 …@… Recipient address rejected …@…");
        assert_eq!(without_addresses("connection refused"), "connection refused");
    }
}
