//! Components and fits: lists that belong to something else. The rows of a variant (or of an
//! accessory) are its whole list: what is no longer among them is taken away, because a wrong
//! chipset or a wrong promise that something fits must be correctable.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::Wrong;
use kontor_domain::catalogue::{Component, ComponentKind, Fit, Sku, Slug, Variant};
use kontor_store::{StoreError, Tx, catalogue};

use crate::exchange::cell::{self, Bad, Read};
use crate::exchange::job::{Change, Job, Origins, Sourced};
use crate::exchange::read::Numbered;
use crate::exchange::row::{ComponentRow, FitRow};

const COMPONENT: &str = "component";
const FIT: &str = "fit";

/// A component with the variant that it is in.
pub(in crate::exchange) type PartOf = (Sku, Component);

/// Reads a row.
pub(in crate::exchange) fn parse_component(row: &ComponentRow) -> Read<Sourced<PartOf>> {
    let kinds = ComponentKind::ALL.map(|kind| (kind.word(), kind));
    let component = Component {
        kind: cell::word("kind", &row.kind, kinds)?,
        maker: cell::value("maker", &row.maker)?,
        part: cell::value("part", &row.part)?,
    };
    Sourced::read((cell::value("sku", &row.sku)?, component), &row.source, &row.confidence)
}

/// Gives each variant in the file exactly the components that the file lists for it.
pub(in crate::exchange) fn apply_components(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<PartOf>>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let stored: BTreeMap<Sku, Variant> =
        catalogue::variants(tx)?.into_iter().map(|v| (v.sku.clone(), v)).collect();
    let mut lists: BTreeMap<&Sku, Vec<&Numbered<Sourced<PartOf>>>> = BTreeMap::new();
    for row in rows {
        let (sku, _) = &row.item.value;
        if !stored.contains_key(sku) {
            job.bad(row.line, "sku", Wrong::NoVariant { name: sku.to_string() });
        }
        lists.entry(sku).or_default().push(row);
    }
    if job.is_bad() {
        return Ok(());
    }
    let positions: BTreeMap<String, i64> = catalogue::positions(tx)?.into_iter().collect();
    let mut origins = Origins::load(tx, COMPONENT)?;
    for (sku, list) in lists {
        let old = &stored[sku];
        let components: Vec<Component> = list.iter().map(|row| row.item.value.1.clone()).collect();
        for gone in old.components.iter().filter(|old| !components.contains(old)) {
            origins.forget(tx, &component_name(sku, gone))?;
            job.counts.removed += 1;
        }
        for row in list {
            let (_, component) = &row.item.value;
            let was = old.components.iter().find(|old| *old == component);
            let name = component_name(sku, component);
            let news = origins.keep(tx, &name, &row.item.origin)?;
            job.count(Change::between(was, component).or_changed(news));
        }
        if components != old.components {
            let place = positions.get(sku.as_str()).copied().unwrap_or(0);
            catalogue::save_variant(tx, &Variant { components, ..old.clone() }, place)?;
        }
    }
    Ok(())
}

/// Takes every component of a variant away; one that does not exist has none.
pub(in crate::exchange) fn empty_components(
    tx: &mut Tx<'_>,
    owner: &str,
) -> Result<(), StoreError> {
    let found = catalogue::variants(tx)?.into_iter().find(|variant| variant.sku.as_str() == owner);
    let Some(old) = found.filter(|variant| !variant.components.is_empty()) else { return Ok(()) };
    let mut origins = Origins::load(tx, COMPONENT)?;
    for component in &old.components {
        origins.forget(tx, &component_name(&old.sku, component))?;
    }
    let positions = catalogue::positions(tx)?;
    let place = positions.iter().find(|(sku, _)| sku == owner).map_or(0, |(_, place)| *place);
    catalogue::save_variant(tx, &Variant { components: Vec::new(), ..old }, place)
}

/// The name under which a component's origin is kept.
fn component_name(sku: &Sku, component: &Component) -> String {
    let Component { kind, maker, part } = component;
    format!("{sku}/{}/{maker}/{part}", kind.word())
}

/// Every component, by variant.
pub(in crate::exchange) fn component_rows(
    tx: &mut Tx<'_>,
) -> Result<Vec<ComponentRow>, StoreError> {
    let origins = Origins::load(tx, COMPONENT)?;
    let mut rows = Vec::new();
    for variant in catalogue::variants(tx)? {
        for component in &variant.components {
            let origin = origins.of(&component_name(&variant.sku, component));
            rows.push(ComponentRow {
                sku: variant.sku.to_string(),
                kind: component.kind.word().to_owned(),
                maker: component.maker.to_string(),
                part: component.part.to_string(),
                source: origin.source,
                confidence: origin.confidence,
            });
        }
    }
    Ok(rows)
}

/// Reads a row.
pub(in crate::exchange) fn parse_fit(row: &FitRow) -> Read<Sourced<Fit>> {
    let fit = Fit {
        accessory: cell::value("accessory", &row.accessory)?,
        device: cell::value("device", &row.device)?,
    };
    if fit.accessory == fit.device {
        return Err(Bad::new("device", Wrong::OfItself));
    }
    Sourced::read(fit, &row.source, &row.confidence)
}

/// Lets each accessory in the file fit exactly the devices that the file lists for it.
pub(in crate::exchange) fn apply_fits(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<Fit>>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let models: BTreeSet<Slug> =
        catalogue::models(tx)?.into_iter().map(|model| model.code).collect();
    for Numbered { line, item: Sourced { value, .. } } in rows {
        for (column, model) in [("accessory", &value.accessory), ("device", &value.device)] {
            if !models.contains(model) {
                job.bad(*line, column, Wrong::NoModel { name: model.to_string() });
            }
        }
    }
    if job.is_bad() {
        return Ok(());
    }
    let stored: BTreeSet<Fit> = catalogue::fits(tx)?.into_iter().collect();
    let wanted: BTreeSet<&Fit> = rows.iter().map(|row| &row.item.value).collect();
    let listed: BTreeSet<&Slug> = wanted.iter().map(|fit| &fit.accessory).collect();
    let mut origins = Origins::load(tx, FIT)?;
    let gone = stored.iter().filter(|fit| listed.contains(&fit.accessory) && !wanted.contains(fit));
    for fit in gone {
        catalogue::remove_fit(tx, fit)?;
        origins.forget(tx, &fit_name(fit))?;
        job.counts.removed += 1;
    }
    for row in rows {
        let Sourced { value, origin } = &row.item;
        let change = Change::between(stored.get(value), value);
        if change == Change::New {
            catalogue::save_fit(tx, value)?;
        }
        let news = origins.keep(tx, &fit_name(value), origin)?;
        job.count(change.or_changed(news));
    }
    Ok(())
}

/// Takes back everything that an accessory fits.
pub(in crate::exchange) fn empty_fits(tx: &mut Tx<'_>, accessory: &Slug) -> Result<(), StoreError> {
    let mut origins = Origins::load(tx, FIT)?;
    for fit in catalogue::fits(tx)?.iter().filter(|fit| fit.accessory == *accessory) {
        catalogue::remove_fit(tx, fit)?;
        origins.forget(tx, &fit_name(fit))?;
    }
    Ok(())
}

/// The name under which a fit's origin is kept.
fn fit_name(fit: &Fit) -> String {
    format!("{}/{}", fit.accessory, fit.device)
}

/// Every fit, by accessory and device.
pub(in crate::exchange) fn fit_rows(tx: &mut Tx<'_>) -> Result<Vec<FitRow>, StoreError> {
    let origins = Origins::load(tx, FIT)?;
    let row = |fit: Fit| {
        let origin = origins.of(&fit_name(&fit));
        FitRow {
            accessory: fit.accessory.to_string(),
            device: fit.device.to_string(),
            source: origin.source,
            confidence: origin.confidence,
        }
    };
    Ok(catalogue::fits(tx)?.into_iter().map(row).collect())
}
