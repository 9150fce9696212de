//! Nothing in the tree says where packages come from or which toolchain must
//! be fetched: every machine has its own mirror, and a pinned toolchain cannot
//! be downloaded everywhere.

use super::Violation;
use crate::repo::File;

/// The one source that Cargo.lock writes itself, for every machine the same.
const CARGO_LOCK_SOURCE: &str =
    concat!("source = \"registry+https://github.com/rust-lang/crates", ".io-index\"");

/// Parts of the host names of package registries and their mirrors.
const HOSTS: &[&str] = &[
    "npmjs.",
    "yarnpkg.",
    concat!("crates", ".io"),
    "pypi.",
    "pythonhosted.",
    "artifactory",
    "/nexus",
    "deb.debian.",
];

/// Settings that choose a registry.
const SETTINGS: &[&str] =
    &["replace-with", "[source.", "[registries", "registry=", "registry =", "index-url"];

/// Checks lock and configuration files, and that no toolchain is pinned.
pub(crate) fn check(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files {
        if matches!(file.name(), "rust-toolchain" | "rust-toolchain.toml") {
            let sentence = "no toolchain is pinned here, it cannot be downloaded everywhere; \
                            `rust-version` in Cargo.toml says what is needed";
            violations.push(Violation::new(file, 1, sentence));
        }
        if is_configuration(file) {
            lines(file, &mut violations);
        }
    }
    violations
}

fn is_configuration(file: &File) -> bool {
    let name = file.name();
    let by_name =
        ["lock", "toml", "yml", "yaml", "npmrc"].iter().any(|ending| name.ends_with(ending));
    by_name
        || matches!(name, "package.json" | "package-lock.json" | "pip.conf")
        || file.path.starts_with(".ci/")
}

fn lines(file: &File, violations: &mut Vec<Violation>) {
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim();
        if file.name() == "Cargo.lock" && line == CARGO_LOCK_SOURCE {
            continue;
        }
        if file.name() == "package-lock.json" && line.starts_with("\"resolved\":") {
            let sentence = "this lock file names a registry; \
                            make it with `omit-lockfile-registry-resolved=true` in .npmrc";
            violations.push(Violation::new(file, index + 1, sentence));
        } else if HOSTS.iter().any(|host| line.contains(host)) {
            let sentence =
                "this line names a package registry's host; each machine's own settings say that";
            violations.push(Violation::new(file, index + 1, sentence));
        } else if SETTINGS.iter().any(|setting| line.starts_with(setting)) {
            let sentence =
                "this line chooses a package registry; each machine's own settings say that";
            violations.push(Violation::new(file, index + 1, sentence));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_in(path: &str, text: &str) -> Vec<usize> {
        check(&[File::sample(path, text)]).into_iter().map(|found| found.line).collect()
    }

    #[test]
    fn the_standard_lock_files_pass() {
        let lock = format!("[[package]]\nname = \"a\"\n{CARGO_LOCK_SOURCE}\nchecksum = \"00\"\n");
        assert_eq!(lines_in("Cargo.lock", &lock), [0; 0]);
        assert_eq!(
            lines_in("tests/browser/package-lock.json", "{\n\"integrity\": \"sha512-x\"\n}"),
            [0; 0]
        );
        assert_eq!(
            lines_in("tests/browser/.npmrc", "omit-lockfile-registry-resolved=true\n"),
            [0; 0]
        );
    }

    #[test]
    fn registries_and_toolchains_are_named() {
        assert_eq!(
            lines_in("Cargo.lock", "source = \"sparse+https://mirror.example/artifactory/x/\"\n"),
            [1]
        );
        assert_eq!(
            lines_in(
                "a/package-lock.json",
                "{\n  \"resolved\": \"https://mirror.example/a.tgz\"\n"
            ),
            [2]
        );
        assert_eq!(lines_in(".cargo/config.toml", "[alias]\n[source.mirror]\n"), [2]);
        assert_eq!(lines_in("tests/browser/.npmrc", "registry=https://mirror.example/\n"), [1]);
        assert_eq!(lines_in("rust-toolchain.toml", "[toolchain]\n"), [1]);
    }
}
