//! `GET /api/v1/{market}/products/{model}`: everything about a model in a market.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::{Date, Instant, Language, Money};
use kontor_domain::catalogue::{Model, Slug, Value, Variant};
use kontor_domain::clearance::{FactRef, Place, Verdict};
use kontor_domain::market::{Act, Market, TaxDisplay};
use kontor_shop::cart::offer;
use kontor_shop::core::Snapshot;
use serde::Serialize;
use utoipa::ToSchema;

use super::shelf::asked;
use super::{OfferBody, may_be_told, model_may_be_told};
use crate::api::call::Call;
use crate::api::clearance::VerdictBody;
use crate::api::money::MoneyBody;
use crate::api::reply::kept_json;
use crate::kit::app::App;
use crate::kit::assets;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Anybody may read it.
pub(crate) const ROUTE: Route = Route::read("/api/v1/{market}/products/{model}", Class::Read);

/// A model in a market.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProductAnswer {
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// The language of names and texts.
    #[schema(value_type = String, example = "en")]
    language: &'static str,
    /// Its name in addresses.
    #[schema(example = "mi-band")]
    model: String,
    /// The family it belongs to.
    family: String,
    /// The brand on it.
    brand: String,
    /// Its class.
    #[schema(value_type = String, example = "band")]
    class: &'static str,
    /// Its name.
    name: String,
    /// One sentence.
    line: String,
    /// A few sentences.
    body: String,
    /// What is in the box.
    in_the_box: Vec<String>,
    /// The address of its drawing.
    #[schema(value_type = String)]
    picture: Cow<'static, str>,
    /// When it was announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    announced_on: Option<Date>,
    /// Its code of the Harmonized System.
    #[serde(skip_serializing_if = "Option::is_none")]
    hs_code: Option<String>,
    /// The country of origin (ISO 3166-1).
    origin: String,
    /// Whether prices contain the tax.
    prices_include_tax: bool,
    /// What it costs to ship one order.
    shipping: MoneyBody,
    /// How many days goods can be sent back.
    return_window_days: u16,
    /// Its variants that may be spoken of here.
    variants: Vec<ProductVariant>,
    /// Devices that it fits.
    fits: Vec<FitBody>,
    /// Accessories that fit it.
    accessories: Vec<FitBody>,
}

/// A variant in a market.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProductVariant {
    /// Its stock-keeping unit, which goes into carts.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// What tells it from its siblings.
    option: String,
    /// The hardware revision.
    revision: String,
    /// Its weight with package in grams.
    weight_g: u32,
    /// What is stated about it; what is not stated is unknown.
    #[schema(value_type = Object)]
    attributes: BTreeMap<String, Value>,
    /// Its parts.
    components: Vec<ComponentBody>,
    /// What may be done with it today.
    offer: OfferBody,
    /// The verdict on every act, in rising degree.
    acts: Vec<VerdictBody>,
    /// The numbers under which authorities know it here.
    identifiers: Vec<IdentifierBody>,
}

/// A part that a clearance can depend on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Component)]
pub(crate) struct ComponentBody {
    /// What it does: `chipset`, `radio`, `battery`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// Its maker.
    maker: String,
    /// Its part name.
    part: String,
}

/// A number under which an authority knows a product.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = Identifier)]
pub(crate) struct IdentifierBody {
    /// What it is: `FCC ID`.
    name: String,
    /// The number.
    number: String,
    /// Who issued it.
    issuer: String,
    /// The last day on which it is valid, if it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<Date>,
}

/// Another model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fit)]
pub(crate) struct FitBody {
    /// Its name in addresses.
    model: String,
    /// Its name.
    name: String,
    /// Its address, if it may be spoken of in this market.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// Read a product
///
/// A model with its variants: price and what stands beside a reduced one, stock, the verdict on
/// every act with reasons, obligations and dates, the numbers of authorities, what it fits and what
/// is in the box. The answer is the same for everybody and carries an ETag.
#[utoipa::path(
    get,
    path = "/api/v1/{market}/products/{model}",
    tag = "Catalogue",
    operation_id = "get-product",
    params(
        ("market" = String, Path, description = "The market's code.", example = "us"),
        ("model" = String, Path, description = "The model's name.", example = "mi-band"),
        ("language" = Option<String>, Query, description = "The language of texts: `en`, `de`, \
            `zh` or `hi`; if not said, the market's first. Texts without a translation are \
            English."),
    ),
    responses(
        (status = 200, description = "The product.", body = ProductAnswer),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_product(State(app): State<App>, call: Call) -> Response {
    let snapshot = app.shop.snapshots.now();
    let found = asked(&call, &snapshot).and_then(|(market, language)| {
        Ok((market, language, told_model(&snapshot, market, call.segment("model"))?))
    });
    match found {
        Ok((market, language, model)) => {
            let (code, at) = (market.code, app.shop.now());
            let key = format!("/api/v1/{code}/products/{}?language={language}", model.code);
            kept_json(&app, &call, &snapshot, &key, || {
                product(&snapshot, market, model, language, at)
            })
        }
        Err(problem) => call.answer(&app, Err(problem)),
    }
}

/// The model with this name, if it may be spoken of in the market.
fn told_model<'a>(
    snapshot: &'a Snapshot,
    market: &Market,
    name: &str,
) -> Result<&'a Model, Problem> {
    let code: Option<Slug> = name.parse().ok();
    code.and_then(|code| snapshot.models.get(&code))
        .filter(|model| model_may_be_told(snapshot, market, &model.code))
        .ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND, "catalogue.unknown_model").detail(
                "There is no such product in this market. GET /api/v1/{market}/shelf lists them.",
            )
        })
}

fn product(
    snapshot: &Snapshot,
    market: &Market,
    model: &Model,
    language: Language,
    at: Instant,
) -> ProductAnswer {
    let fit = |code: &Slug| {
        snapshot.models.get(code).map(|other| FitBody {
            model: other.code.to_string(),
            name: other.text(language, |text| &text.name).to_owned(),
            url: model_may_be_told(snapshot, market, code)
                .then(|| format!("/api/v1/{}/products/{code}", market.code)),
        })
    };
    let fits = snapshot.fits.iter().filter(|pair| pair.accessory == model.code);
    let accessories = snapshot.fits.iter().filter(|pair| pair.device == model.code);
    ProductAnswer {
        market: market.code.to_string(),
        language: language.tag(),
        model: model.code.to_string(),
        family: model.family.to_string(),
        brand: model.brand.to_string(),
        class: model.class.word(),
        name: model.text(language, |text| &text.name).to_owned(),
        line: model.text(language, |text| &text.line).to_owned(),
        body: model.text(language, |text| &text.body).to_owned(),
        in_the_box: model.in_the_box(language).to_vec(),
        picture: assets::picture(&snapshot.picture(model)),
        announced_on: model.announced_on,
        hs_code: model.hs_code.clone(),
        origin: model.origin.code().to_owned(),
        prices_include_tax: market.tax_display == TaxDisplay::Inclusive,
        shipping: Money::new(market.shipping_minor, market.currency).into(),
        return_window_days: market.return_window_days,
        variants: snapshot
            .variants_of(&model.code)
            .filter(|variant| may_be_told(snapshot, market, &variant.sku))
            .map(|variant| variant_body(snapshot, market, variant, language, at))
            .collect(),
        fits: fits.filter_map(|pair| fit(&pair.device)).collect(),
        // An accessory that is no secret is worth naming even before it can be bought.
        accessories: accessories
            .filter(|pair| model_may_be_told(snapshot, market, &pair.accessory))
            .filter_map(|pair| fit(&pair.accessory))
            .collect(),
    }
}

fn variant_body(
    snapshot: &Snapshot,
    market: &Market,
    variant: &Variant,
    language: Language,
    at: Instant,
) -> ProductVariant {
    let place = Place::market(market);
    let acts: Vec<Verdict> =
        Act::ALL.iter().filter_map(|act| snapshot.may(*act, variant, &place, at)).collect();
    let offered = offer(snapshot, market, &variant.sku, None, at);
    ProductVariant {
        sku: variant.sku.to_string(),
        option: variant.option_in(language).to_owned(),
        revision: variant.revision.to_string(),
        weight_g: variant.weight_g,
        attributes: variant
            .attributes
            .iter()
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect(),
        components: variant
            .components
            .iter()
            .map(|component| ComponentBody {
                kind: component.kind.word(),
                maker: component.maker.to_string(),
                part: component.part.to_string(),
            })
            .collect(),
        offer: OfferBody::on_shelf(snapshot, market, &variant.sku, &offered, language, at),
        identifiers: identifiers(snapshot, &acts),
        acts: acts.iter().map(|verdict| VerdictBody::new(verdict, language)).collect(),
    }
}

/// The numbers of the grants that the verdicts stand on.
fn identifiers(snapshot: &Snapshot, acts: &[Verdict]) -> Vec<IdentifierBody> {
    let records = snapshot.facts.records();
    let mut found: Vec<IdentifierBody> = acts
        .iter()
        .flat_map(|verdict| &verdict.relied_on)
        .filter_map(|fact| match fact {
            FactRef::Grant(code) => records.grants.iter().find(|grant| grant.code == *code),
            _ => None,
        })
        .filter(|grant| !grant.number.is_empty())
        .map(|grant| {
            let rule = records.rules.iter().find(|rule| rule.code == grant.clearance);
            let label = rule.map(|rule| rule.identifier.as_str()).filter(|name| !name.is_empty());
            IdentifierBody {
                name: label.unwrap_or(grant.clearance.as_str()).to_owned(),
                number: grant.number.clone(),
                issuer: grant.issuer.clone(),
                expires_on: grant.expires_on,
            }
        })
        .collect();
    found.sort();
    found.dedup();
    found
}
