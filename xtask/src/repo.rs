//! The work tree as the checks see it: where it is and which files it has.
//!
//! Files are read into memory once. The checks get them as values, so that
//! their tests can hand them a tree that never was on a disk.

use std::path::{Path, PathBuf};

use crate::Failure;

/// Folders with nothing that a person wrote.
const SKIPPED_FOLDERS: &[&str] = &[".git", ".kontor", "node_modules", "target", "test-results"];

/// A file larger than this is no source text.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// A text file with its path relative to the root, `/` between the parts.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// For example `crates/shop/src/order/place.rs`.
    pub(crate) path: String,
    /// The whole text; empty for files that are not UTF-8.
    pub(crate) text: String,
}

impl File {
    /// The parts of the path.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.path.split('/').collect()
    }

    /// The last part of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder's name under `crates/` when this is a Rust file in the
    /// `src` of that crate.
    pub(crate) fn crate_source(&self) -> Option<&str> {
        match self.parts().as_slice() {
            ["crates", name, "src", .., last] if last.ends_with(".rs") => Some(name),
            _ => None,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// The root of the workspace: the parent of this crate's folder.
pub(crate) fn root() -> Result<PathBuf, Failure> {
    // At run time rather than at build time, so that a moved clone with an
    // old target folder still looks at itself.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = manifest.parent().map(Path::to_path_buf).ok_or("the folder xtask has no parent")?;
    if root.join("Cargo.toml").is_file() {
        Ok(root)
    } else {
        Err(format!("{} is not the root of the workspace", root.display()))
    }
}

/// All files below the root, sorted by path.
pub(crate) fn files(root: &Path) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .map_err(|error| format!("could not list {}: {error}", folder.display()))?;
        for entry in entries {
            let entry =
                entry.map_err(|error| format!("could not list {}: {error}", folder.display()))?;
            let path = entry.path();
            let kind = entry
                .file_type()
                .map_err(|error| format!("could not look at {}: {error}", path.display()))?;
            if kind.is_dir() {
                let name = entry.file_name();
                if !SKIPPED_FOLDERS.iter().any(|skipped| name == *skipped) {
                    folders.push(path);
                }
            } else if kind.is_file() {
                files.push(read(root, &path)?);
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn read(root: &Path, path: &Path) -> Result<File, Failure> {
    let say = |error: std::io::Error| format!("could not read {}: {error}", path.display());
    let bytes = if std::fs::metadata(path).map_err(say)?.len() > FILE_BYTES_MAX {
        Vec::new()
    } else {
        std::fs::read(path).map_err(say)?
    };
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    Ok(File { path: parts.join("/"), text: String::from_utf8(bytes).unwrap_or_default() })
}
