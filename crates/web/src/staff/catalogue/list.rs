//! The list of products, and the form of a new one.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Wrong;
use kontor_domain::catalogue::Model;
use kontor_domain::market::{Act as Degree, MarketCode};
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::staff::Person;

use super::super::desk::{markets_for, shell};
use super::super::work::{Trouble, carry, greet, sent};
use super::form::{model_act, model_fields, origin_problem};
use super::{Asked, PAGE};
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::form_key;
use crate::kit::problem::html;
use crate::kit::routes::{Repeat, Route};
use crate::page::staff::{Block, Cell, Field, Form, Kind, Place, Table, WorkPage};

pub(in crate::staff) const LIST: Route =
    Route::desk("/admin/catalogue", Some(Permission::CatalogueRead));
pub(in crate::staff) const ADD: Route =
    Route::desk_form("/admin/catalogue", Some(Permission::CatalogueEdit), Repeat::FormKey);

pub(in crate::staff) async fn list(
    State(app): State<App>,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    html(StatusCode::OK, &page(&app, &person, &asked).await)
}

async fn page(app: &App, person: &Person, asked: &Asked) -> WorkPage {
    let mut shell = shell(app, person, Place::Catalogue).await;
    let t = shell.text();
    greet(&mut shell, &t, &asked.said);
    let snapshot = app.shop.snapshots.now();
    let markets = markets_for(app, person, Permission::CatalogueRead);
    let wanted = asked.q.trim().to_lowercase();
    let fits = |model: &&Model| {
        let name = model.text(t.language(), |text| &text.name).to_lowercase();
        let skus = snapshot.variants_of(&model.code);
        wanted.is_empty()
            || name.contains(&wanted)
            || model.code.as_str().contains(&wanted)
            || skus.into_iter().any(|v| v.sku.as_str().to_lowercase().contains(&wanted))
    };
    let behind = |model: &&Model| model.code.as_str() > asked.after.as_str();
    let mut found: Vec<&Model> =
        snapshot.models.values().filter(behind).filter(fits).take(PAGE + 1).collect();
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found
        .last()
        .filter(|_| more)
        .map(|model| format!("/admin/catalogue?q={}&after={}", in_query(&asked.q), model.code));
    let rows = found.iter().map(|model| {
        let name = model.text(t.language(), |text| &text.name);
        let name = if name.is_empty() { model.code.as_str() } else { name };
        let sold = sold_in(&snapshot, model, &markets);
        vec![
            Cell::link(name, format!("/admin/catalogue/{}", model.code))
                .below(model.code.to_string()),
            Cell::code(model.class.word()),
            Cell::number(t.number(count(snapshot.variants_of(&model.code).count()))),
            Cell::number(t.number(count(snapshot.photos.get(&model.code).map_or(0, Vec::len)))),
            if sold.is_empty() {
                Cell::text(t.get("goods-sold-nowhere")).toned("quiet")
            } else {
                Cell::text(sold.join(", ")).toned("good")
            },
        ]
    });
    let table = Table {
        id: "products",
        columns: [
            "goods-product",
            "goods-class",
            "goods-variants",
            "goods-photos",
            "goods-sold-in",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        empty: t.get("goods-none-found").into_owned(),
        next,
        csv: Some("/admin/exchange/models.csv".to_owned()),
        ..Table::default()
    };
    let filter = Form::filter("/admin/catalogue")
        .field(
            Field::new("q", t.get("goods-find"), Kind::Line)
                .optional()
                .up_to(60)
                .with(asked.q.as_str()),
        )
        .button(t.get("staff-show"), "");
    let title = t.get("goods-catalogue");
    let mut page = WorkPage::new(shell, title).with(Block::Form(filter)).with(Block::Table(table));
    if person.may(Permission::CatalogueEdit, None) {
        let mut form = Form::new("new", t.get("goods-new-product"), "/admin/catalogue")
            .folded()
            .hidden("key", form_key::fresh(app))
            .field(
                Field::new("code", t.get("goods-code"), Kind::Code)
                    .up_to(60)
                    .hint(t.get("goods-code-hint")),
            )
            .button(t.get("goods-make"), "");
        form.fields.extend(model_fields(&t, None));
        page = page.with(Block::Form(form)).with(Block::Links(vec![(
            "/admin/exchange?table=texts#upload".to_owned(),
            t.get("goods-bulk").into_owned(),
        )]));
    }
    page
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The markets in which any variant may be sold now.
fn sold_in(snapshot: &Snapshot, model: &Model, markets: &[MarketCode]) -> Vec<String> {
    let sells = |market: &&MarketCode| {
        snapshot.variants_of(&model.code).any(|variant| {
            let ladder = snapshot.ladders.get(&(**market, variant.sku.clone()));
            ladder.and_then(|l| l.highest()).is_some_and(|(act, _)| act >= Degree::Sell)
        })
    };
    markets.iter().filter(sells).map(ToString::to_string).collect()
}

pub(in crate::staff) async fn add(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let code = sent.get("code").to_owned();
    let taken = app.shop.snapshots.now().models.keys().any(|known| known.as_str() == code);
    let outcome = if let Some(trouble) = origin_problem(&sent) {
        Err(trouble)
    } else if taken {
        Err(Trouble::field("code", Wrong::Taken { cell: code.clone() }))
    } else {
        let back = format!("/admin/catalogue/{}", in_query(&code));
        carry(&app, &uri, &person, &sent, model_act(&code, None, &sent), &back).await
    };
    match outcome {
        Ok(response) => response,
        Err(trouble) => {
            let page = page(&app, &person, &Asked::default()).await;
            trouble.show(page, "new", &sent)
        }
    }
}
