//! Other programs: found, run, and their failure put into one line.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// For a cargo that builds everything once and is thrown away: no state for the next build, no
/// line numbers in backtraces.
const BUILT_ONCE: &[(&str, &str)] = &[("CARGO_INCREMENTAL", "0"), ("CARGO_PROFILE_DEV_DEBUG", "0")];

/// What `cargo run` tells the program that it runs, which is this one, about its package.
///
/// Build scripts watch some of these words. A cargo that is started from here and inherits them
/// builds half of the workspace anew after each `cargo build` that was typed by hand.
fn is_of_this_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// A program in a folder; cargo builds for this one run where `CI` says that there is no next.
fn prepared(program: &str, words: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(words).current_dir(folder).stdin(Stdio::null());
    if program == "cargo" {
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_of_this_package) {
                command.env_remove(name);
            }
        }
        if std::env::var_os("CI").is_some() {
            command.envs(BUILT_ONCE.iter().copied());
        }
    }
    command
}

/// Runs a program in a folder with its output shown, and wants success.
pub(crate) fn run(
    program: &str,
    words: &[&str],
    folder: &Path,
    environment: &[(&str, &str)],
) -> Result<(), Failure> {
    let line = shown(program, words);
    let status = prepared(program, words, folder)
        .envs(environment.iter().copied())
        .status()
        .map_err(|error| format!("could not start `{line}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` ended with {status}")) }
}

/// Runs a program and returns what it said on stdout; stderr is shown.
pub(crate) fn output(program: &str, words: &[&str], folder: &Path) -> Result<String, Failure> {
    output_in(program, words, folder, &[])
}

/// The same with more in its environment.
pub(crate) fn output_in(
    program: &str,
    words: &[&str],
    folder: &Path,
    environment: &[(&str, &str)],
) -> Result<String, Failure> {
    let line = shown(program, words);
    let output = prepared(program, words, folder)
        .envs(environment.iter().copied())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("could not start `{line}`: {error}"))?;
    if output.status.success() {
        String::from_utf8(output.stdout)
            .map_err(|_| format!("`{line}` answered with something that is no text"))
    } else {
        Err(format!("`{line}` ended with {}", output.status))
    }
}

/// Does this program answer when it is asked something harmless?
pub(crate) fn answers(program: &str, words: &[&str]) -> bool {
    Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Where a program lies: on the PATH, or in the folders of administration
/// that the PATH of an ordinary user lacks.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/bin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// May this run install packages? It may as root where apt-get is.
pub(crate) fn may_install() -> bool {
    find("apt-get").is_some() && is_root()
}

/// Is this the administrator's account?
pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Installs Debian packages; the caller has asked [`may_install`].
pub(crate) fn install(packages: &[&str], folder: &Path) -> Result<(), Failure> {
    let environment = [("DEBIAN_FRONTEND", "noninteractive")];
    run("apt-get", &["-q", "update"], folder, &environment)?;
    let mut words = vec!["-q", "install", "--yes", "--no-install-recommends"];
    words.extend(packages);
    run("apt-get", &words, folder, &environment)
}

/// A command line as a person would type it.
pub(crate) fn shown(program: &str, words: &[&str]) -> String {
    std::iter::once(program).chain(words.iter().copied()).collect::<Vec<_>>().join(" ")
}
