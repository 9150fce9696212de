//! A rollout over ten million simulated devices: a program of the test kit, built for release.

use crate::{Failure, command, repo};

/// Builds and runs it; what it says goes to the terminal as it is.
pub(super) fn run(json: bool) -> Result<(), Failure> {
    let root = repo::root()?;
    let mut words = vec!["run", "--release", "--quiet", "--package=kontor-testkit"];
    words.extend(["--bin=kontor-rehearse", "--"]);
    if json {
        words.push("--json");
    }
    command::run("cargo", &words, &root, &[])
}
