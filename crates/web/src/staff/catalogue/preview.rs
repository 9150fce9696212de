//! What the shelves make of a product, market by market: the same functions that fill the shop's pages.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Language;
use kontor_domain::catalogue::{Model, Slug};
use kontor_domain::clearance::Place as At;
use kontor_domain::market::{Act, Market};
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::cart::{Offer, offer};
use kontor_shop::staff::Person;

use super::super::desk::{markets_for, nothing, shell};
use super::Asked;
use super::form::language_words;
use crate::kit::app::App;
use crate::kit::problem::html;
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Place, Table, WorkPage};
use crate::store_front::{languages_of, view};

pub(in crate::staff) const PREVIEW: Route =
    Route::desk("/admin/catalogue/{model}/preview", Some(Permission::CatalogueRead));

pub(in crate::staff) async fn preview(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let snapshot = app.shop.snapshots.now();
    let found = code.parse::<Slug>().ok().and_then(|code| snapshot.models.get(&code));
    let Some(model) = found else { return nothing(&app, &uri) };
    let shell = shell(&app, &person, Place::Catalogue).await;
    let t = shell.text();
    let language = asked.language.parse().unwrap_or_else(|_| t.language());
    let name = model.text(language, |text| &text.name).to_owned();
    let path = format!("/admin/catalogue/{code}/preview");
    let tabs = Language::ALL.map(|other| {
        let href = format!("{path}?language={}", other.tag());
        (href, language_words(&t, other), other == language)
    });
    let mut rows = Vec::new();
    for market in markets_for(&app, &person, Permission::CatalogueRead) {
        let Some(market) = snapshot.market(market) else { continue };
        for row in lines(&app, &t, &snapshot, market, model, language) {
            rows.push([vec![Cell::text(shell.market(&market.code))], row].concat());
        }
    }
    let said = Table {
        id: "said",
        title: t.get("goods-preview-said").into_owned(),
        hint: missing(&t, model, language),
        columns: ["staff-what", "goods-how"].map(|id| t.get(id).into_owned()).to_vec(),
        rows: vec![
            vec![Cell::text(t.get("goods-name")), Cell::text(name.clone())],
            vec![
                Cell::text(t.get("goods-line")),
                Cell::text(model.text(language, |text| &text.line)),
            ],
            vec![
                Cell::text(t.get("goods-body")),
                Cell::text(model.text(language, |text| &text.body)),
            ],
            vec![Cell::text(t.get("goods-box")), Cell::text(model.in_the_box(language).join(", "))],
        ],
        ..Table::default()
    };
    let shelves = Table {
        id: "shelves",
        title: t.get("goods-preview-shelves").into_owned(),
        columns: ["staff-market", "goods-variant", "goods-price", "goods-preview-verdict"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows,
        empty: t.get("goods-variants-none").into_owned(),
        ..Table::default()
    };
    let title = t.one("goods-preview-of", "name", &name).into_owned();
    let mut page = WorkPage::new(shell, title)
        .below(format!("/admin/catalogue/{code}"), name)
        .with(Block::Table(said))
        .with(Block::Table(shelves));
    page.tabs = tabs.to_vec();
    html(StatusCode::OK, &page)
}

/// Where a language says nothing of its own, others fall back to English: that is worth knowing.
fn missing(t: &Text, model: &Model, language: Language) -> String {
    if model.texts.contains_key(&language) {
        String::new()
    } else {
        t.get("goods-preview-fallback").into_owned()
    }
}

/// What each variant is on the shelf of a market: price, stock and act, or the verdict as a sentence.
fn lines(
    app: &App,
    t: &Text,
    snapshot: &Snapshot,
    market: &Market,
    model: &Model,
    language: Language,
) -> Vec<Vec<Cell>> {
    let at = app.shop.now();
    let place = At::market(market);
    let in_market = t.in_country(&market.home());
    let line = |variant: &kontor_domain::catalogue::Variant| {
        let option = variant.option_in(language);
        let words = if option.is_empty() { variant.sku.as_str() } else { option };
        let name = Cell::text(words).below(variant.sku.to_string());
        let level = snapshot.level(market.code, &variant.sku);
        let page =
            format!("/{}/{}/product/{}", market.code, shown_in(market, language), model.code);
        let announced = snapshot.may(Act::Announce, variant, &place, at);
        if !announced.as_ref().is_some_and(view::permits) {
            let hidden = Cell::text(t.get("goods-preview-hidden")).toned("quiet");
            return vec![name, Cell::text(""), hidden];
        }
        let (price, verdict) = match offer(snapshot, market, &variant.sku, None, at) {
            Offer::Yes { act, price, .. } => {
                let shown = view::price(snapshot, market, &variant.sku, price, at);
                let lowest = shown.reduction.map(|reduction| {
                    t.one("price-lowest", "price", t.money(&reduction.lowest_30_days)).into_owned()
                });
                let price = Cell::text(shown.words(t)).below(lowest.unwrap_or_default());
                let can = view::availability(level, act);
                (price, Cell::link(can.words(t), page).toned(can.tone()))
            }
            Offer::Refused(verdict) => {
                let refusal = view::refusal(&verdict, market);
                let words = refusal.sentence(t, &in_market);
                let when = refusal.expected_words(t);
                (Cell::text("–"), Cell::link(words, page).toned("bad").below(when))
            }
            Offer::NoPrice | Offer::Unknown => {
                let words = view::no_price().sentence(t, &in_market);
                (Cell::text("–"), Cell::link(words, page).toned("warn"))
            }
        };
        vec![name, price, verdict]
    };
    snapshot.variants_of(&model.code).map(line).collect()
}

/// The language of the market's page: its first one where there is no page in the one asked for.
fn shown_in(market: &Market, language: Language) -> &'static str {
    let own = languages_of(market).find(|own| *own == language);
    own.or_else(|| languages_of(market).next()).map_or("en", Language::tag)
}
