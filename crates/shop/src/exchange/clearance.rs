//! Clearance facts as files: rules, grants, orders of authorities, reviews, presences, and what markets
//! have opened with. The domain reads and writes their rows; here they are checked against each other
//! and kept.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::Wrong;
use kontor_domain::catalogue::{Sku, Slug};
use kontor_domain::clearance::{
    Assortment, AuthorityOrder, ClearanceCode, Grant, OrderEffect, Presence, Review, Rule, Scope,
    check_asked,
};
use kontor_domain::market::MarketCode;
use kontor_store::clearance::{self, Kind};
use kontor_store::{StoreError, Tx, catalogue, market};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::job::{Change, Job};
use super::read::Numbered;

/// A fact that is known by a code.
pub(super) trait Fact: PartialEq + Serialize + DeserializeOwned {
    const KIND: Kind;
    /// Its code, unique within its kind.
    fn code(&self) -> &str;
}

macro_rules! fact {
    ($type:ty, $kind:ident, $field:ident) => {
        impl Fact for $type {
            const KIND: Kind = Kind::$kind;
            fn code(&self) -> &str {
                self.$field.as_str()
            }
        }
    };
}

fact!(Rule, Rule, code);
fact!(Grant, Grant, code);
fact!(AuthorityOrder, Order, code);
fact!(Review, Review, code);
fact!(Presence, Presence, market);
fact!(Assortment, Assortment, market);

/// Compares the rows with what is stored and writes what is new.
fn save<F: Fact>(
    tx: &mut Tx<'_>,
    rows: &[Numbered<F>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    if job.is_bad() {
        return Ok(());
    }
    let stored: BTreeMap<String, F> =
        clearance::all(tx, F::KIND)?.into_iter().map(|f: F| (f.code().to_owned(), f)).collect();
    for Numbered { item, .. } in rows {
        let change = Change::between(stored.get(item.code()), item);
        if change != Change::Unchanged {
            clearance::save(tx, F::KIND, item.code(), item, job.at)?;
        }
        job.count(change);
    }
    Ok(())
}

/// Every fact of a kind.
pub(super) fn all<F: Fact>(tx: &mut Tx<'_>) -> Result<Vec<F>, StoreError> {
    clearance::all(tx, F::KIND)
}

/// A rule can spare only what another rule demands.
pub(super) fn apply_rules(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Rule>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let mut known = rule_codes(tx)?;
    known.extend(rows.iter().map(|row| row.item.code.clone()));
    for Numbered { line, item } in rows {
        if let Some(spared) = item.spares_prior.as_ref().filter(|code| !known.contains(code)) {
            job.bad(*line, "spares_prior", Wrong::NoRule { name: spared.to_string() });
        }
    }
    save(tx, rows, job)
}

/// A grant answers a rule; a grant for no rule, or for where no rule asks for it, would clear nothing, and
/// nobody would notice.
pub(super) fn apply_grants(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Grant>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let rules: Vec<Rule> = clearance::all(tx, Kind::Rule)?;
    let named = Named::read(tx)?;
    for Numbered { line, item } in rows {
        if !rules.iter().any(|rule| rule.code == item.clearance) {
            job.bad(*line, "clearance", Wrong::NoRule { name: item.clearance.to_string() });
        }
        if let Err(elsewhere) = check_asked(&rules, &item.clearance, item.reach) {
            job.bad(*line, "country", elsewhere);
        }
        named.check(&item.scope, ["brand", "model", "sku"], *line, job);
    }
    save(tx, rows, job)
}

/// An order that names what does not exist would block nothing, and nobody would notice.
pub(super) fn apply_orders(
    tx: &mut Tx<'_>,
    rows: &[Numbered<AuthorityOrder>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    // The file's orders replace stored ones of the same code.
    let stored: Vec<AuthorityOrder> = clearance::all(tx, Kind::Order)?;
    let mut effects: BTreeMap<&str, OrderEffect> =
        stored.iter().map(|order| (order.code.as_str(), order.effect)).collect();
    effects.extend(rows.iter().map(|row| (row.item.code.as_str(), row.item.effect)));
    let named = Named::read(tx)?;
    for Numbered { line, item } in rows {
        match item.lifts.as_ref().map(|lifted| (lifted, effects.get(lifted.as_str()))) {
            None | Some((_, Some(OrderEffect::Blocks))) => {}
            Some((lifted, None)) => {
                job.bad(*line, "lifts", Wrong::NoOrder { name: lifted.to_string() });
            }
            Some((lifted, Some(_))) => {
                job.bad(*line, "lifts", Wrong::BlocksNothing { name: lifted.to_string() });
            }
        }
        named.check(&item.scope, ["brand", "model", "sku"], *line, job);
        if let Some(except) = &item.except {
            named.check(except, ["except_brand", "except_model", "except_sku"], *line, job);
        }
    }
    // Those not in the file must not be left lifting an order that no longer blocks.
    let in_file: BTreeSet<&str> = rows.iter().map(|row| row.item.code.as_str()).collect();
    for other in stored.iter().filter(|order| !in_file.contains(order.code.as_str())) {
        let Some(lifted) = &other.lifts else { continue };
        let row = rows.iter().find(|row| row.item.code == *lifted);
        if let Some(row) = row.filter(|row| row.item.effect != OrderEffect::Blocks) {
            let other = other.code.to_string();
            job.bad(row.line, "effect", Wrong::LiftsNoBlock { other });
        }
    }
    save(tx, rows, job)
}

/// Reviews name countries, which always exist.
pub(super) fn apply_reviews(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Review>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    save(tx, rows, job)
}

/// The seller is present in markets that exist.
pub(super) fn apply_presences(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Presence>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let markets: BTreeSet<MarketCode> = market::all(tx)?.iter().map(|m| m.code).collect();
    for Numbered { line, item } in rows {
        if !markets.contains(&item.market) {
            job.bad(*line, "market", Wrong::NoMarket { name: item.market.to_string() });
        }
    }
    save(tx, rows, job)
}

/// A market opens with products that exist.
pub(super) fn apply_assortments(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Assortment>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let markets: BTreeSet<MarketCode> = market::all(tx)?.iter().map(|m| m.code).collect();
    let known: BTreeSet<Sku> = catalogue::variants(tx)?.into_iter().map(|own| own.sku).collect();
    for Numbered { line, item } in rows {
        if !markets.contains(&item.market) {
            job.bad(*line, "market", Wrong::NoMarket { name: item.market.to_string() });
        }
        for sku in item.skus.difference(&known) {
            job.bad(*line, "skus", Wrong::NoVariant { name: sku.to_string() });
        }
    }
    save(tx, rows, job)
}

fn rule_codes(tx: &mut Tx<'_>) -> Result<BTreeSet<ClearanceCode>, StoreError> {
    let rules: Vec<Rule> = clearance::all(tx, Kind::Rule)?;
    Ok(rules.into_iter().map(|rule| rule.code).collect())
}

/// What a scope can name.
struct Named {
    brands: BTreeSet<Slug>,
    models: BTreeSet<Slug>,
    skus: BTreeSet<Sku>,
}

impl Named {
    fn read(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let models = catalogue::models(tx)?;
        Ok(Self {
            brands: models.iter().map(|model| model.brand.clone()).collect(),
            models: models.into_iter().map(|model| model.code).collect(),
            skus: catalogue::variants(tx)?.into_iter().map(|variant| variant.sku).collect(),
        })
    }

    fn check(&self, scope: &Scope, columns: [&str; 3], line: u64, job: &mut Job<'_>) {
        if let Some(brand) = scope.brand.as_ref().filter(|brand| !self.brands.contains(brand)) {
            job.bad(line, columns[0], Wrong::NoBrand { name: brand.to_string() });
        }
        if let Some(model) = scope.model.as_ref().filter(|model| !self.models.contains(model)) {
            job.bad(line, columns[1], Wrong::NoModel { name: model.to_string() });
        }
        if let Some(sku) = scope.sku.as_ref().filter(|sku| !self.skus.contains(sku)) {
            job.bad(line, columns[2], Wrong::NoVariant { name: sku.to_string() });
        }
    }
}
