//! Whether a package may be published, and the build that it makes or joins.

use std::collections::BTreeMap;

use kontor_base::id::BuildId;
use kontor_base::{Instant, Language};

use super::digest::Digest;
use super::manifest::{Manifest, OtaKind};
use super::types::{Build, BuildFile, BuildText, Package, PayloadPlace, ReleaseType};
use crate::device::DeviceModel;

/// The longest notes of one language, in bytes.
pub const NOTES_BYTES_MAX: usize = 16 * 1024;

/// A package that somebody wants to publish, read and measured.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What it says about itself.
    pub manifest: Manifest,
    /// The file.
    pub file: BuildFile,
    /// Whether the file carries a whole-file signature.
    pub signed: bool,
    /// Where the payload really lies.
    pub payload: Option<PayloadPlace>,
    /// The version that people see.
    pub version: BuildText,
    /// What kind of release it is.
    pub kind: ReleaseType,
    /// What is new.
    pub notes: BTreeMap<Language, String>,
    /// The signed list of its parts, if it was handed in, with the digest of the verified boot
    /// metadata that it tells.
    pub csig: Option<(BuildFile, Digest)>,
}

/// Why a package was not published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishRefusal {
    /// It is for other devices.
    #[error("the package is for {found}, not for {wanted}")]
    OtherDevice {
        /// The model it was to be published for.
        wanted: String,
        /// The devices that it names.
        found: String,
    },
    /// Nobody has signed it: every recovery would refuse it.
    #[error("the package carries no whole-file signature; devices would refuse it")]
    NotSigned,
    /// A newer build of the model is there already.
    #[error("the package was built at {found}, before the newest published build ({newest})")]
    Older {
        /// When it was built.
        found: Instant,
        /// When the newest published one was.
        newest: Instant,
    },
    /// The build is there already.
    #[error("build {0} is published already")]
    Duplicate(String),
    /// The incremental is in use by a build with another date: devices could not tell them apart.
    #[error("incremental {0} belongs to another build")]
    ReusedIncremental(String),
    /// A package that starts from a build that is not there.
    #[error("the package starts from build {0}, which is not published")]
    UnknownSource(String),
    /// A package from a build for a target whose whole package is not there yet.
    #[error("publish the whole package of build {0} first")]
    NoWhole(String),
    /// The list of ranges does not say where the payload is.
    #[error("the package's list of ranges does not agree with where its files are: {0}")]
    Ranges(String),
    /// Notes are too long.
    #[error("the notes in one language are longer than {NOTES_BYTES_MAX} bytes")]
    Notes,
}

impl PublishRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherDevice { .. } => "build.other_device",
            Self::NotSigned => "build.not_signed",
            Self::Older { .. } => "build.older",
            Self::Duplicate(_) => "build.duplicate",
            Self::ReusedIncremental(_) => "build.reused_incremental",
            Self::UnknownSource(_) => "build.unknown_source",
            Self::NoWhole(_) => "build.no_whole",
            Self::Ranges(_) => "build.ranges",
            Self::Notes => "build.notes",
        }
    }
}

/// The build after publishing `candidate`: a new one, or a present one with one package more.
/// `published` are all builds of the model.
///
/// # Errors
///
/// See [`PublishRefusal`].
pub fn publish(
    model: &DeviceModel,
    published: &[Build],
    candidate: &Candidate,
    id: BuildId,
    at: Instant,
) -> Result<Build, PublishRefusal> {
    let manifest = &candidate.manifest;
    if !manifest.devices.iter().all(|device| model.answers_to(device.as_str())) {
        let found: Vec<&str> = manifest.devices.iter().map(|device| device.as_str()).collect();
        let wanted = model.codename.to_string();
        return Err(PublishRefusal::OtherDevice { wanted, found: found.join(", ") });
    }
    if !candidate.signed {
        return Err(PublishRefusal::NotSigned);
    }
    if candidate.notes.values().any(|notes| notes.len() > NOTES_BYTES_MAX) {
        return Err(PublishRefusal::Notes);
    }
    ranges_agree(candidate)?;
    let same = published.iter().find(|build| build.incremental == manifest.incremental);
    let package = Package {
        file: candidate.file.clone(),
        source: manifest.source.clone(),
        payload: candidate.payload,
        property_files: manifest.property_files.clone(),
        parts: manifest.parts.clone(),
        csig: candidate.csig.as_ref().map(|(file, _)| file.clone()),
    };
    match (&manifest.source, same) {
        (_, Some(build)) if build.built_at != manifest.built_at => {
            Err(PublishRefusal::ReusedIncremental(manifest.incremental.to_string()))
        }
        (None, Some(build)) => Err(PublishRefusal::Duplicate(build.incremental.to_string())),
        (Some(source), Some(build)) => add_from(published, build, source, package),
        (Some(_), None) => Err(PublishRefusal::NoWhole(manifest.incremental.to_string())),
        (None, None) => new_build(model, published, candidate, package, id, at),
    }
}

fn add_from(
    published: &[Build],
    build: &Build,
    source: &BuildText,
    package: Package,
) -> Result<Build, PublishRefusal> {
    let known = |from: &&Build| from.incremental == *source && from.built_at < build.built_at;
    if !published.iter().any(|from| known(&from)) {
        return Err(PublishRefusal::UnknownSource(source.to_string()));
    }
    if build.from_source(source.as_str()).is_some() {
        return Err(PublishRefusal::Duplicate(format!("{} from {source}", build.incremental)));
    }
    let mut build = build.clone();
    build.packages.push(package);
    Ok(build)
}

fn new_build(
    model: &DeviceModel,
    published: &[Build],
    candidate: &Candidate,
    package: Package,
    id: BuildId,
    at: Instant,
) -> Result<Build, PublishRefusal> {
    let manifest = &candidate.manifest;
    let newest = published.iter().map(|build| build.built_at).max();
    if let Some(newest) = newest
        && manifest.built_at <= newest
    {
        return Err(PublishRefusal::Older { found: manifest.built_at, newest });
    }
    let counter = published.iter().map(|build| build.release_counter).max().unwrap_or(0);
    Ok(Build {
        id,
        model: model.codename.clone(),
        version: candidate.version.clone(),
        incremental: manifest.incremental.clone(),
        built_at: manifest.built_at,
        kind: candidate.kind.clone(),
        sdk: manifest.sdk,
        patch_level: manifest.patch_level,
        fingerprint: manifest.fingerprint.clone(),
        vbmeta: manifest.vbmeta.or(candidate.csig.as_ref().map(|(_, vbmeta)| *vbmeta)),
        release_counter: counter + 1,
        notes: candidate.notes.clone(),
        packages: vec![package],
        published_at: at,
        withdrawn: None,
    })
}

/// The list says where clients fetch parts by range: it must be where they really are.
fn ranges_agree(candidate: &Candidate) -> Result<(), PublishRefusal> {
    let manifest = &candidate.manifest;
    let wrong = |text: &str| Err(PublishRefusal::Ranges(text.to_owned()));
    let inside = |end: u64| end <= candidate.file.bytes;
    if !manifest.parts.iter().all(|part| inside(part.offset.saturating_add(part.bytes))) {
        return wrong("a range ends after the file");
    }
    match (manifest.kind, candidate.payload) {
        (OtaKind::TwoSlots, None) => wrong("payload.bin is not there, or not stored uncompressed"),
        (_, Some(place)) => match manifest.part("payload.bin") {
            Some(part) if (part.offset, part.bytes) != (place.offset, place.bytes) => {
                wrong("payload.bin lies elsewhere")
            }
            _ => Ok(()),
        },
        (OtaKind::Block, None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Digest;
    use crate::device::Maker;
    use kontor_base::{Line, Random};

    fn model() -> DeviceModel {
        let line = |text: &str| Line::parse(text).expect("a line");
        DeviceModel {
            codename: "one".parse().expect("a codename"),
            name: line("One"),
            brand: line("Example"),
            maker: Maker::Own,
            also: vec![],
            revisions: vec![],
            product: None,
            picture: None,
        }
    }

    fn candidate(incremental: &str, seconds: i64) -> Candidate {
        let text = format!(
            "ota-type=AB\npre-device=one\npost-build-incremental={incremental}\npost-sdk-level=36\n\
             post-timestamp={seconds}\nota-property-files=payload.bin:10:20\n"
        );
        Candidate {
            manifest: Manifest::parse(text.as_bytes()).expect("good"),
            file: BuildFile {
                name: format!("{incremental}.zip"),
                bytes: 100,
                sha256: Digest::from_bytes([1; 32]),
            },
            signed: true,
            payload: Some(PayloadPlace { offset: 10, bytes: 20 }),
            version: "1.0".parse().expect("a version"),
            kind: "nightly".parse().expect("a kind"),
            notes: BTreeMap::new(),
            csig: None,
        }
    }

    fn try_publish(published: &[Build], candidate: &Candidate) -> Result<Build, PublishRefusal> {
        let at = Instant::from_micros(1_790_000_000_000_000);
        publish(&model(), published, candidate, BuildId::new(at, &Random::seeded(1)), at)
    }

    #[test]
    fn builds_follow_each_other_and_count() {
        let first = try_publish(&[], &candidate("a1", 1_000)).expect("the first");
        let second =
            try_publish(std::slice::from_ref(&first), &candidate("a2", 2_000)).expect("the second");
        assert_eq!((first.release_counter, second.release_counter), (1, 2));
        let both = [first, second];
        let mut delta = candidate("a2", 2_000);
        delta.manifest.source = "a1".parse().ok();
        let joined = try_publish(&both, &delta).expect("a package from a1");
        assert_eq!(joined.id, both[1].id);
        assert!(joined.from_source("a1").is_some() && joined.packages.len() == 2);
    }

    #[test]
    fn each_refusal_has_its_case() {
        let first = [try_publish(&[], &candidate("a1", 1_000)).expect("the first")];
        let with = |change: fn(&mut Candidate)| {
            let mut candidate = candidate("a2", 2_000);
            change(&mut candidate);
            candidate
        };
        let cases = [
            ("build.older", candidate("a0", 500)),
            ("build.older", candidate("a2", 1_000)),
            ("build.duplicate", candidate("a1", 1_000)),
            ("build.reused_incremental", candidate("a1", 3_000)),
            ("build.not_signed", with(|c| c.signed = false)),
            ("build.other_device", with(|c| c.manifest.devices = vec!["two".parse().expect("x")])),
            ("build.no_whole", with(|c| c.manifest.source = "a1".parse().ok())),
            ("build.ranges", with(|c| c.payload = None)),
            ("build.ranges", with(|c| c.payload = Some(PayloadPlace { offset: 11, bytes: 20 }))),
            ("build.ranges", with(|c| c.file.bytes = 29)),
            (
                "build.notes",
                with(|c| {
                    c.notes.insert(Language::En, "x".repeat(NOTES_BYTES_MAX + 1));
                }),
            ),
        ];
        for (code, candidate) in cases {
            let refusal = try_publish(&first, &candidate).expect_err(code);
            assert_eq!(refusal.code(), code);
        }
        let second = try_publish(&first, &candidate("a2", 2_000)).expect("the second");
        let both = [first[0].clone(), second];
        let mut from_nowhere = candidate("a2", 2_000);
        from_nowhere.manifest.source = "zz".parse().ok();
        let refusal = try_publish(&both, &from_nowhere).expect_err("unknown source");
        assert_eq!(refusal.code(), "build.unknown_source");
    }
}
