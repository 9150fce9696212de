//! What every page of the figures does: its language, its layout, its kept bytes.

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use kontor_base::Language;

use super::front::Edition;
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::problem::Problem;
use crate::page::{Alternate, Shell};

/// The media type of pages.
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// The page language of an address, if pages are complete in it.
pub(super) fn language(text: &str) -> Option<Language> {
    Language::PAGES.into_iter().find(|language| language.tag() == text)
}

/// The layout of the page at `/reach/{language}{below}`, which exists in every page language.
pub(super) fn shell(app: &App, language: Language, below: &str) -> Shell {
    let path = |language: Language| format!("/reach/{}{below}", language.tag());
    let alternate = |language| Alternate { language, country: None, path: path(language) };
    Shell {
        site: app.site.clone(),
        language,
        market: None,
        path: path(language),
        alternates: Language::PAGES.map(alternate).to_vec(),
    }
}

/// What is kept under `key` of this edition, or made now and kept. `key` must be the path of
/// something that exists, so that what is kept stays bounded.
pub(super) fn kept(
    app: &App,
    asked: &HeaderMap,
    edition: &Edition,
    key: &str,
    make: impl FnOnce() -> Option<Page>,
) -> Response {
    if let Some(page) = app.reach.pages.get(edition.generation, key) {
        return page.respond(asked);
    }
    match make() {
        Some(page) => app.reach.pages.keep(edition.generation, key, page).respond(asked),
        None => {
            tracing::error!(page = key, "a page could not be made");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "request.fault").respond(app, key, None)
        }
    }
}

/// A page of a template.
pub(super) fn rendered(page: &impl askama::Template) -> Option<Page> {
    match page.render() {
        Ok(body) => Some(Page::new(body, HTML)),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            None
        }
    }
}

/// The page for an address where nothing is.
pub(super) fn nothing_here(app: &App, uri: &Uri) -> Response {
    Problem::not_found().respond(app, uri.path(), None)
}
