//! What the steps need on the machine: installed when that is allowed, asked
//! for in one clear line when it is not.

use super::{Done, Run};
use crate::{Failure, command, postgres, repo};

/// The oldest Node.js that the browser tests run on.
const NODE_MAJOR_MIN: u32 = 18;

/// A program, and the Debian package that brings it.
struct Need {
    program: &'static str,
    package: &'static str,
}

const FOR_BROWSER: &[Need] = &[
    Need { program: "chromium", package: "chromium" },
    Need { program: "node", package: "nodejs" },
    Need { program: "npm", package: "npm" },
];

/// Looks for everything the chosen steps need.
pub(super) fn run(run: &Run) -> Result<Done, Failure> {
    for (step, word) in [("fmt", "fmt"), ("clippy", "clippy")] {
        if run.chosen.contains(&step) && !command::answers("cargo", &[word, "--version"]) {
            return Err(format!(
                "cargo {word} is missing; install it with `rustup component add rustfmt clippy`"
            ));
        }
    }
    if run.chosen.contains(&"test") || run.chosen.contains(&"crash") {
        println!("    PostgreSQL: {}", postgres::programs()?.display());
    }
    if run.chosen.contains(&"browser") {
        let present = |need: &&Need| match need.program {
            "chromium" => chromium().is_some(),
            program => command::find(program).is_some(),
        };
        let missing: Vec<_> = FOR_BROWSER.iter().filter(|need| !present(need)).collect();
        install(&missing)?;
        check_node()?;
        println!("    browser: {}", chromium().unwrap_or_else(|| "chromium".to_owned()));
    }
    Ok(Done::Passed)
}

/// Makes sure that a program is there, or says how to get it.
pub(crate) fn ensure(program: &'static str, package: &'static str) -> Result<String, Failure> {
    if command::find(program).is_none() {
        install(&[&Need { program, package }])?;
    }
    command::find(program)
        .map(|path| path.to_string_lossy().into_owned())
        .ok_or_else(|| format!("the package {package} is installed, but there is no {program}"))
}

/// The browser: what `CHROMIUM` names, or the first that is installed.
pub(super) fn chromium() -> Option<String> {
    if let Ok(path) = std::env::var("CHROMIUM") {
        return Some(path);
    }
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|name| command::find(name))
        .map(|path| path.to_string_lossy().into_owned())
}

fn install(missing: &[&Need]) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    if !command::may_install() {
        return Err(advice(missing));
    }
    let packages: Vec<_> = missing.iter().map(|need| need.package).collect();
    println!("    installing {}", packages.join(", "));
    command::install(&packages, &repo::root()?)
}

/// One line: what is missing, and how it comes.
fn advice(missing: &[&Need]) -> String {
    let programs: Vec<_> = missing.iter().map(|need| need.program).collect();
    let packages: Vec<_> = missing.iter().map(|need| need.package).collect();
    format!(
        "missing: {}; install with `sudo apt-get install --no-install-recommends {}`, or with your system's packages",
        programs.join(", "),
        packages.join(" ")
    )
}

fn check_node() -> Result<(), Failure> {
    let version = command::output("node", &["--version"], &repo::root()?)?;
    match node_major(&version) {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => Err(format!(
            "Node.js {} is too old; the browser tests need {NODE_MAJOR_MIN} or newer",
            version.trim()
        )),
    }
}

fn node_major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_in_one_line() {
        let advice = advice(&[&FOR_BROWSER[0], &FOR_BROWSER[1]]);
        assert!(
            advice.starts_with("missing: chromium, node; install with `sudo apt-get install"),
            "{advice}"
        );
        assert!(advice.contains("chromium nodejs`"), "{advice}");
        assert_eq!(advice.lines().count(), 1);
    }

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("nonsense"), None);
    }
}
