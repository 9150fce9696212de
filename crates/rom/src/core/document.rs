//! The documents that update checks are answered with, rendered once per snapshot.
//!
//! Their forms are those of the clients in the field; the order of the keys is fixed, so that the
//! same facts are the same bytes on every node.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use kontor_domain::build::{Build, BuildFile, Package};
use kontor_domain::channel::Channel;
use serde::Serialize;

use super::rom::Settings;

/// The largest list that today's clients read.
pub(super) const LIST_BYTES_MAX: usize = 32 * 1024;

/// A rendered answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The bytes.
    pub body: Bytes,
    /// A strong entity tag, quotes included.
    pub etag: Bytes,
}

impl Document {
    pub(crate) fn new(body: String) -> Self {
        let hash = blake3::hash(body.as_bytes()).to_hex();
        Self { etag: Bytes::from(format!("\"{}\"", &hash[..32])), body: Bytes::from(body) }
    }

    fn json(value: &impl Serialize) -> Self {
        // Strings, numbers and lists: there is nothing in them that JSON cannot say.
        Self::new(serde_json::to_string(value).unwrap_or_default())
    }
}

/// The address of a package, the same for ever.
pub(super) fn url(settings: &Settings, package: &Package) -> String {
    url_of(settings, &package.file)
}

fn url_of(settings: &Settings, file: &BuildFile) -> String {
    format!("{}/rom/files/{}/{}", settings.origin, file.sha256, file.name)
}

#[derive(Serialize)]
struct V1<'a> {
    response: Vec<V1Build<'a>>,
}

#[derive(Serialize)]
struct V1Build<'a> {
    datetime: i64,
    filename: &'a str,
    id: String,
    romtype: &'a str,
    size: u64,
    url: String,
    version: &'a str,
}

#[derive(Serialize)]
struct V2Build<'a> {
    datetime: i64,
    #[serde(rename = "type")]
    kind: &'a str,
    version: &'a str,
    files: [V2File<'a>; 1],
}

#[derive(Serialize)]
struct V2File<'a> {
    filename: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    os_patch_level: Option<String>,
    os_sdk_level: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    ota_property_files: Option<&'a str>,
    sha256: String,
    size: u64,
    url: String,
}

/// The list that the LineageOS Updater read until 2026: the builds, newest first.
pub(super) fn lineage_v1(settings: &Settings, builds: &[&Build]) -> Document {
    let response = builds
        .iter()
        .filter_map(|build| {
            let package = build.whole()?;
            Some(V1Build {
                datetime: build.built_s(),
                filename: &package.file.name,
                id: package.file.sha256.to_string(),
                romtype: build.kind.as_str(),
                size: package.file.bytes,
                url: url(settings, package),
                version: build.version.as_str(),
            })
        })
        .collect();
    Document::json(&V1 { response })
}

/// The list that it reads since, in at most [`LIST_BYTES_MAX`]: older builds are left out before
/// the list is too long for its readers.
pub(super) fn lineage_v2(settings: &Settings, builds: &[&Build]) -> Document {
    let list: Vec<V2Build<'_>> = builds
        .iter()
        .filter_map(|build| {
            let package = build.whole()?;
            let file = V2File {
                filename: &package.file.name,
                os_patch_level: build.patch_level.map(|day| day.to_string()),
                os_sdk_level: build.sdk,
                ota_property_files: package.property_files.as_deref(),
                sha256: package.file.sha256.to_string(),
                size: package.file.bytes,
                url: url(settings, package),
            };
            Some(V2Build {
                datetime: build.built_s(),
                kind: build.kind.as_str(),
                version: build.version.as_str(),
                files: [file],
            })
        })
        .collect();
    for length in (0..=list.len()).rev() {
        let document = Document::json(&&list[..length]);
        if document.body.len() <= LIST_BYTES_MAX {
            return document;
        }
    }
    Document::new("[]".to_owned())
}

/// The one line of the static format: incremental, date, device, channel.
pub(super) fn static_line(build: &Build, channel: Channel) -> Document {
    let (incremental, date, device) = (&build.incremental, build.built_s(), &build.model);
    Document::new(format!("{incremental} {date} {device} {}\n", channel.word()))
}

#[derive(Serialize)]
struct Custota {
    version: u32,
    full: CustotaPackage,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    incremental: BTreeMap<String, CustotaPackage>,
}

#[derive(Serialize)]
struct CustotaPackage {
    location_ota: String,
    location_csig: String,
}

/// What Custota reads: the whole package, and the packages from other builds by the digests of their
/// verified boot metadata. None without the owner's signed list of the whole package's parts.
pub(super) fn custota(settings: &Settings, build: &Build, all: &[Arc<Build>]) -> Option<Document> {
    let locations = |package: &Package| {
        let location_csig = url_of(settings, package.csig.as_ref()?);
        Some(CustotaPackage { location_ota: url(settings, package), location_csig })
    };
    let full = build.whole().and_then(locations)?;
    let from = |package: &Package| {
        let source = package.source.as_ref()?;
        let source = all.iter().find(|build| build.incremental == *source)?;
        Some((source.vbmeta?.to_string(), locations(package)?))
    };
    let incremental = build.packages.iter().filter_map(from).collect();
    Some(Document::json(&Custota { version: 2, full, incremental }))
}

#[derive(Serialize)]
struct Check<'a> {
    install: Option<CheckInstall<'a>>,
    held: Option<CheckHeld<'a>>,
    reason: &'a str,
    poll_s: u32,
    jitter_s: u32,
}

#[derive(Serialize)]
struct CheckInstall<'a> {
    build: String,
    version: &'a str,
    incremental: &'a str,
    built: i64,
    release_counter: u64,
    sdk: u32,
    patch_level: Option<String>,
    floor: bool,
    packages: Vec<CheckPackage<'a>>,
}

#[derive(Serialize)]
struct CheckPackage<'a> {
    source: Option<&'a str>,
    filename: &'a str,
    url: String,
    bytes: u64,
    sha256: String,
    property_files: Option<&'a str>,
}

#[derive(Serialize)]
struct CheckHeld<'a> {
    version: &'a str,
    incremental: &'a str,
    reason: &'a str,
}

/// What a check of the service's own client is answered from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answering<'a> {
    /// What to install, and whether it is a floor on the way.
    pub(super) install: Option<(&'a Build, bool)>,
    /// The package that starts from the build which the device has.
    pub(super) smaller: Option<&'a Package>,
    /// The newest build, if it is held back, and why.
    pub(super) held: Option<(&'a Build, &'static str)>,
    /// The answer in one code.
    pub(super) reason: &'static str,
}

/// The answer to a check.
pub(super) fn check(settings: &Settings, answering: &Answering<'_>) -> Document {
    let install = answering.install.map(|(build, floor)| CheckInstall {
        build: build.id.to_string(),
        version: build.version.as_str(),
        incremental: build.incremental.as_str(),
        built: build.built_s(),
        release_counter: build.release_counter,
        sdk: build.sdk,
        patch_level: build.patch_level.map(|day| day.to_string()),
        floor,
        packages: [answering.smaller, build.whole()]
            .into_iter()
            .flatten()
            .map(|package| CheckPackage {
                source: package.source.as_ref().map(kontor_domain::build::BuildText::as_str),
                filename: &package.file.name,
                url: url(settings, package),
                bytes: package.file.bytes,
                sha256: package.file.sha256.to_string(),
                property_files: package.property_files.as_deref(),
            })
            .collect(),
    });
    let held = answering.held.map(|(build, reason)| CheckHeld {
        version: build.version.as_str(),
        incremental: build.incremental.as_str(),
        reason,
    });
    Document::json(&Check {
        install,
        held,
        reason: answering.reason,
        poll_s: settings.poll_s,
        jitter_s: settings.jitter_s,
    })
}
