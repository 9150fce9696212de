//! What waits for a second person: the list, one of them, and the decision.

use std::borrow::Cow;

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::hex;
use kontor_base::id::ProposalId;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{Decision, ProposalState};
use kontor_shop::Failure;
use kontor_shop::staff::goods::{Loosened, Loosening};
use kontor_shop::staff::{Act, DecideCommand, Listed, Person, Shown, proposal, proposals};
use serde::Deserialize;

use super::changes::changes;
use super::csv::Csv;
use super::desk::{failed, nothing, notice, shell, status};
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Notice, Place, ProposalPage, ProposalRow, ProposalsPage};

pub(super) const LIST: Route = Route::desk("/admin/proposals", None);
pub(super) const SHOW: Route = Route::desk("/admin/proposals/{id}", None);
pub(super) const CHANGES: Route = Route::desk("/admin/proposals/{id}/changes.csv", None);
/// The state machine makes it natural: what is decided is not decided again.
pub(super) const DECIDE: Route = Route::desk_form("/admin/proposals/{id}", None, Repeat::Natural);

/// Proposals on one page.
const PAGE: usize = 50;
/// Changes of a proposal on one page.
const CHANGES_PAGE: usize = 300;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    after: String,
    said: String,
    from: usize,
}

pub(super) async fn list(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let state = ProposalState::from_word(&asked.state).unwrap_or(ProposalState::Waiting);
    let after = asked.after.parse().ok();
    let mut shown = match proposals(&app.shop, &person, state, after, PAGE + 1).await {
        Ok(shown) => shown,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let more = shown.len() > PAGE;
    shown.truncate(PAGE);
    let next = shown.last().filter(|_| more).map(|last| last.head.id.to_string());
    let shell = shell(&app, &person, Place::Proposals).await;
    html(StatusCode::OK, &ProposalsPage { shell, state, rows: rows(shown), next })
}

pub(super) fn rows(listed: Vec<Listed>) -> Vec<ProposalRow> {
    let row = |Listed { head, state, author, own, .. }| ProposalRow {
        id: head.id.to_string(),
        permission: head.permission,
        market: head.market.map(|market: MarketCode| market.to_string()).unwrap_or_default(),
        subject: head.subject,
        author,
        reason: head.reason,
        at: head.proposed_at,
        state,
        own,
    };
    listed.into_iter().map(row).collect()
}

fn row(shown: &Shown) -> ProposalRow {
    let kept = &shown.kept;
    ProposalRow {
        id: kept.id.to_string(),
        permission: kept.permission,
        market: kept.market.map(|market| market.to_string()).unwrap_or_default(),
        subject: kept.subject.clone(),
        author: shown.author.clone(),
        reason: kept.reason.clone(),
        at: kept.proposed_at,
        state: kept.state,
        own: shown.own,
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
    let t = Text::new(person.language, None);
    let said = (asked.said == "proposed").then(|| t.get("staff-proposed"));
    let said = said.and_then(|words| notice("good", words));
    answer(&app, &uri, &person, id, (StatusCode::OK, said, asked.from)).await
}

/// What a proposal changes. Once it is decided, what it changed stands in the log; here is what it asked for.
fn changes_of(t: &Text, shown: &Shown) -> Vec<(String, String, String)> {
    let waits = shown.kept.state == ProposalState::Waiting;
    changes(t, if waits { shown.change.was.as_str() } else { "" }, &shown.change.is_now)
}

/// The whole change as a file.
pub(super) async fn changes_file(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(&app, &uri) };
    let shown = match proposal(&app.shop, &person, id).await {
        Ok(shown) => shown,
        Err(failure) => return failed(&app, &uri, failure),
    };
    let mut csv = Csv::new("field,was,is_now");
    for (field, was, is_now) in &changes_of(&Text::new(person.language, None), &shown) {
        csv.row([field, was, is_now]);
    }
    csv.respond("attachment; filename=\"proposal.csv\"")
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    id: ProposalId,
    (status, notice, from): (StatusCode, Option<Notice>, usize),
) -> Response {
    let shown = match proposal(&app.shop, person, id).await {
        Ok(shown) => shown,
        Err(failure) => return failed(app, uri, failure),
    };
    let mut shell = shell(app, person, Place::Proposals).await;
    shell.notice = notice;
    let kept = &shown.kept;
    let document = match &shown.act {
        Act::Grant(row) => row.document.strip_prefix("document:"),
        _ => None,
    };
    let decided = match (&shown.decided_by, kept.decided_at) {
        (Some(who), Some(when)) => Some((who.clone(), when, kept.remark.clone())),
        _ => None,
    };
    let all = changes_of(&shell.text(), &shown);
    let (count, end) = (all.len(), from.saturating_add(CHANGES_PAGE));
    let page = ProposalPage {
        row: row(&shown),
        changes: all.into_iter().skip(from).take(CHANGES_PAGE).collect(),
        count,
        next: (end < count).then(|| format!("/admin/proposals/{id}?from={end}")),
        document: document.map(|hash| format!("/admin/documents/{hash}")),
        seen: hex(&shown.seen),
        may_decide: shown.may_decide,
        author_may: shown.author_may || kept.state != ProposalState::Waiting,
        loosened: loosened_rows(&shown.loosening),
        loosened_more: loosened_more(&shell.text(), &shown.loosening),
        decided,
        shell,
    };
    html(status, &page)
}

/// How many products are named that an act would hold back less.
const LOOSENED_SHOWN: usize = 20;

/// Products that an act would hold back less, with what lets them go: the first of them.
pub(super) fn loosened_rows(loosening: &Loosening) -> Vec<(String, MarketCode, String)> {
    let row = |one: &Loosened| (one.sku.to_string(), one.market, one.facts.join(", "));
    loosening.products.iter().take(LOOSENED_SHOWN).map(row).collect()
}

/// What the rows do not say of what an act would hold back less.
pub(super) fn loosened_more(t: &Text, loosening: &Loosening) -> Vec<String> {
    let rest = loosening.products.len().saturating_sub(LOOSENED_SHOWN);
    let more = (rest > 0).then(|| t.one("staff-loosened-more", "count", rest));
    let in_part = loosening.in_part.then(|| t.get("staff-loosened-in-part"));
    more.into_iter().chain(in_part).map(Cow::into_owned).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    decision: String,
    seen: String,
    remark: String,
}

pub(super) async fn decide(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Ok(id) = id.parse::<ProposalId>() else { return nothing(&app, &uri) };
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let decision = match sent.decision.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject,
        "withdraw" => Decision::Withdraw,
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    let Some(seen) = bytes(&sent.seen) else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    // Whom it does not concern learns nothing about it, not even by deciding.
    if let Err(failure) = proposal(&app.shop, &person, id).await {
        return failed(&app, &uri, failure);
    }
    let command = DecideCommand { proposal: id, decision, seen, remark: sent.remark };
    match kontor_shop::staff::decide(&app.shop, &person, command).await {
        Ok(_) => Redirect::to(&format!("/admin/proposals/{id}")).into_response(),
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let words = if refusal.code() == "staff.changed" {
                t.get("staff-changed")
            } else {
                t.one("staff-refused", "why", why(&t, &refusal))
            };
            let said = notice("bad", words);
            answer(&app, &uri, &person, id, (status(&refusal), said, 0)).await
        }
        Err(failure) => failed(&app, &uri, failure),
    }
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}
