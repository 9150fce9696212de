//! `cargo xtask where AREA`: all files of an area over all layers.

use std::collections::BTreeMap;

use crate::repo::{self, File};
use crate::tidy::{AREAS, layer_of};
use crate::{Failure, arguments::Arguments};

const HELP: &str = "\
List all files of an area over all layers

Usage: cargo xtask where AREA

A file belongs to an area when its name or a folder above it carries the
area's word. The areas in their order:";

/// Lists the files, grouped by layer, lowest first.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut arguments = Arguments::new(words);
    if arguments.flag(&["--help", "-h"]) {
        println!("{HELP} {}", AREAS.join(" "));
        return Ok(());
    }
    let area =
        arguments.positional().ok_or("name an area, for example `cargo xtask where order`")?;
    arguments.finish()?;
    if !AREAS.contains(&area.as_str()) {
        return Err(format!("{area:?} is not an area; the areas are {}", AREAS.join(", ")));
    }
    let files = repo::files(&repo::root()?)?;
    let mut groups: BTreeMap<(i64, String), Vec<&File>> = BTreeMap::new();
    for file in files.iter().filter(|file| belongs(&file.path, &area)) {
        let folder = group(&file.path);
        // What has no layer (documents, data, browser tests) comes last.
        let layer = layer_of(&files, &folder).unwrap_or(i64::MAX);
        groups.entry((layer, folder)).or_default().push(file);
    }
    for ((layer, folder), files) in &groups {
        match *layer {
            i64::MAX => println!("{folder}"),
            layer => println!("{folder} (layer {layer})"),
        }
        for file in files {
            println!("  {:>4} lines  {}", file.text.lines().count(), file.path);
        }
    }
    if groups.is_empty() {
        println!("nothing yet belongs to {area}");
    }
    Ok(())
}

/// The folder that a path is listed under: a crate, or the first folder.
fn group(path: &str) -> String {
    let parts: Vec<_> = path.split('/').collect();
    match parts.as_slice() {
        ["crates", name, ..] => format!("crates/{name}"),
        [first, _, ..] => (*first).to_owned(),
        _ => ".".to_owned(),
    }
}

/// Is the area's word, or its plural, one of the words of the path?
fn belongs(path: &str, area: &str) -> bool {
    path.split(|character: char| !character.is_alphanumeric())
        .any(|word| word == area || word.strip_suffix('s') == Some(area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_all_layers_belong() {
        for path in [
            "crates/domain/src/order.rs",
            "crates/shop/src/order/place.rs",
            "crates/store/migrations/0007_order_lines.sql",
            "crates/web/templates/orders.html",
            "tests/browser/order.spec.mjs",
        ] {
            assert!(belongs(path, "order"), "{path}");
        }
        assert!(!belongs("crates/base/src/border.rs", "order"));
        assert_eq!(group("crates/shop/src/order/place.rs"), "crates/shop");
        assert_eq!(group("README.md"), ".");
    }
}
