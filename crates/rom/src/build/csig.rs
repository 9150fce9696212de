//! A `.csig` file: what a package's owner has signed about the places of its parts. Clients of
//! Custota's format read parts of a package by their ranges and believe this list.
//!
//! It is a CMS message (RFC 5652) in DER around JSON, signed by the key that signs packages, which a
//! server must not have: the publisher hands the file in beside the package. Checked is that it is about
//! this package, that it carries the certificates with which the package itself was signed, and, where
//! the operator has named the certificates of those keys, that one of them has signed it.

use kontor_domain::build::Digest;
use serde::Deserialize;

use super::certificate::Certificate;
use super::cms::Message;

/// The longest file, in bytes. Real ones have two to four kilobytes.
pub const CSIG_BYTES_MAX: usize = 64 * 1024;
/// The most parts of one package.
const PARTS_MAX: usize = 32;
/// Why a `.csig` file was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsigError {
    /// It is not a signed message in DER, or too long.
    #[error("the csig file is not a signed CMS message of at most {CSIG_BYTES_MAX} bytes")]
    Message,
    /// What it says is not what such a file says.
    #[error("the csig file does not say what it should: {0}")]
    Says(String),
    /// None of the keys that may has signed it.
    #[error("the csig file is not signed by any of the certificates in rom.package_certificates")]
    Signature,
    /// It is about another package.
    #[error("the csig file is not about this package: {0}")]
    OtherPackage(String),
}

/// One part of a package.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CsigPart {
    /// Its name.
    pub name: String,
    /// Bytes from the start of the package.
    pub offset: u64,
    /// Its size in bytes.
    #[serde(rename = "size")]
    pub bytes: u64,
    /// The hash of its bytes. The payload may lack one: it carries signatures of its own.
    #[serde(default)]
    pub digest: Option<Digest>,
}

/// What a `.csig` file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csig {
    /// The parts.
    pub parts: Vec<CsigPart>,
    /// The digest of the verified boot metadata of the build that the package leads to.
    pub vbmeta: Digest,
    /// The certificates that came with the signature, as they are; none if none came.
    pub certificates: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Body {
    version: u32,
    files: Vec<CsigPart>,
    vbmeta_digest: Digest,
}

impl Csig {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`CsigError::Message`], [`CsigError::Says`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CsigError> {
        if bytes.len() > CSIG_BYTES_MAX {
            return Err(CsigError::Message);
        }
        let message = Message::read(bytes).ok_or(CsigError::Message)?;
        let content = message.content.ok_or(CsigError::Message)?;
        let says = |problem: &str| CsigError::Says(problem.to_owned());
        let body: Body = serde_json::from_slice(content)
            .map_err(|error| CsigError::Says(format!("{error}").chars().take(120).collect()))?;
        if body.version != 2 {
            return Err(says("its version is not 2"));
        }
        if body.files.is_empty() || body.files.len() > PARTS_MAX {
            return Err(says("it has no parts, or more than 32"));
        }
        for (index, part) in body.files.iter().enumerate() {
            let twice = body.files[..index].iter().any(|other| other.name == part.name);
            if twice || part.offset.checked_add(part.bytes).is_none() {
                return Err(says("a part is there twice, or ends beyond 64 bits"));
            }
        }
        let certificates = message.certificates.map(<[u8]>::to_vec);
        Ok(Self { parts: body.files, vbmeta: body.vbmeta_digest, certificates })
    }

    /// Demands that a file is signed with the key of one of these certificates; without any of them
    /// nothing is demanded.
    ///
    /// # Errors
    ///
    /// [`CsigError::Message`], [`CsigError::Signature`].
    pub fn check_signature(bytes: &[u8], certificates: &[Certificate]) -> Result<(), CsigError> {
        let message = Message::read(bytes).ok_or(CsigError::Message)?;
        let content = message.content.ok_or(CsigError::Message)?;
        let by = |certificate| message.is_signed_by(content, certificate);
        if certificates.is_empty() || certificates.iter().any(by) {
            Ok(())
        } else {
            Err(CsigError::Signature)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cms::{certificates_of, tests::message};
    use super::*;
    use proptest::prelude::*;

    fn says(files: &str) -> String {
        format!("{{\"version\":2,\"files\":[{files}],\"vbmeta_digest\":\"{}\"}}", "0a".repeat(32))
    }

    const PART: &str = "{\"name\":\"payload.bin\",\"offset\":41,\"size\":604}";

    #[test]
    fn a_file_is_read_with_its_certificates() {
        let bytes = message(Some(says(PART).as_bytes()), Some(&[0x30; 300]), &[0x30, 0]);
        let csig = Csig::parse(&bytes).expect("is read");
        assert_eq!(csig.vbmeta, Digest::from_bytes([10; 32]));
        assert_eq!(csig.certificates.as_deref(), Some(&[0x30; 300][..]));
        assert_eq!((csig.parts[0].offset, csig.parts[0].bytes), (41, 604));
        assert_eq!(certificates_of(&bytes), Some(&[0x30; 300][..]));
        // The signature of a package has no contents of its own.
        let detached = message(None, Some(&[1, 2]), &[0x30, 0]);
        assert_eq!(certificates_of(&detached), Some(&[1, 2][..]));
        assert_eq!(Csig::parse(&detached), Err(CsigError::Message));
    }

    #[test]
    fn anything_else_is_refused() {
        let good = message(Some(says(PART).as_bytes()), None, &[0x30, 0]);
        let unsigned = message(Some(says(PART).as_bytes()), None, &[]);
        let cut = &good[..good.len() - 1];
        let longer = [&good[..], &[0]].concat();
        for bytes in [&unsigned[..], cut, &longer, b"", b"{}", &vec![0x30; CSIG_BYTES_MAX + 1]] {
            assert_eq!(Csig::parse(bytes), Err(CsigError::Message), "{}", bytes.len());
        }
        let far = "{\"name\":\"a\",\"offset\":18446744073709551615,\"size\":1}";
        let wrong = "{\"name\":\"a\",\"offset\":1,\"size\":1,\"digest\":\"xyz\"}";
        let many = vec![PART; 33].join(",");
        for files in ["", &format!("{PART},{PART}"), far, wrong, &many] {
            let bytes = message(Some(says(files).as_bytes()), None, &[0x30, 0]);
            assert!(matches!(Csig::parse(&bytes), Err(CsigError::Says(_))), "{files}");
        }
    }

    proptest! {
        /// No byte of a message can be changed so that the reader falls, and lengths that are not
        /// as short as can be are no DER.
        #[test]
        fn damage_makes_nobody_fall(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = message(Some(says(PART).as_bytes()), Some(&[7; 40]), &[0x30, 0]);
            let at = at.index(bytes.len());
            bytes[at] = to;
            if let Ok(csig) = Csig::parse(&bytes) {
                prop_assert_eq!(csig.parts.len(), 1);
                prop_assert!(csig.certificates.is_none_or(|bytes| bytes.len() == 40));
            }
        }
    }
}
