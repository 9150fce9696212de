//! `cargo xtask test`: everything that must pass, step by step.
//!
//! The order is by price: what fails in seconds comes before what takes
//! minutes. The first failure ends the run, because later steps would only
//! bury its line. Start reading at [`STEPS`].

mod browser;
mod prepare;
mod suite;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::{Failure, arguments::Arguments, command, crash, postgres, repo, tidy};

pub(crate) use browser::executable;
pub(crate) use prepare::ensure;

const HELP: &str = "\
Run everything: format, lints, tidy, all tests, documentation, browser tests

Usage: cargo xtask test [--only STEP]... [--skip STEP]... [--list]

  --only STEP  run only this step (may be repeated, or a,b,c)
  --skip STEP  leave this step out (may be repeated, or a,b,c)
  --list       list the steps and end

On a Debian machine where it runs as root, the first step installs what the
others need; elsewhere it says in one line what to install.

Steps:";

/// What a step has come to when it did not fail.
enum Done {
    Passed,
    /// Left out for this reason.
    Skipped(String),
}

/// What a step may ask about the run.
pub(crate) struct Run {
    root: PathBuf,
    /// The names of the steps of this run.
    chosen: Vec<&'static str>,
}

struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Run) -> Result<Done, Failure>,
}

const STEPS: &[Step] = &[
    Step {
        name: "prepare",
        about: "install what the other steps need, when it may",
        run: prepare::run,
    },
    Step { name: "fmt", about: "every file is formatted", run: fmt },
    Step { name: "tidy", about: "the rules of the house hold", run: tidied },
    Step { name: "clippy", about: "no warnings, in any target", run: clippy },
    Step { name: "test", about: "unit, property, contract and whole-app tests", run: tests },
    Step { name: "crash", about: "a killed server loses nothing (short form)", run: crashed },
    Step { name: "foreign", about: "python-tuf reads our signed metadata", run: foreign },
    Step { name: "docs", about: "the documentation builds without warnings", run: docs },
    Step { name: "deny", about: "licences, advisories and sources of all crates", run: deny },
    Step {
        name: "browser",
        about: "Playwright and axe-core in the system's Chromium",
        run: browser::run,
    },
];

/// Runs the chosen steps.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut arguments = Arguments::new(words);
    if arguments.flag(&["--help", "-h"]) {
        println!("{HELP}\n{}", list());
        return Ok(());
    }
    if arguments.flag(&["--list"]) {
        println!("{}", list());
        return Ok(());
    }
    let (only, skip) = (arguments.values("--only")?, arguments.values("--skip")?);
    arguments.finish()?;
    let steps = choose(&only, &skip)?;
    let run = Run { root: repo::root()?, chosen: steps.iter().map(|step| step.name).collect() };
    carry_out(&steps, &run)
}

fn list() -> String {
    let lines: Vec<_> =
        STEPS.iter().map(|step| format!("  {:<8} {}", step.name, step.about)).collect();
    lines.join("\n")
}

fn choose(only: &[String], skip: &[String]) -> Result<Vec<&'static Step>, Failure> {
    if let Some(unknown) =
        only.iter().chain(skip).find(|name| !STEPS.iter().any(|step| step.name == **name))
    {
        return Err(format!("there is no step {unknown:?}; the steps are\n{}", list()));
    }
    let wanted = |name: &str| {
        (only.is_empty() || only.iter().any(|word| word == name))
            && !skip.iter().any(|word| word == name)
    };
    Ok(STEPS.iter().filter(|step| wanted(step.name)).collect())
}

fn carry_out(steps: &[&Step], run: &Run) -> Result<(), Failure> {
    let began = Instant::now();
    let mut lines = Vec::new();
    let (mut passed, mut skipped) = (0, 0);
    for (index, step) in steps.iter().enumerate() {
        println!("\n==> {}/{} {}: {}", index + 1, steps.len(), step.name, step.about);
        let step_began = Instant::now();
        let outcome = (step.run)(run);
        let elapsed = shown(step_began.elapsed());
        match outcome {
            Ok(Done::Passed) => {
                passed += 1;
                println!("    {} passed in {elapsed}", step.name);
                lines.push(format!("  {:<8} passed   {elapsed}", step.name));
            }
            Ok(Done::Skipped(reason)) => {
                skipped += 1;
                println!("    {} skipped: {reason}", step.name);
                lines.push(format!("  {:<8} skipped  {reason}", step.name));
            }
            Err(failure) => {
                println!("    {} failed after {elapsed}", step.name);
                println!("steps: {passed} passed, 1 failed, {skipped} skipped");
                return Err(format!(
                    "the step {} failed: {failure}; it alone again: cargo xtask test --only {}",
                    step.name, step.name
                ));
            }
        }
    }
    println!("\n==> everything chosen passed in {}\n{}", shown(began.elapsed()), lines.join("\n"));
    println!("steps: {passed} passed, 0 failed, {skipped} skipped");
    Ok(())
}

/// `4 min 3 s`, `12 s` or `340 ms`.
fn shown(elapsed: Duration) -> String {
    match (elapsed.as_secs(), elapsed.subsec_millis()) {
        (0, millis) => format!("{millis} ms"),
        (seconds @ 1..60, _) => format!("{seconds} s"),
        (seconds, _) => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn cargo(run: &Run, words: &[&str], environment: &[(&str, &str)]) -> Result<Done, Failure> {
    command::run("cargo", words, &run.root, environment).map(|()| Done::Passed)
}

fn fmt(run: &Run) -> Result<Done, Failure> {
    cargo(run, &["fmt", "--all", "--check"], &[])
        .map_err(|failure| format!("{failure} (`cargo xtask fmt` formats everything)"))
}

fn tidied(_: &Run) -> Result<Done, Failure> {
    tidy::run(&[]).map(|()| Done::Passed)
}

fn clippy(run: &Run) -> Result<Done, Failure> {
    cargo(run, &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"], &[])
}

/// The client of others, where it is installed: from an index of packages it is not fetched here, as
/// that would make every run depend on it.
fn foreign(run: &Run) -> Result<Done, Failure> {
    if !command::answers("python3", &["-c", "import tuf.ngclient"]) {
        let how = "pip install tuf==7.0.1 'securesystemslib[crypto]'";
        return Ok(Done::Skipped(format!("python3 does not find python-tuf (`{how}`)")));
    }
    cargo(run, &["test", "--workspace", "--test", "foreign", "--", "--ignored"], &[])
}

fn crashed(_: &Run) -> Result<Done, Failure> {
    crash::short().map(|()| Done::Passed)
}

/// The integration tests that run on one back end at a time: the whole shop.
const WHOLE_SHOP: &[&str] = &[
    "beta",
    "closing",
    "evidence",
    "exchange_demo",
    "expansion",
    "expansion_answers",
    "goods",
    "install",
    "openings_recorded",
    "random_purchases",
    "reach",
    "reach_records",
    "kept_counts",
    "many_of_resellers",
    "opened_plan",
    "resellers",
    "rights",
    "staff",
    "staff_find",
    "staff_log",
    "staff_orders",
    "staff_reading",
    "trust",
    "waiting",
    "whole_files",
    "withdrawals",
    "withdrawn",
    "rollout",
    "rom",
    "round_trips",
    "routes",
    "sale_nodes",
    "snapshots",
];

/// Those that could choose and run on SQLite alone: what they try lies in front of the database (limits,
/// headers, keys, letters, the two lanes of a server) or in files, and goes through it as the others do.
#[cfg(test)]
const ON_SQLITE_ALONE: &[&str] = &[
    "custota",
    "lane",
    "mail",
    "passkey",
    "programs",
    "release",
    "rom_upload",
    "security",
    "typed_again",
];

/// All of them whose names begin so as well.
const WHOLE_SHOP_PREFIXES: &[&str] = &["api_", "page_"];

/// The whole shop is tested twice: on SQLite with everything else, and on PostgreSQL. A test sees to it that no
/// program that could choose is forgotten.
fn tests(run: &Run) -> Result<Done, Failure> {
    let programs = suite::build(&run.root)?;
    let folder = std::env::temp_dir().join(format!("kontor-postgres-{}", std::process::id()));
    let server = postgres::Server::start(&folder, postgres::Sync::Off)?;
    let url = server.database("kontor")?;
    println!("    a PostgreSQL server for the tests lies in {}", folder.display());
    let tested = suite::run(jobs(programs, &url));
    drop(server);
    // Best effort: it lies in the system's folder for such things.
    let _ = std::fs::remove_dir_all(folder);
    tested?;
    // The examples in the documentation.
    cargo(run, &["test", "--workspace", "--doc", "--quiet"], &[])
}

fn is_of_whole_shop(name: &str) -> bool {
    WHOLE_SHOP.contains(&name) || WHOLE_SHOP_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// What takes longest, the tests on PostgreSQL, comes first, so that nothing long is left alone
/// at the end.
fn jobs(programs: Vec<suite::Program>, url: &str) -> Vec<suite::Job> {
    let server = ("TEST_POSTGRES_URL", url.to_owned());
    let is_whole_shop =
        |program: &&suite::Program| program.is_integration && is_of_whole_shop(&program.name);
    let on_postgres = programs.iter().filter(is_whole_shop).map(|program| suite::Job {
        program: program.clone(),
        about: "on PostgreSQL",
        environment: vec![server.clone(), ("TEST_DATABASE", "postgres".to_owned())],
    });
    let mut jobs: Vec<_> = on_postgres.collect();
    jobs.extend(programs.into_iter().map(|program| suite::Job {
        program,
        about: "",
        environment: vec![server.clone()],
    }));
    jobs
}

fn docs(run: &Run) -> Result<Done, Failure> {
    cargo(run, &["doc", "--workspace", "--no-deps", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")])
}

/// cargo-deny takes minutes to build and wants the advisory database from the
/// network, so it runs where somebody has installed it.
fn deny(run: &Run) -> Result<Done, Failure> {
    if !command::answers("cargo", &["deny", "--version"]) {
        return Ok(Done::Skipped(
            "cargo-deny is not installed (`cargo install --locked cargo-deny`)".to_owned(),
        ));
    }
    cargo(run, &["deny", "--workspace", "check", "bans", "licenses", "sources"], &[])?;
    if command::run("cargo", &["deny", "--workspace", "check", "advisories"], &run.root, &[])
        .is_err()
    {
        // The database may be out of reach, and a new advisory against an old
        // crate is no fault of the change being tested: shown, not failed.
        println!("    advisories: not clean, or the database is out of reach; see above");
    }
    Ok(Done::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str], skip: &[&str]) -> Vec<&'static str> {
        let owned =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        choose(&owned(only), &owned(skip))
            .expect("known steps")
            .iter()
            .map(|step| step.name)
            .collect()
    }

    /// Every program of tests that chooses its back end, itself or by the builders of its crate.
    fn choosing() -> Vec<String> {
        let crates = repo::root().expect("the repository").join("crates");
        let mut found = Vec::new();
        for (name, builders) in [("shop", ""), ("rom", "mod house;"), ("web", "mod common;")] {
            let folder = crates.join(name).join("tests");
            for entry in std::fs::read_dir(folder).expect("tests") {
                let path = entry.expect("an entry").path();
                let main = if path.is_dir() { path.join("main.rs") } else { path.clone() };
                let Ok(text) = std::fs::read_to_string(main) else { continue };
                // What is stamped out for both runs on both by itself.
                let is_both = text.contains("on_both_databases!");
                let uses = !is_both && !builders.is_empty() && text.contains(builders);
                if uses || text.contains("Scratch::chosen()") {
                    let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
                    found.push(stem);
                }
            }
        }
        found
    }

    #[test]
    fn every_program_that_can_choose_its_database_is_run_on_both_or_says_why_not() {
        let found = choosing();
        assert!(found.len() > 30, "{found:?}");
        for name in &found {
            let listed = ON_SQLITE_ALONE.contains(&name.as_str());
            assert!(is_of_whole_shop(name) != listed, "{name} is in both lists or in none");
        }
        for name in WHOLE_SHOP.iter().chain(ON_SQLITE_ALONE) {
            assert!(found.iter().any(|other| other == name), "{name} chooses no database");
        }
    }

    #[test]
    fn steps_are_chosen_in_their_order() {
        assert_eq!(names(&["tidy", "fmt"], &[]), ["fmt", "tidy"]);
        assert_eq!(
            names(&[], &["browser", "deny", "docs"]),
            ["prepare", "fmt", "tidy", "clippy", "test", "crash", "foreign"]
        );
        assert!(choose(&["nonsense".to_owned()], &[]).is_err());
    }

    #[test]
    fn times_are_shown_as_people_say_them() {
        assert_eq!(shown(Duration::from_millis(340)), "340 ms");
        assert_eq!(shown(Duration::from_secs(59)), "59 s");
        assert_eq!(shown(Duration::from_secs(243)), "4 min 3 s");
    }
}
