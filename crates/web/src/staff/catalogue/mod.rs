//! The catalogue: the list of products, a product, a variant, what the shelf makes of it, photographs.

mod form;
mod list;
mod photo;
mod preview;
mod product;
mod variant;

pub(super) use list::{ADD, LIST, add, list};
pub(super) use photo::{PUBLIC, TAKE, public, take};
pub(super) use preview::{PREVIEW, preview};
pub(super) use product::{CHANGE, SHOW, change, show};
pub(super) use variant::{CHANGE_VARIANT, VARIANT, change_variant, variant};

use serde::Deserialize;

/// What lists and pages of the catalogue are asked.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// A part of a name or code.
    q: String,
    /// The page after this one.
    after: String,
    /// Whether one comes from doing something.
    said: String,
    /// The language of a preview.
    language: String,
}

/// How many products stand on a page of the list.
const PAGE: usize = 50;
