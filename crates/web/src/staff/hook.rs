//! One webhook: what it was told, and what is done with it.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::{HookEventId, HookId};
use kontor_domain::hook::HookState;
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::hook::{
    HookRefusal, exchange_secret, hook, replay, set_hook_state, take_over, try_hook,
};
use kontor_shop::staff::Person;
use kontor_store::hook::{Attempt, Delivery, DeliveryState, Which};
use serde::Deserialize;

use super::desk::{nothing, notice, shell};
use super::programs::{hook_failed, hook_row, hook_status};
use super::refusal::say;
use crate::kit::app::App;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{DeliveryRow, HookPage, Notice, Place};

const CONNECTS: Option<Permission> = Some(Permission::StaffConnect);
pub(super) const SHOW: Route = Route::desk("/admin/programs/hooks/{hook}", CONNECTS);
pub(super) const ACT: Route =
    Route::desk_form("/admin/programs/hooks/{hook}", CONNECTS, Repeat::FormKey);

/// How many deliveries a page shows.
const SHOWN: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    before: String,
    state: String,
    event: String,
}

/// A text that cannot be an event's id finds none, as an event that was never told.
const NO_EVENT: HookEventId = HookEventId::from_bytes([0; 16]);

impl Asked {
    fn which(&self) -> Which {
        let event = self.event.trim();
        Which {
            state: DeliveryState::from_word(&self.state),
            event: (!event.is_empty()).then(|| event.parse().unwrap_or(NO_EVENT)),
            before: self.before.parse().ok(),
        }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(&app, &uri) };
    answer(&app, &uri, &person, id, &asked, Said::default()).await
}

/// What the page says beside what it shows.
#[derive(Default)]
struct Said {
    status: StatusCode,
    notice: Option<Notice>,
    /// A secret that was made, shown this once.
    secret: Option<String>,
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    id: HookId,
    asked: &Asked,
    said: Said,
) -> Response {
    let which = asked.which();
    let overview = match hook(&app.shop, person, id, which, SHOWN).await {
        Ok(overview) => overview,
        Err(failure) => return hook_failed(app, uri, failure),
    };
    let mut shell = shell(app, person, Place::Programs).await;
    shell.notice = said.notice;
    let t = shell.text();
    let last = overview.deliveries.last().filter(|_| overview.more);
    let page = HookPage {
        next: last.map(|(last, _)| {
            let state = which.state.map(|state| format!("state={}&", state.word()));
            let state = state.unwrap_or_default();
            format!("/admin/programs/hooks/{id}?{state}before={}", last.id)
        }),
        state: which.state.map_or("", DeliveryState::word),
        event: asked.event.trim().to_owned(),
        hook: hook_row(&t, &overview.endpoint, &overview.answers),
        may_take_over: overview.may_take_over,
        deliveries: overview
            .deliveries
            .iter()
            .map(|(delivery, attempts)| row(t, delivery, attempts))
            .collect(),
        secret: said.secret,
        key: form_key::fresh(app),
        shell,
    };
    html(said.status, &page)
}

fn row(t: Text, delivery: &Delivery, attempts: &[Attempt]) -> DeliveryRow {
    let told = |attempt: &Attempt| match attempt.status {
        Some(status) => t.one("programs-answered", "status", status.to_string()).into_owned(),
        None => attempt.told.clone(),
    };
    DeliveryRow {
        id: delivery.id.to_string(),
        event: delivery.event.id.to_string(),
        kind: delivery.event.kind.word(),
        at: delivery.event.at,
        state: delivery.state.word(),
        due_at: delivery.due_at,
        attempts: attempts.iter().map(|one| (one.at, one.took_ms, told(one))).collect(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    what: String,
    delivery: String,
}

pub(super) async fn act(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    if !is_form_key(&sent.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let Ok(id) = id.parse::<HookId>() else { return nothing(&app, &uri) };
    let t = Text::new(person.language, None);
    let shop = &app.shop;
    let body = format!("{} {}", sent.what, sent.delivery);
    let once = shop.keys.once(&format!("hook.act {} {id}", person.id), &sent.key, body.as_bytes());
    let done = match sent.what.as_str() {
        "on" => set_hook_state(shop, &person, id, HookState::Active).await,
        "off" => set_hook_state(shop, &person, id, HookState::Paused).await,
        "remove" => {
            return match set_hook_state(shop, &person, id, HookState::Removed).await {
                Ok(()) => Redirect::to("/admin/programs").into_response(),
                Err(failure) => hook_failed(&app, &uri, failure),
            };
        }
        "take_over" => take_over(shop, &person, id).await,
        "try" => try_hook(shop, &person, id, once).await,
        "replay" => match sent.delivery.parse() {
            Ok(delivery) => replay(shop, &person, id, delivery).await,
            Err(_) => return Problem::bad_form().respond(&app, uri.path(), None),
        },
        "exchange" => {
            return match exchange_secret(shop, &person, id, once).await {
                Ok(secret) => {
                    let before = secret.is_none();
                    let said = t.get("programs-made-before");
                    let notice = if before { notice("warn", said) } else { None };
                    let said = Said { notice, secret, ..Said::default() };
                    answer(&app, &uri, &person, id, &Asked::default(), said).await
                }
                Err(failure) => hook_failed(&app, &uri, failure),
            };
        }
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    match done {
        Ok(()) => {
            let queued = matches!(sent.what.as_str(), "try" | "replay");
            let words = if queued { "programs-queued" } else { "programs-done" };
            let said = Said { notice: notice("good", t.get(words)), ..Said::default() };
            answer(&app, &uri, &person, id, &Asked::default(), said).await
        }
        // Where there is such a webhook, its page says why not.
        Err(Failure::Refused(refusal)) if refusal != HookRefusal::Unknown => {
            let notice = notice("bad", t.one("staff-refused", "why", say(&t, &refusal)));
            let said = Said { status: hook_status(refusal), notice, secret: None };
            answer(&app, &uri, &person, id, &Asked::default(), said).await
        }
        Err(failure) => hook_failed(&app, &uri, failure),
    }
}
