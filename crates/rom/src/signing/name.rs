//! The names of targets. A model's role may speak for `{model}.*`, so every name begins so; the
//! release counter makes it unique where incrementals could be mistaken for one another.

use kontor_domain::build::Build;

/// The whole image of a build.
#[must_use]
pub fn image_name(build: &Build) -> String {
    format!("{}.{}-{}.img", build.model, build.release_counter, build.incremental)
}

/// The whole package of a build.
#[must_use]
pub fn package_name(build: &Build) -> String {
    format!("{}.{}-{}.zip", build.model, build.release_counter, build.incremental)
}

/// The delta between two builds.
#[must_use]
pub fn delta_name(from: &Build, to: &Build) -> String {
    format!("{}.{}-from-{}.delta", to.model, to.release_counter, from.release_counter)
}

/// The packed form of a build's whole image: a delta from nothing.
#[must_use]
pub fn packed_name(build: &Build) -> String {
    format!("{}.{}-{}.packed", build.model, build.release_counter, build.incremental)
}
