//! `GET /reach/{language}/definitions`: what each number means.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_domain::install::CELL_MIN;

use super::kept::{kept, language, nothing_here, rendered, shell};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::reach::DefinitionsPage;

pub(super) const ROUTE: Route = Route::read("/reach/{language}/definitions", Class::Page);

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path(tag): Path<String>,
) -> Response {
    let Some(language) = language(&tag) else { return nothing_here(&app, &uri) };
    let edition = app.reach.edition(&app);
    let key = format!("/reach/{language}/definitions");
    kept(&app, &asked, &edition, &key, || {
        let least = app.install.as_ref().map_or(CELL_MIN, |install| install.settings.cell_min);
        rendered(&DefinitionsPage { shell: shell(&app, language, "/definitions"), least })
    })
}
