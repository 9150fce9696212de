//! Products as a sheet would leave them, beside how they are: what the facts say of each can be compared
//! before anything is written.

use std::collections::BTreeMap;

use kontor_domain::catalogue::{Component, Model, Sku, Variant};

use super::{parse_component, parse_model, parse_variant};
use crate::core::Known;
use crate::exchange::read::{Numbered, read};
use crate::exchange::report::Problems;
use crate::exchange::sheet::Sheet;
use crate::exchange::table::Table;

/// A product that a sheet describes differently in something that facts look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edited {
    /// How it is.
    pub(crate) was: (Variant, Model),
    /// How it would be.
    pub(crate) is_now: (Variant, Model),
}

impl Edited {
    /// Whether any fact could tell the two apart.
    fn differs(&self) -> bool {
        let (variant, model) = &self.was;
        let (next, next_model) = &self.is_now;
        let own = |v: &Variant| (v.revision.clone(), v.factory.clone(), v.attributes.clone());
        let of_model = |m: &Model| (m.code.clone(), m.brand.clone(), m.class);
        own(variant) != own(next)
            || variant.components != next.components
            || of_model(model) != of_model(next_model)
    }
}

/// The products that are there and that a sheet of the catalogue would describe differently, in the
/// sheet's order. Of rows that cannot be read nothing is said: such a sheet is not applied.
pub(crate) fn edited<'s>(
    sheet: &'s Sheet,
    known: &'s Known,
) -> Box<dyn Iterator<Item = Edited> + 's> {
    let all: Box<dyn Iterator<Item = Edited>> = match sheet.table() {
        Table::Variants => Box::new(of_variants(sheet, known)),
        Table::Components => Box::new(of_components(sheet, known)),
        Table::Models => Box::new(of_models(sheet, known)),
        _ => Box::new(std::iter::empty()),
    };
    Box::new(all.filter(Edited::differs))
}

fn of_variants<'s>(sheet: &Sheet, known: &'s Known) -> impl Iterator<Item = Edited> + use<'s> {
    let rows = read(&sheet.csv().bytes, parse_variant, &mut Problems::default());
    rows.into_iter().filter_map(|row| {
        let value = row.item.value;
        let (was, model) = known.product(&value.sku)?;
        let next_model = known.models.get(&value.model)?.clone();
        let next = Variant { components: was.components.clone(), ..value };
        Some(Edited { was: (was.clone(), model.clone()), is_now: (next, next_model) })
    })
}

fn of_components<'s>(sheet: &Sheet, known: &'s Known) -> impl Iterator<Item = Edited> + use<'s> {
    let mut lists: BTreeMap<Sku, Vec<Component>> = BTreeMap::new();
    for owner in sheet.emptied() {
        lists.extend(owner.parse::<Sku>().ok().map(|sku| (sku, Vec::new())));
    }
    for Numbered { item, .. } in read(&sheet.csv().bytes, parse_component, &mut Problems::default())
    {
        let (sku, component) = item.value;
        lists.entry(sku).or_default().push(component);
    }
    lists.into_iter().filter_map(|(sku, components)| {
        let (was, model) = known.product(&sku)?;
        let next = Variant { components, ..was.clone() };
        Some(Edited { was: (was.clone(), model.clone()), is_now: (next, model.clone()) })
    })
}

fn of_models<'s>(sheet: &Sheet, known: &'s Known) -> impl Iterator<Item = Edited> + use<'s> {
    let rows = read(&sheet.csv().bytes, parse_model, &mut Problems::default());
    rows.into_iter().flat_map(move |row| {
        let next = row.item.value;
        let variants = known.variants_of(&next.code);
        variants.filter_map(move |variant| {
            let model = known.models.get(&next.code)?;
            let is_now = (variant.clone(), next.clone());
            Some(Edited { was: (variant.clone(), model.clone()), is_now })
        })
    })
}
