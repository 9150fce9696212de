//! What there is and how it stands in a market: the shelf and the products on it.

mod offer;
pub(super) mod product;
pub(super) mod shelf;

use axum::http::StatusCode;
use kontor_domain::catalogue::{Sku, Slug};
use kontor_domain::market::{Act, Market};
use kontor_shop::core::Known;

use crate::kit::problem::Problem;

pub(super) use offer::OfferBody;

/// Whether a variant may be spoken of in a market. What may not be announced does not exist for
/// anybody outside.
pub(super) fn may_be_told(known: &Known, market: &Market, sku: &Sku) -> bool {
    known
        .ladders
        .get(&(market.code, sku.clone()))
        .is_some_and(|ladder| ladder.get(Act::Announce).permits())
}

/// Whether a variant exists but may not be spoken of: then it is answered as if it did not exist.
pub(super) fn is_secret(known: &Known, market: &Market, sku: &Sku) -> bool {
    known.variants.contains_key(sku) && !may_be_told(known, market, sku)
}

/// Whether any variant of a model may be spoken of in a market.
pub(super) fn model_may_be_told(known: &Known, market: &Market, model: &Slug) -> bool {
    known.variants_of(model).any(|variant| may_be_told(known, market, &variant.sku))
}

/// There is no such variant in the market.
pub(super) fn unknown_sku() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "catalogue.unknown_sku")
        .detail("There is no such variant in this market. GET /api/v1/{market}/shelf lists them.")
}
