//! The ROM's pages. All but a rollout's are made from the snapshot that devices are answered from
//! and kept as bytes until it changes.

mod build;
mod feed;
mod index;
mod model;
mod rollout;
mod view;

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use kontor_base::Language;
use kontor_domain::rollout::RolloutState;
use kontor_rom::core::Live;
use kontor_rom::{Rom, Snapshot};

use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::problem::Problem;
use crate::kit::routes::Routes;
use crate::page::{Alternate, Shell};

const HTML: &str = "text/html; charset=utf-8";
/// How long a page is kept while shares rise, in seconds.
const MOVING_S: i64 = 10;
const ATOM: &str = "application/atom+xml; charset=utf-8";

/// Adds the ROM's pages.
pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(index::FIRST, get(index::first))
        .add(index::ROUTE, get(index::show))
        .add(feed::ROUTE, get(feed::all))
        .add(model::ROUTE, get(model::show))
        .add(feed::OF_MODEL, get(feed::of_model))
        .add(build::ROUTE, get(build::show))
        .add(rollout::ROUTE, get(rollout::show))
}

/// The service, its snapshot and the language that an address names.
struct Visit<'a> {
    app: &'a App,
    rom: &'a Arc<Rom>,
    snapshot: Arc<Snapshot>,
    language: Language,
}

impl<'a> Visit<'a> {
    /// `None` where nothing is published at all, or in another language than the pages'.
    fn find(app: &'a App, language: &str) -> Option<Self> {
        let rom = app.rom.as_ref()?;
        let language = language.parse().ok().filter(|l| Language::PAGES.contains(l))?;
        Some(Self { app, rom, snapshot: rom.snapshots.now(), language })
    }

    /// The layout of the page at `rest`, with a slash before it or empty.
    fn shell(&self, rest: &str) -> Shell {
        let path = |language: Language| format!("/rom/{}{rest}", language.tag());
        let alternate = |language| Alternate { language, country: None, path: path(language) };
        Shell {
            site: Arc::clone(&self.app.site),
            language: self.language,
            market: None,
            path: path(self.language),
            alternates: Language::PAGES.map(alternate).to_vec(),
        }
    }

    /// Whether shares rise by themselves, as a pace lets them, without a new snapshot.
    fn moves(&self) -> bool {
        let paced = |live: &Live| {
            live.rollout.standing.state == RolloutState::Running
                && live.rollout.pace.devices_per_hour(1).is_some()
        };
        let mut channels = self.snapshot.models.values().flat_map(|model| model.channels());
        channels.any(|channel| channel.live.as_ref().is_some_and(paced))
    }

    /// The page kept under `rest` in this language, or made now.
    fn kept<T: askama::Template>(
        &self,
        asked: &HeaderMap,
        rest: &str,
        kind: &'static str,
        make: impl FnOnce() -> T,
    ) -> Response {
        let key = format!("{}{rest}", self.language.tag());
        let (generation, now) = (self.snapshot.generation, self.rom.now());
        let moves = self.moves();
        let found = if moves {
            self.app.rom_moments.get(&key, now)
        } else {
            self.app.rom_pages.get(generation, &key)
        };
        if let Some(page) = found {
            return page.respond(asked);
        }
        match make().render() {
            Ok(body) if moves => {
                let (page, until) = (Page::new(body, kind), now.plus_seconds(MOVING_S));
                self.app.rom_moments.keep(&key, until, page, now).respond(asked)
            }
            Ok(body) => {
                let page = Page::new(body, kind);
                self.app.rom_pages.keep(generation, &key, page).respond(asked)
            }
            Err(error) => {
                tracing::error!(%error, page = key, "a page could not be rendered");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "request.fault")
                    .respond(self.app, &key, None)
            }
        }
    }
}

fn nothing_here(app: &App, uri: &Uri) -> Response {
    Problem::not_found().respond(app, uri.path(), None)
}
