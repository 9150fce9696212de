//! The one secret that an operator guards: 32 random bytes in a file that only its owner reads, or in the environment.

use std::ffi::{OsStr, OsString};
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
    /// The variable is not 64 hexadecimal digits.
    #[error(
        "{VARIABLE} does not hold 64 hexadecimal digits, such as `openssl rand -hex 32` prints"
    )]
    MalformedVariable,
    /// There are two, and one of them signed what is there.
    #[error("{VARIABLE} and {} hold two secrets: unset the one, or move the other away", .0.display())]
    Two(PathBuf),
}

/// Where the secret is for machines that are given theirs in the environment: it goes before the file.
pub const VARIABLE: &str = "KONTOR_SECRET_KEY";

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

/// The secret in the environment or in `folder`, if there is one.
///
/// # Errors
///
/// See [`SecretError`].
pub fn load(folder: &Path) -> Result<Option<SecretKey>, SecretError> {
    load_given(folder, std::env::var_os(VARIABLE))
}

/// The same with what the environment gives.
fn load_given(folder: &Path, given: Option<OsString>) -> Result<Option<SecretKey>, SecretError> {
    let kept = in_file(folder)?;
    let given = given.map(|text| in_variable(&text)).transpose()?;
    match (given, kept) {
        // Whoever goes on with another secret than before finds no session, no order's address and no
        // person of before again.
        (Some(given), Some(kept)) if given != kept => {
            Err(SecretError::Two(folder.join("secret.key")))
        }
        (given, kept) => Ok(given.or(kept).map(SecretKey::from_bytes)),
    }
}

fn in_variable(text: &OsStr) -> Result<[u8; 32], SecretError> {
    let text = text.to_str().unwrap_or_default();
    unhex(&text.trim().to_ascii_lowercase()).ok_or(SecretError::MalformedVariable)
}

fn in_file(folder: &Path) -> Result<Option<[u8; 32]>, SecretError> {
    let path = folder.join("secret.key");
    match fs::read_to_string(&path) {
        Ok(text) => {
            let mode = fs::metadata(&path).map(|meta| meta.permissions().mode()).unwrap_or(0);
            if mode & 0o077 != 0 {
                return Err(SecretError::Exposed(path));
            }
            unhex(&text.trim().to_ascii_lowercase()).map(Some).ok_or(SecretError::Malformed(path))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SecretError::Io { what: "read", path, source }),
    }
}

/// The secret in the environment or in `folder`; made in `folder` if there is none.
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

    #[test]
    fn the_environment_goes_before_the_file_and_never_against_it() {
        let folder = std::env::temp_dir().join(format!("kontor-secrets-{}", std::process::id()));
        make_data_folder(&folder).expect("a folder");
        let given = |text: &str| load_given(&folder, Some(text.into()));
        let (one, other) = ("0a".repeat(32), "0b".repeat(32));
        let key = given(&format!("{}\n", one.to_uppercase())).expect("taken").expect("one");
        assert!(!folder.join("secret.key").exists(), "what is given is not written down");
        assert!(matches!(given("0a"), Err(SecretError::MalformedVariable)));
        assert!(matches!(given(""), Err(SecretError::MalformedVariable)));
        let made = make(folder.join("secret.key"), &Random::System).expect("made");
        assert!(matches!(given(&other), Err(SecretError::Two(_))));
        fs::write(folder.join("secret.key"), &one).expect("written");
        let same = given(&one).expect("taken").expect("one");
        assert_eq!(key.hash(b"x"), same.hash(b"x"));
        assert_ne!(key.hash(b"x"), made.hash(b"x"));
        fs::remove_dir_all(&folder).expect("cleaned up");
    }
}
