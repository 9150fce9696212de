//! Carrying an act out from a form: once, and then the browser goes on, or the refusal comes back.

use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_shop::staff::{Act, Person, Undertaking};

use super::desk::{Refused, undertaken};
use crate::kit::app::App;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::Problem;

/// What a form wants done.
pub(super) struct Doing<'f> {
    /// What.
    pub(super) act: Act,
    /// Why.
    pub(super) reason: String,
    /// The form's key.
    pub(super) key: &'f str,
    /// What the form is for, so that two forms never meet under one key.
    pub(super) what: &'static str,
}

/// What comes of it.
pub(super) enum Back {
    /// An answer that is ready.
    Answer(Response),
    /// A refusal, in words, to be shown with the form.
    Refused(StatusCode, String),
}

/// Carries it out, or proposes it; then the browser goes to `done`, or to the proposal.
pub(super) async fn carry_out(
    app: &App,
    uri: &Uri,
    person: &Person,
    doing: Doing<'_>,
    done: &str,
) -> Back {
    let Doing { act, reason, key, what } = doing;
    if !is_form_key(key) {
        return Back::Answer(Problem::bad_form().respond(app, uri.path(), None));
    }
    let body = serde_json::to_vec(&act).expect("an act is JSON");
    let once = app.shop.keys.once(&format!("{what} {}", person.id), key, &body);
    let undertaking = Undertaking { act, reason, once };
    match undertaken(app, uri, person, undertaking, done).await {
        Ok(answer) => Back::Answer(answer),
        Err(Refused { status, words }) => Back::Refused(status, words),
    }
}
