//! A variant: what tells it from its siblings, what the rules test, what is in it, where it may be sold.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::catalogue::{Model, Sku, Variant};
use kontor_domain::clearance::Outcome;
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::exchange::Table as File;
use kontor_shop::staff::Person;
use kontor_shop::staff::goods::{stored, stored_row};

use super::super::clearance::{act_words, name_of};
use super::super::desk::{failed, markets_for, nothing, shell};
use super::super::work::{carry, greet, sent};
use super::Asked;
use super::form::{component_lines, components_act, variant_act, variant_fields};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Field, Form, Kind, Place, StaffShell, Table, WorkPage};

const PATH: &str = "/admin/catalogue/{model}/{sku}";
pub(in crate::staff) const VARIANT: Route = Route::desk(PATH, Some(Permission::CatalogueRead));
pub(in crate::staff) const CHANGE_VARIANT: Route =
    Route::desk_form(PATH, Some(Permission::CatalogueEdit), Repeat::FormKey);

fn find<'s>(snapshot: &'s Snapshot, model: &str, sku: &str) -> Option<(&'s Variant, &'s Model)> {
    let found = sku.parse::<Sku>().ok().and_then(|sku| snapshot.product(&sku));
    found.filter(|(_, own)| own.code.as_str() == model)
}

pub(in crate::staff) async fn variant(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((model, sku)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &uri, &person, &model, &sku, &asked.said).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(response) => response,
    }
}

async fn page(
    app: &App,
    uri: &Uri,
    person: &Person,
    code: &str,
    sku: &str,
    said: &str,
) -> Result<WorkPage, Response> {
    let snapshot = app.shop.snapshots.now();
    let Some((variant, model)) = find(&snapshot, code, sku) else { return Err(nothing(app, uri)) };
    let mut shell = shell(app, person, Place::Catalogue).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let standing = standing(app, &shell, &t, person, &snapshot, variant);
    let mut page = WorkPage::new(shell, name_of(&t, variant, model))
        .below(
            format!("/admin/catalogue/{code}"),
            model.text(t.language(), |text| &text.name).to_owned(),
        )
        .with(Block::Table(standing));
    if !person.may(Permission::CatalogueEdit, None) {
        return Ok(page);
    }
    let row = stored_row(&app.shop, File::Variants, &[sku]).await;
    let row = row.map_err(|fault| Problem::fault(&fault).respond(app, uri.path(), None))?;
    let action = format!("/admin/catalogue/{code}/{sku}");
    let mut form = Form::new("variant", t.get("goods-variant"), &action)
        .hidden("what", "variant")
        .hidden("key", form_key::fresh(app))
        .button(t.get("goods-save"), "");
    form.fields = variant_fields(&t, row.as_ref());
    let components = Form::new("parts", t.get("goods-components"), &action)
        .hidden("what", "components")
        .hidden("key", form_key::fresh(app))
        .field(
            Field::new("components", t.get("goods-components-list"), Kind::Area(5))
                .optional()
                .up_to(4_000)
                .with(component_lines(&variant.components))
                .hint(t.get("goods-components-hint")),
        )
        .button(t.get("goods-save"), "");
    page = page.with(Block::Form(form)).with(Block::Form(components));
    Ok(page)
}

/// Where the variant may be sold, market by market, with the way to the verdict and to its price.
fn standing(
    app: &App,
    shell: &StaffShell,
    t: &Text,
    person: &Person,
    snapshot: &Snapshot,
    variant: &Variant,
) -> Table {
    let rows = markets_for(app, person, Permission::CatalogueRead).into_iter().map(|code| {
        let ladder = snapshot.ladders.get(&(code, variant.sku.clone()));
        let highest = ladder.and_then(|ladder| ladder.highest());
        let allowed = match highest {
            None => Cell::text(t.get("staff-nothing")).toned("bad"),
            Some((act, outcome)) => {
                let tone = if outcome == Outcome::Allowed { "good" } else { "warn" };
                Cell::text(act_words(t, act)).toned(tone)
            }
        };
        let verdict = if person.may(Permission::ClearanceRead, Some(code)) {
            Cell::link(t.get("goods-verdict"), format!("/admin/{code}/clearances/{}", variant.sku))
        } else {
            Cell::text("")
        };
        // What is not on a shelf yet has a price that only those who see prices know.
        let price = if person.may(Permission::PriceRead, Some(code)) {
            let market = snapshot.market(code);
            let price =
                market.and_then(|market| snapshot.price(market, &variant.sku, app.shop.now()));
            let price = price.map_or_else(|| "–".to_owned(), |price| t.money(&price));
            Cell::link(price, format!("/admin/{code}/prices/{}", variant.sku))
        } else {
            Cell::text("")
        };
        vec![Cell::text(shell.market(&code)).below(code.to_string()), allowed, price, verdict]
    });
    Table {
        id: "markets",
        title: t.get("goods-where").into_owned(),
        columns: ["staff-market", "staff-allowed", "goods-price", "goods-why"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: rows.collect(),
        empty: t.get("goods-none-found").into_owned(),
        ..Table::default()
    }
}

pub(in crate::staff) async fn change_variant(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((model, sku)): Path<(String, String)>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let snapshot = app.shop.snapshots.now();
    if find(&snapshot, &model, &sku).is_none() {
        return nothing(&app, &uri);
    }
    let (id, act) = match sent.get("what") {
        "variant" => match stored_row(&app.shop, File::Variants, &[&sku]).await {
            Ok(row) => ("variant", Ok(variant_act(&model, &sku, row, &sent))),
            Err(fault) => return failed(&app, &uri, fault.into()),
        },
        "components" => match stored(&app.shop, File::Components).await {
            Ok(known) => ("parts", components_act(&sku, &known, &sent)),
            Err(fault) => return failed(&app, &uri, fault.into()),
        },
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    let back = format!("/admin/catalogue/{model}/{sku}");
    let outcome = match act {
        Ok(act) => carry(&app, &uri, &person, &sent, act, &back).await,
        Err(trouble) => Err(trouble),
    };
    match outcome {
        Ok(response) => response,
        Err(trouble) => match page(&app, &uri, &person, &model, &sku, "").await {
            Ok(page) => trouble.show(page, id, &sent),
            Err(response) => response,
        },
    }
}
