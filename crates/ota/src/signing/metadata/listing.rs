//! The two documents that vouch for others: timestamp and snapshot.

use std::collections::BTreeMap;

use kontor_base::{Instant, hex, unhex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::limits::{SNAPSHOT_BYTES_MAX, TARGETS_BYTES_MAX, VERSION_MAX};
use super::super::rejected::Rejected;
use super::body::{Body, SPEC_VERSION};
use super::bounds::check_head;

/// The hashes of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes {
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

impl Hashes {
    /// The hashes of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: hex(&Sha256::digest(bytes)) }
    }

    pub(super) fn check(&self) -> Result<(), Rejected> {
        let parsed: Option<[u8; 32]> = unhex(&self.sha256);
        parsed.map(drop).ok_or_else(|| Rejected::malformed("a SHA-256 is not 64 hex digits"))
    }
}

/// What one document says about another: version, length, hashes. TUF lets the last two be
/// absent; here they are demanded, because they are what stops mixing of versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMeta {
    /// Its hashes.
    pub hashes: Hashes,
    /// Its length in bytes.
    pub length: u64,
    /// Its version.
    pub version: u64,
}

impl FileMeta {
    /// The meta data of a document's bytes.
    #[must_use]
    pub fn of(version: u64, bytes: &[u8]) -> Self {
        Self { hashes: Hashes::of(bytes), length: bytes.len() as u64, version }
    }

    /// Whether `bytes` are the ones meant.
    ///
    /// # Errors
    ///
    /// [`Rejected::Length`], [`Rejected::Hash`].
    pub fn matches(&self, name: &str, bytes: &[u8]) -> Result<(), Rejected> {
        if bytes.len() as u64 != self.length {
            return Err(Rejected::Length { name: name.to_owned(), expected: self.length });
        }
        if Hashes::of(bytes) != self.hashes {
            return Err(Rejected::Hash { name: name.to_owned() });
        }
        Ok(())
    }

    fn check(&self, bytes_max: u64) -> Result<(), Rejected> {
        self.hashes.check()?;
        if self.length > bytes_max || self.version == 0 || self.version > VERSION_MAX {
            return Err(Rejected::malformed("a length or a version is out of bounds"));
        }
        Ok(())
    }
}

macro_rules! listing {
    ($(#[$doc:meta])* $name:ident, $word:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            #[serde(rename = "_type")]
            kind: String,
            /// When it ends.
            pub expires: Instant,
            /// What it vouches for, by file name.
            pub meta: BTreeMap<String, FileMeta>,
            /// The version of the specification.
            pub spec_version: String,
            /// The version, from 1.
            pub version: u64,
        }

        impl $name {
            /// A document that vouches for `meta`.
            #[must_use]
            pub fn new(version: u64, expires: Instant, meta: BTreeMap<String, FileMeta>) -> Self {
                let (kind, spec_version) = ($word.into(), SPEC_VERSION.into());
                Self { kind, expires, meta, spec_version, version }
            }
        }
    };
}

listing! {
    /// The timestamp: which snapshot is the newest. Signed often, by a key that is online.
    Timestamp, "timestamp"
}
listing! {
    /// The snapshot: which versions of all targets documents belong together.
    Snapshot, "snapshot"
}

impl Timestamp {
    /// What it says about the snapshot.
    ///
    /// # Panics
    ///
    /// Never for a document that was read: it has been checked.
    #[must_use]
    pub fn snapshot(&self) -> &FileMeta {
        self.meta.get("snapshot.json").expect("Body::check demands exactly this entry")
    }
}

impl Body for Timestamp {
    const TYPE: &'static str = "timestamp";

    fn version(&self) -> u64 {
        self.version
    }

    fn expires(&self) -> Instant {
        self.expires
    }

    fn check(&self) -> Result<(), Rejected> {
        check_head(&self.spec_version, self.version)?;
        if !self.meta.keys().eq(["snapshot.json"]) {
            return Err(Rejected::malformed("a timestamp names exactly the snapshot"));
        }
        self.snapshot().check(SNAPSHOT_BYTES_MAX)
    }
}

impl Body for Snapshot {
    const TYPE: &'static str = "snapshot";

    fn version(&self) -> u64 {
        self.version
    }

    fn expires(&self) -> Instant {
        self.expires
    }

    fn check(&self) -> Result<(), Rejected> {
        check_head(&self.spec_version, self.version)?;
        if !self.meta.contains_key("targets.json") {
            return Err(Rejected::malformed("a snapshot names the targets"));
        }
        self.meta.values().try_for_each(|meta| meta.check(TARGETS_BYTES_MAX))
    }
}
