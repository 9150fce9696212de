//! Signed messages (CMS, RFC 5652) in DER, as far as packages and their lists of parts need them: what
//! is signed, the certificates that came along, and whether a key that is known has signed it.
//!
//! No chain of certificates is followed: a package is signed by one key, which its devices know, and
//! whose certificate the operator names.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::certificate::{Certificate, KeyKind};
use super::der::{element, only};

/// What is signed: `1.2.840.113549.1.7.2`.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// Its contents: `1.2.840.113549.1.7.1`.
const DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// The attribute that names the type of the contents: `1.2.840.113549.1.9.3`.
const CONTENT_TYPE: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
/// The attribute with the hash of the contents: `1.2.840.113549.1.9.4`.
const MESSAGE_DIGEST: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
/// SHA-256, SHA-384 and SHA-512: `2.16.840.1.101.3.4.2` and a number.
const SHA2: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
/// The most signers that are looked at.
const SIGNERS_MAX: usize = 8;

/// The parts of a signed message that are looked at.
#[derive(Debug)]
pub(super) struct Message<'b> {
    /// What is signed; none where it lies elsewhere.
    pub(super) content: Option<&'b [u8]>,
    /// The certificates that came along.
    pub(super) certificates: Option<&'b [u8]>,
    signers: &'b [u8],
}

/// The certificates that came with a signed message, for example the signature of a package; none where
/// it is no such message, or none came with it.
pub(super) fn certificates_of(message: &[u8]) -> Option<&[u8]> {
    Message::read(message)?.certificates
}

impl<'b> Message<'b> {
    /// Reads `ContentInfo` with `SignedData` in it; `None` for anything else, or for one that nobody has
    /// signed.
    pub(super) fn read(bytes: &'b [u8]) -> Option<Self> {
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
        (!signers.is_empty()).then_some(Self { content, certificates, signers })
    }

    /// Whether one of the signers is the key of `certificate`, with a good signature of `content`. By
    /// whose name it signed is not asked: the key decides.
    pub(super) fn is_signed_by(&self, content: &[u8], certificate: &Certificate) -> bool {
        let mut rest = self.signers;
        for _ in 0..SIGNERS_MAX {
            let Some((signer, after)) = element(0x30, rest) else { return false };
            if Signer::read(signer).is_some_and(|signer| signer.has_signed(content, certificate)) {
                return true;
            }
            rest = after;
        }
        false
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// What one signer has put into the message.
struct Signer<'b> {
    hash: Hash,
    /// The signed attributes with their head; without any the contents themselves are signed.
    attributes: Option<(&'b [u8], &'b [u8])>,
    signature: &'b [u8],
}

impl<'b> Signer<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let (_version, rest) = element(0x02, bytes)?;
        // Who, by issuer and number or by the key's name.
        let (_who, rest) = element(0x30, rest).or_else(|| element(0x80, rest))?;
        let (algorithm, rest) = element(0x30, rest)?;
        let hash = match element(0x06, algorithm)?.0.strip_prefix(&SHA2)? {
            [1] => Hash::Sha256,
            [2] => Hash::Sha384,
            [3] => Hash::Sha512,
            _ => return None,
        };
        let (attributes, rest) = match element(0xa0, rest) {
            Some((inside, after)) => (Some((&rest[..rest.len() - after.len()], inside)), after),
            None => (None, rest),
        };
        let (_algorithm, rest) = element(0x30, rest)?;
        let (signature, _unsigned) = element(0x04, rest)?;
        Some(Self { hash, attributes, signature })
    }

    fn has_signed(&self, content: &[u8], certificate: &Certificate) -> bool {
        let Some((whole, inside)) = self.attributes else {
            return verifies(certificate, self.hash, content, self.signature);
        };
        // What is signed are the attributes as a set, which stand in the message under another tag;
        // they name the contents by type and hash.
        let mut signed = whole.to_vec();
        signed[0] = 0x31;
        attribute(inside, &CONTENT_TYPE, 0x06) == Some(&DATA)
            && attribute(inside, &MESSAGE_DIGEST, 0x04) == Some(&self.hash.of(content))
            && verifies(certificate, self.hash, &signed, self.signature)
    }
}

/// The one value of an attribute that stands there once.
fn attribute<'b>(mut attributes: &'b [u8], name: &[u8], tag: u8) -> Option<&'b [u8]> {
    let mut found = None;
    while !attributes.is_empty() {
        let (one, rest) = element(0x30, attributes)?;
        let (own, values) = element(0x06, one)?;
        if own == name {
            if found.is_some() {
                return None;
            }
            found = Some(only(tag, only(0x31, values)?)?);
        }
        attributes = rest;
    }
    found
}

fn verifies(certificate: &Certificate, hash: Hash, signed: &[u8], signature: &[u8]) -> bool {
    let algorithm: &dyn VerificationAlgorithm = match (certificate.kind, hash) {
        (KeyKind::Rsa, Hash::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
        (KeyKind::Rsa, Hash::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
        (KeyKind::Rsa, Hash::Sha512) => &RSA_PKCS1_2048_8192_SHA512,
        (KeyKind::P256, Hash::Sha256) => &ECDSA_P256_SHA256_ASN1,
        (KeyKind::P256, Hash::Sha384) => &ECDSA_P256_SHA384_ASN1,
        (KeyKind::P384, Hash::Sha256) => &ECDSA_P384_SHA256_ASN1,
        (KeyKind::P384, Hash::Sha384) => &ECDSA_P384_SHA384_ASN1,
        (KeyKind::P256 | KeyKind::P384, Hash::Sha512) => return false,
    };
    UnparsedPublicKey::new(algorithm, &certificate.key).verify(signed, signature).is_ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::der::tests::der;
    use super::*;

    /// A message around a text; its signers are only there.
    pub(in super::super) fn message(
        content: Option<&[u8]>,
        certificates: Option<&[u8]>,
        signers: &[u8],
    ) -> Vec<u8> {
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

    const LIST: &[u8] = include_bytes!("../../tests/signed/list.json");

    /// Messages that `openssl cms -sign` has made, each with the certificate of its key.
    const SIGNED: [(&[u8], &str); 4] = [
        (
            include_bytes!("../../tests/signed/rsa-attributes.der"),
            include_str!("../../tests/signed/rsa.pem"),
        ),
        (
            include_bytes!("../../tests/signed/rsa-direct.der"),
            include_str!("../../tests/signed/rsa.pem"),
        ),
        (
            include_bytes!("../../tests/signed/p256-attributes.der"),
            include_str!("../../tests/signed/p256.pem"),
        ),
        (
            include_bytes!("../../tests/signed/p384-direct.der"),
            include_str!("../../tests/signed/p384.pem"),
        ),
    ];

    #[test]
    fn signatures_of_other_programs_are_worked_out() {
        for (at, (bytes, pem)) in SIGNED.iter().enumerate() {
            let message = Message::read(bytes).expect("a signed message");
            let content = message.content.expect("with its contents");
            assert_eq!(content, LIST, "{at}");
            let own = Certificate::parse(pem).expect("a certificate");
            assert!(message.is_signed_by(content, &own), "{at}");
            let changed = [content, b" "].concat();
            assert!(!message.is_signed_by(&changed, &own), "{at}: other contents");
            for (_, other) in SIGNED.iter().filter(|(_, other)| other != pem) {
                let other = Certificate::parse(other).expect("a certificate");
                assert!(!message.is_signed_by(content, &other), "{at}: another key");
            }
        }
    }

    /// Whatever byte is changed: either the message is no longer read, or its contents and its
    /// signature do not fit any more, or the byte says nothing (whose name, what came along).
    #[test]
    fn no_change_makes_other_contents_believed() {
        for (at, (bytes, pem)) in SIGNED.iter().enumerate() {
            let own = Certificate::parse(pem).expect("a certificate");
            for place in 0..bytes.len() {
                let mut changed = bytes.to_vec();
                changed[place] ^= 0x41;
                let Some(message) = Message::read(&changed) else { continue };
                let Some(content) = message.content else { continue };
                if message.is_signed_by(content, &own) {
                    assert_eq!(content, LIST, "{at}: byte {place}");
                }
            }
        }
    }
}
