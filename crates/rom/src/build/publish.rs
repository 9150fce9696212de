//! Publishes a package: takes the file in, reads it, asks the rule, writes the build.
//!
//! The file is stored before the build names it; if the process dies in between, the file lies
//! there unused and the same command finds it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kontor_base::id::{self, BuildId};
use kontor_base::{Language, limits};
use kontor_domain::build::{
    Build, BuildFile, BuildText, Candidate, Digest, Package, PublishRefusal, ReleaseType,
    publish as rule,
};
use kontor_domain::device::Codename;
use kontor_store::build::{FileState, KnownFile};
use kontor_store::{StoreError, build as builds, device as devices};

use super::csig::{Csig, CsigError};
use super::package::{PackageError, ReadPackage, read_package};
use crate::core::{Failure, FilesError, Incoming, Outcome, Rom};

/// Told the bytes done; answers whether to go on.
pub type Progress = Arc<dyn Fn(u64) -> bool + Send + Sync>;

/// Where a package comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file of this machine; it stays where it is.
    Path(PathBuf),
    /// What was uploaded to be a file with this hash and this name.
    Upload {
        /// Its hash.
        sha256: Digest,
        /// Its name.
        name: String,
    },
}

/// A package to publish.
#[derive(Clone, Debug)]
pub struct PublishCommand {
    /// The file.
    pub source: Source,
    /// The model that it is for.
    pub model: Codename,
    /// The version that people see; none: from the file's name (`…-23.2-…`).
    pub version: Option<BuildText>,
    /// What kind of release it is.
    pub kind: ReleaseType,
    /// What is new.
    pub notes: BTreeMap<Language, String>,
    /// The owner's signed list of the package's parts (`.csig`), for clients of Custota's format.
    pub csig: Option<Vec<u8>>,
}

/// A published package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The build as it is now.
    pub build: Build,
    /// The file that was added.
    pub file: BuildFile,
}

/// Why a package was not published.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file cannot be opened.
    #[error("could not open the package: {0}")]
    Open(std::io::Error),
    /// What was uploaded is not whole, or not what its name says.
    #[error("nothing with this hash was uploaded whole; send it again")]
    Upload,
    /// The file is larger than packages may be.
    #[error("the package is larger than {} bytes", limits::PACKAGE_BYTES_MAX)]
    TooLarge,
    /// The name cannot stand in an address.
    #[error("the file's name has other characters than letters, digits and ._-+, or too many")]
    Name,
    /// The version is neither given nor in the name.
    #[error("the version is neither given nor part of the file's name")]
    Version,
    /// There is no such model.
    #[error("there is no model {0}; add it first")]
    UnknownModel(Codename),
    /// The package cannot be read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The payload is not the one that its properties speak of.
    #[error("payload.bin has another hash than payload_properties.txt says")]
    PayloadHash,
    /// The `.csig` file does not fit.
    #[error(transparent)]
    Csig(#[from] CsigError),
    /// The rule refuses it.
    #[error(transparent)]
    Rule(#[from] PublishRefusal),
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open(_) => "build.unreadable",
            Self::Upload => "build.upload",
            Self::TooLarge => "build.too_large",
            Self::Name => "build.name",
            Self::Version => "build.version",
            Self::UnknownModel(_) => "device.unknown_model",
            Self::Package(error) => error.code(),
            Self::PayloadHash => "build.payload_hash",
            Self::Csig(_) => "build.csig",
            Self::Rule(refusal) => refusal.code(),
        }
    }
}

/// Publishes a package.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the database or the store of files.
pub async fn publish(
    rom: &Arc<Rom>,
    command: PublishCommand,
    progress: Progress,
) -> Outcome<Published, Refusal> {
    let name = match &command.source {
        Source::Path(path) => file_name(path),
        Source::Upload { name, .. } => plain_name(name),
    };
    let name = name.ok_or(Failure::Refused(Refusal::Name))?;
    if let Source::Upload { sha256, .. } = &command.source {
        // The answer to the same request was lost: it is given again.
        let (model, sha256) = (command.model.clone(), *sha256);
        let before = rom
            .db
            .read("build.publish", move |tx| {
                let all = builds::of_model(tx, model.as_str())?;
                let found = all.into_iter().find_map(|build| {
                    let own = |package: &&Package| package.file.sha256 == sha256;
                    let file = build.packages.iter().find(own)?.file.clone();
                    Some(Published { build, file })
                });
                Ok::<_, StoreError>(found)
            })
            .await?;
        if let Some(published) = before {
            return Ok(published);
        }
    }
    let version = match &command.version {
        Some(version) => version.clone(),
        None => version_in(name.as_str()).ok_or(Failure::Refused(Refusal::Version))?,
    };
    let files = rom.files.clone();
    let unique = id::encode(rom.random.bytes16());
    let source = command.source.clone();
    let csig = command.csig.clone();
    let certificates = rom.settings.package_certificates.clone();
    let work = move || {
        let (incoming, package) = match source {
            Source::Path(path) => take_in(&files, &path, &unique, &*progress),
            Source::Upload { sha256, .. } => take_upload(&files, &sha256, &unique, &*progress),
        }?;
        let csig = csig.map(|bytes| {
            Csig::check_signature(&bytes, &certificates)
                .map_err(|error| Failure::Refused(error.into()))?;
            take_csig(&files, &bytes, &unique, &incoming, &package)
        });
        Ok::<_, Failure<Refusal>>((incoming, package, csig.transpose()?))
    };
    let (incoming, package, csig) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Failure::Files(FilesError::Stopped))??;
    let file = BuildFile { name: name.to_string(), bytes: incoming.bytes, sha256: incoming.sha256 };
    let csig_file = csig.as_ref().map(|(incoming, vbmeta)| {
        let (bytes, sha256) = (incoming.bytes, incoming.sha256);
        (BuildFile { name: format!("{name}.csig"), bytes, sha256 }, *vbmeta)
    });
    let candidate = Candidate {
        manifest: package.manifest,
        file: file.clone(),
        signed: package.signed,
        payload: package.payload,
        version,
        kind: command.kind,
        notes: command.notes,
        csig: csig_file.clone(),
    };
    let at = rom.now();
    let build_id = BuildId::new(at, &rom.random);
    let model = command.model;
    // Asked before the file gets its name, so that a refused one leaves nothing; and again in the
    // transaction that writes, as another may have come first.
    let (asked, wanted) = (candidate.clone(), model.clone());
    rom.db
        .read("build.publish", move |tx| decide(tx, &wanted, &asked, build_id, at).map(|_| ()))
        .await?;
    let files = rom.files.clone();
    let keep = move || {
        if let Some((csig, _)) = csig {
            files.keep(csig)?;
        }
        files.keep(incoming)
    };
    tokio::task::spawn_blocking(keep).await.map_err(|_| Failure::Files(FilesError::Stopped))??;
    let known = |file: &BuildFile| {
        let (sha256, bytes) = (file.sha256, file.bytes);
        KnownFile { sha256, bytes, state: FileState::Good }
    };
    let known: Vec<KnownFile> =
        csig_file.iter().map(|(csig, _)| known(csig)).chain([known(&file)]).collect();
    let build = rom
        .db
        .write("build.publish", move |tx| {
            let build = decide(tx, &model, &candidate, build_id, at)?;
            for file in &known {
                builds::save_file(tx, file, at)?;
            }
            builds::save(tx, &build)?;
            Ok::<_, Failure<Refusal>>(build)
        })
        .await?;
    tracing::info!(
        model = %build.model, build = %build.incremental, bytes = file.bytes, "build published"
    );
    Ok(Published { build, file })
}

fn decide(
    tx: &mut kontor_store::Tx<'_>,
    model: &Codename,
    candidate: &Candidate,
    id: BuildId,
    at: kontor_base::Instant,
) -> Outcome<Build, Refusal> {
    let Some(known) = devices::get(tx, model.as_str())? else {
        return Err(Failure::Refused(Refusal::UnknownModel(model.clone())));
    };
    let published = builds::of_model(tx, model.as_str())?;
    rule(&known, &published, candidate, id, at).map_err(|refusal| Failure::Refused(refusal.into()))
}

/// Copies the file in and reads the copy: what is checked is what will be served.
fn take_in(
    files: &crate::core::Files,
    path: &Path,
    unique: &str,
    progress: &dyn Fn(u64) -> bool,
) -> Outcome<(Incoming, ReadPackage), Refusal> {
    let refuse = |refusal: Refusal| Failure::Refused(refusal);
    let mut source = std::fs::File::open(path).map_err(|error| refuse(Refusal::Open(error)))?;
    let length = source.metadata().map_err(|error| refuse(Refusal::Open(error)))?.len();
    if length > limits::PACKAGE_BYTES_MAX {
        return Err(refuse(Refusal::TooLarge));
    }
    // A look at the original first: a gigabyte is not copied to find that it is no package.
    read_package(&mut source).map_err(|error| refuse(error.into()))?;
    std::io::Seek::rewind(&mut source).map_err(|error| refuse(Refusal::Open(error)))?;
    let incoming = files.take_in(&mut source, unique, progress)?;
    let package = checked(&incoming, path)?;
    Ok((incoming, package))
}

/// Takes what was uploaded, if all of it is there.
fn take_upload(
    files: &crate::core::Files,
    sha256: &Digest,
    unique: &str,
    progress: &dyn Fn(u64) -> bool,
) -> Outcome<(Incoming, ReadPackage), Refusal> {
    let incoming = files.take_upload(sha256, unique, progress).map_err(|error| match error {
        FilesError::Damaged(_) => Failure::Refused(Refusal::Upload),
        FilesError::Disk { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Failure::Refused(Refusal::Upload)
        }
        other => Failure::Files(other),
    })?;
    let package = checked(&incoming, Path::new("the upload"))?;
    Ok((incoming, package))
}

/// Takes a `.csig` file in, if it is about this package; with the boot metadata that it tells.
fn take_csig(
    files: &crate::core::Files,
    bytes: &[u8],
    unique: &str,
    incoming: &Incoming,
    package: &ReadPackage,
) -> Outcome<(Incoming, Digest), Refusal> {
    let csig = Csig::parse(bytes).map_err(|error| Failure::Refused(error.into()))?;
    super::about::check(&csig, package, &mut incoming.open()?, Path::new("the package"))?;
    let mut source = bytes;
    let taken = files.take_in(&mut source, &format!("{unique}.csig"), &|_| true)?;
    Ok((taken, csig.vbmeta))
}

/// Reads a package that has come in, and compares its payload with what is said about it.
fn checked(incoming: &Incoming, path: &Path) -> Outcome<ReadPackage, Refusal> {
    let mut copy = incoming.open()?;
    let package =
        read_package(&mut copy).map_err(|error| Failure::Refused(Refusal::from(error)))?;
    if let (Some(place), Some(wanted)) = (package.payload, package.payload_sha256) {
        let found = crate::core::hash_range(&mut copy, place.offset, place.bytes, path)?;
        if found != wanted {
            return Err(Failure::Refused(Refusal::PayloadHash));
        }
    }
    Ok(package)
}

/// The file's name, if it can stand in an address and in documents.
fn file_name(path: &Path) -> Option<String> {
    plain_name(path.file_name()?.to_str()?)
}

fn plain_name(name: &str) -> Option<String> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b));
    (plain && (1..=120).contains(&name.len()) && !name.starts_with('.')).then(|| name.to_owned())
}

/// The version in a name such as `lineage-23.2-20261001-nightly-one-signed.zip`: the first part
/// between hyphens that is numbers with dots.
fn version_in(name: &str) -> Option<BuildText> {
    let numbers = |part: &&str| {
        part.contains('.')
            && part.split('.').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    name.strip_suffix(".zip").unwrap_or(name).split('-').find(numbers)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_names() {
        let version = |name| version_in(name).map(|version| version.to_string());
        assert_eq!(
            version("lineage-23.2-20261001-nightly-one-signed.zip").as_deref(),
            Some("23.2")
        );
        assert_eq!(version("kontor-1.4.2-one.zip").as_deref(), Some("1.4.2"));
        assert_eq!(version("kontor-1.4.zip").as_deref(), Some("1.4"));
        assert_eq!(version("ota.zip"), None);
    }

    #[test]
    fn names_are_plain() {
        assert!(file_name(Path::new("/tmp/a-1.0.zip")).is_some());
        for bad in ["/", "/tmp/a b.zip", "/tmp/ä.zip", "/tmp/.zip", "/tmp/a\"b.zip"] {
            assert_eq!(file_name(Path::new(bad)), None, "{bad}");
        }
        for bad in ["", "../a.zip", "a/b.zip", "a\\b.zip", "..", &"a".repeat(121)] {
            assert_eq!(plain_name(bad), None, "{bad}");
        }
    }
}
