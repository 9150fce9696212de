//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! Each check is a pure function from the files of the tree to violations, in
//! a file of its own under `tidy/`. A violation names its place and says in a
//! sentence what to do about it.

mod areas;
mod documents;
mod habits;
mod layers;
mod pinned;
mod sql;

use crate::repo::{self, File};
use crate::{Failure, arguments::Arguments};

pub(crate) use areas::AREAS;
pub(crate) use layers::layer_of;

const HELP: &str = "\
Check the rules of the house that no compiler checks

Usage: cargo xtask tidy

  layers     a crate uses only crates with a smaller layer number
  areas      in domain, store and shop an area uses only the areas before it
  sql        only crates/store contains SQL
  habits     no todo!, unimplemented! or dbg!; at most 800 lines a file;
             every file of crates/*/src begins with its `//!` head
  pinned     no package registry's host in lock and configuration files,
             no rust-toolchain file
  documents  every decision is linked from docs/adr/README.md, migrations are
             numbered without gaps, ARCHITECTURE.md has at most 300 lines

The areas in their order:";

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// The file, relative to the root.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is wrong and what to do instead.
    pub(crate) sentence: String,
}

impl Violation {
    fn new(file: &File, line: usize, sentence: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, sentence: sentence.into() }
    }
}

/// A check: its word and its function.
type Check = (&'static str, fn(&[File]) -> Vec<Violation>);

const CHECKS: &[Check] = &[
    ("layers", layers::check),
    ("areas", areas::check),
    ("sql", sql::check),
    ("habits", habits::check),
    ("pinned", pinned::check),
    ("documents", documents::check),
];

/// Runs all checks over the work tree.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut arguments = Arguments::new(words);
    if arguments.flag(&["--help", "-h"]) {
        println!("{HELP} {}", AREAS.join(" "));
        return Ok(());
    }
    arguments.finish()?;
    let files = repo::files(&repo::root()?)?;
    let mut count = 0;
    for (name, check) in CHECKS {
        let mut violations = check(&files);
        violations.sort();
        violations.dedup();
        for violation in &violations {
            println!("{}:{}: [{name}] {}", violation.path, violation.line, violation.sentence);
        }
        count += violations.len();
    }
    match count {
        0 => {
            println!(
                "tidy: {} files, {} checks, nothing to complain about",
                files.len(),
                CHECKS.len()
            );
            Ok(())
        }
        1 => Err("one rule is broken".to_owned()),
        _ => Err(format!("{count} rules are broken")),
    }
}
