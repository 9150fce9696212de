//! The store of files: a folder, or a bucket of a store that speaks S3, in which every file lies
//! under its SHA-256.
//!
//! A file comes in through [`Files::take_in`], or piece by piece ([`Files::upload_piece`]): copied
//! aside, hashed while it is copied, flushed to the disk, and only then given its name. A name
//! therefore never stands for other bytes, and what was checked is what is served. All of this
//! blocks: callers use a thread for it.

mod bucket;
mod reader;
mod sign;
mod upload;

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kontor_base::{Clock, Random, limits};
use kontor_domain::build::Digest;
use sha2::{Digest as _, Sha256};

use bucket::Bucket;
pub use bucket::BucketSettings;
pub use reader::FileReader;
pub use upload::UploadError;

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
    /// The bucket refused.
    #[error("could not {what} {key} in the bucket: {problem}")]
    Bucket {
        /// What was attempted.
        what: &'static str,
        /// With which file.
        key: String,
        /// What the store said.
        problem: String,
    },
    /// The bucket does not have it.
    #[error("{0} is not in the bucket")]
    Gone(String),
    /// The bytes are not those that the name stands for.
    #[error("{} has other bytes than its name says", .0.display())]
    Damaged(PathBuf),
    /// Somebody stopped it.
    #[error("stopped before it was done; nothing was changed")]
    Stopped,
}

/// The name of a file: its hash, in one of 256 folders by its first two digits.
fn key(sha256: &Digest) -> String {
    let name = sha256.to_string();
    format!("{}/{name}", &name[..2])
}

fn disk(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FilesError + use<> {
    let path = path.to_owned();
    move |source| FilesError::Disk { what, path, source }
}

/// The store. What comes in lies in its folder until it has its name, also before a bucket.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
    bucket: Option<Arc<Bucket>>,
    uploading: Arc<Mutex<()>>,
}

/// A file of the store as one of this machine's.
#[derive(Debug)]
pub struct Local(Place);

#[derive(Debug)]
enum Place {
    /// It lies in the store's folder.
    Kept(PathBuf),
    /// It was fetched from the bucket, and is gone when this is.
    Fetched(Incoming),
}

impl Local {
    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        match &self.0 {
            Place::Kept(path) => path,
            Place::Fetched(incoming) => &incoming.path,
        }
    }
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
        Ok(Self { folder, bucket: None, uploading: Arc::default() })
    }

    /// The store in a bucket; what comes in passes through `folder`.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made, or the settings cannot be right.
    pub fn in_bucket(
        folder: impl Into<PathBuf>,
        settings: &BucketSettings,
        clock: Clock,
        random: Random,
    ) -> Result<Self, FilesError> {
        let bucket = Some(Arc::new(Bucket::new(settings, clock, random)?));
        Ok(Self { bucket, ..Self::open(folder)? })
    }

    /// Opens the file with this hash for reading.
    ///
    /// # Errors
    ///
    /// When it is not there or the disk refuses; a bucket is asked on the first read.
    pub fn reader(&self, sha256: &Digest) -> Result<FileReader, FilesError> {
        if let Some(bucket) = &self.bucket {
            return Ok(FileReader::bucket(Arc::clone(bucket), key(sha256)));
        }
        let path = self.path(sha256);
        File::open(&path).map(FileReader::folder).map_err(disk("open", &path))
    }

    /// An address of the bucket under which anybody may fetch the file for so many seconds; `None`
    /// for a folder.
    #[must_use]
    pub fn address(&self, sha256: &Digest, seconds: u32) -> Option<String> {
        self.bucket.as_ref().map(|bucket| bucket.address(&key(sha256), seconds))
    }

    /// Where the file with this hash lies in the folder, if it does.
    #[must_use]
    pub fn path(&self, sha256: &Digest) -> PathBuf {
        self.folder.join(key(sha256))
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
        if let Some(bucket) = &self.bucket {
            // What came in is left behind by the drop of `incoming`.
            return bucket.put(&key(&incoming.sha256), &incoming.path, incoming.bytes);
        }
        let path = self.path(&incoming.sha256);
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        fs::create_dir_all(&folder).map_err(disk("make", &folder))?;
        fs::rename(&incoming.path, &path).map_err(disk("name", &path))?;
        incoming.named = true;
        let handle = File::open(&folder).map_err(disk("open", &folder))?;
        handle.sync_all().map_err(disk("flush", &folder))
    }

    /// A file of this machine with these bytes: the one in the folder, or a copy of the bucket's that
    /// was compared with its name. `unique` keeps two copies apart; `progress` is told the bytes done
    /// and answers whether to go on.
    ///
    /// # Errors
    ///
    /// See [`Files::verify`], and [`FilesError::Stopped`].
    pub fn local(
        &self,
        sha256: &Digest,
        unique: &str,
        progress: &dyn Fn(u64) -> bool,
    ) -> Result<Local, FilesError> {
        let Some(bucket) = &self.bucket else {
            let path = self.path(sha256);
            File::open(&path).map_err(disk("open", &path))?;
            return Ok(Local(Place::Kept(path)));
        };
        let key = key(sha256);
        let body = bucket.get(&key, 0, None)?;
        let mut bounded = body.take(limits::PACKAGE_BYTES_MAX);
        let fetched = self.take_in(&mut bounded, unique, progress)?;
        if fetched.sha256 != *sha256 {
            return Err(FilesError::Damaged(PathBuf::from(key)));
        }
        Ok(Local(Place::Fetched(fetched)))
    }

    /// Reads a file and compares it with its name.
    ///
    /// # Errors
    ///
    /// [`FilesError::Damaged`]; [`FilesError::Gone`] or [`FilesError::Disk`] when it is not there.
    pub fn verify(&self, sha256: &Digest, bytes: u64) -> Result<(), FilesError> {
        if let Some(bucket) = &self.bucket {
            let key = key(sha256);
            let body = bucket.get(&key, 0, None)?;
            // One byte more than it may have: a longer file is seen without reading all of it.
            let (found, length) = hash_all(&mut body.take(bytes.saturating_add(1)))
                .map_err(disk("read", Path::new(&key)))?;
            let same = found == *sha256 && length == bytes;
            return if same { Ok(()) } else { Err(FilesError::Damaged(PathBuf::from(key))) };
        }
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
    hash_all(&mut file.take(bytes)).map(|(hash, _)| hash).map_err(disk("read", path))
}

/// The SHA-256 of everything that comes, and how many bytes that was.
fn hash_all(source: &mut impl Read) -> io::Result<(Digest, u64)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut bytes = 0;
    loop {
        let n = source.read(&mut buffer)?;
        if n == 0 {
            return Ok((Digest::from_bytes(hash.finalize().into()), bytes));
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
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
