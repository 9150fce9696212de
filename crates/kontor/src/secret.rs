//! The one secret that an operator guards: 32 random bytes in a file that only its owner reads.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use kontor_base::{Random, SecretKey, hex, unhex};

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("could not {what} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not 64 hexadecimal digits.
    #[error("{} does not hold 64 hexadecimal digits: restore it from a backup", .0.display())]
    Malformed(PathBuf),
    /// Others could read the file.
    #[error("{} can be read by others: chmod 600 it, and think about who has read it", .0.display())]
    Exposed(PathBuf),
}

/// Makes the data folder, for its owner alone.
///
/// # Errors
///
/// [`SecretError::Io`].
pub fn make_data_folder(folder: &Path) -> Result<(), SecretError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| {
        SecretError::Io { what: "make the folder", path: folder.to_owned(), source }
    })
}

/// The secret in `folder`, if there is one.
///
/// # Errors
///
/// See [`SecretError`].
pub fn load(folder: &Path) -> Result<Option<SecretKey>, SecretError> {
    let path = folder.join("secret.key");
    match fs::read_to_string(&path) {
        Ok(text) => {
            let mode = fs::metadata(&path).map(|meta| meta.permissions().mode()).unwrap_or(0);
            if mode & 0o077 != 0 {
                return Err(SecretError::Exposed(path));
            }
            unhex(&text.trim().to_ascii_lowercase())
                .map(|bytes| Some(SecretKey::from_bytes(bytes)))
                .ok_or(SecretError::Malformed(path))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SecretError::Io { what: "read", path, source }),
    }
}

/// The secret in `folder`; made if there is none.
///
/// # Errors
///
/// See [`SecretError`].
pub fn load_or_make(folder: &Path, random: &Random) -> Result<SecretKey, SecretError> {
    match load(folder)? {
        Some(key) => Ok(key),
        None => make(folder.join("secret.key"), random),
    }
}

fn make(path: PathBuf, random: &Random) -> Result<SecretKey, SecretError> {
    let bytes = random.bytes32();
    let text = hex(&bytes);
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).and_then(
        |mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        },
    );
    match written {
        Ok(()) => Ok(SecretKey::from_bytes(bytes)),
        Err(source) => Err(SecretError::Io { what: "write", path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_kept_for_its_owner_and_read_again() {
        let folder = std::env::temp_dir().join(format!("kontor-secret-{}", std::process::id()));
        make_data_folder(&folder).expect("a folder");
        assert!(load(&folder).expect("looked").is_none(), "looking makes none");
        let made = load_or_make(&folder, &Random::System).expect("made");
        let read = load_or_make(&folder, &Random::System).expect("read");
        assert_eq!(made.hash(b"x"), read.hash(b"x"));
        let path = folder.join("secret.key");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("set");
        assert!(matches!(load_or_make(&folder, &Random::System), Err(SecretError::Exposed(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
        fs::write(&path, "not a key").expect("written");
        assert!(matches!(load_or_make(&folder, &Random::System), Err(SecretError::Malformed(_))));
        fs::remove_dir_all(&folder).expect("cleaned up");
    }
}
