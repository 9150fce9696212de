//! The layer rule: `[package.metadata.kontor] layer = N` stands in every
//! manifest, and a crate uses only crates with a smaller number.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::Violation;
use crate::repo::File;

/// The crates that every crate's tests may use, although they lie above them.
const FOR_TESTS: [&str; 2] = ["kontor-scratch", "kontor-testkit"];

/// What the rule needs of a manifest.
struct Package<'file> {
    file: &'file File,
    name: String,
    layer: Option<i64>,
    manifest: Table,
}

/// Checks all manifests under `crates/` and that of `xtask`.
pub(crate) fn check(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut packages = Vec::new();
    for file in files.iter().filter(|file| is_member(file)) {
        match read(file) {
            Ok(package) => packages.push(package),
            Err(sentence) => violations.push(Violation::new(file, 1, sentence)),
        }
    }
    let layers: BTreeMap<&str, i64> = packages
        .iter()
        .filter_map(|package| Some((package.name.as_str(), package.layer?)))
        .collect();
    for package in &packages {
        let Some(own) = package.layer else {
            violations.push(Violation::new(
                package.file,
                1,
                format!(
                    "{} names no layer; add `layer = N` under [package.metadata.kontor]",
                    package.name
                ),
            ));
            continue;
        };
        for (section, dependency) in dependencies(&package.manifest) {
            let Some(layer) = layers.get(dependency.as_str()) else { continue };
            let of_tests = section.ends_with("dev-dependencies");
            if *layer < own || (of_tests && FOR_TESTS.contains(&dependency.as_str())) {
                continue;
            }
            violations.push(Violation::new(
                package.file,
                line_of_dependency(&package.file.text, &section, &dependency),
                format!(
                    "{} (layer {own}) may not use {dependency} (layer {layer}) in [{section}]; \
                     a crate uses only crates with a smaller layer number",
                    package.name
                ),
            ));
        }
    }
    violations
}

/// The layer that a crate's folder states, for sorting lists by layer.
pub(crate) fn layer_of(files: &[File], folder: &str) -> Option<i64> {
    let path = format!("{folder}/Cargo.toml");
    read(files.iter().find(|file| file.path == path)?).ok()?.layer
}

fn is_member(file: &File) -> bool {
    matches!(file.parts().as_slice(), ["crates", _, "Cargo.toml"] | ["xtask", "Cargo.toml"])
}

fn read(file: &File) -> Result<Package<'_>, String> {
    let manifest: Table =
        file.text.parse().map_err(|error| format!("this manifest is not TOML: {error}"))?;
    let package = manifest.get("package").ok_or("this manifest has no [package]")?;
    let name =
        package.get("name").and_then(Value::as_str).ok_or("this package has no name")?.to_owned();
    let layer =
        ["metadata", "kontor", "layer"].iter().try_fold(package, |value, key| value.get(*key));
    let layer = layer.and_then(Value::as_integer);
    Ok(Package { file, name, layer, manifest })
}

/// All dependencies with the section they stand in, those of targets too.
fn dependencies(manifest: &Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(manifest, "", &mut found);
    if let Some(targets) = manifest.get("target").and_then(Value::as_table) {
        for (target, value) in targets {
            if let Some(table) = value.as_table() {
                collect(table, &format!("target.{target}."), &mut found);
            }
        }
    }
    found
}

fn collect(table: &Table, prefix: &str, found: &mut Vec<(String, String)>) {
    for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let Some(entries) = table.get(section).and_then(Value::as_table) else { continue };
        for (key, value) in entries {
            let name = value.get("package").and_then(Value::as_str).unwrap_or(key);
            found.push((format!("{prefix}{section}"), name.to_owned()));
        }
    }
}

fn line_of_dependency(text: &str, section: &str, dependency: &str) -> usize {
    let header = format!("[{section}]");
    let start = text.lines().position(|line| line.trim() == header).unwrap_or(0);
    text.lines()
        .skip(start)
        .position(|line| line.contains(dependency))
        .map_or(1, |index| start + index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(folder: &str, name: &str, rest: &str) -> File {
        File::sample(
            &format!("{folder}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\n{rest}"),
        )
    }

    fn layer(number: i64) -> String {
        format!("[package.metadata.kontor]\nlayer = {number}\n")
    }

    fn tree(shop: &str) -> Vec<File> {
        vec![
            manifest("crates/base", "kontor-base", &layer(10)),
            manifest("crates/shop", "kontor-shop", &(layer(50) + shop)),
            manifest("crates/rom", "kontor-rom", &layer(50)),
            manifest("crates/web", "kontor-web", &layer(60)),
            manifest("crates/testkit", "kontor-testkit", &layer(80)),
        ]
    }

    #[test]
    fn smaller_numbers_and_the_testkit_in_tests_are_allowed() {
        let shop = "[dependencies]\nkontor-base.workspace = true\nserde = \"1\"\n[dev-dependencies]\nkontor-testkit.workspace = true\n";
        assert_eq!(check(&tree(shop)), []);
    }

    #[test]
    fn larger_and_equal_numbers_are_refused_with_their_line() {
        for (shop, line) in [
            ("[dependencies]\nkontor-web.workspace = true\n", 6),
            ("[dependencies]\nserde = \"1\"\nkontor-rom.workspace = true\n", 7),
            ("[build-dependencies]\nkontor-web = { path = \"../web\" }\n", 6),
            ("[dev-dependencies]\nkontor-web.workspace = true\n", 6),
            ("[dependencies]\nkontor-testkit.workspace = true\n", 6),
            ("[dependencies]\nface = { package = \"kontor-web\", path = \"../web\" }\n", 6),
        ] {
            let violations = check(&tree(shop));
            assert_eq!(violations.len(), 1, "{shop}: {violations:?}");
            assert_eq!(violations[0].line, line, "{shop}");
        }
    }

    #[test]
    fn a_target_section_is_no_way_round() {
        let violations =
            check(&tree("[target.'cfg(unix)'.dependencies]\nkontor-web.workspace = true\n"));
        assert_eq!(violations.len(), 1);
    }

    #[test]
    fn a_manifest_without_a_layer_is_named() {
        let violations = check(&[manifest("crates/new", "kontor-new", "")]);
        assert_eq!(violations.len(), 1);
        assert!(violations[0].sentence.contains("names no layer"));
    }
}
