//! What every page and handler uses: texts, formats, assets.

pub mod assets;
pub mod format;
pub mod text;
