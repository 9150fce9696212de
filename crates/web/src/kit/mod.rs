//! What every page and handler uses: texts, formats, assets.
