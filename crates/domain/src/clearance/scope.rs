//! Scopes: what a grant or an order is about. Every dimension that is given must match.

use std::fmt;

use kontor_base::{RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::row;
use super::subject::{Share, Subject};
use super::truth::Truth;
use crate::catalogue::{ComponentKind, ProductClass, Sku, Slug};

/// A kind of component by a maker, perhaps one part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ComponentScope {
    /// What it does.
    pub kind: ComponentKind,
    /// Its maker.
    pub maker: Slug,
    /// Its part name; none: every part of the maker.
    pub part: Option<Slug>,
}

/// What a grant or an order is about; the empty scope is everything that the shop offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The brand.
    pub brand: Option<Slug>,
    /// The model.
    pub model: Option<Slug>,
    /// The variant.
    pub sku: Option<Sku>,
    /// The hardware revision.
    pub revision: Option<Slug>,
    /// The factory.
    pub factory: Option<Slug>,
    /// The class of products.
    pub class: Option<ProductClass>,
    /// A component inside.
    pub component: Option<ComponentScope>,
}

impl Scope {
    /// Whether it covers the whole subject, as evidence must: a licence for one maker's chipset
    /// does not cover a device that also holds another's.
    #[must_use]
    pub fn covers(&self, subject: &Subject<'_>) -> Truth {
        self.matches(subject, Share::All)
    }

    /// Whether it touches any of the subject, which is enough for a ban.
    #[must_use]
    pub fn touches(&self, subject: &Subject<'_>) -> Truth {
        self.matches(subject, Share::Any)
    }

    fn matches(&self, subject: &Subject<'_>, share: Share) -> Truth {
        let component = self.component.as_ref();
        let component = component.map_or(Truth::Yes, |part| subject.holds(part, share));
        self.plain(subject).and(component)
    }

    fn plain(&self, subject: &Subject<'_>) -> Truth {
        let (variant, model) = (subject.variant, subject.model);
        let same = self.brand.as_ref().is_none_or(|brand| *brand == model.brand)
            && self.model.as_ref().is_none_or(|code| *code == model.code)
            && self.sku.as_ref().is_none_or(|sku| *sku == variant.sku)
            && self.revision.as_ref().is_none_or(|revision| *revision == variant.revision)
            && self.factory.as_ref().is_none_or(|factory| *factory == variant.factory)
            && self.class.is_none_or(|class| class == model.class);
        same.into()
    }

    /// Whether no dimension is given.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the nine cells of a scope: brand, model, SKU, revision, factory, class, kind, maker
    /// and part of a component.
    pub(super) fn parse(fields: [&'static str; 9], cells: [&String; 9]) -> Result<Self, RowError> {
        let [brand, model, sku, revision, factory, class, kind, maker, part] = cells;
        let kind = row::optional_word(fields[6], kind, row::component_kind)?;
        let maker = row::optional(fields[7], maker)?;
        let part = row::optional(fields[8], part)?;
        let component = match (kind, maker, part) {
            (None, None, None) => None,
            (Some(kind), Some(maker), part) => Some(ComponentScope { kind, maker, part }),
            _ => return Err(RowError::of(fields[7], Wrong::HalfAComponent)),
        };
        Ok(Self {
            brand: row::optional(fields[0], brand)?,
            model: row::optional(fields[1], model)?,
            sku: row::optional(fields[2], sku)?,
            revision: row::optional(fields[3], revision)?,
            factory: row::optional(fields[4], factory)?,
            class: row::optional_word(fields[5], class, row::class)?,
            component,
        })
    }

    /// Writes the nine cells.
    pub(super) fn cells(&self) -> [String; 9] {
        let component = self.component.as_ref();
        [
            row::cell(self.brand.as_ref()),
            row::cell(self.model.as_ref()),
            row::cell(self.sku.as_ref()),
            row::cell(self.revision.as_ref()),
            row::cell(self.factory.as_ref()),
            self.class.map_or_else(String::new, |class| class.word().to_owned()),
            component.map_or_else(String::new, |component| component.kind.word().to_owned()),
            row::cell(component.map(|component| &component.maker)),
            row::cell(component.and_then(|component| component.part.as_ref())),
        ]
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 9] =
            ["brand", "model", "sku", "revision", "factory", "class", "component", "maker", "part"];
        if self.is_everything() {
            return f.write_str("everything");
        }
        let mut gap = "";
        for (name, cell) in NAMES.iter().zip(self.cells()) {
            if !cell.is_empty() {
                write!(f, "{gap}{name}={cell}")?;
                gap = " ";
            }
        }
        Ok(())
    }
}
