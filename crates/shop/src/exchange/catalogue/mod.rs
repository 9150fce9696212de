//! The catalogue as files: models, their texts, variants, components, and which accessory fits
//! which device.

mod edited;
mod lists;
mod model;
mod text;
mod variant;

pub(crate) use edited::edited;
pub(super) use lists::{
    apply_components, apply_fits, component_rows, empty_components, empty_fits, fit_rows,
    parse_component, parse_fit,
};
pub(super) use model::{apply_models, model_rows, parse_model};
pub(super) use text::{Text, apply_texts, parse_text, text_rows};
pub(super) use variant::{apply_variants, parse_variant, variant_rows};
