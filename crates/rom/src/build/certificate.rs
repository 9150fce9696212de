//! The certificates of the keys with which a maker signs its packages: of each only the key is used.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::der::{element, only};

/// The longest certificate, in bytes.
const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;
/// An RSA key: `1.2.840.113549.1.1.1`.
const RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// A key on a curve: `1.2.840.10045.2.1`.
const ON_CURVE: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// The curve P-256: `1.2.840.10045.3.1.7`.
const P256: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// The curve P-384: `1.3.132.0.34`.
const P384: [u8; 5] = [0x2b, 0x81, 0x04, 0x00, 0x22];

/// What kind of key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Rsa,
    P256,
    P384,
}

/// The certificate of a key that signs packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub(super) kind: KeyKind,
    /// The key as signatures are verified with it.
    pub(super) key: Vec<u8>,
}

/// The text is no certificate, or of a key that packages are not signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate in PEM of an RSA, P-256 or P-384 key")]
pub struct CertificateError;

impl Certificate {
    /// Reads a certificate (X.509) in PEM, as `releasekey.x509.pem` is.
    ///
    /// # Errors
    ///
    /// [`CertificateError`].
    pub fn parse(pem: &str) -> Result<Self, CertificateError> {
        let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
        if pem.len() > CERTIFICATE_BYTES_MAX {
            return Err(CertificateError);
        }
        let inside = pem.split_once(begin).and_then(|(_, rest)| rest.split_once(end));
        let (text, _) = inside.ok_or(CertificateError)?;
        let text: String = text.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(text).map_err(|_| CertificateError)?;
        read(&bytes).ok_or(CertificateError)
    }
}

fn read(bytes: &[u8]) -> Option<Certificate> {
    let (body, _signature) = element(0x30, only(0x30, bytes)?)?;
    let rest = element(0xa0, body).map_or(body, |(_version, rest)| rest);
    let (_number, rest) = element(0x02, rest)?;
    let (_algorithm, rest) = element(0x30, rest)?;
    let (_issuer, rest) = element(0x30, rest)?;
    let (_validity, rest) = element(0x30, rest)?;
    let (_subject, rest) = element(0x30, rest)?;
    let (key, _extensions) = element(0x30, rest)?;
    let (algorithm, key) = element(0x30, key)?;
    let (name, parameters) = element(0x06, algorithm)?;
    let kind = if name == RSA {
        KeyKind::Rsa
    } else if name == ON_CURVE {
        match only(0x06, parameters)? {
            curve if curve == P256 => KeyKind::P256,
            curve if curve == P384 => KeyKind::P384,
            _ => return None,
        }
    } else {
        return None;
    };
    // A string of bits, all of whose bytes are whole.
    let key = only(0x03, key)?.strip_prefix(&[0])?;
    Some(Certificate { kind, key: key.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSA_PEM: &str = include_str!("../../tests/signed/rsa.pem");

    #[test]
    fn certificates_of_the_usual_keys_are_read() {
        for (pem, kind, bytes) in [
            (RSA_PEM, KeyKind::Rsa, 270),
            (include_str!("../../tests/signed/p256.pem"), KeyKind::P256, 65),
            (include_str!("../../tests/signed/p384.pem"), KeyKind::P384, 97),
        ] {
            let read = Certificate::parse(pem).expect("a certificate");
            assert_eq!((read.kind, read.key.len()), (kind, bytes));
            // What stands around it says nothing.
            assert_eq!(Certificate::parse(&format!("release key\n{pem}\nthe end")), Ok(read));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let key = RSA_PEM.replace("CERTIFICATE", "PRIVATE KEY");
        let cut = RSA_PEM.replacen("MII", "MI", 1);
        let empty = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----";
        let long = format!("{RSA_PEM}{}", " ".repeat(CERTIFICATE_BYTES_MAX));
        for bad in ["", key.as_str(), cut.as_str(), empty, long.as_str()] {
            assert_eq!(Certificate::parse(bad), Err(CertificateError), "{}", bad.len());
        }
    }
}
