//! The four documents of TUF, delegated targets, and what we say about a target beyond TUF.
//!
//! These are the bodies; [`super::document::Document`] adds the signatures. A body that was read
//! is within its bounds, which says nothing about whether it is to be believed.

use std::collections::BTreeMap;

use kontor_base::{Instant, hex, unhex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::key::{KeyId, PublicKey};
use super::limits::{KEYS_MAX, TARGET_BYTES_MAX, TARGET_NAME_BYTES_MAX, VERSION_MAX};
use super::rejected::Rejected;

/// The version of the specification that is written.
pub const SPEC_VERSION: &str = "1.0.31";

/// The roles of every repository; no delegated role may take one of these names.
pub const TOP_ROLES: [&str; 4] = ["root", "snapshot", "targets", "timestamp"];

/// What can stand inside a signed document.
pub trait Body: Serialize {
    /// The value of `_type`.
    const TYPE: &'static str;

    /// The version, from 1.
    fn version(&self) -> u64;

    /// When the document ends.
    fn expires(&self) -> Instant;

    /// Whether all values are within their bounds.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] with what is wrong.
    fn check(&self) -> Result<(), Rejected>;
}

/// The keys that speak for a role, and how many of them must.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleKeys {
    /// The keys.
    pub keyids: Vec<KeyId>,
    /// How many different ones must sign.
    pub threshold: usize,
}

/// The root: which keys speak for which role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    #[serde(rename = "_type")]
    kind: String,
    /// Whether file names carry versions and hashes. Always, in what we write.
    pub consistent_snapshot: bool,
    /// When it ends.
    pub expires: Instant,
    /// All keys by their id.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// The four roles.
    pub roles: BTreeMap<String, RoleKeys>,
    /// The version of the specification.
    pub spec_version: String,
    /// The version, from 1.
    pub version: u64,
}

impl Root {
    /// A root with the given keys.
    #[must_use]
    pub fn new(
        version: u64,
        expires: Instant,
        keys: BTreeMap<KeyId, PublicKey>,
        roles: BTreeMap<String, RoleKeys>,
    ) -> Self {
        Self {
            kind: Self::TYPE.into(),
            consistent_snapshot: true,
            expires,
            keys,
            roles,
            spec_version: SPEC_VERSION.into(),
            version,
        }
    }

    /// The keys of one of the four roles.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] for any other name.
    pub fn role(&self, role: &str) -> Result<&RoleKeys, Rejected> {
        self.roles.get(role).ok_or_else(|| Rejected::malformed(format!("no keys for {role}")))
    }
}

impl Body for Root {
    const TYPE: &'static str = "root";

    fn version(&self) -> u64 {
        self.version
    }

    fn expires(&self) -> Instant {
        self.expires
    }

    fn check(&self) -> Result<(), Rejected> {
        check_head(&self.spec_version, self.version)?;
        if !self.consistent_snapshot {
            return Err(Rejected::malformed("snapshots are not consistent"));
        }
        if !self.roles.keys().map(String::as_str).eq(TOP_ROLES) {
            return Err(Rejected::malformed("the root does not name exactly the four roles"));
        }
        check_keys(&self.keys)?;
        self.roles.values().try_for_each(|role| check_role(role, &self.keys))
    }
}

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

    fn check(&self) -> Result<(), Rejected> {
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
        self.snapshot().check(super::limits::SNAPSHOT_BYTES_MAX)
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
        self.meta.values().try_for_each(|meta| meta.check(super::limits::TARGETS_BYTES_MAX))
    }
}

/// From which image to which a delta leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeltaOf {
    /// SHA-256 of the image it applies to.
    pub from_sha256: String,
    /// SHA-256 of the image it makes.
    pub to_sha256: String,
    /// Length of the image it makes, in bytes.
    pub to_length: u64,
}

impl DeltaOf {
    /// Whether it needs no image to start from: the packed form of a whole image, which every device
    /// can apply.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.from_sha256 == crate::delta::NOTHING_SHA256
    }
}

/// What a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A whole image.
    Image,
    /// An update package for the system's own updater.
    Package,
    /// What changed between two images.
    Delta,
}

/// The build that a target leads to, for people and for devices that decide by more than the
/// release counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildFacts {
    /// What the target is.
    pub file: FileKind,
    /// The version that people see.
    pub version: String,
    /// When it was built, in seconds since 1970.
    pub built: i64,
    /// The API level.
    pub sdk: u32,
    /// The security patch level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch_level: Option<String>,
}

/// What Kontor says about a target beyond TUF. Other clients ignore it; ours obeys it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custom {
    /// The devices that may install it; a device that is not named refuses.
    #[serde(default)]
    pub hardware_ids: Vec<String>,
    /// Rises with every release of a model; a device never goes back.
    #[serde(default)]
    pub release_counter: u64,
    /// The build's incremental version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incremental: Option<String>,
    /// More about the build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<BuildFacts>,
    /// Set on a delta: what it applies to and what comes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<DeltaOf>,
}

/// One file that may be installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// What we say about it.
    #[serde(default)]
    pub custom: Custom,
    /// Its hashes.
    pub hashes: Hashes,
    /// Its length in bytes.
    pub length: u64,
}

impl Target {
    fn check(&self, name: &str) -> Result<(), Rejected> {
        check_target_name(name)?;
        self.hashes.check()?;
        let delta_sound = self.custom.delta.as_ref().is_none_or(|delta| {
            let hex = |text: &str| unhex::<32>(text).is_some();
            hex(&delta.from_sha256) && hex(&delta.to_sha256) && delta.to_length <= TARGET_BYTES_MAX
        });
        if self.length > TARGET_BYTES_MAX || !delta_sound {
            return Err(Rejected::malformed(format!("the target {name} is out of bounds")));
        }
        Ok(())
    }
}

/// A role to which targets are delegated: for us, a device model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegatedRole {
    /// Its keys.
    pub keyids: Vec<KeyId>,
    /// Its name; its document is `{name}.json`.
    pub name: String,
    /// The names it may speak for; `*` stands for any characters but `/`.
    pub paths: Vec<String>,
    /// Whether nobody further down may answer for these names.
    pub terminating: bool,
    /// How many keys must sign.
    pub threshold: usize,
}

impl DelegatedRole {
    /// Whether the role may speak for a target.
    #[must_use]
    pub fn covers(&self, target: &str) -> bool {
        self.paths.iter().any(|pattern| glob(pattern.as_bytes(), target.as_bytes()))
    }
}

/// All delegations of a targets document, in the order in which they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegations {
    /// The keys of all roles.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// The roles.
    pub roles: Vec<DelegatedRole>,
}

/// A targets document: the top-level one, or that of a delegated role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    #[serde(rename = "_type")]
    kind: String,
    /// To whom it delegates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegations: Option<Delegations>,
    /// When it ends.
    pub expires: Instant,
    /// The version of the specification.
    pub spec_version: String,
    /// The files, by name.
    pub targets: BTreeMap<String, Target>,
    /// The version, from 1.
    pub version: u64,
}

impl Targets {
    /// A document that vouches for `targets` and delegates nothing.
    #[must_use]
    pub fn new(version: u64, expires: Instant, targets: BTreeMap<String, Target>) -> Self {
        let (kind, spec_version) = (Self::TYPE.into(), SPEC_VERSION.into());
        Self { kind, delegations: None, expires, spec_version, targets, version }
    }
}

impl Body for Targets {
    const TYPE: &'static str = "targets";

    fn version(&self) -> u64 {
        self.version
    }

    fn expires(&self) -> Instant {
        self.expires
    }

    fn check(&self) -> Result<(), Rejected> {
        check_head(&self.spec_version, self.version)?;
        self.targets.iter().try_for_each(|(name, target)| target.check(name))?;
        let Some(delegations) = &self.delegations else { return Ok(()) };
        check_keys(&delegations.keys)?;
        for (index, role) in delegations.roles.iter().enumerate() {
            check_role_name(&role.name)?;
            if delegations.roles[..index].iter().any(|other| other.name == role.name) {
                return Err(Rejected::malformed(format!("the role {} stands twice", role.name)));
            }
            let keys = RoleKeys { keyids: role.keyids.clone(), threshold: role.threshold };
            check_role(&keys, &delegations.keys)?;
        }
        Ok(())
    }
}

fn check_head(spec_version: &str, version: u64) -> Result<(), Rejected> {
    if !spec_version.starts_with("1.") {
        return Err(Rejected::malformed("another major version of the specification"));
    }
    if version == 0 || version > VERSION_MAX {
        return Err(Rejected::malformed("a version is out of bounds"));
    }
    Ok(())
}

fn check_keys(keys: &BTreeMap<KeyId, PublicKey>) -> Result<(), Rejected> {
    if keys.len() > KEYS_MAX {
        return Err(Rejected::malformed("too many keys"));
    }
    if keys.iter().any(|(id, key)| key.id() != *id) {
        return Err(Rejected::malformed("a key goes under a name that is not its own"));
    }
    Ok(())
}

fn check_role(role: &RoleKeys, keys: &BTreeMap<KeyId, PublicKey>) -> Result<(), Rejected> {
    if role.keyids.len() > KEYS_MAX || role.keyids.iter().any(|id| !keys.contains_key(id)) {
        return Err(Rejected::malformed("a role names a key that is not there"));
    }
    if role.threshold == 0 || role.threshold > role.keyids.len() {
        return Err(Rejected::malformed("a threshold can never be met or is zero"));
    }
    Ok(())
}

/// Whether a delegated role may have this name: a part of a file name, none of the four roles.
///
/// # Errors
///
/// [`Rejected::Malformed`].
pub fn check_role_name(name: &str) -> Result<(), Rejected> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !starts || name.len() > 64 || !name.bytes().all(plain) || TOP_ROLES.contains(&name) {
        return Err(Rejected::malformed(format!("{name:?} is no name for a delegated role")));
    }
    Ok(())
}

/// Whether a target may have this name: flat, so that every client asks for the same file, and
/// never a way out of a folder.
///
/// # Errors
///
/// [`Rejected::Malformed`].
pub fn check_target_name(name: &str) -> Result<(), Rejected> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !starts || name.len() > TARGET_NAME_BYTES_MAX || !name.bytes().all(plain) {
        return Err(Rejected::malformed(format!("{name:?} is no name for a target")));
    }
    Ok(())
}

/// Matches `*` (any run without `/`) and `?` (one character but `/`), in linear space and
/// without recursion, so that no pattern can make it slow.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(b'?') if name[n] != b'/' => (p, n) = (p + 1, n + 1),
            Some(byte) if *byte == name[n] => (p, n) = (p + 1, n + 1),
            _ => match retry {
                Some((star, at)) if name[at] != b'/' => {
                    retry = Some((star, at + 1));
                    (p, n) = (star + 1, at + 1);
                }
                _ => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, name, yes) in [
            ("one-*", "one-23.zip", true),
            ("one-*", "one", false),
            ("one-*", "one-a/b", false),
            ("*.zip", "a.zip", true),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxxbc", false),
            ("?", "ab", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern.as_bytes(), name.as_bytes()), yes, "{pattern} {name}");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["", ".", "..", "../x", "a/b", "a\\b", "-x", ".x", "a b", "ä", "a\n"] {
            assert!(check_target_name(name).is_err(), "{name:?}");
        }
        for name in ["root", "timestamp", "", ".b", "a/b", "../x", "a b", "ä"] {
            assert!(check_role_name(name).is_err(), "{name:?}");
        }
        assert!(check_target_name("one-23.2_a+b.zip").is_ok());
        assert!(check_role_name("one-2").is_ok() && check_role_name("TB-X606F").is_ok());
    }
}
