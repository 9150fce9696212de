//! What a device keeps over a restart: the metadata it believed, what it runs, half downloads.
//!
//! Every file is written beside its place, flushed, and renamed: power may go at any moment.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::refused::Refused;
use crate::report::Report;

/// Who the device is. Set in the factory; build, release counter and image change by installing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The model's codename, for the name of its documents.
    pub model: String,
    /// The hardware id that a target must name.
    pub hardware_id: String,
    /// The incremental of the build that runs.
    pub incremental: String,
    /// Its release counter.
    pub release_counter: u64,
    /// SHA-256 of its image, in hex: deltas apply to exactly these bytes.
    pub image_sha256: String,
    /// The channel whose offers it follows. Without one it takes the newest build that the signed
    /// metadata has, and knows nothing of rollouts: right for a mirror of plain files.
    #[serde(default)]
    pub channel: Option<String>,
    /// Its cohort, drawn once: its place in every rollout follows from it.
    #[serde(default)]
    pub cohort: u16,
    /// The id under which it reports. Random, and new after a reset: it names a device, nobody.
    #[serde(default)]
    pub device_id: Option<String>,
    /// Its serial number, if it tells it: the maker knows by it where a unit stays that it has sold.
    #[serde(default)]
    pub serial: Option<String>,
    /// Where it is, as two capital letters, if it says so.
    #[serde(default)]
    pub country: Option<String>,
    /// Whether it is one of the company's own.
    #[serde(default)]
    pub own: bool,
}

/// The file of the credential.
const CREDENTIAL: &str = "credential";

/// Up to 128 letters and digits, which can stand in a header.
fn is_credential(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The folder of a device.
#[derive(Clone, Debug)]
pub struct Memory {
    folder: PathBuf,
}

impl Memory {
    /// Sets a device up: its trusted first root and who it is.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub fn set_up(folder: &Path, root: &[u8], identity: &Identity) -> Result<Self, Refused> {
        fs::create_dir_all(folder).map_err(Refused::storage("create the folder"))?;
        let memory = Self { folder: folder.to_owned() };
        memory.keep("root.json", root)?;
        memory.keep_identity(identity)?;
        Ok(memory)
    }

    /// A device that was set up.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Where a file of this name lies.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Who the device is.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`] when it was not set up or is damaged.
    pub fn identity(&self) -> Result<Identity, Refused> {
        let bytes = fs::read(self.path("identity.json"));
        let bytes = bytes.map_err(Refused::storage("read who it is"))?;
        serde_json::from_slice(&bytes)
            .map_err(io::Error::from)
            .map_err(Refused::storage("read who it is"))
    }

    pub(crate) fn keep_identity(&self, identity: &Identity) -> Result<(), Refused> {
        self.keep_json("identity.json", identity)
    }

    /// What shows the service that the device was there before: given by it, sent along with every
    /// question and report. Without it reports count apart.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub fn credential(&self) -> Result<Option<String>, Refused> {
        let kept = self.kept(CREDENTIAL)?;
        // What is damaged is as good as none: the service gives a new one.
        Ok(kept.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| is_credential(text)))
    }

    pub(crate) fn keep_credential(&self, text: &str) -> Result<(), Refused> {
        if is_credential(text) { self.keep(CREDENTIAL, text.as_bytes()) } else { Ok(()) }
    }

    /// Reports that no server has taken yet.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub fn reports(&self) -> Result<Vec<Report>, Refused> {
        let Some(bytes) = self.kept("reports.json")? else { return Ok(Vec::new()) };
        // A damaged queue is worth less than an update: it is begun anew.
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    pub(crate) fn keep_reports(&self, reports: &[Report]) -> Result<(), Refused> {
        self.keep_json("reports.json", &reports)
    }

    pub(crate) fn keep_json(&self, name: &str, value: &impl Serialize) -> Result<(), Refused> {
        let bytes = serde_json::to_vec_pretty(value)
            .map_err(io::Error::from)
            .map_err(Refused::storage("write JSON"))?;
        self.keep(name, &bytes)
    }

    /// A kept document, if there is one.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub fn kept(&self, name: &str) -> Result<Option<Vec<u8>>, Refused> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Refused::storage("read what it kept")(error)),
        }
    }

    /// Keeps a document.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), Refused> {
        let (path, beside) = (self.path(name), self.path(&format!("{name}.new")));
        let write = || -> io::Result<()> {
            let mut file = File::create(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(Refused::storage("keep a document"))
    }

    /// Forgets a document or half a download.
    pub(crate) fn forget(&self, name: &str) {
        // Not there is as good as gone; anything else shows when it is written again.
        let _ = fs::remove_file(self.path(name));
    }
}
