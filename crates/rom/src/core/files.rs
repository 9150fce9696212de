//! The store of files: a folder in which every file lies under its SHA-256.
//!
//! A file comes in through [`Files::take_in`]: copied aside, hashed while it is copied, flushed to
//! the disk, and only then given its name. A name therefore never stands for other bytes, and what
//! was checked is what is served. All of this blocks: callers use a thread for it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use kontor_domain::build::Digest;
use sha2::{Digest as _, Sha256};

/// How much is read at once, in bytes.
const CHUNK: usize = 1024 * 1024;

/// What could not be done with a file.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The disk refused.
    #[error("could not {what} {}: {source}", path.display())]
    Disk {
        /// What was attempted.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The bytes are not those that the name stands for.
    #[error("{} has other bytes than its name says", .0.display())]
    Damaged(PathBuf),
    /// Somebody stopped it.
    #[error("stopped before it was done; nothing was changed")]
    Stopped,
}

fn disk(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FilesError + use<> {
    let path = path.to_owned();
    move |source| FilesError::Disk { what, path, source }
}

/// The folder.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

/// A file that has come in and has no name yet; dropped, it is gone.
#[derive(Debug)]
pub struct Incoming {
    path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its hash.
    pub sha256: Digest,
    named: bool,
}

impl Incoming {
    /// Opens it for reading.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn open(&self) -> Result<File, FilesError> {
        File::open(&self.path).map_err(disk("open", &self.path))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.named {
            // What is left aside belongs to nobody and is never served.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Files {
    /// The store in `folder`; made where it is not there.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, FilesError> {
        let folder = folder.into();
        let aside = folder.join("incoming");
        fs::create_dir_all(&aside).map_err(disk("make", &aside))?;
        Ok(Self { folder })
    }

    /// Where the file with this hash lies, if it does.
    #[must_use]
    pub fn path(&self, sha256: &Digest) -> PathBuf {
        let name = sha256.to_string();
        self.folder.join(&name[..2]).join(name)
    }

    /// Copies `source` in, under a name of its own: `unique` keeps two copies apart. `progress` is
    /// told the bytes done and answers whether to go on.
    ///
    /// # Errors
    ///
    /// When the source or the disk fails, or somebody stopped it.
    pub fn take_in(
        &self,
        source: &mut impl Read,
        unique: &str,
        progress: &dyn Fn(u64) -> bool,
    ) -> Result<Incoming, FilesError> {
        let path = self.folder.join("incoming").join(unique);
        let mut file = File::options().write(true).create_new(true).open(&path);
        let file = file.as_mut().map_err(|error| io::Error::new(error.kind(), error.to_string()));
        let file = file.map_err(disk("create", &path))?;
        let zero = Digest::from_bytes([0; 32]);
        let mut incoming = Incoming { path: path.clone(), bytes: 0, sha256: zero, named: false };
        let mut hash = Sha256::new();
        let mut buffer = vec![0; CHUNK];
        loop {
            let n = source.read(&mut buffer).map_err(disk("read for", &path))?;
            if n == 0 {
                break;
            }
            hash.update(&buffer[..n]);
            file.write_all(&buffer[..n]).map_err(disk("write", &path))?;
            incoming.bytes += n as u64;
            if !progress(incoming.bytes) {
                return Err(FilesError::Stopped);
            }
        }
        file.sync_all().map_err(disk("flush", &path))?;
        incoming.sha256 = Digest::from_bytes(hash.finalize().into());
        Ok(incoming)
    }

    /// Gives a file its name. The same bytes twice are one file.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn keep(&self, mut incoming: Incoming) -> Result<(), FilesError> {
        let path = self.path(&incoming.sha256);
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        fs::create_dir_all(&folder).map_err(disk("make", &folder))?;
        fs::rename(&incoming.path, &path).map_err(disk("name", &path))?;
        incoming.named = true;
        let handle = File::open(&folder).map_err(disk("open", &folder))?;
        handle.sync_all().map_err(disk("flush", &folder))
    }

    /// Reads a file and compares it with its name.
    ///
    /// # Errors
    ///
    /// [`FilesError::Damaged`], or [`FilesError::Disk`] when it is not there or unreadable.
    pub fn verify(&self, sha256: &Digest, bytes: u64) -> Result<(), FilesError> {
        let path = self.path(sha256);
        let mut file = File::open(&path).map_err(disk("open", &path))?;
        let length = file.metadata().map_err(disk("look at", &path))?.len();
        if length != bytes || hash_range(&mut file, 0, length, &path)? != *sha256 {
            return Err(FilesError::Damaged(path));
        }
        Ok(())
    }
}

/// The SHA-256 of `bytes` bytes from `offset`.
pub(crate) fn hash_range(
    file: &mut File,
    offset: u64,
    bytes: u64,
    path: &Path,
) -> Result<Digest, FilesError> {
    file.seek(SeekFrom::Start(offset)).map_err(disk("read", path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut rest = file.take(bytes);
    loop {
        let n = rest.read(&mut buffer).map_err(disk("read", path))?;
        if n == 0 {
            break;
        }
        hash.update(&buffer[..n]);
    }
    Ok(Digest::from_bytes(hash.finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_is_named_by_its_bytes_and_damage_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opens");
        let bytes = vec![7_u8; 3 * CHUNK + 5];
        let incoming = files.take_in(&mut bytes.as_slice(), "a", &|_| true).expect("comes in");
        let (sha256, size) = (incoming.sha256, incoming.bytes);
        assert_eq!(size, bytes.len() as u64);
        files.keep(incoming).expect("is kept");
        files.verify(&sha256, size).expect("is what it was");
        let again = files.take_in(&mut bytes.as_slice(), "b", &|_| true).expect("comes in again");
        files.keep(again).expect("is the same file");
        fs::write(files.path(&sha256), b"other").expect("writes");
        assert!(matches!(files.verify(&sha256, size), Err(FilesError::Damaged(_))));
        fs::remove_file(files.path(&sha256)).expect("removes");
        assert!(matches!(files.verify(&sha256, size), Err(FilesError::Disk { .. })));
    }

    #[test]
    fn a_stopped_copy_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opens");
        let bytes = vec![7_u8; 2 * CHUNK];
        let stopped = files.take_in(&mut bytes.as_slice(), "a", &|_| false);
        assert!(matches!(stopped, Err(FilesError::Stopped)));
        let left = fs::read_dir(folder.path().join("incoming")).expect("is there").count();
        assert_eq!(left, 0);
    }
}
