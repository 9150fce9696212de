//! What the work places of markets and goods share: what a form has sent, what becomes of it, and the
//! same form again where something is wrong, with everything that was typed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Multipart};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::Wrong;
use kontor_domain::staff::StaffRefusal;
use kontor_shop::Failure;
use kontor_shop::staff::{
    Act, ActRefusal, NO_REASON, Person, Refusal, Undertaken, Undertaking, undertake,
};

use super::desk::{failed, notice, status};
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::form_key::is_form_key;
use crate::kit::guard::secure_headers;
use crate::kit::problem::{Problem, html};
use crate::kit::text::Text;
use crate::page::staff::{Block, StaffShell, WorkPage};

/// The most fields of a form.
const FIELDS_MAX: usize = 64;

/// What a form has sent. A handler asks for the fields that it knows; whatever else was sent is never
/// looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent(BTreeMap<String, String>);

impl Sent {
    /// What stands in a field; nothing where it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// Whether a field was sent.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The lines of a field that are not empty.
    pub(super) fn lines(&self, name: &str) -> Vec<&str> {
        self.get(name).lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    }
}

/// Reads a form with its key.
///
/// # Errors
///
/// The answer to what is no form of these pages.
pub(super) fn sent(
    app: &App,
    uri: &Uri,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Sent, Response> {
    let fields = match form {
        Ok(Form(fields)) => fields,
        Err(rejection) => return Err(Problem::form(&rejection).respond(app, uri.path(), None)),
    };
    let sent = Sent(fields.into_iter().take(FIELDS_MAX).collect());
    if is_form_key(sent.get("key")) {
        Ok(sent)
    } else {
        Err(Problem::bad_form().respond(app, uri.path(), None))
    }
}

/// A file that came with a form.
#[derive(Clone, Debug, Default)]
pub(super) struct FileSent {
    /// Its name, as the browser gave it.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// Reads a form with a file in the field `file`, and its key.
///
/// # Errors
///
/// The answer to what is no form of these pages, or too large.
pub(super) async fn sent_with_file(
    app: &App,
    uri: &Uri,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<(Sent, FileSent), Response> {
    let problem = |problem: Problem| problem.respond(app, uri.path(), None);
    let bad = |error: &MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large")
        } else {
            Problem::bad_form()
        }
    };
    let Ok(mut parts) = parts else { return Err(problem(Problem::bad_form())) };
    let (mut fields, mut file) = (BTreeMap::new(), FileSent::default());
    loop {
        let part = match parts.next_field().await {
            Ok(None) => break,
            Ok(Some(part)) => part,
            Err(error) => return Err(problem(bad(&error))),
        };
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let bytes = match part.bytes().await {
            Ok(bytes) => bytes,
            Err(error) => return Err(problem(bad(&error))),
        };
        if name == "file" {
            file = FileSent { name: file_name.unwrap_or_default(), bytes: bytes.to_vec() };
        } else if fields.len() < FIELDS_MAX
            && let Ok(text) = String::from_utf8(bytes.to_vec())
        {
            fields.insert(name, text);
        } else {
            return Err(problem(Problem::bad_form()));
        }
    }
    let sent = Sent(fields);
    if is_form_key(sent.get("key")) { Ok((sent, file)) } else { Err(problem(Problem::bad_form())) }
}

/// What is said beside a field.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// What is wrong, as a value that the page says in its reader's language.
    Wrong(Wrong),
    /// Words, as they are.
    Words(String),
}

impl Said {
    /// The words for a page.
    pub(super) fn words(self, t: &Text) -> String {
        match self {
            Self::Wrong(wrong) => t.wrong(&wrong).into_owned(),
            Self::Words(words) => words,
        }
    }
}

impl From<Wrong> for Said {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<String> for Said {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<Cow<'_, str>> for Said {
    fn from(words: Cow<'_, str>) -> Self {
        Self::Words(words.into_owned())
    }
}

/// Why a form has no effect.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No form can explain it.
    Answer(Response),
    /// Something is wrong with what was typed: the fields and what is said of them.
    Wrong(StatusCode, Vec<(String, Said)>),
}

impl Trouble {
    /// Something is wrong with one field.
    pub(super) fn field(name: &str, said: impl Into<Said>) -> Self {
        Self::Wrong(StatusCode::UNPROCESSABLE_ENTITY, vec![(name.to_owned(), said.into())])
    }

    /// The page again, with what was typed and what is wrong with it.
    pub(super) fn show(self, mut page: WorkPage, form: &str, sent: &Sent) -> Response {
        match self {
            Self::Answer(response) => response,
            Self::Wrong(status, wrong) => {
                refill(&mut page, form, sent);
                let t = page.shell.text();
                for (field, said) in wrong {
                    page.complain(form, &field, &said.words(&t));
                }
                html(status, &page)
            }
        }
    }
}

/// Puts what was typed back into a form.
pub(super) fn refill(page: &mut WorkPage, id: &str, sent: &Sent) {
    for block in &mut page.blocks {
        if let Block::Form(form) = block
            && form.id == id
        {
            for field in form.fields.iter_mut().filter(|field| sent.has(field.name)) {
                sent.get(field.name).clone_into(&mut field.value);
            }
        }
    }
}

/// What is wrong, as the fields' names and words.
pub(super) fn trouble(app: &App, uri: &Uri, person: &Person, failure: Failure<Refusal>) -> Trouble {
    let refusal = match failure {
        Failure::Refused(refusal) => refusal,
        other => return Trouble::Answer(failed(app, uri, other)),
    };
    let t = Text::new(person.language, None);
    match &refusal {
        // What is not theirs does not exist for them.
        Refusal::Staff(StaffRefusal::NotPermitted) => {
            Trouble::Answer(failed(app, uri, Failure::Refused(refusal)))
        }
        Refusal::Act(ActRefusal::Rows(bad)) => {
            let named = bad.problems.iter().map(|problem| {
                let words = t.wrong(&problem.reason);
                match &problem.column {
                    Some(column) => (column.clone(), format!("{column}: {words}").into()),
                    None => (String::new(), words.into()),
                }
            });
            Trouble::Wrong(StatusCode::UNPROCESSABLE_ENTITY, named.collect())
        }
        Refusal::Field(_) => Trouble::field("reason", why(&t, &refusal)),
        other => Trouble::Wrong(status(other), vec![(String::new(), why(&t, other).into())]),
    }
}

/// Does what a form asks for, or lays it before a second person; then leads on.
///
/// # Errors
///
/// [`Trouble`], which shows itself on the form's page.
pub(super) async fn carry(
    app: &App,
    uri: &Uri,
    person: &Person,
    sent: &Sent,
    act: Act,
    back: &str,
) -> Result<Response, Trouble> {
    let body = serde_json::to_vec(&act).expect("an act is JSON");
    let scope = format!("{} {}", uri.path(), person.id);
    let once = app.shop.keys.once(&scope, sent.get("key"), &body);
    let reason = match sent.get("reason") {
        // Where a second person reads it, the form asks for it.
        "" => NO_REASON.to_owned(),
        reason => reason.to_owned(),
    };
    match undertake(&app.shop, person, Undertaking { act, reason, once }).await {
        Ok(done) => Ok(match done.answer {
            Undertaken::Waiting(id) => {
                Redirect::to(&format!("/admin/proposals/{id}?said=proposed")).into_response()
            }
            Undertaken::Done => {
                refresh(app).await;
                let joint = if back.contains('?') { '&' } else { '?' };
                Redirect::to(&format!("{back}{joint}said=done")).into_response()
            }
        }),
        Err(failure) => Err(trouble(app, uri, person, failure)),
    }
}

/// Whoever has changed something sees it at once, without waiting for the keeper.
pub(super) async fn refresh(app: &App) {
    if let Err(fault) = app.shop.snapshots.refresh(&app.shop.db, app.shop.now()).await {
        tracing::warn!(%fault, "the snapshot could not be made anew; the keeper will");
    }
}

/// Says on top of a page that something is done, where one comes from doing it.
pub(super) fn greet(shell: &mut StaffShell, t: &Text, said: &str) {
    if said == "done" {
        shell.notice = notice("good", t.get("staff-done"));
    }
}

/// A CSV file to be saved.
pub(super) fn csv_file(name: &str, text: String) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    secure_headers(headers);
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
