//! How a build gets in: the package is read, checked, stored and published.

mod about;
mod certificate;
mod check;
mod cms;
mod csig;
mod der;
mod package;
mod publish;
pub mod zip;

pub use certificate::{Certificate, CertificateError};
pub use check::{Checked, check_files};
pub use csig::{CSIG_BYTES_MAX, Csig, CsigError, CsigPart};
pub use package::{PackageError, ReadPackage, read_package};
pub use publish::{Progress, PublishCommand, Published, Refusal, Source, publish};
