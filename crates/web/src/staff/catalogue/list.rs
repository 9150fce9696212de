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
use kontor_shop::exchange::{Sheet, Table as File};
use kontor_shop::staff::Person;
use kontor_shop::staff::goods::{edited, stored};

use super::super::desk::{failed, markets_for, shell};
use super::super::exchange::play_through;
use super::super::work::{Sent, Trouble, carry, greet, sent};
use super::form::{model_act, model_fields, origin_problem};
use super::{Asked, PAGE};
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Field, Form, Kind, Place, Table, WorkPage};

pub(in crate::staff) const LIST: Route =
    Route::desk("/admin/catalogue", Some(Permission::CatalogueRead));
pub(in crate::staff) const ADD: Route =
    Route::desk_form("/admin/catalogue", Some(Permission::CatalogueEdit), Repeat::FormKey);

/// The most that is typed as a list of products.
const BULK_CHARS_MAX: u32 = 20_000;

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
        page = page.with(Block::Form(bulk_form(app, &t, &found)));
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

/// One field of many products: those that the list shows, unless others are typed.
fn bulk_form(app: &App, t: &Text, found: &[&Model]) -> Form {
    let codes: Vec<&str> = found.iter().map(|model| model.code.as_str()).collect();
    let columns = model_fields(t, None).into_iter();
    let columns = columns.map(|field| (field.name.to_owned(), field.label)).collect();
    let mut form = Form::new("bulk", t.get("goods-bulk-title"), "/admin/catalogue")
        .folded()
        .hidden("what", "bulk")
        .hidden("key", form_key::fresh(app))
        .field(
            Field::new("codes", t.get("goods-bulk-codes"), Kind::Area(5))
                .up_to(BULK_CHARS_MAX)
                .with(codes.join("\n"))
                .hint(t.get("goods-bulk-codes-hint")),
        )
        .field(Field::new("column", t.get("goods-bulk-column"), Kind::Choice(columns)))
        .field(Field::new("value", t.get("goods-bulk-value"), Kind::Line).optional().up_to(60))
        .button(t.get("goods-bulk-show"), "");
    form.hint = t.get("goods-bulk-hint").into_owned();
    form
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
    if sent.get("what") == "bulk" {
        return match bulk(&app, &uri, &person, &sent).await {
            Ok(response) => response,
            Err(trouble) => {
                trouble.show(page(&app, &person, &Asked::default()).await, "bulk", &sent)
            }
        };
    }
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

/// Shows what one field of many products would become; nothing is saved before it was seen.
async fn bulk(app: &App, uri: &Uri, person: &Person, sent: &Sent) -> Result<Response, Trouble> {
    let column = sent.get("column");
    if !model_fields(&Text::new(person.language, None), None).iter().any(|f| f.name == column) {
        return Err(Trouble::Answer(Problem::bad_form().respond(app, uri.path(), None)));
    }
    let codes = sent.lines("codes");
    if codes.is_empty() {
        return Err(Trouble::field("codes", Wrong::Empty));
    }
    if sent.get("codes").len() > BULK_CHARS_MAX as usize {
        return Err(Trouble::field("codes", Wrong::TooLong { max: BULK_CHARS_MAX.to_string() }));
    }
    let stored = match stored(&app.shop, File::Models).await {
        Ok(stored) => stored,
        Err(fault) => return Err(Trouble::Answer(failed(app, uri, fault.into()))),
    };
    let mut rows = Vec::new();
    for code in codes {
        let known = stored.iter().find(|row| row.get("code").is_some_and(|own| own == code));
        let Some(row) = known else {
            return Err(Trouble::field("codes", Wrong::NoModel { name: code.to_owned() }));
        };
        rows.push(edited(Some(row.clone()), &[(column, sent.get("value"))]));
    }
    let name = Text::new(person.language, None).get("goods-bulk-title");
    let sheet = Sheet::of_rows(File::Models, &name, &rows);
    play_through(app, uri, person, &sheet, &name).await
}
