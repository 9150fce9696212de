//! The test programs of the workspace, several at a time.
//!
//! `cargo test` runs one program after another, and most of the time one slow test of a program
//! keeps the other processors waiting. Here as many programs run at once as there are processors,
//! each of them with two threads of its own.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Instant;

use serde_json::Value;

use crate::{Failure, command};

/// How many tests of one program run at a time.
const THREADS: &str = "2";

/// A program that holds tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program {
    /// The package's folder, in which it runs as under `cargo test`.
    folder: PathBuf,
    /// The target's name: `routes`, or the crate's for its unit tests.
    pub(super) name: String,
    /// Whether it is a file of `tests/`.
    pub(super) is_integration: bool,
    executable: PathBuf,
}

/// A program in one environment.
pub(super) struct Job {
    pub(super) program: Program,
    /// What the line about it says beside its name.
    pub(super) about: &'static str,
    pub(super) environment: Vec<(&'static str, String)>,
}

/// Builds all tests of the workspace and lists their programs.
pub(super) fn build(root: &Path) -> Result<Vec<Program>, Failure> {
    let words = ["test", "--workspace", "--no-run", "--message-format=json-render-diagnostics"];
    let programs = listed(&command::output("cargo", &words, root)?);
    if programs.is_empty() { Err("cargo built no tests".to_owned()) } else { Ok(programs) }
}

/// The programs in cargo's messages.
fn listed(messages: &str) -> Vec<Program> {
    let program = |message: Value| {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let is_test = message["reason"] == "compiler-artifact"
            && message["profile"]["test"].as_bool().unwrap_or(false);
        let executable = text(&message["executable"]).filter(|_| is_test)?;
        Some(Program {
            folder: Path::new(&text(&message["manifest_path"])?).parent()?.to_owned(),
            name: text(&message["target"]["name"])?,
            is_integration: message["target"]["kind"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|kind| kind == "test")),
            executable: PathBuf::from(executable),
        })
    };
    messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter_map(program)
        .collect()
}

/// What has come out of all programs so far.
#[derive(Default)]
struct Outcome {
    passed: u64,
    failed: Vec<String>,
}

/// Runs all jobs to their end, so that one run shows everything that fails.
pub(super) fn run(jobs: Vec<Job>) -> Result<(), Failure> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let waiting = Mutex::new(VecDeque::from(jobs));
    let outcome = Mutex::new(Outcome::default());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(job) = next(&waiting) {
                    let told = told(&job);
                    let mut outcome = outcome.lock().unwrap_or_else(|poison| poison.into_inner());
                    note(&mut outcome, &job, told);
                }
            });
        }
    });
    let Outcome { passed, failed } =
        outcome.into_inner().unwrap_or_else(|poison| poison.into_inner());
    println!("{passed} passed, {} failed", failed.len());
    if failed.is_empty() { Ok(()) } else { Err(format!("these failed: {}", failed.join(", "))) }
}

fn next(waiting: &Mutex<VecDeque<Job>>) -> Option<Job> {
    waiting.lock().unwrap_or_else(|poison| poison.into_inner()).pop_front()
}

/// Whether a program passed, how long it took, and what it said.
struct Told {
    is_success: bool,
    seconds: f64,
    text: String,
}

fn told(job: &Job) -> Told {
    let began = Instant::now();
    let output = Command::new(&job.program.executable)
        .args(["--test-threads", THREADS])
        .current_dir(&job.program.folder)
        .env("CARGO_MANIFEST_DIR", &job.program.folder)
        .envs(job.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .output();
    let seconds = began.elapsed().as_secs_f64();
    match output {
        Ok(output) => Told {
            is_success: output.status.success(),
            seconds,
            text: String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        },
        Err(error) => {
            Told { is_success: false, seconds, text: format!("could not start: {error}") }
        }
    }
}

/// Prints one line of what passed, everything of what failed.
fn note(outcome: &mut Outcome, job: &Job, told: Told) {
    let folder = job.program.folder.file_name().unwrap_or_default().to_string_lossy();
    let name = format!("{folder}/{} {}", job.program.name, job.about);
    let passed = passed(&told.text);
    outcome.passed += passed;
    if told.is_success {
        if passed > 0 {
            println!("    {:6.1} s {passed:>5} passed  {name}", told.seconds);
        }
    } else {
        println!("{}\n    {:6.1} s FAILED  {name}", told.text, told.seconds);
        outcome.failed.push(name.trim_end().to_owned());
    }
}

/// The number in `test result: ok. 12 passed; …`.
fn passed(text: &str) -> u64 {
    text.lines()
        .filter(|line| line.starts_with("test result: "))
        .filter_map(|line| line.split_once(". ")?.1.split(' ').next()?.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_among_libraries() {
        let messages = r#"
{"reason":"compiler-artifact","manifest_path":"/w/crates/web/Cargo.toml","target":{"kind":["lib"],"name":"web"},"profile":{"test":false},"executable":null}
{"reason":"compiler-artifact","manifest_path":"/w/crates/web/Cargo.toml","target":{"kind":["lib"],"name":"web"},"profile":{"test":true},"executable":"/t/web-1"}
{"reason":"compiler-artifact","manifest_path":"/w/crates/web/Cargo.toml","target":{"kind":["test"],"name":"routes"},"profile":{"test":true},"executable":"/t/routes-1"}
{"reason":"build-finished","success":true}"#;
        let found = listed(messages);
        let named: Vec<_> =
            found.iter().map(|one| (one.name.as_str(), one.is_integration)).collect();
        assert_eq!(named, [("web", false), ("routes", true)]);
        assert_eq!(found[1].folder, Path::new("/w/crates/web"));
    }

    #[test]
    fn passed_tests_are_counted() {
        let text = "running 3 tests\n\ntest result: ok. 3 passed; 0 failed; 0 ignored\n";
        assert_eq!(passed(text), 3);
        assert_eq!(passed("test result: FAILED. 7 passed; 1 failed"), 7);
        assert_eq!(passed("nothing"), 0);
    }

    #[test]
    fn what_fails_or_does_not_start_is_named() {
        let job = |executable: &str| Job {
            program: Program {
                folder: PathBuf::from("/"),
                name: executable.to_owned(),
                is_integration: true,
                executable: PathBuf::from(executable),
            },
            about: "here",
            environment: Vec::new(),
        };
        let failure = run(vec![job("/bin/true"), job("/bin/false"), job("/no/such")]);
        let failure = failure.expect_err("two fail");
        assert!(
            failure.contains("/bin/false here") && failure.contains("/no/such here"),
            "{failure}"
        );
        assert!(!failure.contains("/bin/true"), "{failure}");
    }
}
