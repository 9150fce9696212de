//! `GET /rom/{language}`: every model. `/rom` is the English one, as a page has to begin somewhere.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_domain::rollout::RolloutState;

use super::{HTML, Visit, nothing_here, view};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::rom::RomPage;

pub(super) const FIRST: Route = Route::read("/rom", Class::Page);
pub(super) const ROUTE: Route = Route::read("/rom/{language}", Class::Page);

pub(super) async fn first(State(app): State<App>, uri: Uri, asked: HeaderMap) -> Response {
    answer(&app, &uri, &asked, "en")
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path(language): Path<String>,
) -> Response {
    answer(&app, &uri, &asked, &language)
}

fn answer(app: &App, uri: &Uri, asked: &HeaderMap, language: &str) -> Response {
    let Some(visit) = Visit::find(app, language) else { return nothing_here(app, uri) };
    visit.kept(asked, "", HTML, || {
        let now = visit.rom.now();
        let mut models: Vec<_> =
            visit.snapshot.models.values().map(|model| view::card(model, now)).collect();
        models.sort_by(|a, b| b.own.cmp(&a.own).then_with(|| a.name.cmp(&b.name)));
        let running = |state| matches!(state, RolloutState::Running | RolloutState::Paused);
        let channels = visit.snapshot.models.values().flat_map(|model| model.channels());
        RomPage {
            shell: visit.shell(""),
            models,
            builds: visit
                .snapshot
                .models
                .values()
                .flat_map(|model| &model.builds)
                .filter(|build| build.withdrawn.is_none())
                .count(),
            rollouts: channels
                .filter_map(|channel| channel.live.as_ref())
                .filter(|live| running(live.rollout.standing.state))
                .count(),
        }
    })
}
