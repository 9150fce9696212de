//! The order of areas: in `domain`, `store`, `shop` and `rom` an area may use the
//! areas before it, never those after it.
//!
//! A scan for paths (`crate::order::…`, `kontor_domain::{cart::…, order::…}`,
//! `super::order`), not a name resolution: a re-export can hide a use from it.
//! That is enough to keep honest people from tying knots by accident.

use super::Violation;
use crate::repo::File;
use crate::rust_text::{self, RustText};

/// The areas in their order. The word is the module, the table prefix, the URL
/// segment, the job kind, the log field, the refusal code and the permission.
pub(crate) const AREAS: &[&str] = &[
    "market",
    "catalogue",
    "clearance",
    "price",
    "stock",
    "sale",
    "customer",
    "reseller",
    "cart",
    "payment",
    "order",
    "fulfilment",
    "returns",
    "opening",
    "staff",
    "device",
    "build",
    "signing",
    "channel",
    "delta",
    "rollout",
    "install",
    "reach",
    "planning",
];

/// Crates whose modules are areas.
const CRATES: &[&str] = &["domain", "store", "shop", "rom"];

/// Roots of paths whose next segment is an area.
const ROOTS: &[&str] = &["crate", "kontor_domain", "kontor_store", "kontor_shop", "kontor_rom"];

/// Checks every file that belongs to an area.
pub(crate) fn check(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files {
        let Some(own) = area_of(file) else { continue };
        let text = rust_text::split(&file.text);
        for (segment, offset) in mentions(file, &text) {
            let Some(used) = position(&segment) else { continue };
            if used > own {
                violations.push(Violation::new(
                    file,
                    rust_text::line_of(&text.code, offset),
                    format!(
                        "the area {} may not use {segment}, which comes after it; \
                         a rule that needs both lives in {segment}",
                        AREAS[own]
                    ),
                ));
            }
        }
    }
    violations
}

fn position(word: &str) -> Option<usize> {
    AREAS.iter().position(|area| *area == word)
}

/// The area of a file: the first folder or file under `src` named like one.
fn area_of(file: &File) -> Option<usize> {
    let name = file.crate_source()?;
    if !CRATES.contains(&name) {
        return None;
    }
    file.parts().iter().skip(3).find_map(|part| position(part.strip_suffix(".rs").unwrap_or(part)))
}

/// First segments of paths that start at the root of a crate.
fn mentions(file: &File, text: &RustText) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for root in ROOTS {
        for offset in rust_text::words(&text.code, root) {
            if let Some(after) = after_colons(&text.code, offset + root.len()) {
                first_segments(&text.code, after, &mut found);
            }
        }
    }
    let depth = module_depth(file);
    for offset in rust_text::words(&text.code, "super") {
        if let Some(after) = after_supers(&text.code, offset, depth) {
            first_segments(&text.code, after, &mut found);
        }
    }
    found
}

/// How many `super` lead from this file's module to the root of its crate.
fn module_depth(file: &File) -> usize {
    let parts = file.parts();
    let below_src = parts.len().saturating_sub(3);
    if file.name() == "mod.rs" { below_src - 1 } else { below_src }
}

/// The offset behind `depth` times `super::` from here, when that is how the
/// path starts.
fn after_supers(code: &str, offset: usize, depth: usize) -> Option<usize> {
    if code[..offset].trim_end().ends_with("::") {
        return None; // in the middle of a chain that was looked at from its start
    }
    let mut at = offset;
    for _ in 0..depth {
        at = skip_space(code, at);
        at = after_colons(code, at + code[at..].starts_with("super").then_some("super".len())?)?;
    }
    Some(at)
}

fn after_colons(code: &str, offset: usize) -> Option<usize> {
    let at = skip_space(code, offset);
    code[at..].starts_with("::").then(|| skip_space(code, at + 2))
}

fn skip_space(code: &str, offset: usize) -> usize {
    offset + code[offset..].bytes().take_while(u8::is_ascii_whitespace).count()
}

fn name_at(code: &str, offset: usize) -> &str {
    let length = code[offset..].bytes().take_while(|byte| rust_text::is_name(*byte)).count();
    &code[offset..offset + length]
}

/// `name…` or `{name…, name::{…}, …}`.
fn first_segments(code: &str, offset: usize, found: &mut Vec<(String, usize)>) {
    if !code[offset..].starts_with('{') {
        found.push((name_at(code, offset).to_owned(), offset));
        return;
    }
    let mut depth = 0_usize;
    for (index, byte) in code[offset..].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
        if depth == 1 && matches!(byte, b'{' | b',') {
            let at = skip_space(code, offset + index + 1);
            found.push((name_at(code, at).to_owned(), at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let mut lines: Vec<_> =
            check(&[File::sample(path, text)]).into_iter().map(|found| found.line).collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn earlier_areas_and_the_own_are_allowed() {
        let text = "use crate::cart::Cart;\nuse kontor_domain::{market::Code, order::Order};\nuse kontor_base::planning;\n";
        assert_eq!(lines("crates/shop/src/order/place.rs", text), [0; 0]);
    }

    #[test]
    fn later_areas_are_found_in_every_spelling() {
        let text = "use crate::order::Order;\n\
                    use kontor_domain::{\n    cart::Line,\n    payment::{self, order},\n    planning::Plan,\n};\n\
                    fn f() -> kontor_store :: returns :: Row { crate::reach::x() }\n";
        assert_eq!(lines("crates/shop/src/cart/change.rs", text), [1, 4, 5, 7, 7]);
    }

    #[test]
    fn super_counts_from_the_root_only() {
        assert_eq!(lines("crates/domain/src/cart.rs", "use super::order::Order;\n"), [1]);
        assert_eq!(lines("crates/domain/src/cart/mod.rs", "use super::order::Order;\n"), [1]);
        assert_eq!(lines("crates/shop/src/cart/add.rs", "use super::super::order::Order;\n"), [1]);
        assert_eq!(lines("crates/shop/src/cart/add.rs", "use super::order;\n"), [0; 0]);
    }

    #[test]
    fn prose_and_other_crates_are_left_alone() {
        let text = "//! see crate::order\n/* kontor_domain::reach */\nconst A: &str = \"crate::planning::x\";\n";
        assert_eq!(lines("crates/domain/src/market.rs", text), [0; 0]);
        assert_eq!(lines("crates/web/src/cart.rs", "use crate::order::x;"), [0; 0]);
        assert_eq!(lines("crates/store/src/tx.rs", "use crate::order::x;"), [0; 0]);
    }
}
