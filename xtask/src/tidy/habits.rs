//! Habits of source files: nothing unfinished, not too long, a head on top.

use super::Violation;
use crate::repo::File;
use crate::rust_text;

/// Macros that mark unfinished work.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

/// Beyond this a file is a table, a test or a mistake.
const LINES_MAX: usize = 800;

/// Files that were longer when the rule came, with the lines they may have.
/// A ratchet: entries only shrink and go, none is added.
const LONGER: &[(&str, usize)] = &[];

/// Checks the sources of all crates and of xtask.
pub(crate) fn check(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| is_source(file)) {
        unfinished(file, &mut violations);
        let lines = file.text.lines().count();
        let lines_max = LONGER
            .iter()
            .find(|(path, _)| *path == file.path)
            .map_or(LINES_MAX, |(_, lines_max)| *lines_max);
        if lines > lines_max {
            violations.push(Violation::new(
                file,
                lines_max + 1,
                format!(
                    "{lines} lines are more than {lines_max}; look for the seam and split the file"
                ),
            ));
        }
        if !file.text.starts_with("//!") {
            violations.push(Violation::new(
                file,
                1,
                "this file does not begin with `//!`; say what it is for, what it must not do, where to start reading",
            ));
        }
    }
    violations
}

fn is_source(file: &File) -> bool {
    file.crate_source().is_some()
        || (file.path.starts_with("xtask/src/") && file.path.ends_with(".rs"))
}

fn unfinished(file: &File, violations: &mut Vec<Violation>) {
    let code = rust_text::split(&file.text).code;
    for name in UNFINISHED {
        for offset in rust_text::words(&code, name) {
            if code[offset + name.len()..].starts_with('!') {
                let sentence = format!("`{name}!` marks unfinished work; finish it or take it out");
                violations.push(Violation::new(file, rust_text::line_of(&code, offset), sentence));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Violation> {
        check(&[File::sample("crates/shop/src/a.rs", text)])
    }

    #[test]
    fn unfinished_work_is_found_in_code_only() {
        let text = "//! Head, no todo!().\nfn f() {\n    let a = \"dbg!\";\n    todo!(); // unimplemented!\n}\n";
        let violations = found(text);
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].line, 4);
    }

    #[test]
    fn a_long_file_and_a_missing_head_are_named() {
        assert_eq!(found(&format!("//! Head.\n{}", "// x\n".repeat(799))), []);
        assert_eq!(found(&format!("//! Head.\n{}", "// x\n".repeat(800))).len(), 1);
        assert_eq!(found("fn f() {}\n").len(), 1);
    }
}
