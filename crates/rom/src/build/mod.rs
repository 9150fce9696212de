//! How a build gets in: the package is read, checked, stored and published.

mod about;
mod check;
mod csig;
mod package;
mod publish;
pub mod zip;

pub use check::{Checked, check_files};
pub use csig::{CSIG_BYTES_MAX, Csig, CsigError, CsigPart};
pub use package::{PackageError, ReadPackage, read_package};
pub use publish::{Progress, PublishCommand, Published, Refusal, Source, publish};
