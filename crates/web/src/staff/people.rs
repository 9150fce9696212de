//! Accounts: seen, and changes proposed.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::StaffId;
use kontor_domain::staff::{AccountState, Permission, Role};
use kontor_shop::Failure;
use kontor_shop::staff::{Act, Person, Undertaken, Undertaking, accounts_after, undertake};
use serde::Deserialize;

use super::desk::{failed, notice, shell, status};
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::page::staff::{Notice, PeoplePage, PersonRow, Place, Typed};

const MANAGES: Option<Permission> = Some(Permission::StaffManage);
pub(super) const SHOW: Route = Route::desk("/admin/people", MANAGES);
pub(super) const CHANGE: Route = Route::desk_form("/admin/people", MANAGES, Repeat::FormKey);

/// Accounts on one page.
const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: String,
}

impl Asked {
    /// The account behind which the page begins; none: with the first.
    fn after(&self) -> Option<StaffId> {
        self.after.parse().ok()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&app, &uri, &person, asked.after(), (StatusCode::OK, None), Typed::default()).await
}

/// The address of the page that begins behind an account.
fn behind(after: Option<StaffId>) -> String {
    after.map_or_else(|| SHOW.path.to_owned(), |id| format!("{}?after={id}", SHOW.path))
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    after: Option<StaffId>,
    (status, notice): (StatusCode, Option<Notice>),
    typed: Typed,
) -> Response {
    let mut found = match accounts_after(&app.shop, after, PAGE as i64 + 1).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(app, uri.path(), None),
    };
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| more).map(|account| account.id);
    let mut shell = shell(app, person, Place::People).await;
    shell.notice = notice;
    let rows = found.into_iter().enumerate().map(|(index, account)| PersonRow {
        index,
        id: account.id.to_string(),
        name: account.name.to_string(),
        email: account.email.as_str().to_owned(),
        held: account.held.iter().map(ToString::to_string).collect(),
        locked: account.state == AccountState::Locked,
        created_at: account.created_at,
    });
    let page = PeoplePage {
        shell,
        rows: rows.collect(),
        action: behind(after),
        next: last.map(|last| behind(Some(last))),
        roles: Role::ALL.map(Role::word).to_vec(),
        key: form_key::fresh(app),
        typed,
    };
    html(status, &page)
}

/// The fields of both forms. Nothing but these is read: an account's other columns cannot be set.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    what: String,
    name: String,
    email: String,
    language: String,
    held: String,
    state: String,
    reason: String,
}

impl Sent {
    /// What was typed, into the form of an account or into that of a new one.
    fn typed(&self) -> Typed {
        let form = match self.what.as_str() {
            "change" => format!("change {}", self.email),
            what => what.to_owned(),
        };
        let fields = [
            ("name", self.name.as_str()),
            ("email", self.email.as_str()),
            ("language", self.language.as_str()),
            ("held", self.held.as_str()),
            ("state", self.state.as_str()),
            ("reason", self.reason.as_str()),
        ];
        Typed::new(form, &fields)
    }
}

pub(super) async fn change(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    if !is_form_key(&sent.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let typed = sent.typed();
    let held: Vec<String> = sent.held.split_whitespace().map(str::to_owned).collect();
    let act = match sent.what.as_str() {
        "add" => {
            Act::AddAccount { name: sent.name, email: sent.email, language: sent.language, held }
        }
        "change" => {
            Act::ChangeAccount { email: sent.email, held: Some(held), state: Some(sent.state) }
        }
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    let body = serde_json::to_vec(&act).expect("an act is JSON");
    let once = app.shop.keys.once(&format!("staff.people {}", person.id), &sent.key, &body);
    let undertaking = Undertaking { act, reason: sent.reason, once };
    let t = crate::kit::text::Text::new(person.language, None);
    match undertake(&app.shop, &person, undertaking).await {
        Ok(done) => match done.answer {
            Undertaken::Waiting(id) => {
                Redirect::to(&format!("/admin/proposals/{id}?said=proposed")).into_response()
            }
            Undertaken::Done => {
                let said = notice("good", t.get("staff-done"));
                answer(&app, &uri, &person, asked.after(), (StatusCode::OK, said), Typed::default())
                    .await
            }
        },
        Err(Failure::Refused(refusal)) => {
            let said = notice("bad", t.one("staff-refused", "why", why(&t, &refusal)));
            answer(&app, &uri, &person, asked.after(), (status(&refusal), said), typed).await
        }
        Err(failure) => failed(&app, &uri, failure),
    }
}
