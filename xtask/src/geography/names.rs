//! What countries are called, and which number is whose: from Unicode CLDR.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::Failure;

/// Codes by number, and names in the pages' languages.
pub(super) struct Names {
    codes: BTreeMap<String, String>,
    english: BTreeMap<String, String>,
    german: BTreeMap<String, String>,
}

impl Names {
    /// Reads them from the folder of packages.
    pub(super) fn read(packages: &Path) -> Result<Self, Failure> {
        let mappings = json(&packages.join("cldr-core/supplemental/codeMappings.json"))?;
        let mappings = mappings.pointer("/supplemental/codeMappings").and_then(Value::as_object);
        let mut codes = BTreeMap::new();
        for (code, body) in mappings.ok_or("cldr-core has no code mappings")? {
            // Two capital letters; the private ones (AA, QM to QZ, XA to XZ, ZZ) are nobody's.
            let assigned = code.len() == 2 && !matches!(&code[..1], "X" | "Q") && code != "AA";
            if let (true, Some(number)) = (assigned, body["_numeric"].as_str()) {
                codes.entry(number.to_owned()).or_insert_with(|| code.clone());
            }
        }
        codes.insert("634".to_owned(), "QA".to_owned());
        Ok(Self {
            codes,
            english: territories(packages, "en")?,
            german: territories(packages, "de")?,
        })
    }

    /// The two letters of the country with this number.
    pub(super) fn code(&self, number: &str) -> Option<&str> {
        self.codes.get(number).map(String::as_str)
    }

    /// The country's name in English and German: the short one, where there are several.
    pub(super) fn of(&self, code: &str) -> Option<(&str, &str)> {
        Some((self.english.get(code)?, self.german.get(code)?))
    }
}

fn territories(packages: &Path, language: &str) -> Result<BTreeMap<String, String>, Failure> {
    let file = packages.join(format!("cldr-localenames-full/main/{language}/territories.json"));
    let json = json(&file)?;
    let pointer = format!("/main/{language}/localeDisplayNames/territories");
    let all = json.pointer(&pointer).and_then(Value::as_object);
    let all = all.ok_or_else(|| format!("{} has no territories", file.display()))?;
    let mut names = BTreeMap::new();
    for (key, name) in all {
        let Some(name) = name.as_str() else { continue };
        match key.split_once("-alt-") {
            None => drop(names.entry(key.clone()).or_insert_with(|| name.to_owned())),
            // "Hong Kong" rather than "Hong Kong SAR China"; but "United States" rather than "US".
            Some((code @ ("HK" | "MO" | "PS"), "short")) => {
                names.insert(code.to_owned(), name.to_owned());
            }
            Some(_) => {}
        }
    }
    Ok(names)
}

fn json(file: &Path) -> Result<Value, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}
