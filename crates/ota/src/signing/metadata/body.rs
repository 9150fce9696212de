//! What every signed document has.

use kontor_base::Instant;
use serde::Serialize;

use super::super::rejected::Rejected;

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
