//! `GET /api/v1/{market}/shelf`: what can be bought, and what is announced and why not yet.

use std::borrow::Cow;

use axum::extract::State;
use axum::response::Response;
use kontor_base::{Instant, Language};
use kontor_domain::catalogue::{Model, Variant};
use kontor_domain::market::{Act, Market};
use kontor_shop::cart::{Offer, offer};
use kontor_shop::core::Snapshot;
use serde::Serialize;
use utoipa::ToSchema;

use super::{OfferBody, may_be_told};
use crate::api::call::Call;
use crate::api::reply::kept_json;
use crate::kit::app::App;
use crate::kit::assets;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Anybody may read it.
pub(crate) const ROUTE: Route = Route::read("/api/v1/{market}/shelf", Class::Read);

/// A shelf.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShelfAnswer {
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// The language of names.
    #[schema(value_type = String, example = "en")]
    language: &'static str,
    /// Models of which at least one variant can be ordered, in the order of the shelf. What is
    /// sold out stays here.
    offered: Vec<ShelfModel>,
    /// Models that are shown but cannot be ordered, with the reasons.
    announced: Vec<ShelfModel>,
}

/// A model on a shelf.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShelfModel {
    /// Its name in addresses.
    #[schema(example = "mi-band")]
    model: String,
    /// Its name.
    name: String,
    /// One sentence.
    line: String,
    /// Its class: `band`, `power_bank`, `phone`…
    #[schema(value_type = String, example = "band")]
    class: &'static str,
    /// The address of its drawing.
    #[schema(value_type = String)]
    picture: Cow<'static, str>,
    /// The address of everything about it.
    #[schema(example = "/api/v1/us/products/mi-band")]
    url: String,
    /// Whether people can leave their address to be told.
    takes_names: bool,
    /// Its variants.
    variants: Vec<ShelfVariant>,
}

/// A variant on a shelf.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShelfVariant {
    /// Its stock-keeping unit, which goes into carts.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// What tells it from its siblings.
    option: String,
    /// What may be done with it today.
    offer: OfferBody,
}

/// Read a shelf
///
/// Everything that may be spoken of in the market: what can be ordered (`offered`) and what cannot
/// yet, with every reason (`announced`). The answer is the same for everybody and carries an ETag.
#[utoipa::path(
    get,
    path = "/api/v1/{market}/shelf",
    tag = "Catalogue",
    operation_id = "get-shelf",
    params(
        ("market" = String, Path, description = "The market's code.", example = "us"),
        ("language" = Option<String>, Query, description = "The language of names: `en`, `de`, \
            `zh` or `hi`; if not said, the market's first. Names without a translation are \
            English."),
    ),
    responses(
        (status = 200, description = "The shelf.", body = ShelfAnswer),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_shelf(State(app): State<App>, call: Call) -> Response {
    let snapshot = app.shop.snapshots.now();
    match asked(&call, &snapshot) {
        Ok((market, language)) => {
            let key = format!("/api/v1/{}/shelf?language={language}", market.code);
            let at = app.shop.now();
            kept_json(&app, &call, &snapshot, &key, || shelf(&snapshot, market, language, at))
        }
        Err(problem) => call.answer(&app, Err(problem)),
    }
}

/// The market and the language that are asked for.
pub(super) fn asked<'a>(
    call: &Call,
    snapshot: &'a Snapshot,
) -> Result<(&'a Market, Language), Problem> {
    call.only_queries(&["language"])?;
    let market = call.market(snapshot)?;
    let first = market.languages.first().copied().unwrap_or(Language::En);
    Ok((market, call.language(first)?))
}

fn shelf(snapshot: &Snapshot, market: &Market, language: Language, at: Instant) -> ShelfAnswer {
    let mut models: Vec<&Model> = snapshot.models.values().collect();
    models.sort_by(|a, b| (a.position, &a.code).cmp(&(b.position, &b.code)));
    let (mut offered, mut announced) = (Vec::new(), Vec::new());
    for model in models {
        let variants: Vec<(&Variant, Offer)> = snapshot
            .variants_of(&model.code)
            .filter(|variant| may_be_told(snapshot, market, &variant.sku))
            .map(|variant| (variant, offer(snapshot, market, &variant.sku, None, at)))
            .collect();
        if variants.is_empty() {
            continue;
        }
        let can_be_ordered = variants.iter().any(|(_, offer)| matches!(offer, Offer::Yes { .. }));
        let takes_names = variants.iter().any(|(variant, _)| {
            let ladder = snapshot.ladders.get(&(market.code, variant.sku.clone()));
            ladder.is_some_and(|ladder| ladder.get(Act::RegisterInterest).permits())
        });
        let entry = ShelfModel {
            model: model.code.to_string(),
            name: model.text(language, |text| &text.name).to_owned(),
            line: model.text(language, |text| &text.line).to_owned(),
            class: model.class.word(),
            picture: assets::picture(&snapshot.picture(model)),
            url: format!("/api/v1/{}/products/{}", market.code, model.code),
            takes_names,
            variants: variants
                .iter()
                .map(|(variant, offer)| ShelfVariant {
                    sku: variant.sku.to_string(),
                    option: variant.option_in(language).to_owned(),
                    offer: OfferBody::on_shelf(snapshot, market, &variant.sku, offer, language, at),
                })
                .collect(),
        };
        if can_be_ordered { offered.push(entry) } else { announced.push(entry) }
    }
    let market = market.code.to_string();
    ShelfAnswer { market, language: language.tag(), offered, announced }
}
