//! One file that may be installed, and what we say about it.

use kontor_base::unhex;
use serde::{Deserialize, Serialize};

use super::super::limits::TARGET_BYTES_MAX;
use super::super::rejected::Rejected;
use super::listing::Hashes;
use super::name::check_target_name;

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
    pub(super) fn check(&self, name: &str) -> Result<(), Rejected> {
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
