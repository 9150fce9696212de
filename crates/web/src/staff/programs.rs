//! Other programs: keys are made and ended, webhooks added and looked after.

use std::collections::BTreeSet;

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::Instant;
use kontor_base::id::KeyId;
use kontor_domain::hook::{EventKind, Unfounded};
use kontor_domain::staff::{KeyRefusal, Markets, Permission, key_may_hold};
use kontor_shop::Failure;
use kontor_shop::hook::{AddHook, Answers, HookRefusal, add_hook, hooks};
use kontor_shop::staff::{MakeKey, Person, Refusal, end_key, keys, make_key};
use kontor_store::hook::Endpoint;
use kontor_store::staff::key::Key;
use serde::Deserialize;

use super::desk::{failed, notice, shell, status};
use super::refusal::{say, why};
use crate::api::opened_by_keys;
use crate::kit::app::App;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{HookRow, KeyRow, KeyState, Notice, Place, ProgramForm, ProgramsPage};

const CONNECTS: Option<Permission> = Some(Permission::StaffConnect);
pub(super) const SHOW: Route = Route::desk("/admin/programs", CONNECTS);
pub(super) const MAKE_KEY: Route =
    Route::desk_form("/admin/programs/keys", CONNECTS, Repeat::FormKey);
pub(super) const END_KEY: Route =
    Route::desk_form("/admin/programs/keys/end", CONNECTS, Repeat::Natural);
pub(super) const ADD_HOOK: Route =
    Route::desk_form("/admin/programs/hooks", CONNECTS, Repeat::FormKey);

/// So long before a key's time is over the daily page tells of it, in seconds.
pub(super) const ENDING_S: i64 = 30 * 24 * 60 * 60;

/// Keys on one page. Webhooks are few ([`kontor_domain::hook::HOOKS_MAX`]) and stand on each.
const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    before: String,
}

/// What a page of this place says beside its lists.
#[derive(Default)]
struct Said {
    /// The key before which the page begins; none: with the newest.
    before: Option<KeyId>,
    status: StatusCode,
    notice: Option<Notice>,
    made: Option<(String, String)>,
    key_form: ProgramForm,
    hook_form: ProgramForm,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let before = asked.before.parse().ok();
    answer(&app, &uri, &person, Said { before, ..Said::default() }).await
}

async fn answer(app: &App, uri: &Uri, person: &Person, said: Said) -> Response {
    let at = app.shop.now();
    let found = keys(&app.shop, person, said.before, PAGE + 1).await;
    let (mut keys, hooks) = match (found, hooks(&app.shop, person).await) {
        (Ok(keys), Ok(hooks)) => (keys, hooks),
        (Err(fault), _) | (_, Err(fault)) => {
            return Problem::fault(&fault).respond(app, uri.path(), None);
        }
    };
    let more = keys.len() > PAGE;
    keys.truncate(PAGE);
    let last = keys.last().filter(|_| more).map(|key| key.id);
    let mut shell = shell(app, person, Place::Programs).await;
    shell.notice = said.notice;
    let t = shell.text();
    let mine = |scope: &Permission| key_may_hold(*scope) && person.may_somewhere(*scope);
    let page = ProgramsPage {
        shell,
        keys: keys.iter().map(|key| key_row(key, at)).collect(),
        next: last.map(|last| format!("/admin/programs?before={last}")),
        hooks: hooks.iter().map(|(hook, answers)| hook_row(&t, hook, answers)).collect(),
        scopes: opened_by_keys().iter().filter(|p| mine(p)).map(|p| p.word()).collect(),
        kinds: told_kinds(person).map(EventKind::word).collect(),
        made: said.made,
        key_form: said.key_form,
        hook_form: said.hook_form,
        key: form_key::fresh(app),
    };
    html(said.status, &page)
}

/// What somebody can have told: what they may read anywhere.
fn told_kinds(person: &Person) -> impl Iterator<Item = EventKind> {
    let theirs = |kind: &EventKind| kind.needs().is_some_and(|needs| person.may_somewhere(needs));
    EventKind::ALL.iter().copied().filter(theirs)
}

fn key_row(key: &Key, at: Instant) -> KeyRow {
    KeyRow {
        id: key.id.to_string(),
        name: key.name.to_string(),
        scopes: key.grant.scopes.iter().map(|scope| scope.word()).collect(),
        markets: key.grant.markets.to_string(),
        expires_at: key.grant.expires_at,
        used_at: key.used_at,
        state: match key.grant.ended_at {
            Some(_) => KeyState::Ended,
            None if key.grant.is_good(at.plus_seconds(ENDING_S)) => KeyState::Good,
            None if key.grant.is_good(at) => KeyState::Ending,
            None => KeyState::Expired,
        },
    }
}

/// Why a webhook is not told everything, in words.
pub(super) fn why_held_back(t: &Text, answers: &Answers) -> Option<String> {
    let unfounded = answers.unfounded.as_ref()?;
    let name = answers.name.as_ref().map_or("", |name| name.as_str());
    Some(match unfounded {
        Unfounded::Locked => t.one("programs-answers-locked", "name", name).into_owned(),
        Unfounded::Lacks(lacks) => {
            let lacks: Vec<&str> = lacks.iter().map(|lacks| lacks.word()).collect();
            let lacks = lacks.join(", ");
            t.two("programs-answers-lacks", "name", name, "lacks", lacks).into_owned()
        }
    })
}

pub(super) fn hook_row(t: &Text, endpoint: &Endpoint, answers: &Answers) -> HookRow {
    HookRow {
        id: endpoint.id.to_string(),
        name: endpoint.name.to_string(),
        url: endpoint.url.clone(),
        markets: endpoint.markets.to_string(),
        kinds: endpoint.kinds.iter().map(|kind| kind.word()).collect(),
        state: endpoint.state.word(),
        failing_since: endpoint.failing_since,
        answers: answers.name.as_ref().map(ToString::to_string).unwrap_or_default(),
        held_back: why_held_back(t, answers),
    }
}

/// The fields of both forms. Nothing but these is read.
struct Sent {
    key: String,
    form: ProgramForm,
}

type Pairs = Result<Form<Vec<(String, String)>>, FormRejection>;

/// Checkboxes come as one field many times, so the form is read as pairs.
fn read(pairs: Pairs) -> Result<Sent, Problem> {
    let Form(pairs) = pairs.map_err(|rejection| Problem::form(&rejection))?;
    let mut sent = Sent { key: String::new(), form: ProgramForm::default() };
    for (name, value) in pairs {
        let value = value.trim().to_owned();
        match name.as_str() {
            "key" => sent.key = value,
            "name" => sent.form.name = value,
            "url" => sent.form.url = value,
            "markets" => sent.form.markets = value,
            "days" => sent.form.days = value,
            "chosen" => sent.form.chosen.push(value),
            _ => {}
        }
    }
    if is_form_key(&sent.key) { Ok(sent) } else { Err(Problem::bad_form()) }
}

/// The markets of a form, if the shop has them all.
fn markets(app: &App, text: &str) -> Option<Markets> {
    let markets: Markets = text.parse().ok()?;
    let snapshot = app.shop.snapshots.now();
    let known = match &markets {
        Markets::All => true,
        Markets::Only(own) => own.iter().all(|market| snapshot.market(*market).is_some()),
    };
    known.then_some(markets)
}

fn body(form: &ProgramForm) -> Vec<u8> {
    format!("{form:?}").into_bytes()
}

/// Why nothing was made.
fn refused(t: &Text, status: StatusCode, words: String) -> Said {
    let notice = notice("bad", t.one("staff-refused", "why", words));
    Said { status, notice, ..Said::default() }
}

/// What was made, with its secret; the same form a second time has none to tell.
fn told_once(t: &Text, name: String, secret: Option<String>) -> Said {
    match secret {
        Some(secret) => Said { made: Some((name, secret)), ..Said::default() },
        None => Said { notice: notice("warn", t.get("programs-made-before")), ..Said::default() },
    }
}

pub(super) async fn make(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    pairs: Pairs,
) -> Response {
    let Sent { key, form } = match read(pairs) {
        Ok(sent) => sent,
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    let t = Text::new(person.language, None);
    let bad = |status, words, form| Said { key_form: form, ..refused(&t, status, words) };
    let scopes: Option<BTreeSet<Permission>> =
        form.chosen.iter().map(|word| Permission::from_word(word)).collect();
    let Some(scopes) = scopes else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(markets) = markets(&app, &form.markets) else {
        let words = t.get("programs-markets-hint").into_owned();
        return answer(&app, &uri, &person, bad(unprocessable, words, form)).await;
    };
    // A scope that opens nothing would be a promise that somebody keeps by mistake, years later.
    if let Some(idle) = scopes.iter().find(|scope| !opened_by_keys().contains(scope)) {
        let words = why(&t, &Refusal::Key(KeyRefusal::NotForKeys(*idle)));
        return answer(&app, &uri, &person, bad(unprocessable, words, form)).await;
    }
    let once = app.shop.keys.once(&format!("staff.make_key {}", person.id), &key, &body(&form));
    let days = form.days.parse().unwrap_or(0);
    let wish = MakeKey { name: form.name.clone(), scopes, markets, days, once };
    let said = match make_key(&app.shop, &person, wish).await {
        Ok(made) => told_once(&t, form.name, made.secret),
        Err(Failure::Refused(refusal)) => bad(key_status(&refusal), why(&t, &refusal), form),
        Err(failure) => return failed(&app, &uri, failure),
    };
    answer(&app, &uri, &person, said).await
}

fn key_status(refusal: &Refusal) -> StatusCode {
    use kontor_domain::staff::KeyRefusal;
    match refusal {
        Refusal::Key(KeyRefusal::NotYours(_)) => StatusCode::FORBIDDEN,
        Refusal::Key(KeyRefusal::TooMany) => StatusCode::CONFLICT,
        other => status(other),
    }
}

pub(super) async fn end(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    pairs: Pairs,
) -> Response {
    let pairs = match pairs {
        Ok(Form(pairs)) => pairs,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let id = pairs.iter().find(|(name, _)| name == "id").and_then(|(_, id)| id.parse().ok());
    let Some(id) = id else { return Problem::bad_form().respond(&app, uri.path(), None) };
    match end_key(&app.shop, &person, id).await {
        Ok(()) => Redirect::to(SHOW.path).into_response(),
        Err(failure) => failed(&app, &uri, failure),
    }
}

pub(super) async fn add(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    pairs: Pairs,
) -> Response {
    let Sent { key, form } = match read(pairs) {
        Ok(sent) => sent,
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    let t = Text::new(person.language, None);
    let bad = |status, words, form| Said { hook_form: form, ..refused(&t, status, words) };
    let kinds: Option<Vec<EventKind>> =
        form.chosen.iter().map(|word| EventKind::from_word(word)).collect();
    let Some(kinds) = kinds else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    let Some(markets) = markets(&app, &form.markets) else {
        let words = t.get("programs-markets-hint").into_owned();
        let said = bad(StatusCode::UNPROCESSABLE_ENTITY, words, form);
        return answer(&app, &uri, &person, said).await;
    };
    let once = app.shop.keys.once(&format!("hook.add {}", person.id), &key, &body(&form));
    let wish = AddHook { name: form.name.clone(), url: form.url.clone(), markets, kinds, once };
    let said = match add_hook(&app.shop, &person, wish).await {
        Ok(added) => told_once(&t, form.name, added.secret),
        Err(Failure::Refused(refusal)) => bad(hook_status(refusal), say(&t, &refusal), form),
        Err(failure) => return hook_failed(&app, &uri, failure),
    };
    answer(&app, &uri, &person, said).await
}

pub(super) const fn hook_status(refusal: HookRefusal) -> StatusCode {
    match refusal {
        HookRefusal::Unknown => StatusCode::NOT_FOUND,
        HookRefusal::NotYours | HookRefusal::NotPermitted(_) => StatusCode::FORBIDDEN,
        HookRefusal::TooMany | HookRefusal::Off | HookRefusal::HeldBack => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A failure about a webhook that no form can explain, as a page.
pub(super) fn hook_failed(app: &App, uri: &Uri, failure: Failure<HookRefusal>) -> Response {
    let problem = match failure {
        Failure::Fault(fault) => Problem::fault(&fault),
        Failure::KeyReused => Problem::new(StatusCode::CONFLICT, "idempotency.key_reused"),
        Failure::Refused(refusal) => Problem::new(hook_status(refusal), refusal.code()),
    };
    problem.respond(app, uri.path(), None)
}
