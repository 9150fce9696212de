//! Compares a `.csig` file with the package that it is handed in with: everything that can be seen
//! without the key that signed it.

use std::fs::File;
use std::path::Path;

use super::csig::{Csig, CsigError};
use super::package::ReadPackage;
use super::publish::Refusal;
use crate::core::{Failure, Outcome, hash_range};

/// The parts that clients cannot do without.
const NEEDED: [&str; 3] =
    ["META-INF/com/android/metadata", "payload.bin", "payload_properties.txt"];

/// Checks that `csig` is about the package in `file`: its parts lie where it says and have the bytes
/// that it says, it tells the same boot metadata, and it carries the package's certificates.
pub(super) fn check(
    csig: &Csig,
    package: &ReadPackage,
    file: &mut File,
    path: &Path,
) -> Outcome<(), Refusal> {
    let other = |what: String| Failure::Refused(Refusal::Csig(CsigError::OtherPackage(what)));
    if package.manifest.vbmeta.is_some_and(|vbmeta| vbmeta != csig.vbmeta) {
        return Err(other("its vbmeta_digest is another build's".to_owned()));
    }
    if let (Some(own), Some(signer)) = (&package.certificates, &csig.certificates)
        && own != signer
    {
        return Err(other("it is signed with another certificate than the package".to_owned()));
    }
    for name in NEEDED {
        if !csig.parts.iter().any(|part| part.name == name) {
            return Err(other(format!("it does not name {name}")));
        }
    }
    let length = file.metadata().map_err(|error| Failure::Refused(Refusal::Open(error)))?.len();
    let mut read = 0_u64;
    for part in &csig.parts {
        let name: String = part.name.chars().filter(|c| !c.is_control()).take(60).collect();
        let member = package.members.iter().find(|(name, ..)| *name == part.name);
        let placed = match member {
            Some((_, offset, bytes)) => (*offset, *bytes) == (part.offset, part.bytes),
            // Some parts are pieces of others: the head of the payload is no member of its own.
            None => part.offset.saturating_add(part.bytes) <= length,
        };
        if !placed {
            return Err(other(format!("{name} lies elsewhere")));
        }
        let Some(digest) = part.digest else { continue };
        read = read.saturating_add(part.bytes);
        // Parts of parts are short: nobody has to read a package twice over.
        if read > length.saturating_mul(2) {
            return Err(other("its parts are more than the package".to_owned()));
        }
        if hash_range(file, part.offset, part.bytes, path)? != digest {
            return Err(other(format!("{name} has other bytes")));
        }
    }
    Ok(())
}
