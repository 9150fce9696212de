//! Builds of the ROM: what a package says about itself, and whether it may be published.
//!
//! [`Manifest`] is read from the text inside a package, [`publish`] is the rule that refuses what
//! does not fit. Reading the package itself is `kontor-rom`'s; no bytes of images come in here.

mod accept;
mod digest;
mod manifest;
mod types;

pub use accept::{Candidate, NOTES_BYTES_MAX, PublishRefusal, publish};
pub use digest::Digest;
pub use manifest::{
    MANIFEST_BYTES_MAX, Manifest, ManifestError, OtaKind, PropertyFile, parse_property_files,
};
pub use types::{
    Build, BuildFile, BuildText, Package, PayloadPlace, ReleaseType, Withdrawal, WordError,
};
