//! Variants: what is stocked, priced and sold, with the attributes that rules test.

use std::collections::{BTreeMap, HashMap};

use kontor_base::{Language, Wrong};
use kontor_domain::catalogue::{Attributes, Model, Sku, Slug, Variant};
use kontor_store::{StoreError, Tx, catalogue};

use crate::exchange::cell::{self, Bad, Read};
use crate::exchange::job::{Change, Job, Origins, Sourced, places};
use crate::exchange::read::Numbered;
use crate::exchange::row::VariantRow;

const KIND: &str = "variant";
/// The heaviest package, in grams: a tonne.
const WEIGHT_G_MAX: i64 = 1_000_000;

/// Reads a row; the variant has no components yet.
pub(in crate::exchange) fn parse_variant(row: &VariantRow) -> Read<Sourced<Variant>> {
    let mut option = BTreeMap::new();
    for (language, column, text) in
        [(Language::En, "option_en", &row.option_en), (Language::De, "option_de", &row.option_de)]
    {
        let text = cell::text(column, text)?;
        if !text.is_empty() {
            option.insert(language, text);
        }
    }
    if !option.is_empty() && !option.contains_key(&Language::En) {
        return Err(Bad::new("option_en", Wrong::EnglishMissing));
    }
    let weight_g = cell::number("weight_g", &row.weight_g, 1, WEIGHT_G_MAX)?;
    let variant = Variant {
        sku: cell::value("sku", &row.sku)?,
        model: cell::value("model", &row.model)?,
        revision: cell::value("revision", &row.revision)?,
        factory: cell::value("factory", &row.factory)?,
        option,
        weight_g: u32::try_from(weight_g).expect("a tonne fits"),
        components: Vec::new(),
        attributes: Attributes::parse(&row.attributes)
            .map_err(|error| Bad::new("attributes", error))?,
    };
    Sourced::read(variant, &row.source, &row.confidence)
}

/// Compares the rows with what is stored and writes what is new; components stay as they are.
pub(in crate::exchange) fn apply_variants(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<Variant>>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let models: HashMap<Slug, Model> =
        catalogue::models(tx)?.into_iter().map(|model| (model.code.clone(), model)).collect();
    check(rows, &models, job);
    if job.is_bad() {
        return Ok(());
    }
    let stored: HashMap<Sku, Variant> =
        catalogue::variants(tx)?.into_iter().map(|v| (v.sku.clone(), v)).collect();
    let positions: HashMap<String, i64> = catalogue::positions(tx)?.into_iter().collect();
    let wanted = wanted_places(rows, &stored, &positions);
    let mut origins = Origins::load(tx, KIND)?;
    for row in rows {
        let Sourced { value, origin } = &row.item;
        let old = stored.get(&value.sku);
        let components = old.map(|old| old.components.clone()).unwrap_or_default();
        let new = Variant { components, ..value.clone() };
        let place = wanted[&new.sku];
        let moved = positions.get(new.sku.as_str()) != Some(&place);
        let change = Change::between(old, &new).or_changed(moved);
        if change != Change::Unchanged {
            catalogue::save_variant(tx, &new, place)?;
        }
        let news = origins.keep(tx, new.sku.as_str(), origin)?;
        job.count(change.or_changed(news));
    }
    Ok(())
}

/// The place of each row's variant among its siblings.
fn wanted_places(
    rows: &[Numbered<Sourced<Variant>>],
    stored: &HashMap<Sku, Variant>,
    positions: &HashMap<String, i64>,
) -> HashMap<Sku, i64> {
    let mut siblings: BTreeMap<&Slug, Vec<&Sku>> = BTreeMap::new();
    for row in rows {
        siblings.entry(&row.item.value.model).or_default().push(&row.item.value.sku);
    }
    let mut wanted = HashMap::new();
    for (model, skus) in siblings {
        let taken = stored.values().filter(|variant| variant.model == *model);
        let taken = taken
            .filter_map(|v| Some((v.sku.to_string(), *positions.get(v.sku.as_str())?)))
            .collect();
        let places = places(skus.iter().map(|sku| sku.as_str()), &taken);
        wanted.extend(skus.into_iter().cloned().zip(places));
    }
    wanted
}

/// Whatever is on a shelf has a model, and a name in English, which other languages fall back to.
fn check(rows: &[Numbered<Sourced<Variant>>], models: &HashMap<Slug, Model>, job: &mut Job<'_>) {
    for Numbered { line, item: Sourced { value, .. } } in rows {
        match models.get(&value.model) {
            None => job.bad(*line, "model", Wrong::NoModel { name: value.model.to_string() }),
            Some(model) if !model.texts.contains_key(&Language::En) => {
                let name = value.model.to_string();
                job.bad(*line, "model", Wrong::NoEnglishYet { name });
            }
            Some(_) => {}
        }
    }
}

/// Every variant, by model and place.
pub(in crate::exchange) fn variant_rows(tx: &mut Tx<'_>) -> Result<Vec<VariantRow>, StoreError> {
    let origins = Origins::load(tx, KIND)?;
    let row = |variant: Variant| {
        let origin = origins.of(variant.sku.as_str());
        let option_in = |language| variant.option.get(&language).cloned().unwrap_or_default();
        VariantRow {
            sku: variant.sku.to_string(),
            model: variant.model.to_string(),
            revision: variant.revision.to_string(),
            factory: variant.factory.to_string(),
            option_en: option_in(Language::En),
            option_de: option_in(Language::De),
            weight_g: variant.weight_g.to_string(),
            attributes: variant.attributes.to_string(),
            source: origin.source,
            confidence: origin.confidence,
        }
    };
    Ok(catalogue::variants(tx)?.into_iter().map(row).collect())
}
