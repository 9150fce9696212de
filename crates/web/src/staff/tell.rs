//! Writing to a waiting list: what the letter says in each language, to how many people it goes, and
//! the proposal to send it. A second person approves it, because it cannot be taken back.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::{Email, Language};
use kontor_domain::catalogue::Slug;
use kontor_domain::customer::WaitingEntry;
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::mail::{Content, News, TellRefusal, Telling, Writer, untold};
use kontor_shop::staff::{Act, Person};
use serde::Deserialize;

use super::customer::model_name;
use super::desk::{market_for, nothing, notice, shell};
use super::doing::{Back, Doing, carry_out};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::letters::Letters;
use crate::page::staff::{LetterShown, Notice, Place, TellPage};

const PATH: &str = "/admin/waiting/tell";
pub(super) const SHOW: Route = Route::desk(PATH, Some(Permission::CustomerTell));
pub(super) const SEND: Route =
    Route::desk_form(PATH, Some(Permission::CustomerTell), Repeat::FormKey);

/// Which list, and what it is told; the fields of the form beside it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    market: String,
    model: String,
    news: String,
    key: String,
    reason: String,
}

impl Asked {
    /// What is asked for, where the market is the person's and the words can be read.
    fn telling(&self, app: &App, person: &Person) -> Option<Telling> {
        let market = market_for(app, person, Permission::CustomerTell, &self.market)?;
        // The empty model is the market's opening; what can be no model names no list.
        let model = match self.model.as_str() {
            "" => None,
            model => Some(model.parse::<Slug>().ok()?),
        };
        let news = match self.news.as_str() {
            "" => News::Over,
            word => News::from_word(word)?,
        };
        Some(Telling { market, model, news })
    }
}

/// Where a list is written to.
pub(super) fn path(telling: &Telling) -> String {
    let model = telling.model.as_ref().map_or("", |model| model.as_str());
    format!("{PATH}?market={}&model={model}&news={}", telling.market, telling.news.word())
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(telling) = asked.telling(&app, &person) else { return nothing(&app, &uri) };
    answer(&app, &uri, &person, telling, (StatusCode::OK, None), String::new()).await
}

pub(super) async fn send(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(telling) = sent.telling(&app, &person) else { return nothing(&app, &uri) };
    let act = Act::TellWaiting(telling.clone());
    let reason = sent.reason.clone();
    let doing = Doing { act, reason, key: &sent.key, what: "staff.tell" };
    let done = format!("/admin/waiting?market={}", telling.market);
    match carry_out(&app, &uri, &person, doing, &done).await {
        Back::Answer(response) => response,
        Back::Refused(status, words) => {
            let said = (status, notice("bad", words));
            answer(&app, &uri, &person, telling, said, sent.reason).await
        }
    }
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    telling: Telling,
    (status, said): (StatusCode, Option<Notice>),
    reason: String,
) -> Response {
    let mut shell = shell(app, person, Place::Waiting).await;
    shell.notice = said;
    let t = shell.text();
    let (people, refused) = match untold(&app.shop, telling.clone()).await {
        Ok(people) => (people, None),
        Err(Failure::Refused(refusal)) => (Vec::new(), Some(t.get(why(&refusal)).into_owned())),
        Err(Failure::Fault(fault)) => {
            return Problem::fault(&fault).respond(app, uri.path(), None);
        }
        Err(Failure::KeyReused) => return Problem::bad_form().respond(app, uri.path(), None),
    };
    let name = match &telling.model {
        Some(model) => model_name(app, &t, model),
        None => t.get("desk-waiting-opening").into_owned(),
    };
    let page = TellPage {
        market: telling.market,
        model: telling.model.as_ref().map_or_else(String::new, ToString::to_string),
        name,
        news: telling.news.word(),
        letters: people
            .iter()
            .map(|(language, people)| shown(app, &telling, *language, *people))
            .collect(),
        people: people.iter().map(|(_, people)| people).sum(),
        refused,
        reason,
        key: form_key::fresh(app),
        shell,
    };
    html(status, &page)
}

/// The letter as somebody with this language gets it.
fn shown(app: &App, telling: &Telling, language: Language, people: i64) -> LetterShown {
    let entry = WaitingEntry {
        email: Email::parse("somebody@example.invalid").expect("it is an address"),
        market: telling.market,
        model: telling.model.clone(),
        language,
    };
    let content = match telling.news {
        News::Over => Content::WaitingOver(entry),
        News::Delayed => Content::WaitingDelayed(entry),
    };
    let letters = Letters::new(std::sync::Arc::clone(&app.shop), &app.settings.origin);
    let written = letters.write(&content);
    LetterShown { language, people, subject: written.subject, text: written.text }
}

const fn why(refusal: &TellRefusal) -> &'static str {
    match refusal {
        TellRefusal::UnknownMarket(_) | TellRefusal::UnknownModel(_) => "desk-tell-unknown",
        TellRefusal::NotOpen(_) => "desk-tell-not-open",
        TellRefusal::NotForSale(_) => "desk-tell-not-for-sale",
        TellRefusal::NotWithdrawn => "desk-tell-not-withdrawn",
        TellRefusal::NoMail => "desk-letter-no-mail",
    }
}
