//! The browser tests: the binary that the tests built, Playwright, Chromium.

use std::path::Path;

use serde_json::Value;

use super::{Done, Run, prepare};
use crate::{Failure, command};

/// Builds the binary, installs the test package, runs it.
pub(super) fn run(run: &Run) -> Result<Done, Failure> {
    let folder = run.root.join("tests/browser");
    // `--tests` beside `--bins` resolves features as `cargo test` did, so that
    // everything but the last link is there already.
    let binary = kontor_binary(&run.root, &["--bins", "--tests"])?;
    let chromium = prepare::chromium()
        .ok_or("there is no Chromium; the step prepare installs it or says how")?;
    let environment = [
        ("KONTOR_BIN", binary.as_str()),
        ("CHROMIUM", chromium.as_str()),
        ("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    ];
    command::run(
        "npm",
        &["ci", "--no-audit", "--no-fund", "--loglevel=error"],
        &folder,
        &environment,
    )?;
    command::run("npm", &["test", "--silent"], &folder, &environment)?;
    Ok(Done::Passed)
}

/// Builds the workspace with these words, and asks cargo where `kontor` lies.
fn kontor_binary(root: &Path, words: &[&str]) -> Result<String, Failure> {
    let mut line = vec!["build", "--workspace", "--message-format=json-render-diagnostics"];
    line.extend(words);
    let messages = command::output("cargo", &line, root)?;
    executable(&messages, "kontor").ok_or_else(|| "cargo built no binary named kontor".to_owned())
}

/// The path of a binary in the messages of cargo.
pub(crate) fn executable(messages: &str, name: &str) -> Option<String> {
    messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(
        |message| {
            let target = &message["target"];
            let is_binary = target["kind"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"));
            let in_tests = message["profile"]["test"].as_bool().unwrap_or(false);
            let wanted = message["reason"] == "compiler-artifact"
                && target["name"] == name
                && is_binary
                && !in_tests;
            wanted.then(|| message["executable"].as_str().map(str::to_owned)).flatten()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_found_among_libraries_and_test_builds() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"kontor"},"profile":{"test":false},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"kontor"},"profile":{"test":true},"executable":"/t/deps/kontor-1"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"kontor"},"profile":{"test":false},"executable":"/t/debug/kontor"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages, "kontor").as_deref(), Some("/t/debug/kontor"));
        assert_eq!(executable(messages, "other"), None);
    }
}
