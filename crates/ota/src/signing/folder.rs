//! A repository as a folder: `metadata/` and `targets/`, readable by any web server.
//!
//! Files with a version or a hash in their name are written once and never again; then
//! `timestamp.json` is replaced. Each is written beside its place, flushed to disk and renamed,
//! and the folder is flushed before the timestamp points to anything: a reader at any moment, and
//! a machine that loses power at any moment, has either the old version or the new one.
//! A lock file keeps two writers apart.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use kontor_base::Instant;
use thiserror::Error;

use super::document::Document;
use super::key::SecretKey;
use super::metadata::check_target_name;
use super::publish::{self, Lives, Next, State};
use super::rejected::Rejected;

/// The keys that lie on the server.
#[derive(Clone, Debug)]
pub struct OnlineKeys {
    /// Those of the snapshot.
    pub snapshot: Vec<SecretKey>,
    /// Those of the timestamp.
    pub timestamp: Vec<SecretKey>,
}

/// Why the folder could not be read or written.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The documents do not allow it.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The disk does not.
    #[error("could not {attempt} {path}")]
    Disk {
        /// What was attempted.
        attempt: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is never to change is there with other contents.
    #[error("{path} is there already, with other contents")]
    Occupied {
        /// The file.
        path: PathBuf,
    },
}

fn disk(attempt: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::Disk { attempt, path, source }
}

/// What a refresh did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// Nothing was due.
    NotDue,
    /// The timestamp, and with it the snapshot if that was due, is new.
    Renewed,
}

/// A repository on disk.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Begins a repository with its first root.
    ///
    /// # Errors
    ///
    /// [`FolderError::Occupied`] when there is one already; [`FolderError::Rejected`] when the
    /// root is not signed as it demands.
    pub fn create(path: impl Into<PathBuf>, root: &Document) -> Result<Self, FolderError> {
        let folder = Self { path: path.into() };
        let state = State::new(root)?;
        for part in ["metadata", "targets"] {
            let part = folder.path.join(part);
            fs::create_dir_all(&part).map_err(disk("create", &part))?;
        }
        let _lock = folder.lock()?;
        let name = format!("{}.root.json", state.root.version);
        folder.write_once("metadata", &name, &state.root_bytes)?;
        Ok(folder)
    }

    /// A repository that exists. Reads nothing yet.
    #[must_use]
    pub fn open(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what is published.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when files are missing or damaged.
    pub fn state(&self) -> Result<State, FolderError> {
        let state = State::load(|name, bytes_max| self.find(name, bytes_max))?;
        let path = self.path.join("metadata").join("1.root.json");
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        state.ok_or_else(|| disk("read", &path)(missing()))
    }

    /// Publishes signed targets documents by role. See [`publish::release`].
    ///
    /// # Errors
    ///
    /// [`FolderError`]; nothing is published then.
    pub fn release(
        &self,
        documents: &[(String, Document)],
        keys: &OnlineKeys,
        lives: &Lives,
        now: Instant,
    ) -> Result<State, FolderError> {
        let _lock = self.lock()?;
        let next = publish::release(&self.state()?, documents, keys, lives, now)?;
        self.write(&next)?;
        Ok(next.state)
    }

    /// Renews what is about to end: for a keeper that comes by every few minutes.
    ///
    /// # Errors
    ///
    /// [`FolderError`]; what was published stays.
    pub fn refresh(
        &self,
        keys: &OnlineKeys,
        lives: &Lives,
        now: Instant,
    ) -> Result<Refreshed, FolderError> {
        let _lock = self.lock()?;
        match publish::refresh(&self.state()?, keys, lives, now)? {
            None => Ok(Refreshed::NotDue),
            Some(next) => self.write(&next).map(|()| Refreshed::Renewed),
        }
    }

    /// Puts a new root in force. See [`publish::rotate`].
    ///
    /// # Errors
    ///
    /// [`FolderError`]; the old root stays in force then.
    pub fn rotate(
        &self,
        root: &Document,
        keys: &OnlineKeys,
        lives: &Lives,
        now: Instant,
    ) -> Result<State, FolderError> {
        let _lock = self.lock()?;
        let next = publish::rotate(&self.state()?, root, &[], keys, lives, now)?;
        self.write(&next)?;
        Ok(next.state)
    }

    /// Stores a target's bytes under its hash, before a document names it.
    ///
    /// # Errors
    ///
    /// [`FolderError`].
    pub fn add_target(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        check_target_name(name)?;
        let sha256 = super::metadata::Hashes::of(bytes).sha256;
        self.write_once("targets", &format!("{sha256}.{name}"), bytes)
    }

    fn lock(&self) -> Result<File, FolderError> {
        let path = self.path.join(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(disk("open", &path))?;
        file.lock().map_err(disk("lock", &path))?;
        Ok(file)
    }

    fn write(&self, next: &Next) -> Result<(), FolderError> {
        for (name, bytes) in &next.immutable {
            self.write_once("metadata", name, bytes)?;
        }
        if let Some(bytes) = &next.timestamp {
            self.replace("metadata", "timestamp.json", bytes)?;
        }
        Ok(())
    }

    /// A second run after an interrupted one meets files that nobody was told of: the same bytes
    /// are fine, and an unannounced document may be replaced, except for a root, which clients
    /// find by counting.
    fn write_once(&self, part: &str, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.path.join(part).join(name);
        match fs::read(&path) {
            Ok(found) if found == bytes => return Ok(()),
            Ok(_) if name.ends_with(".root.json") => return Err(FolderError::Occupied { path }),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(disk("read", &path)(error)),
        }
        self.replace(part, name, bytes)
    }

    fn replace(&self, part: &str, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let folder = self.path.join(part);
        let (path, beside) = (folder.join(name), folder.join(format!(".{name}.new")));
        let mut file = File::create(&beside).map_err(disk("create", &beside))?;
        file.write_all(bytes).map_err(disk("write", &beside))?;
        file.sync_all().map_err(disk("flush", &beside))?;
        fs::rename(&beside, &path).map_err(disk("rename", &path))?;
        let handle = File::open(&folder).map_err(disk("open", &folder))?;
        handle.sync_all().map_err(disk("flush", &folder))
    }

    fn find(&self, name: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.path.join("metadata").join(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(disk("open", &path)(error)),
        };
        let mut bytes = Vec::new();
        file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(disk("read", &path))?;
        if bytes.len() as u64 > bytes_max {
            return Err(Rejected::Length { name: name.to_owned(), expected: bytes_max }.into());
        }
        Ok(Some(bytes))
    }
}
