//! What a verdict is about: a variant of a model, in a market.

use kontor_base::Country;

use super::assortment::Bound;
use super::review::Presence;
use super::scope::ComponentScope;
use super::truth::Truth;
use super::vocabulary::{Traits, Vocabulary};
use crate::catalogue::{Model, Variant};
use crate::market::{FulfilmentModel, Market};

/// The product in question. Making one reads the variant's attributes once; keep it when asking
/// about many markets or acts.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The variant.
    pub variant: &'a Variant,
    /// Its model.
    pub model: &'a Model,
    pub(super) traits: Traits,
}

impl<'a> Subject<'a> {
    /// The variant of the model.
    ///
    /// # Panics
    ///
    /// If the variant belongs to another model: a verdict about a mixture would be worthless.
    #[must_use]
    pub fn new(variant: &'a Variant, model: &'a Model) -> Self {
        assert_eq!(variant.model, model.code, "a variant is judged with its own model");
        Self { variant, model, traits: Traits::of(&variant.attributes, model.class) }
    }

    /// Whether components of the wanted kind are of the wanted maker and part. Where none of the
    /// kind is listed, the answer is unknown, unless the attributes say that there can be none.
    pub(super) fn holds(&self, wanted: &ComponentScope, share: Share) -> Truth {
        let mut of_kind =
            self.variant.components.iter().filter(|part| part.kind == wanted.kind).peekable();
        if of_kind.peek().is_none() {
            return match self.traits.get(Vocabulary::get().of_component(wanted.kind)) {
                Truth::No => Truth::No,
                Truth::Unknown | Truth::Yes => Truth::Unknown,
            };
        }
        let mut same = of_kind.map(|part| {
            part.maker == wanted.maker && wanted.part.as_ref().is_none_or(|p| *p == part.part)
        });
        match share {
            Share::Any => same.any(|same| same).into(),
            Share::All => same.all(|same| same).into(),
        }
    }
}

/// How many of the components of a kind are meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Share {
    Any,
    All,
}

/// Where the product would go: a market, or one country of it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The market.
    pub market: &'a Market,
    /// The country of the ship-to address; none: every country of the market must agree.
    pub ship_to: Option<Country>,
    /// Whether what the market has opened with counts.
    pub bound: Bound,
}

impl<'a> Place<'a> {
    /// The market as a whole, for shelves.
    #[must_use]
    pub const fn market(market: &'a Market) -> Self {
        Self { market, ship_to: None, bound: Bound::ByPlan }
    }

    /// One address in it, for carts and dispatch.
    #[must_use]
    pub const fn ship_to(market: &'a Market, country: Country) -> Self {
        Self { market, ship_to: Some(country), bound: Bound::ByPlan }
    }

    /// The same place, with or without what the market has opened with.
    #[must_use]
    pub const fn bound(self, bound: Bound) -> Self {
        Self { bound, ..self }
    }

    /// The countries that have to agree.
    pub(super) fn countries(&self) -> impl Iterator<Item = Country> + use<'a> {
        let ship_to = self.ship_to;
        self.market
            .countries
            .iter()
            .copied()
            .filter(move |country| ship_to.is_none_or(|wanted| wanted == *country))
    }
}

/// One country with what is known of the seller there: what predicates test besides the product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    pub(super) country: Country,
    pub(super) market: &'a Market,
    pub(super) presence: Option<&'a Presence>,
}

impl Setting<'_> {
    /// Whether the seller is foreign to the market.
    pub(super) fn entity_foreign(&self) -> Truth {
        match self.presence.and_then(|presence| presence.entity) {
            Some(entity) => (!self.market.countries.contains(&entity)).into(),
            None => Truth::Unknown,
        }
    }

    /// Whether parcels go to buyers straight from abroad.
    pub(super) fn overseas_direct(&self) -> Truth {
        (self.market.fulfilment == FulfilmentModel::ParcelsFromHome).into()
    }

    /// Whether the shop is hosted in `country`.
    pub(super) fn hosted_in(&self, country: Country) -> Truth {
        match self.presence.and_then(|presence| presence.hosted_in) {
            Some(hosted_in) => (hosted_in == country).into(),
            None => Truth::Unknown,
        }
    }
}
