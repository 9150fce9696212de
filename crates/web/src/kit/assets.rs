//! Styles, script, fonts and drawings: embedded, named by their content, packed once.
//!
//! An address is `/assets/<hash>/<name>`. It changes when the content changes, so that browsers may
//! keep it for ever ([`CACHE_CONTROL`]) and a new release never meets an old style.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::Embed;

/// What answers with an asset say about keeping it.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// The first segment of every asset's path, with slashes.
pub const PREFIX: &str = "/assets/";

#[derive(Embed)]
#[folder = "assets"]
struct Files;

/// One static file.
#[derive(Debug)]
pub struct Asset {
    /// Its whole path: `/assets/0a1b2c3d/shop.css`.
    pub url: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// The same bytes packed with gzip, where that makes them smaller.
    pub gzip: Option<Vec<u8>>,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(load);

fn load() -> BTreeMap<String, Asset> {
    let mut assets = BTreeMap::new();
    // Styles name fonts and drawings, so that they come last and can be told their addresses.
    let (styles, others): (Vec<_>, Vec<_>) = Files::iter().partition(|name| name.ends_with(".css"));
    for name in others.into_iter().chain(styles) {
        let Some(file) = Files::get(&name) else { continue };
        let bytes = if name.ends_with(".css") {
            Cow::Owned(with_addresses(&file.data, &assets).into_bytes())
        } else {
            file.data
        };
        assets.insert(name.to_string(), asset(&name, bytes));
    }
    assets
}

fn asset(name: &str, bytes: Cow<'static, [u8]>) -> Asset {
    let hash = blake3::hash(&bytes).to_hex();
    let content_type = content_type(name);
    let is_text = !content_type.starts_with("font/") && !content_type.starts_with("image/png");
    let gzip = is_text.then(|| pack(&bytes)).filter(|packed| packed.len() < bytes.len());
    Asset { url: format!("{PREFIX}{}/{name}", &hash[..10]), content_type, bytes, gzip }
}

/// Packs `bytes` with gzip as small as it goes; for what is packed once and sent often.
#[must_use]
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory cannot fail; an empty answer would show at once in any test.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

/// The style with each `url("asset:name")` replaced by the address of that asset, and without
/// comments and indentation: what is sent to everybody need not carry what is for its editors.
fn with_addresses(css: &[u8], assets: &BTreeMap<String, Asset>) -> String {
    let css = String::from_utf8_lossy(css);
    let mut plain = String::with_capacity(css.len());
    for (i, part) in css.split("/*").enumerate() {
        plain.push_str(if i == 0 { part } else { part.split_once("*/").map_or("", |p| p.1) });
    }
    let mut text = String::with_capacity(plain.len());
    for line in plain.lines().map(str::trim).filter(|line| !line.is_empty()) {
        text.push_str(line);
        text.push('\n');
    }
    for (name, asset) in assets {
        text = text.replace(&format!("asset:{name}"), &asset.url);
    }
    text
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        // The licences of the fonts, which travel with them.
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The asset's address. `name` is its path below `assets/`: `shop.css`, `product/band.svg`. A name
/// that does not exist gives an address that answers 404; a test keeps templates from asking.
#[must_use]
pub fn url(name: &str) -> &'static str {
    ASSETS.get(name).map_or("/assets/missing", |asset| &asset.url)
}

/// The address of a product's picture: of a photograph, which is named by the hash of its bytes, or of
/// a drawing. A product whose drawing does not exist gets the crate that stands for "something in a
/// box".
#[must_use]
pub fn picture(name: &str) -> Cow<'static, str> {
    // No drawing has so long a name: it is a slug of at most sixty characters.
    if name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Cow::Owned(format!("/pictures/{name}"));
    }
    Cow::Borrowed(drawing(name))
}

/// Whether there is a drawing of this name.
#[must_use]
pub fn is_drawn(name: &str) -> bool {
    ASSETS.contains_key(&format!("product/{name}.svg"))
}

fn drawing(name: &str) -> &'static str {
    let found = ASSETS.get(&format!("product/{name}.svg"));
    found.or_else(|| ASSETS.get("product/parcel.svg")).map_or("", |asset| &asset.url)
}

/// The asset with this path (`/assets/<hash>/<name>`). A path with another hash is not found: what
/// is kept for ever must never be wrong.
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    let (_, name) = path.strip_prefix(PREFIX)?.split_once('/')?;
    ASSETS.get(name).filter(|asset| asset.url == path)
}

/// Every asset, by name.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Asset)> {
    ASSETS.iter().map(|(name, asset)| (name.as_str(), asset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_by_its_address_and_by_no_other() {
        let css = find(url("shop.css")).expect("the style is there");
        assert_eq!(css.content_type, "text/css; charset=utf-8");
        assert!(css.gzip.is_some());
        let text = String::from_utf8_lossy(&css.bytes);
        assert!(!text.contains("asset:"), "an asset named in the style does not exist");
        for bad in ["/assets/", "/assets/shop.css", "/assets/0000000000/shop.css", "shop.css", ""] {
            assert!(find(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn drawings_are_plain_drawings() {
        for (name, asset) in all().filter(|(name, _)| name.ends_with(".svg")) {
            let text = String::from_utf8_lossy(&asset.bytes);
            for foreign in ["<script", "<image", "href=\"http", "<style", "style=", "<text"] {
                assert!(!text.contains(foreign), "{name} contains {foreign}");
            }
            assert!(asset.bytes.len() < 12_000, "{name} is too heavy");
        }
    }
}
