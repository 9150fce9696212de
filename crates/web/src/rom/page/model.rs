//! `GET /rom/{language}/device/{device}`: a model with all its builds.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_domain::device::Maker;

use super::{HTML, Visit, nothing_here, view};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::rom::ModelPage;

pub(super) const ROUTE: Route = Route::read("/rom/{language}/device/{device}", Class::Page);

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((language, device)): Path<(String, String)>,
) -> Response {
    let Some(visit) = Visit::find(&app, &language) else { return nothing_here(&app, &uri) };
    let Some(found) = visit.snapshot.models.values().find(|m| m.model.codename.as_str() == device)
    else {
        return nothing_here(&app, &uri);
    };
    let rest = format!("/device/{device}");
    visit.kept(&asked, &rest, HTML, || {
        let (model, now) = (&found.model, visit.rom.now());
        let note = |note: &Option<kontor_base::Line<200>>| {
            note.as_ref().map(ToString::to_string).unwrap_or_default()
        };
        ModelPage {
            shell: visit.shell(&rest),
            codename: model.codename.to_string(),
            name: model.name.to_string(),
            brand: model.brand.to_string(),
            picture: view::picture(model),
            own: model.maker == Maker::Own,
            also: model.also.iter().map(ToString::to_string).collect(),
            revisions: model
                .revisions
                .iter()
                .map(|r| (r.code.to_string(), note(&r.note)))
                .collect(),
            newest: view::newest(found, now),
            builds: found.builds.iter().rev().map(|build| view::line(found, build, now)).collect(),
        }
    })
}
