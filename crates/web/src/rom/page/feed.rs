//! `GET /rom/{language}/feed.atom`, and the same of one model: what was published lately.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_domain::channel::Channel;
use kontor_rom::core::ModelView;

use super::{ATOM, Visit, build::notes, nothing_here};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::kit::text::Text;
use crate::page::rom::{FeedEntry, RomFeed};

pub(super) const ROUTE: Route = Route::read("/rom/{language}/feed.atom", Class::Page);
pub(super) const OF_MODEL: Route =
    Route::read("/rom/{language}/device/{device}/feed.atom", Class::Page);

/// The most builds in a feed.
const ENTRIES_MAX: usize = 50;

pub(super) async fn all(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path(language): Path<String>,
) -> Response {
    let Some(visit) = Visit::find(&app, &language) else { return nothing_here(&app, &uri) };
    visit.kept(&asked, "/feed.atom", ATOM, || {
        let models: Vec<&ModelView> = visit.snapshot.models.values().map(AsRef::as_ref).collect();
        let title = Text::new(visit.language, None).get("rom-title").into_owned();
        feed(&visit, &models, "", title)
    })
}

pub(super) async fn of_model(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((language, device)): Path<(String, String)>,
) -> Response {
    let Some(visit) = Visit::find(&app, &language) else { return nothing_here(&app, &uri) };
    let Some(model) = visit.snapshot.models.values().find(|m| m.model.codename.as_str() == device)
    else {
        return nothing_here(&app, &uri);
    };
    let rest = format!("/device/{device}/feed.atom");
    visit.kept(&asked, &rest, ATOM, || {
        let title = format!("{} {}", model.model.brand, model.model.name);
        feed(&visit, &[model], &format!("/device/{device}"), title)
    })
}

/// Builds that are in a channel: those that are published and nowhere yet are the team's business.
fn feed(visit: &Visit<'_>, models: &[&ModelView], rest: &str, title: String) -> RomFeed {
    let base = format!("{}/rom/{}", visit.app.settings.origin, visit.language.tag());
    let mut entries = Vec::new();
    for model in models {
        let inside = |id| {
            let has =
                |channel: Channel| model.channel(channel).entries.iter().any(|e| e.build == id);
            Channel::ALL.into_iter().any(has)
        };
        for build in model.builds.iter().filter(|build| inside(build.id)) {
            let codename = &model.model.codename;
            let withdrawn = build.withdrawn.as_ref();
            let whole = build.whole().filter(|_| withdrawn.is_none());
            entries.push(FeedEntry {
                title: format!("{} {} {}", model.model.brand, model.model.name, build.version),
                url: format!("{base}/device/{codename}/{}", build.incremental),
                updated: withdrawn.map_or(build.published_at, |withdrawal| withdrawal.at),
                notes: withdrawn.map_or_else(
                    || notes(build, visit.language).map(|said| said.text).unwrap_or_default(),
                    |withdrawal| withdrawal.reason.clone(),
                ),
                package: whole.map(|package| {
                    let (sha256, name) = (&package.file.sha256, &package.file.name);
                    let origin = &visit.app.settings.origin;
                    (format!("{origin}/rom/files/{sha256}/{name}"), package.file.bytes)
                }),
            });
        }
    }
    entries.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.url.cmp(&b.url)));
    entries.truncate(ENTRIES_MAX);
    RomFeed {
        t: Text::new(visit.language, None),
        url: format!("{base}{rest}/feed.atom"),
        page: format!("{base}{rest}"),
        title,
        author: visit.app.site.operator.clone(),
        entries,
    }
}
