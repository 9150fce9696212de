//! A published build and its packages.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use kontor_base::id::BuildId;
use kontor_base::{Date, Instant, Language};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digest::Digest;
use super::manifest::PropertyFile;
use crate::device::Codename;

/// Text of a build that stands in URLs, file names and JSON: a version such as `23.2`, an
/// incremental such as `eng.20261001.0815`. 1 to 64 letters, digits, `.`, `_`, `-`, `+`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildText(String);

/// The text has other characters, or too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 to 64 letters, digits, '.', '_', '-' and '+', beginning with a letter or digit")]
pub struct WordError;

impl BuildText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BuildText {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        let rest = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+');
        let fits = first && text.len() <= 64 && text.bytes().all(rest);
        if fits { Ok(Self(text.to_owned())) } else { Err(WordError) }
    }
}

impl fmt::Display for BuildText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BuildText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for BuildText {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BuildText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What kind of release a build calls itself (`ro.lineage.releasetype`, in small letters). Clients
/// show only builds of their own kind. 1 to 20 small letters, digits and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseType(String);

impl ReleaseType {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReleaseType {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let small = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let fits = (1..=20).contains(&text.len()) && text.bytes().all(small);
        if fits { Ok(Self(text.to_owned())) } else { Err(WordError) }
    }
}

impl TryFrom<String> for ReleaseType {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        text.parse()
    }
}

impl From<ReleaseType> for String {
    fn from(kind: ReleaseType) -> Self {
        kind.0
    }
}

/// A file in the store of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildFile {
    /// Its name for people and clients.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, by which it is stored.
    pub sha256: Digest,
}

/// Where the payload of an A/B package lies in the file, uncompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadPlace {
    /// Bytes from the start of the file.
    pub offset: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A package that leads to a build: the whole one, or one that starts from a given build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// The file.
    pub file: BuildFile,
    /// The incremental of the build that it starts from; none for a whole package.
    pub source: Option<BuildText>,
    /// The payload of an A/B package.
    pub payload: Option<PayloadPlace>,
    /// `ota-property-files` (or `ota-streaming-property-files`) word for word, as clients want it.
    pub property_files: Option<String>,
    /// The same, read.
    #[serde(default)]
    pub parts: Vec<PropertyFile>,
    /// The owner's signed list of its parts, where it was handed in.
    #[serde(default)]
    pub csig: Option<BuildFile>,
}

/// Why and since when a build is no longer offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Since when.
    pub at: Instant,
    /// Why, in a sentence that people may read.
    pub reason: String,
}

/// A published build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Its id.
    pub id: BuildId,
    /// The model it is for.
    pub model: Codename,
    /// The version that people see, such as `23.2`.
    pub version: BuildText,
    /// The name by which devices tell builds apart (`ro.build.version.incremental`).
    pub incremental: BuildText,
    /// When it was built (`ro.build.date.utc`), in whole seconds. Devices go forward by it.
    pub built_at: Instant,
    /// What kind of release it calls itself.
    pub kind: ReleaseType,
    /// The API level.
    pub sdk: u32,
    /// The security patch level.
    pub patch_level: Option<Date>,
    /// The fingerprint (`post-build`).
    pub fingerprint: Option<String>,
    /// The digest of the verified boot metadata, by which some clients name the source of a delta.
    #[serde(default)]
    pub vbmeta: Option<Digest>,
    /// Rises with every build of a model: a device never goes back below the one it has.
    pub release_counter: u64,
    /// What is new, per language.
    #[serde(default)]
    pub notes: BTreeMap<Language, String>,
    /// The packages, the whole one first.
    pub packages: Vec<Package>,
    /// When it was published.
    pub published_at: Instant,
    /// If it is no longer offered.
    #[serde(default)]
    pub withdrawn: Option<Withdrawal>,
}

impl Build {
    /// The whole package.
    #[must_use]
    pub fn whole(&self) -> Option<&Package> {
        self.packages.iter().find(|package| package.source.is_none())
    }

    /// The package that starts from `source`.
    #[must_use]
    pub fn from_source(&self, source: &str) -> Option<&Package> {
        let starts =
            |package: &&Package| package.source.as_ref().is_some_and(|own| own.as_str() == source);
        self.packages.iter().find(starts)
    }

    /// When it was built, in seconds since 1970.
    #[must_use]
    pub fn built_s(&self) -> i64 {
        self.built_at.millis().div_euclid(1_000)
    }

    /// The notes in `language`, else in English, else in any.
    #[must_use]
    pub fn notes_in(&self, language: Language) -> Option<&str> {
        let notes = self.notes.get(&language).or_else(|| self.notes.get(&Language::En));
        notes.or_else(|| self.notes.values().next()).map(String::as_str)
    }
}
