//! A product: what is said of it in each language, what it is, its variants, what it fits, how it looks.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::{Language, Wrong};
use kontor_domain::catalogue::{Model, Slug};
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::exchange::{Cells, Table as File};
use kontor_shop::staff::goods::{PhotoAct, stored, stored_row};
use kontor_shop::staff::{Act, Person};

use super::super::desk::{failed, nothing, shell};
use super::super::work::{Sent, Trouble, carry, greet, sent};
use super::Asked;
use super::form::{
    fits_act, model_act, model_fields, origin_problem, text_act, text_form, variant_act,
    variant_fields,
};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Field, Form, Kind, Place, Shot, Table, WorkPage};

const PATH: &str = "/admin/catalogue/{model}";
pub(in crate::staff) const SHOW: Route = Route::desk(PATH, Some(Permission::CatalogueRead));
pub(in crate::staff) const CHANGE: Route =
    Route::desk_form(PATH, Some(Permission::CatalogueEdit), Repeat::FormKey);

pub(in crate::staff) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &uri, &person, &code, &asked.said).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(response) => response,
    }
}

/// The page of a product.
///
/// # Errors
///
/// The answer where there is no such product, or a fault.
pub(super) async fn page(
    app: &App,
    uri: &Uri,
    person: &Person,
    code: &str,
    said: &str,
) -> Result<WorkPage, Response> {
    let snapshot = app.shop.snapshots.now();
    let found = code.parse::<Slug>().ok().and_then(|code| snapshot.models.get(&code));
    let Some(model) = found else { return Err(nothing(app, uri)) };
    let mut shell = shell(app, person, Place::Catalogue).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let action = format!("/admin/catalogue/{code}");
    let name = model.text(t.language(), |text| &text.name);
    let title = if name.is_empty() { code } else { name }.to_owned();
    let mut page = WorkPage::new(shell, title)
        .below("/admin/catalogue", t.get("goods-catalogue"))
        .with(Block::Links(vec![(
            format!("{action}/preview"),
            t.get("goods-preview").into_owned(),
        )]))
        .with(Block::Table(variants(&t, &snapshot, model)));
    let may_edit = person.may(Permission::CatalogueEdit, None);
    page = page.with(Block::Title("pictures", t.get("goods-photos").into_owned()));
    page = page.with(Block::Shots(shots(app, &t, &snapshot, model, may_edit)));
    if !may_edit {
        return Ok(page.with(Block::Table(facts(&t, model))));
    }
    let fault =
        |fault: &kontor_store::StoreError| Problem::fault(fault).respond(app, uri.path(), None);
    let row = stored_row(&app.shop, File::Models, &[code]).await.map_err(|error| fault(&error))?;
    let texts = stored(&app.shop, File::Texts).await.map_err(|error| fault(&error))?;
    let key = || form_key::fresh(app);
    let mut upload = Form::new("photo", t.get("goods-photo-add"), format!("{action}/photos"))
        .folded()
        .hidden("key", key())
        .field(
            Field::new(
                "file",
                t.get("goods-photo-file"),
                Kind::File("image/png,image/jpeg,image/webp"),
            )
            .hint(t.get("goods-photo-hint")),
        )
        .button(t.get("goods-photo-send"), "");
    upload.has_file = true;
    page = page
        .with(Block::Form(upload))
        .with(Block::Title("texts", t.get("goods-texts").into_owned()));
    for language in Language::ALL {
        let own = |row: &&Cells| {
            row.get("model").is_some_and(|model| model == code)
                && row.get("language").is_some_and(|tag| tag == language.tag())
        };
        let form = text_form(&t, &action, texts.iter().find(own), language).hidden("key", key());
        page = page.with(Block::Form(form));
    }
    page = page.with(Block::Title("rest", t.get("goods-rest").into_owned()));
    let mut form = Form::new("model", t.get("goods-model"), &action)
        .folded()
        .hidden("what", "model")
        .hidden("key", key())
        .button(t.get("goods-save"), "");
    form.fields = model_fields(&t, row.as_ref());
    let devices = snapshot.fits.iter().filter(|fit| fit.accessory == model.code);
    let devices: Vec<&str> = devices.map(|fit| fit.device.as_str()).collect();
    let fits = Form::new("fits", t.get("goods-fits"), &action)
        .folded()
        .hidden("what", "fits")
        .hidden("key", key())
        .field(
            Field::new("devices", t.get("goods-devices"), Kind::Area(5))
                .optional()
                .up_to(4_000)
                .with(devices.join("\n"))
                .hint(t.get("goods-devices-hint")),
        )
        .button(t.get("goods-save"), "");
    let mut variant = Form::new("variant", t.get("goods-new-variant"), &action)
        .folded()
        .hidden("what", "variant")
        .hidden("key", key())
        .field(
            Field::new("sku", t.get("goods-sku"), Kind::Code)
                .up_to(40)
                .hint(t.get("goods-sku-hint")),
        )
        .button(t.get("goods-make"), "");
    variant.fields.extend(variant_fields(&t, None));
    Ok(page.with(Block::Form(form)).with(Block::Form(fits)).with(Block::Form(variant)))
}

fn variants(t: &Text, snapshot: &Snapshot, model: &Model) -> Table {
    let rows = snapshot.variants_of(&model.code).map(|variant| {
        let option = variant.option_in(t.language());
        let words = if option.is_empty() { variant.sku.as_str() } else { option };
        vec![
            Cell::link(words, format!("/admin/catalogue/{}/{}", model.code, variant.sku))
                .below(variant.sku.to_string()),
            Cell::code(variant.revision.to_string()),
            Cell::code(variant.factory.to_string()),
            Cell::number(t.number(variant.weight_g.into())),
            Cell::number(t.number(i64::try_from(variant.components.len()).unwrap_or(0))),
        ]
    });
    Table {
        id: "variants",
        title: t.get("goods-variants").into_owned(),
        columns: [
            "goods-variant",
            "goods-revision",
            "goods-factory",
            "goods-weight",
            "goods-components",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        empty: t.get("goods-variants-none").into_owned(),
        ..Table::default()
    }
}

/// What a product is, for those who only look.
fn facts(t: &Text, model: &Model) -> Table {
    let row = |id: &str, text: String| vec![Cell::text(t.get(id)), Cell::text(text)];
    Table {
        id: "facts",
        title: t.get("goods-model").into_owned(),
        columns: ["staff-what", "goods-how"].map(|id| t.get(id).into_owned()).to_vec(),
        rows: vec![
            row("goods-family", model.family.to_string()),
            row("goods-brand", model.brand.to_string()),
            row("goods-class", model.class.word().to_owned()),
            row("goods-hs", model.hs_code.clone().unwrap_or_default()),
            row("goods-origin", t.country(&model.origin).into_owned()),
        ],
        ..Table::default()
    }
}

fn shots(app: &App, t: &Text, snapshot: &Snapshot, model: &Model, may_edit: bool) -> Vec<Shot> {
    let name = model.text(t.language(), |text| &text.name).to_owned();
    let photos = snapshot.photos.get(&model.code).map_or(&[][..], |photos| photos);
    if photos.is_empty() {
        let src = crate::kit::assets::picture(model.picture.as_str()).to_string();
        return vec![Shot { src, size: (400, 400), alt: name, form: None }];
    }
    let shot = |(index, photo): (usize, &kontor_store::catalogue::KeptPhoto)| {
        let form = may_edit.then(|| {
            let action = format!("/admin/catalogue/{}", model.code);
            Form::new(format!("photo-{index}"), String::new(), action)
                .hidden("what", "photo")
                .hidden("hash", photo.hash.as_str())
                .hidden("key", form_key::fresh(app))
                .button(t.get("goods-photo-remove"), "")
        });
        let src = format!("/pictures/{}", photo.hash);
        Shot { src, size: (photo.width, photo.height), alt: name.clone(), form }
    };
    photos.iter().enumerate().map(shot).collect()
}

pub(in crate::staff) async fn change(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(code): Path<String>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let snapshot = app.shop.snapshots.now();
    let known = code.parse::<Slug>().ok().filter(|code| snapshot.models.contains_key(code));
    let Some(model) = known else { return nothing(&app, &uri) };
    let asked = match act(&app, &snapshot, &model, &sent).await {
        Ok(Some((id, outcome))) => (id, outcome),
        Ok(None) => return Problem::bad_form().respond(&app, uri.path(), None),
        Err(fault) => return failed(&app, &uri, fault.into()),
    };
    let (id, outcome) = asked;
    let back = match id.as_str() {
        "variant" => {
            format!("/admin/catalogue/{code}/{}", crate::kit::escape::in_query(sent.get("sku")))
        }
        _ => format!("/admin/catalogue/{code}"),
    };
    let outcome = match outcome {
        Ok(act) => carry(&app, &uri, &person, &sent, act, &back).await,
        Err(trouble) => Err(trouble),
    };
    match outcome {
        Ok(response) => response,
        Err(trouble) => match page(&app, &uri, &person, &code, "").await {
            Ok(page) => trouble.show(page, &id, &sent),
            Err(response) => response,
        },
    }
}

/// The form that was sent and the act that it asks for; nothing for a form that is none.
async fn act(
    app: &App,
    snapshot: &Arc<Snapshot>,
    model: &Slug,
    sent: &Sent,
) -> Result<Option<(String, Result<Act, Trouble>)>, kontor_store::StoreError> {
    let code = model.as_str();
    Ok(match sent.get("what") {
        "model" => {
            let row = stored_row(&app.shop, File::Models, &[code]).await?;
            let act = match origin_problem(sent) {
                Some(trouble) => Err(trouble),
                None => Ok(model_act(code, row, sent)),
            };
            Some(("model".to_owned(), act))
        }
        "text" => {
            let Ok(language) = sent.get("language").parse::<Language>() else { return Ok(None) };
            let row = stored_row(&app.shop, File::Texts, &[code, language.tag()]).await?;
            Some((format!("text-{}", language.tag()), Ok(text_act(code, row, sent))))
        }
        "fits" => {
            let known = stored(&app.shop, File::Fits).await?;
            Some(("fits".to_owned(), Ok(fits_act(code, &known, sent))))
        }
        "variant" => {
            let sku = sent.get("sku");
            let taken = snapshot.variants.keys().any(|known| known.as_str() == sku);
            let act = if taken {
                Err(Trouble::field("sku", Wrong::Taken { cell: sku.to_owned() }))
            } else {
                Ok(variant_act(code, sku, None, sent))
            };
            Some(("variant".to_owned(), act))
        }
        "photo" => {
            let hash = sent.get("hash").to_owned();
            let act = PhotoAct { model: model.clone(), hash };
            Some(("photo".to_owned(), Ok(Act::Photo(act))))
        }
        _ => None,
    })
}
