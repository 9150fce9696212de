//! An OTA package: the zip file's directory, what it says about itself, where its payload lies, and
//! whether it is signed.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use kontor_domain::build::{
    Digest, MANIFEST_BYTES_MAX, Manifest, ManifestError, OtaKind, PayloadPlace,
};

use super::cms::certificates_of;
use super::zip::{Directory, Method, ZipError};

/// What update packages say about themselves.
const METADATA: &str = "META-INF/com/android/metadata";
/// The payload of a package for two slots.
const PAYLOAD: &str = "payload.bin";
/// What the update engine is told about it.
const PROPERTIES: &str = "payload_properties.txt";

/// A package as it was read.
#[derive(Clone, Debug)]
pub struct ReadPackage {
    /// What it says about itself.
    pub manifest: Manifest,
    /// Where its payload lies.
    pub payload: Option<PayloadPlace>,
    /// The hash that the payload must have.
    pub payload_sha256: Option<Digest>,
    /// Whether it carries a whole-file signature.
    pub signed: bool,
    /// The certificates that came with that, as they are.
    pub certificates: Option<Vec<u8>>,
    /// Its unpacked members: name, offset, bytes.
    pub members: Vec<(String, u64, u64)>,
}

/// Why a package was not read.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The zip file.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// What it says about itself.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The payload or what is said about it.
    #[error("{0}")]
    Payload(&'static str),
}

impl PackageError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Zip(error) => error.code(),
            Self::Manifest(error) => error.code(),
            Self::Payload(_) => "build.payload",
        }
    }
}

/// Reads a package.
///
/// # Errors
///
/// See [`PackageError`].
pub fn read_package(file: &mut File) -> Result<ReadPackage, PackageError> {
    let length = file.metadata().map_err(ZipError::Disk)?.len();
    let directory = Directory::read(file, length)?;
    let text = directory.unpack(file, METADATA, MANIFEST_BYTES_MAX as u64)?;
    let manifest = Manifest::parse(&text)?;
    let signature = signature(&directory.comment);
    let signed = signature.is_some();
    let certificates = signature.and_then(certificates_of).map(<[u8]>::to_vec);
    let stored = directory.members.iter().filter(|member| member.method == Method::Stored);
    let members = stored.map(|member| (member.name.clone(), member.offset, member.bytes)).collect();
    let (payload, payload_sha256) = (None, None);
    let package = ReadPackage { manifest, payload, payload_sha256, signed, certificates, members };
    if package.manifest.kind == OtaKind::Block {
        return Ok(package);
    }
    let payload =
        directory.member(PAYLOAD).ok_or(PackageError::Payload("payload.bin is missing"))?;
    if payload.method != Method::Stored {
        return Err(PackageError::Payload("payload.bin is packed; devices read it in place"));
    }
    let place = PayloadPlace { offset: payload.offset, bytes: payload.bytes };
    let mut magic = [0; 4];
    file.seek(SeekFrom::Start(place.offset)).map_err(ZipError::Disk)?;
    if file.read_exact(&mut magic).is_err() || &magic != b"CrAU" {
        return Err(PackageError::Payload("payload.bin is not a payload of the update engine"));
    }
    let properties = directory
        .member(PROPERTIES)
        .filter(|found| found.method == Method::Stored)
        .ok_or(PackageError::Payload("payload_properties.txt is missing or packed"))?;
    if let Some(part) = package.manifest.part(PROPERTIES)
        && (part.offset, part.bytes) != (properties.offset, properties.bytes)
    {
        return Err(PackageError::Payload("payload_properties.txt lies elsewhere than is said"));
    }
    let text = directory.unpack(file, PROPERTIES, 4_096)?;
    let sha256 = payload_hash(&text, place.bytes)?;
    Ok(ReadPackage { payload: Some(place), payload_sha256: Some(sha256), ..package })
}

/// The payload's hash from its properties, which must also tell its size.
fn payload_hash(text: &[u8], bytes: u64) -> Result<Digest, PackageError> {
    let wrong =
        PackageError::Payload("payload_properties.txt does not tell the payload's size and hash");
    let Ok(text) = std::str::from_utf8(text) else { return Err(wrong) };
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let hash = value("FILE_HASH").and_then(base64_32);
    match (value("FILE_SIZE").and_then(|size| size.parse::<u64>().ok()), hash) {
        (Some(size), Some(hash)) if size == bytes => Ok(Digest::from_bytes(hash)),
        _ => Err(wrong),
    }
}

/// 32 bytes in base 64: 43 digits and one `=`.
fn base64_32(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_suffix('=').filter(|digits| digits.len() == 43)?;
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::with_capacity(32));
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    bytes.try_into().ok()
}

/// The signature, if the comment of the zip file ends as a whole-file signature does: six bytes that
/// say where it begins, and there an ASN.1 sequence. Whose it is, devices decide; this catches the
/// package that nobody signed.
fn signature(comment: &[u8]) -> Option<&[u8]> {
    let (rest, footer) = comment.split_last_chunk::<6>()?;
    let start = usize::from(u16::from_le_bytes([footer[0], footer[1]]));
    let size = usize::from(u16::from_le_bytes([footer[4], footer[5]]));
    let marked = footer[2] == 0xFF && footer[3] == 0xFF && size == comment.len();
    let placed = marked && start > footer.len() && start <= comment.len();
    rest.get(comment.len() - start.min(comment.len())..)
        .filter(|signature| placed && signature.first() == Some(&0x30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_of_32_bytes_and_nothing_else() {
        assert_eq!(base64_32("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), Some([0; 32]));
        assert_eq!(base64_32("/////////////////////////////////////////////w=="), None);
        let ones = base64_32("//////////////////////////////////////////8=");
        assert_eq!(ones, Some([0xFF; 32]));
        for bad in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA =", "é"] {
            assert_eq!(base64_32(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_comment_is_a_signature_only_with_its_footer() {
        let mut comment = b"signed by\0".to_vec();
        let start = 4 + 6;
        comment.extend([0x30, 2, 1, 1]);
        comment.extend([start, 0, 0xFF, 0xFF, 20, 0]);
        assert_eq!(signature(&comment), Some(&[0x30, 2, 1, 1][..]));
        for (at, byte) in [(10, 0x31), (14, 1), (14, 99), (16, 0), (18, 21)] {
            let mut other = comment.clone();
            other[at] = byte;
            assert_eq!(signature(&other), None, "{at}");
        }
        assert!(signature(b"").is_none() && signature(b"just a comment").is_none());
    }
}
