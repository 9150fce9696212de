//! What search engines are told: every page that exists, in every language.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kontor_base::Language;
use kontor_domain::clearance::Place;
use kontor_domain::market::{Act, Market, Stage};
use kontor_shop::Snapshot;

use super::view;
use super::visit::languages_of;
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::routes::{Class, Route};

pub(super) const SITEMAP: Route = Route::read("/sitemap.xml", Class::Page);
pub(super) const ROBOTS: Route = Route::read("/robots.txt", Class::Page);

pub(super) async fn robots(State(app): State<App>) -> Response {
    let body = format!(
        "User-agent: *\nDisallow: /*/cart\nDisallow: /*/checkout/\nDisallow: /*/order/\n\
         Disallow: /pay/\nSitemap: {}/sitemap.xml\n",
        app.settings.origin
    );
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

pub(super) async fn sitemap(State(app): State<App>, asked: HeaderMap) -> Response {
    let snapshot = app.shop.snapshots.now();
    let key = "/sitemap.xml";
    if let Some(page) = app.pages.get(snapshot.generation, key) {
        return page.respond(&asked);
    }
    let page = Page::new(document(&app, &snapshot), "application/xml; charset=utf-8");
    app.pages.keep(snapshot.generation, key, page).respond(&asked)
}

fn document(app: &App, snapshot: &Snapshot) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    let origin = &app.settings.origin;
    text.push_str(&format!("<url><loc>{origin}/</loc></url>\n"));
    for language in Language::PAGES {
        for rest in ["", "/definitions"] {
            text.push_str(&format!("<url><loc>{origin}/reach/{language}{rest}</loc></url>\n"));
        }
        for figure in snapshot.reach.standing_figures() {
            let code = &figure.code;
            text.push_str(&format!(
                "<url><loc>{origin}/reach/{language}/figure/{code}</loc></url>\n"
            ));
        }
    }
    for market in snapshot.markets.iter().filter(|market| market.stage != Stage::Scouting) {
        for rest in rests(app, snapshot, market) {
            for language in languages_of(market) {
                text.push_str(&format!(
                    "<url><loc>{origin}/{}/{language}/{rest}</loc>",
                    market.code
                ));
                for other in languages_of(market) {
                    let lang = format!("{other}-{}", market.home());
                    text.push_str(&format!(
                        "<xhtml:link rel=\"alternate\" hreflang=\"{lang}\" \
                         href=\"{origin}/{}/{other}/{rest}\"/>",
                        market.code
                    ));
                }
                text.push_str("</url>\n");
            }
        }
    }
    text.push_str("</urlset>\n");
    text
}

/// The shelf and every product that may be announced in the market.
fn rests(app: &App, snapshot: &Snapshot, market: &Market) -> Vec<String> {
    let at = app.shop.now();
    let announced = snapshot.models.values().filter(|model| {
        snapshot.variants_of(&model.code).next().is_some_and(|variant| {
            let verdict = snapshot.may(Act::Announce, variant, &Place::market(market), at);
            verdict.is_some_and(|verdict| view::permits(&verdict))
        })
    });
    let products = announced.map(|model| format!("product/{}", model.code));
    std::iter::once(String::new()).chain(products).collect()
}
