//! Choose your country.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use kontor_base::Language;
use kontor_domain::market::Stage;
use kontor_shop::Snapshot;

use super::view;
use super::visit::{kept, languages_of};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::{
    CountriesPage, Market as PageMarket, MarketEntry, Region, RegionName, Said, Shell,
};

pub(super) const ROUTE: Route = Route::read("/", Class::Page);

pub(super) async fn show(State(app): State<App>, asked: HeaderMap) -> Response {
    let language = preferred(&asked);
    let snapshot = app.shop.snapshots.now();
    let key = format!("/?{language}");
    let mut response =
        kept(&app, &asked, snapshot.generation, &key, || page(&app, &snapshot, language));
    // The one page without a language in its address: it speaks what the browser asks for.
    let vary = axum::http::HeaderValue::from_static("accept-encoding, accept-language");
    response.headers_mut().insert(axum::http::header::VARY, vary);
    response
}

/// The first of the browser's languages that the pages speak. Only the words change by it: the
/// market is suggested by nothing and chosen by the person.
pub(crate) fn preferred(asked: &HeaderMap) -> Language {
    let wanted = asked
        .get(axum::http::header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    wanted
        .split(',')
        .take(20)
        .filter_map(|part| part.trim().get(..2))
        .find_map(|tag| Language::PAGES.into_iter().find(|l| tag.eq_ignore_ascii_case(l.tag())))
        .unwrap_or(Language::En)
}

fn page(app: &App, snapshot: &Snapshot, language: Language) -> CountriesPage {
    let at = app.shop.now();
    let mut regions: Vec<Region> = Vec::new();
    for market in snapshot.markets.iter().filter(|market| market.stage != Stage::Scouting) {
        let name = RegionName::from_word(&market.region);
        let entry = MarketEntry {
            market: PageMarket { country: market.home() },
            languages: languages_of(market).collect(),
            stage: view::stage(snapshot, market, at),
            note: market.note_in(language).map(|text| Said::new(text, language)),
        };
        match regions.iter_mut().find(|region| region.name == name) {
            Some(region) => region.markets.push(entry),
            None => regions.push(Region { name, markets: vec![entry] }),
        }
    }
    let shell = Shell {
        site: app.site.clone(),
        language,
        market: None,
        path: "/".to_owned(),
        alternates: vec![crate::page::Alternate { language, country: None, path: "/".to_owned() }],
    };
    CountriesPage { shell, regions }
}
