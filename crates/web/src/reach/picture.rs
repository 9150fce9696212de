//! Pictures for sites that show a link: the figure, large, with who says it and where.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::response::Response;
use kontor_domain::reach::RecordKind;

use super::kept::{kept, language, nothing_here};
use super::page::live;
use super::record::Draft;
use super::story;
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::picture::{Card, Counter, draw, draw_counter};
use crate::kit::routes::{Class, Route};
use crate::kit::text::Text;

pub(super) const FRONT: Route = Route::read("/reach/{language}/picture.png", Class::Page);
pub(super) const COUNTER: Route = Route::read("/reach/{language}/counter.png", Class::Page);
pub(super) const RECORD: Route =
    Route::read("/reach/{language}/{kind}/{code}/picture.png", Class::Page);

/// The picture of the front page: our own count, or what the target came to.
pub(super) async fn front(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path(tag): Path<String>,
) -> Response {
    let Some(language) = language(&tag) else { return nothing_here(&app, &uri) };
    let edition = app.reach.edition(&app);
    let key = format!("/reach/{language}/picture.png");
    kept(&app, &asked, &edition, &key, || {
        let t = Text::new(language, None);
        let target = story::target(&t, edition.reach());
        let (value, title) = match (live(&t, &edition), target) {
            (Some(live), _) => {
                (live.active, t.one("reach-live-unit", "days", live.days).into_owned())
            }
            (None, Some(target)) => {
                let title = match &target.happened {
                    Some(happened) => {
                        t.two("reach-target-title", "wanted", &target.wanted, "happened", happened)
                    }
                    None => t.one("reach-target-title-open", "wanted", &target.wanted),
                };
                (target.wanted.clone(), title.into_owned())
            }
            (None, None) => (t.get("reach-title").into_owned(), String::new()),
        };
        Some(picture(&app, &t.get("reach-title"), &value, &title, &t.get("reach-lead")))
    })
}

/// The live number as a picture: for pages whose policy lets them show pictures of others, but
/// neither frames nor scripts, and for readers of mail.
pub(super) async fn counter(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path(tag): Path<String>,
) -> Response {
    let Some(language) = language(&tag) else { return nothing_here(&app, &uri) };
    let edition = app.reach.edition(&app);
    let key = format!("/reach/{language}/counter.png");
    let mut response = kept(&app, &asked, &edition, &key, || {
        let t = Text::new(language, None);
        let kicker = format!("{}: {}", app.site.shop_name, t.get("reach-live-kicker"));
        let (value, unit, note) = match live(&t, &edition) {
            Some(live) => {
                let unit = t.one("reach-live-unit", "days", live.days).into_owned();
                let invented = t.get("reach-live-simulated");
                let note = if live.simulated { invented.into_owned() } else { live.at };
                (live.active, unit, note)
            }
            None => ("–".to_owned(), t.get("reach-live-none").into_owned(), String::new()),
        };
        let counter = Counter { kicker: &kicker, value: &value, unit: &unit, note: &note };
        Some(Page::of_bytes(draw_counter(&counter), "image/png").cached("public, max-age=60"))
    });
    let name = HeaderName::from_static("cross-origin-resource-policy");
    response.headers_mut().insert(name, HeaderValue::from_static("cross-origin"));
    response
}

/// The picture of a record.
pub(super) async fn record(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((tag, kind, code)): Path<(String, String, String)>,
) -> Response {
    let edition = app.reach.edition(&app);
    let found = language(&tag).zip(RecordKind::from_word(&kind)).and_then(|(language, kind)| {
        Draft::find(edition.reach(), &Text::new(language, None), kind, &code)
    });
    let Some(draft) = found else { return nothing_here(&app, &uri) };
    kept(&app, &asked, &edition, uri.path(), || {
        let note = format!("{} — {}", draft.byline, draft.definition.text);
        Some(picture(&app, &draft.kicker, &draft.value.text, &draft.title.text, &note))
    })
}

fn picture(app: &App, kicker: &str, value: &str, title: &str, note: &str) -> Page {
    let shop = &app.site.shop_name;
    let card = Card { shop, kicker, value, title, note };
    Page::of_bytes(draw(&card), "image/png")
}
