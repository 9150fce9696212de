//! A `.csig` file: what a package's owner has signed about the places of its parts. Clients of
//! Custota's format read parts of a package by their ranges and believe this list.
//!
//! It is a CMS message (RFC 5652) in DER around JSON, signed by the key that signs packages, which a
//! server must not have: the publisher hands the file in beside the package. Read here is what it
//! says; whether its signature is good is decided by devices, which know the key. What can be seen
//! without it is checked: that it is about this package, and that it carries the certificates with
//! which the package itself was signed.

use kontor_domain::build::Digest;
use serde::Deserialize;

/// The longest file, in bytes. Real ones have two to four kilobytes.
pub const CSIG_BYTES_MAX: usize = 64 * 1024;
/// The most parts of one package.
const PARTS_MAX: usize = 32;
/// What is signed: `1.2.840.113549.1.7.2`.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// Its contents: `1.2.840.113549.1.7.1`.
const DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];

/// Why a `.csig` file was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsigError {
    /// It is not a signed message in DER, or too long.
    #[error("the csig file is not a signed CMS message of at most {CSIG_BYTES_MAX} bytes")]
    Message,
    /// What it says is not what such a file says.
    #[error("the csig file does not say what it should: {0}")]
    Says(String),
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
        let message = signed_message(bytes).ok_or(CsigError::Message)?;
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
}

/// The certificates that came with a signed CMS message, for example the signature of a package;
/// none where it is no such message, or none came with it.
pub(super) fn certificates_of(message: &[u8]) -> Option<&[u8]> {
    signed_message(message)?.certificates
}

/// The parts of a signed message that are looked at.
struct Message<'b> {
    content: Option<&'b [u8]>,
    certificates: Option<&'b [u8]>,
}

/// Reads `ContentInfo` with `SignedData` in it; `None` for anything else, or for one that nobody has
/// signed.
fn signed_message(bytes: &[u8]) -> Option<Message<'_>> {
    let info = only(0x30, bytes)?;
    let (kind, rest) = element(0x06, info)?;
    let signed = only(0x30, only(0xa0, rest)?).filter(|_| kind == SIGNED_DATA)?;
    let (_version, rest) = element(0x02, signed)?;
    let (_algorithms, rest) = element(0x31, rest)?;
    let (encapsulated, rest) = element(0x30, rest)?;
    let (kind, inside) = element(0x06, encapsulated)?;
    if kind != DATA {
        return None;
    }
    // Without contents it is a signature of bytes that lie elsewhere.
    let content = if inside.is_empty() { None } else { Some(only(0x04, only(0xa0, inside)?)?) };
    let (certificates, rest) = match element(0xa0, rest) {
        Some((certificates, rest)) => (Some(certificates), rest),
        None => (None, rest),
    };
    let rest = element(0xa1, rest).map_or(rest, |(_revoked, rest)| rest);
    let signers = only(0x31, rest)?;
    (!signers.is_empty()).then_some(Message { content, certificates })
}

/// The contents of the one element that these bytes are.
fn only(tag: u8, bytes: &[u8]) -> Option<&[u8]> {
    let (contents, rest) = element(tag, bytes)?;
    rest.is_empty().then_some(contents)
}

/// The contents of the first element, which has this tag, and what follows it. Lengths are definite
/// and as short as they can be, as DER demands.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            let shortest = digits[0] != 0 && length > 0x7f;
            (Some(length).filter(|_| shortest)?, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
        let length = contents.len();
        let mut out = vec![tag];
        match length {
            0..=0x7f => out.push(u8::try_from(length).expect("short")),
            _ => {
                let digits = u32::try_from(length).expect("small").to_be_bytes();
                let from = digits.iter().position(|digit| *digit != 0).expect("not zero");
                out.push(0x80 | u8::try_from(4 - from).expect("few"));
                out.extend(&digits[from..]);
            }
        }
        out.extend(contents);
        out
    }

    fn message(content: Option<&[u8]>, certificates: Option<&[u8]>, signers: &[u8]) -> Vec<u8> {
        let content = content.map(|content| der(0xa0, &der(0x04, content)));
        let signed = [
            der(0x02, &[1]),
            der(0x31, &[]),
            der(0x30, &[der(0x06, &DATA), content.unwrap_or_default()].concat()),
            certificates.map(|bytes| der(0xa0, bytes)).unwrap_or_default(),
            der(0x31, signers),
        ];
        let signed = der(0xa0, &der(0x30, &signed.concat()));
        der(0x30, &[der(0x06, &SIGNED_DATA), signed].concat())
    }

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

        #[test]
        fn elements_are_read_as_they_were_written(
            tag in any::<u8>(),
            contents in prop::collection::vec(any::<u8>(), 0..400),
            after in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let bytes = [der(tag, &contents), after.clone()].concat();
            prop_assert_eq!(element(tag, &bytes), Some((&contents[..], &after[..])));
            prop_assert_eq!(element(tag ^ 1, &bytes), None);
        }
    }
}
