//! What a package says about itself: `META-INF/com/android/metadata`, lines of `key=value`.
//!
//! The keys and their meaning are those of the Android Open Source Project's package maker. Keys
//! that are not known are kept out; known ones are bounded and checked, so that nothing of them can
//! break a document that is made from them later.

use std::collections::BTreeMap;

use kontor_base::{Date, Instant};
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::types::BuildText;
use crate::device::Codename;

/// The longest text that is read, in bytes. Real ones have one to three kilobytes.
pub const MANIFEST_BYTES_MAX: usize = 64 * 1024;
/// The longest list of files, in bytes: a client's whole answer has 32 KiB.
const PROPERTY_FILES_BYTES_MAX: usize = 4 * 1024;
/// The most devices that one package names.
const DEVICES_MAX: usize = 16;

/// How a package is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtaKind {
    /// On devices with two slots, by the update engine from `payload.bin`.
    TwoSlots,
    /// By the recovery, block by block.
    Block,
}

/// One entry of `ota-property-files`: a part of the package that clients fetch by its range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyFile {
    /// The part's name.
    pub name: String,
    /// Bytes from the start of the package.
    pub offset: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a package says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// How it is installed.
    pub kind: OtaKind,
    /// The devices it is for (`pre-device`).
    pub devices: Vec<Codename>,
    /// The incremental of the build that it leads to.
    pub incremental: BuildText,
    /// When that was built.
    pub built_at: Instant,
    /// Its API level.
    pub sdk: u32,
    /// Its security patch level.
    pub patch_level: Option<Date>,
    /// Its fingerprint.
    pub fingerprint: Option<String>,
    /// The incremental that it starts from, if it is not a whole package.
    pub source: Option<BuildText>,
    /// The list of ranges, word for word, padding included.
    pub property_files: Option<String>,
    /// The same, read.
    pub parts: Vec<PropertyFile>,
    /// The digest of the verified boot metadata, where the package tells it.
    pub vbmeta: Option<Digest>,
}

/// Why a package's description was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It is not text, or too long.
    #[error("the metadata is not text of at most {MANIFEST_BYTES_MAX} bytes")]
    NotText,
    /// A line has no `=`, or control characters.
    #[error("line {0} of the metadata is not key=value")]
    Line(usize),
    /// A key is there twice: two readers could disagree about what the package is.
    #[error("the metadata has {0} twice")]
    Twice(String),
    /// A key is missing.
    #[error("the metadata has no {0}")]
    Missing(&'static str),
    /// A value is not of the right form.
    #[error("the metadata's {key} is not right: {problem}")]
    Wrong {
        /// The key.
        key: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
}

impl ManifestError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotText => "build.metadata_not_text",
            Self::Line(_) => "build.metadata_line",
            Self::Twice(_) => "build.metadata_twice",
            Self::Missing(_) => "build.metadata_missing",
            Self::Wrong { .. } => "build.metadata_wrong",
        }
    }
}

/// The known lines, looked up by key.
struct Lines<'t>(BTreeMap<&'t str, &'t str>);

impl<'t> Lines<'t> {
    fn read(text: &'t str) -> Result<Self, ManifestError> {
        let mut lines = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.is_empty() {
                continue;
            }
            let pair = line.split_once('=').filter(|_| !line.chars().any(char::is_control));
            let (key, value) = pair.ok_or(ManifestError::Line(index + 1))?;
            if lines.insert(key, value).is_some() {
                return Err(ManifestError::Twice(key.chars().take(60).collect()));
            }
        }
        Ok(Self(lines))
    }

    fn maybe(&self, key: &'static str) -> Option<&'t str> {
        self.0.get(key).copied().filter(|value| !value.is_empty())
    }

    fn must(&self, key: &'static str) -> Result<&'t str, ManifestError> {
        self.maybe(key).ok_or(ManifestError::Missing(key))
    }
}

fn wrong<T>(key: &'static str, problem: &'static str) -> Result<T, ManifestError> {
    Err(ManifestError::Wrong { key, problem })
}

impl Manifest {
    /// Reads the text of `META-INF/com/android/metadata`.
    ///
    /// # Errors
    ///
    /// See [`ManifestError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() > MANIFEST_BYTES_MAX {
            return Err(ManifestError::NotText);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ManifestError::NotText)?;
        let lines = Lines::read(text)?;
        let kind = match lines.must("ota-type")? {
            "AB" => OtaKind::TwoSlots,
            "BLOCK" => OtaKind::Block,
            _ => return wrong("ota-type", "only AB and BLOCK packages are published"),
        };
        // Bound to one serial number: not for everybody.
        if lines.maybe("serialno").is_some() {
            return wrong("serialno", "the package is for single devices only");
        }
        if lines.maybe("ota-downgrade") == Some("yes") {
            return wrong("ota-downgrade", "the package wipes the device to go back");
        }
        let seconds = match number(lines.must("post-timestamp")?) {
            Ok(seconds @ 1..=253_402_300_799) => seconds.cast_signed(),
            _ => return wrong("post-timestamp", "not a number of seconds since 1970"),
        };
        let property_files = match kind {
            OtaKind::TwoSlots => {
                let own = lines.maybe("ota-property-files");
                own.or_else(|| lines.maybe("ota-streaming-property-files"))
            }
            OtaKind::Block => lines.maybe("ota-property-files"),
        };
        let parts = property_files.map_or(Ok(Vec::new()), parse_property_files)?;
        Ok(Self {
            kind,
            devices: devices(lines.must("pre-device")?)?,
            incremental: text_of("post-build-incremental", lines.must("post-build-incremental")?)?,
            built_at: Instant::from_micros(seconds * 1_000_000),
            sdk: sdk(lines.must("post-sdk-level")?)?,
            patch_level: patch_level(lines.maybe("post-security-patch-level"))?,
            fingerprint: fingerprint(lines.maybe("post-build"))?,
            source: lines
                .maybe("pre-build-incremental")
                .map(|text| text_of("pre-build-incremental", text))
                .transpose()?,
            property_files: property_files.map(str::to_owned),
            parts,
            vbmeta: vbmeta(lines.maybe("post-vbmeta-digest"))?,
        })
    }

    /// The part with this name.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&PropertyFile> {
        self.parts.iter().find(|part| part.name == name)
    }
}

fn devices(text: &str) -> Result<Vec<Codename>, ManifestError> {
    let names: Result<Vec<Codename>, _> = text.split(['|', ',']).map(str::parse).collect();
    match names {
        Ok(names) if names.len() <= DEVICES_MAX => Ok(names),
        _ => wrong("pre-device", "not a list of at most 16 codenames"),
    }
}

fn text_of(key: &'static str, text: &str) -> Result<BuildText, ManifestError> {
    text.parse().or_else(|_| wrong(key, "has other characters than letters, digits and ._-+"))
}

fn sdk(text: &str) -> Result<u32, ManifestError> {
    match number(text).map(u32::try_from) {
        Ok(Ok(level @ 1..=10_000)) => Ok(level),
        _ => wrong("post-sdk-level", "not an API level"),
    }
}

fn patch_level(text: Option<&str>) -> Result<Option<Date>, ManifestError> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).or_else(|_| wrong("post-security-patch-level", "not a day"))
}

fn vbmeta(text: Option<&str>) -> Result<Option<Digest>, ManifestError> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).or_else(|_| wrong("post-vbmeta-digest", "not a SHA-256 digest"))
}

fn fingerprint(text: Option<&str>) -> Result<Option<String>, ManifestError> {
    match text {
        Some(text) if text.len() > 256 || !text.bytes().all(|b| b.is_ascii_graphic()) => {
            wrong("post-build", "not a fingerprint of at most 256 characters")
        }
        text => Ok(text.map(str::to_owned)),
    }
}

/// Reads `name:offset:size,…`, padded with spaces at the end.
///
/// # Errors
///
/// [`ManifestError::Wrong`] for anything else, more than 16 parts, a name twice or a range beyond
/// 64 bits.
pub fn parse_property_files(text: &str) -> Result<Vec<PropertyFile>, ManifestError> {
    const KEY: &str = "ota-property-files";
    let mut parts: Vec<PropertyFile> = Vec::new();
    if text.len() > PROPERTY_FILES_BYTES_MAX {
        return wrong(KEY, "longer than 4 KiB");
    }
    for entry in text.trim_end_matches(' ').split(',') {
        let mut fields = entry.split(':');
        let (Some(name), Some(offset), Some(bytes), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return wrong(KEY, "an entry is not name:offset:size");
        };
        let (Ok(offset), Ok(bytes)) = (number(offset), number(bytes)) else {
            return wrong(KEY, "an offset or a size is not a number");
        };
        if name.parse::<BuildText>().is_err() || parts.len() == 16 {
            return wrong(KEY, "a name is not a plain file name, or there are more than 16");
        }
        if parts.iter().any(|part| part.name == name) {
            return wrong(KEY, "a name is there twice");
        }
        if offset.checked_add(bytes).is_none() {
            return wrong(KEY, "a range ends beyond 64 bits");
        }
        parts.push(PropertyFile { name: name.to_owned(), offset, bytes });
    }
    Ok(parts)
}

/// Digits only: `+5` and ` 5` are refused, since clients' readers differ about them.
fn number(text: &str) -> Result<u64, ()> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(());
    }
    text.parse().map_err(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = "ota-property-files=payload_metadata.bin:4662:187245,payload.bin:4662:1926274191,payload_properties.txt:1926278911:156   \n\
        ota-required-cache=0\nota-type=AB\npost-build=maker/one/one:16/BP1A/eng.1:user/release-keys\n\
        post-build-incremental=eng.20261001\npost-sdk-level=36\npost-security-patch-level=2026-10-01\n\
        post-timestamp=1790812800\npre-device=one,one_in\n";

    #[test]
    fn a_real_text_is_read() {
        let manifest = Manifest::parse(GOOD.as_bytes()).expect("good");
        assert_eq!(manifest.kind, OtaKind::TwoSlots);
        assert_eq!(manifest.devices.len(), 2);
        assert_eq!(manifest.incremental.as_str(), "eng.20261001");
        assert_eq!(manifest.sdk, 36);
        assert_eq!(manifest.source, None);
        assert!(manifest.property_files.is_some_and(|text| text.ends_with("156   ")));
        let payload = manifest.parts.iter().find(|part| part.name == "payload.bin");
        assert_eq!(payload.map(|part| (part.offset, part.bytes)), Some((4662, 1_926_274_191)));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let change = |from: &str, to: &str| GOOD.replace(from, to);
        let cases = [
            (change("ota-type=AB", "ota-type=BRICK"), "build.metadata_wrong"),
            (change("ota-type=AB", "ota-type=AB\nserialno=123"), "build.metadata_wrong"),
            (change("ota-type=AB", "ota-type=AB\nota-downgrade=yes"), "build.metadata_wrong"),
            (change("ota-type=AB", "ota-type=AB\nota-type=BLOCK"), "build.metadata_twice"),
            (change("ota-type=AB", "no equals"), "build.metadata_line"),
            (change("ota-type=AB", "ota-type=A\u{1b}B"), "build.metadata_line"),
            (change("ota-type=AB\n", ""), "build.metadata_missing"),
            (change("post-timestamp=1790812800", "post-timestamp=-1"), "build.metadata_wrong"),
            (change("post-timestamp=", "post-timestamp=+"), "build.metadata_wrong"),
            (change("post-sdk-level=", "post-sdk-level=+"), "build.metadata_wrong"),
            (
                change("post-timestamp=1790812800", "post-timestamp=99999999999999"),
                "build.metadata_wrong",
            ),
            (change("pre-device=one,one_in", "pre-device=../../etc"), "build.metadata_wrong"),
            (change("eng.20261001", "eng\"quote"), "build.metadata_wrong"),
            (change(":187245,", ":+187245,"), "build.metadata_wrong"),
            (change(":187245,", ":18446744073709551615,"), "build.metadata_wrong"),
            (change("payload_metadata.bin", "../payload.bin"), "build.metadata_wrong"),
            (change("payload_metadata.bin", "payload.bin"), "build.metadata_wrong"),
            ("x".repeat(MANIFEST_BYTES_MAX + 1), "build.metadata_not_text"),
        ];
        for (text, code) in cases {
            let error = Manifest::parse(text.as_bytes()).expect_err(&text);
            assert_eq!(error.code(), code, "{text}");
        }
        assert_eq!(Manifest::parse(&[0xFF, 0xFE]), Err(ManifestError::NotText));
    }

    /// A value as a hostile package may have it, for any key.
    fn hostile() -> impl Strategy<Value = String> {
        let made = prop::sample::select(vec![
            "AB",
            "BLOCK",
            "yes",
            "",
            "0",
            "1",
            "+36",
            "-1",
            "18446744073709551616",
            "9223372036854775807",
            "one|two,three",
            "one,,two",
            "../../etc/passwd",
            "a\"b",
            "a=b",
            "x.bin:1:2,x.bin:1:2",
            "x.bin:18446744073709551615:1",
            "x.bin:1:2,",
            "x.bin:1:2   ",
            "<script>",
            "2026-13-01",
            "2026-02-29",
            "\u{202e}one",
            "one\r",
            "a\u{0}b",
        ]);
        prop_oneof![
            made.prop_map(str::to_owned),
            "[ -~]{0,40}",
            "\\PC{0,20}",
            "[a-z.]{1,8}:[0-9]{1,20}:[0-9]{1,20} {0,3}",
            "[a-zA-Z0-9._+-]{60,70}",
        ]
    }

    /// The text that another reader would have to be given to read the same.
    fn written(manifest: &Manifest) -> String {
        let kind = if manifest.kind == OtaKind::TwoSlots { "AB" } else { "BLOCK" };
        let devices: Vec<String> = manifest.devices.iter().map(ToString::to_string).collect();
        let mut text = format!(
            "ota-type={kind}\npre-device={}\npost-build-incremental={}\npost-timestamp={}\n\
             post-sdk-level={}\n",
            devices.join("|"),
            manifest.incremental,
            manifest.built_at.millis() / 1_000,
            manifest.sdk,
        );
        let source = manifest.source.as_ref().map(ToString::to_string);
        for (key, value) in [
            ("post-security-patch-level", manifest.patch_level.map(|day| day.to_string())),
            ("post-build", manifest.fingerprint.clone()),
            ("pre-build-incremental", source),
            ("ota-property-files", manifest.property_files.clone()),
            ("post-vbmeta-digest", manifest.vbmeta.map(|digest| digest.to_string())),
        ] {
            if let Some(value) = value {
                text.push_str(&format!("{key}={value}\n"));
            }
        }
        text
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_024))]

        /// Whatever a package says of itself: what is accepted is bounded and plain, and means
        /// the same to a second reader.
        #[test]
        fn what_is_accepted_is_plain_and_means_one_thing(
            changes in prop::collection::vec((0..12_usize, hostile()), 1..4),
        ) {
            const KEYS: [&str; 12] = [
                "ota-type", "pre-device", "post-build-incremental", "post-timestamp",
                "post-sdk-level", "post-security-patch-level", "post-build",
                "pre-build-incremental", "ota-property-files", "ota-streaming-property-files",
                "post-vbmeta-digest", "serialno",
            ];
            let mut lines: BTreeMap<&str, String> = GOOD
                .lines()
                .filter_map(|line| line.split_once('='))
                .map(|(key, value)| (key, value.to_owned()))
                .collect();
            lines.extend(changes.into_iter().map(|(key, value)| (KEYS[key], value)));
            let text: String =
                lines.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
            let Ok(manifest) = Manifest::parse(text.as_bytes()) else { return Ok(()) };
            let again = written(&manifest);
            prop_assert!(again.bytes().all(|b| b == b'\n' || b == b' ' || b.is_ascii_graphic()));
            prop_assert!(again.len() < 8_192, "{}", again);
            prop_assert_eq!(Manifest::parse(again.as_bytes()), Ok(manifest));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,200}", cut in 0..GOOD.len()) {
            let _ = Manifest::parse(text.as_bytes());
            let _ = Manifest::parse(&GOOD.as_bytes()[..cut]);
            let _ = parse_property_files(&text);
        }
    }
}
