//! Legal notice, terms, privacy, returns: the operator's own texts where there are any.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::help::help_of;
use super::visit::{Visit, kept, nothing_here};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::{Help, LegalKind, LegalPage};

pub(super) const ROUTE: Route = Route::read("/{market}/{language}/legal/{text}", Class::Page);

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((market, language, text)): Path<(String, String, String)>,
) -> Response {
    let found = Visit::find(&app, &market, &language).zip(LegalKind::from_slug(&text));
    let Some((visit, kind)) = found else { return nothing_here(&app, &uri) };
    let rest = format!("legal/{}", kind.slug());
    kept(&app, &asked, visit.snapshot.generation, &visit.path(&rest), || {
        let shell = visit.shell(&app, &rest);
        let help = help_of(visit.market(), &shell.text());
        LegalPage {
            shell,
            kind,
            sections: app.settings.legal.find(visit.code, visit.language, kind).to_vec(),
            help: match kind {
                LegalKind::Imprint => help.only_questions(),
                LegalKind::Returns => help,
                LegalKind::Terms | LegalKind::Privacy => Help::default(),
            },
        }
    })
}
