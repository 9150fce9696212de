//! Which market and language an address names, and pages that are kept for everybody.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use kontor_base::Language;
use kontor_domain::market::{Market, MarketCode, Stage};
use kontor_shop::Snapshot;

use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::problem::{Problem, html};
use crate::page::{Alternate, Market as PageMarket, Shell};

/// A market and a language that exist, with the snapshot that they were found in.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) code: MarketCode,
    pub(super) language: Language,
}

impl Visit {
    /// The visit that `/{market}/{language}/…` asks for; `None` where there is no such place.
    pub(super) fn find(app: &App, market: &str, language: &str) -> Option<Self> {
        let code = market.parse().ok()?;
        let language = language.parse().ok()?;
        let snapshot = app.shop.snapshots.now();
        let market = snapshot.market(code)?;
        let announced = market.stage != Stage::Scouting;
        let spoken = languages_of(market).any(|spoken| spoken == language);
        (announced && spoken).then_some(Self { snapshot, code, language })
    }

    pub(super) fn market(&self) -> &Market {
        self.snapshot.market(self.code).expect("found in this very snapshot")
    }

    /// The address of something in this market and language.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/{}/{}/{rest}", self.code, self.language)
    }

    /// The layout of the page at `rest`, which exists in every language of the market.
    pub(super) fn shell(&self, app: &App, rest: &str) -> Shell {
        let country = self.market().home();
        let alternates = languages_of(self.market())
            .map(|language| Alternate {
                language,
                country: Some(country),
                path: format!("/{}/{language}/{rest}", self.code),
            })
            .collect();
        Shell { alternates, ..self.private_shell(app, rest) }
    }

    /// The layout of a page that exists only for one person.
    pub(super) fn private_shell(&self, app: &App, rest: &str) -> Shell {
        Shell {
            site: Arc::clone(&app.site),
            language: self.language,
            market: Some(PageMarket { country: self.market().home() }),
            path: self.path(rest),
            alternates: Vec::new(),
        }
    }
}

/// The languages in which a market's pages can be read: its own as far as the pages' words exist
/// in them, and English where that leaves none.
pub(crate) fn languages_of(market: &Market) -> impl Iterator<Item = Language> {
    let own: Vec<Language> = market
        .languages
        .iter()
        .copied()
        .filter(|language| Language::PAGES.contains(language))
        .collect();
    if own.is_empty() { vec![Language::En].into_iter() } else { own.into_iter() }
}

/// The page kept under `key`, or made now by `make` and kept.
pub(super) fn kept<T: askama::Template>(
    app: &App,
    asked: &HeaderMap,
    generation: u64,
    key: &str,
    make: impl FnOnce() -> T,
) -> Response {
    if let Some(page) = app.pages.get(generation, key) {
        return page.respond(asked);
    }
    match make().render() {
        Ok(body) => {
            let page = Page::new(body, "text/html; charset=utf-8");
            app.pages.keep(generation, key, page).respond(asked)
        }
        Err(error) => {
            tracing::error!(%error, page = key, "a page could not be rendered");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "request.fault").respond(app, key, None)
        }
    }
}

/// The page for an address where nothing is.
pub(super) fn nothing_here(app: &App, uri: &Uri) -> Response {
    Problem::not_found().respond(app, uri.path(), None)
}

/// A page for one person.
pub(super) fn personal(page: &impl askama::Template) -> Response {
    html(StatusCode::OK, page)
}
