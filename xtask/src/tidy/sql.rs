//! SQL stands only in `crates/store`: found by the shape of string literals.

use super::Violation;
use crate::repo::File;
use crate::rust_text;

/// The crate that may, and the one that looks at its tables for tests.
const MAY: [&str; 2] = ["store", "scratch"];

/// Two words that make a statement when the second follows the first.
const STATEMENTS: &[(&str, &str)] = &[
    ("SELECT ", " FROM "),
    ("INSERT INTO ", ""),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("CREATE TABLE ", ""),
    ("CREATE INDEX ", ""),
    ("ALTER TABLE ", ""),
];

/// Checks the sources of all crates but the store.
pub(crate) fn check(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in
        files.iter().filter(|file| file.crate_source().is_some_and(|name| !MAY.contains(&name)))
    {
        for literal in rust_text::split(&file.text).strings {
            if let Some(statement) = statement_in(&literal.value) {
                violations.push(Violation::new(
                    file,
                    literal.line,
                    format!("{statement} is SQL, and only crates/store contains SQL; give it a function there"),
                ));
            }
        }
    }
    violations
}

/// SQL is written in capitals here; small letters count only at the start of
/// a literal, because inside one they are usually English.
fn statement_in(literal: &str) -> Option<&'static str> {
    let flat = literal.replace("\\n", " ").replace(['\n', '\t', '\\'], " ") + " ";
    let start = flat.trim_start().to_uppercase();
    STATEMENTS.iter().find_map(|(first, second)| {
        let inside =
            flat.find(first).is_some_and(|at| flat[at + first.len() - 1..].contains(second));
        // The second word in small letters, too, or a sentence like "Update
        // what you set" in a text for people would count.
        let at_start = start.starts_with(first)
            && flat.trim_start().starts_with(&first.to_lowercase())
            && flat.contains(&second.to_lowercase());
        (inside || at_start).then_some(first.trim_end())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_found_outside_the_store_only() {
        let text = "//! Head.\nfn f() {\n    g(\"SELECT a,\n b FROM c\");\n    h(r#\"insert into x\"#);\n}\n";
        let lines = |path: &str| -> Vec<usize> {
            check(&[File::sample(path, text)]).into_iter().map(|found| found.line).collect()
        };
        assert_eq!(lines("crates/shop/src/order/place.rs"), [3, 5]);
        assert_eq!(lines("crates/store/src/order.rs"), [0; 0]);
        assert_eq!(lines("xtask/src/tidy/sql.rs"), [0; 0]);
    }

    #[test]
    fn every_statement_is_known_and_prose_is_not_one() {
        for sql in [
            "UPDATE a SET b = 1",
            "DELETE FROM a",
            "CREATE TABLE a (b)",
            "WITH x AS (SELECT 1 FROM y) ...",
        ] {
            assert!(statement_in(sql).is_some(), "{sql}");
        }
        for prose in [
            "Select a country from the list",
            "could not update the price set",
            "SELECT",
            "UPDATE failed",
        ] {
            assert_eq!(statement_in(prose), None, "{prose}");
        }
    }
}
