//! `GET /reach` and `GET /reach/{language}`: the front page of figures.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use kontor_base::Language;
use kontor_domain::reach::{Figure, Value, echoes};

use super::count;
use super::front::{ACTIVE_DAYS, Edition};
use super::kept::{kept, language, nothing_here, rendered, shell};
use super::story::{self, USERS};
use super::view::figure_claim;
use super::world;
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::kit::text::Text;
use crate::page::reach::{
    Claim, EchoView, LiveView, ReachPage, SubjectGroup, subject_words, value_words,
};
use crate::store_front::preferred;

pub(super) const ANY: Route = Route::read("/reach", Class::Page);
pub(super) const ROUTE: Route = Route::read("/reach/{language}", Class::Page);

/// How many claims stand beside the live number.
const BESIDE: usize = 4;

/// In the language that the browser asks for.
pub(super) async fn any(State(app): State<App>, asked: HeaderMap) -> Response {
    let mut response = answer(&app, &asked, preferred(&asked));
    let vary = HeaderValue::from_static("accept-encoding, accept-language");
    response.headers_mut().insert(header::VARY, vary);
    response
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path(tag): Path<String>,
) -> Response {
    match language(&tag) {
        Some(language) => answer(&app, &asked, language),
        None => nothing_here(&app, &uri),
    }
}

fn answer(app: &App, asked: &HeaderMap, language: Language) -> Response {
    let edition = app.reach.edition(app);
    let key = format!("/reach/{language}");
    kept(app, asked, &edition, &key, || rendered(&page(app, &edition, language)))
}

fn page(app: &App, edition: &Edition, language: Language) -> ReachPage {
    let shell = shell(app, language, "");
    let t = shell.text();
    let reach = edition.reach();
    let standing = reach.standing_figures();
    let at = app.shop.now();
    ReachPage {
        edition: t.date(&at.date()),
        records: reach.figures.len()
            + reach.ranks.len()
            + reach.targets.len()
            + reach.forecasts.len(),
        live: live(&t, edition),
        count: count::story(&t, edition),
        claims: beside(&t, &standing),
        echo: echo(&t, &standing),
        places: story::places(&t, reach),
        units: story::units(&t, reach),
        target: story::target(&t, reach),
        world: world::story(&t, edition, at),
        groups: groups(&t, &standing),
        shell,
    }
}

/// What is counted here, as it is written.
pub(super) fn live(t: &Text, edition: &Edition) -> Option<LiveView> {
    let figures = edition.live.as_ref()?;
    let words = |count: Option<u64>| match count {
        Some(count) => t.number(i64::try_from(count).unwrap_or(i64::MAX)),
        // Too few to be told.
        None => t.one("value-less-than", "number", figures.cell_min).into_owned(),
    };
    Some(LiveView {
        active: words(edition.active()),
        days: u32::from(ACTIVE_DAYS),
        activations: words(edition.activations()),
        at: t.one("reach-live-read", "moment", t.moment(&figures.as_of)).into_owned(),
        simulated: edition.snapshot.reenactment,
    })
}

/// The newest claims about users that somebody stands for.
fn beside(t: &Text, standing: &[&Figure]) -> Vec<Claim> {
    let mut about: Vec<&Figure> = standing
        .iter()
        .copied()
        .filter(|figure| figure.subject.as_str() == USERS && figure.unit == "million")
        .filter(|figure| figure.confidence != kontor_base::Confidence::M)
        .collect();
    about.sort_by_key(|figure| std::cmp::Reverse(figure.period.order().0));
    about.into_iter().take(BESIDE).map(|figure| figure_claim(t, figure)).collect()
}

fn echo(t: &Text, standing: &[&Figure]) -> Option<EchoView> {
    let echo = echoes(standing, &[USERS]).into_iter().next()?;
    let value: &Value = echo.first.value.as_ref()?;
    Some(EchoView {
        value: value_words(t, value, &echo.first.unit),
        first: figure_claim(t, echo.first),
        second: figure_claim(t, echo.second),
    })
}

/// Every standing figure by subject, in the order in which the subjects were recorded first.
fn groups(t: &Text, standing: &[&Figure]) -> Vec<SubjectGroup> {
    let mut subjects: Vec<&str> = Vec::new();
    for figure in standing {
        if !subjects.contains(&figure.subject.as_str()) {
            subjects.push(figure.subject.as_str());
        }
    }
    // The two that the page is about come first.
    subjects.sort_by_key(|subject| match *subject {
        story::SOLD => 0,
        USERS => 1,
        _ => 2,
    });
    let group = |subject: &str| SubjectGroup {
        name: subject_words(t, subject),
        claims: standing
            .iter()
            .filter(|figure| figure.subject.as_str() == subject)
            .map(|figure| figure_claim(t, figure))
            .collect(),
    };
    subjects.into_iter().map(group).collect()
}
