//! What verdicts are made of: products, rules, orders of authorities, evidence, what is withdrawn. All of it
//! is in memory.

use kontor_base::{Country, Date, folded_words};
use kontor_domain::catalogue::{Sku, Slug};
use kontor_domain::clearance::Reach;
use kontor_domain::market::{Market, MarketCode};
use kontor_domain::staff::{Markets, Permission};

use super::{First, begin_all, begin_in, code_begins};
use crate::core::Known;
use crate::staff::person::Person;

/// A product that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProduct {
    /// The variant.
    pub sku: Sku,
    /// Its model.
    pub model: Slug,
    /// Its model's name, in the person's language.
    pub name: String,
}

/// A rule, or an order of a court or authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFact {
    /// Its code.
    pub code: String,
    /// What it demands or forbids.
    pub title: String,
    /// Who demands it.
    pub authority: String,
    /// A market of the person in which it holds.
    pub market: MarketCode,
}

/// Evidence that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundGrant {
    /// Its code.
    pub code: String,
    /// What it clears.
    pub clearance: String,
    /// The authority's number.
    pub number: String,
    /// A market of the person in which it counts.
    pub market: MarketCode,
}

/// A withdrawal that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundWithdrawal {
    /// Its code.
    pub code: String,
    /// Why.
    pub title: String,
    /// Since when.
    pub since: Date,
    /// A market of the person out of which something is withdrawn.
    pub market: MarketCode,
}

/// Variants whose number begins so, or whose model's name has the words.
pub(super) fn products(
    known: &Known,
    person: &Person,
    typed: &str,
    words: &[String],
) -> First<FoundProduct> {
    if !person.may_somewhere(Permission::CatalogueRead) {
        return First::default();
    }
    let upper = typed.to_uppercase();
    First::of(known.variants.values().filter_map(|variant| {
        let model = known.models.get(&variant.model)?;
        let name = model.text(person.language, |text| &text.name).to_owned();
        let option = variant.option_in(person.language);
        let name = if option.is_empty() { name } else { format!("{name}, {option}") };
        let own = variant.sku.as_str().to_uppercase();
        let fits = own.starts_with(&upper) || begin_all(words, &folded_words(&name));
        let (sku, model) = (variant.sku.clone(), variant.model.clone());
        fits.then_some(FoundProduct { sku, model, name })
    }))
}

/// Rules and orders of authorities by code, title or authority, whether there is evidence for them or not.
pub(super) fn facts(
    known: &Known,
    person: &Person,
    typed: &str,
    words: &[String],
) -> First<FoundFact> {
    let own = person.markets(Permission::ClearanceRead);
    let records = known.facts.records();
    let rules = records.rules.iter().map(|rule| {
        (rule.code.as_str(), rule.title.as_str(), rule.authority.as_str(), rule.reach, "")
    });
    let orders = records.orders.iter().filter(|order| !order.code.is_withdrawal()).map(|order| {
        let file = order.reference.as_str();
        (order.code.as_str(), order.title.as_str(), order.authority.as_str(), order.reach, file)
    });
    First::of(rules.chain(orders).filter_map(|(code, title, authority, reach, file)| {
        let fits = code_begins(code, typed) || begin_in(words, &[code, title, authority, file]);
        let market = fits.then(|| market_of(known, &own, reach))??;
        let [code, title, authority] = [code, title, authority].map(str::to_owned);
        Some(FoundFact { code, title, authority, market })
    }))
}

/// Evidence by its code, its number, its issuer or what it clears.
pub(super) fn grants(
    known: &Known,
    person: &Person,
    typed: &str,
    words: &[String],
) -> First<FoundGrant> {
    let own = person.markets(Permission::ClearanceRead);
    First::of(known.facts.records().grants.iter().filter_map(|grant| {
        let (code, clearance) = (grant.code.as_str(), grant.clearance.as_str());
        let fits = code_begins(code, typed)
            || code_begins(&grant.number, typed)
            || begin_in(words, &[code, &grant.number, &grant.issuer, clearance]);
        let market = fits.then(|| market_of(known, &own, grant.reach))??;
        let number = grant.number.clone();
        let [code, clearance] = [code, clearance].map(str::to_owned);
        Some(FoundGrant { code, clearance, number, market })
    }))
}

/// What is withdrawn, by its code, its reason or what it is about.
pub(super) fn withdrawals(
    known: &Known,
    person: &Person,
    today: Date,
    typed: &str,
    words: &[String],
) -> First<FoundWithdrawal> {
    let own = person.markets(Permission::MarketRead);
    let orders = known.facts.records().orders.iter();
    let in_force = orders.filter(|order| order.code.is_withdrawal() && order.in_force(today));
    First::of(in_force.filter_map(|order| {
        let (code, scope) = (order.code.as_str(), order.scope.to_string());
        let fits = code_begins(code, typed) || begin_in(words, &[code, &order.title, &scope]);
        let market = fits.then(|| market_of(known, &own, order.reach))??;
        let (code, title) = (code.to_owned(), order.title.clone());
        Some(FoundWithdrawal { code, title, since: order.from, market })
    }))
}

/// The first of somebody's markets in which a fact holds.
fn market_of(known: &Known, own: &Markets, reach: Reach) -> Option<MarketCode> {
    let here = |market: &&Market| {
        market.countries.iter().any(|country: &Country| reach.includes(*country))
    };
    let mut markets = known.markets.iter().filter(|market| own.contains(market.code));
    markets.find(here).map(|market| market.code)
}
