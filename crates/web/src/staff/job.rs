//! Jobs: what is queued, what was given up and why, again or never.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::JobId;
use kontor_domain::staff::Permission;
use kontor_shop::staff::{JobState, JobWish, Person, job_counts, queued, steer_job};
use serde::Deserialize;

use super::desk::{failed, nothing, said_of, shell};
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::page::staff::{JobRow, JobsPage, Place};

pub(super) const LIST: Route = Route::desk("/admin/jobs", Some(Permission::JobRead));
/// The wish says what shall be: twice is once.
pub(super) const STEER: Route =
    Route::desk_form("/admin/jobs/{id}", Some(Permission::JobRun), Repeat::Natural);

/// Jobs on one page.
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
    let state = JobState::from_word(&asked.state).unwrap_or(JobState::GivenUp);
    let found = queued(&app.shop, state, asked.after.parse().ok(), PAGE as i64 + 1).await;
    let (mut jobs, counts) = match (found, job_counts(&app.shop).await) {
        (Ok(jobs), Ok(counts)) => (jobs, counts),
        (Err(fault), _) | (_, Err(fault)) => {
            return Problem::fault(&fault).respond(&app, uri.path(), None);
        }
    };
    let more = jobs.len() > PAGE;
    jobs.truncate(PAGE);
    let last = jobs.last().filter(|_| more).map(|job| job.id);
    let mut shell = shell(&app, &person, Place::Jobs).await;
    shell.notice = said_of(&person, &asked.said);
    let page = JobsPage {
        shell,
        given_up: state == JobState::GivenUp,
        counts,
        counted_max: kontor_store::job::COUNTED_MAX,
        next: last.map(|last| format!("/admin/jobs?state={}&after={last}", state.word())),
        rows: jobs
            .into_iter()
            .map(|job| JobRow {
                id: job.id.to_string(),
                kind: job.kind,
                due_at: job.due_at,
                attempts: job.attempts,
                error: job.last_error.unwrap_or_default(),
            })
            .collect(),
        may_run: person.may(Permission::JobRun, None),
    };
    html(StatusCode::OK, &page)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    wish: String,
}

pub(super) async fn steer(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Ok(id) = id.parse::<JobId>() else { return nothing(&app, &uri) };
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let wish = match sent.wish.as_str() {
        "retry" => JobWish::Retry,
        "give_up" => JobWish::GiveUp,
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    match steer_job(&app.shop, &person, id, wish).await {
        Ok(()) => Redirect::to("/admin/jobs?said=done").into_response(),
        Err(failure) => failed(&app, &uri, failure),
    }
}
