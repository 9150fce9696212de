//! Secrets of webhooks at rest: sealed, because they are needed again for every call.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kontor_base::{Random, SecretKey};

/// The bytes of a nonce.
const NONCE: usize = 24;

/// Seals `secret` for the endpoint with this id: it opens for no other.
pub(super) fn seal(key: &SecretKey, about: &[u8; 16], secret: &[u8], random: &Random) -> String {
    let mut nonce = [0; NONCE];
    nonce[..16].copy_from_slice(&random.bytes16());
    nonce[16..].copy_from_slice(&random.bytes16()[..8]);
    let sealed = cipher(key)
        .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: about })
        .expect("a short message and memory for it");
    hex(&[nonce.as_slice(), &sealed].concat())
}

/// The secret in `text`, if it was sealed with this key for this endpoint.
pub(super) fn open(key: &SecretKey, about: &[u8; 16], text: &str) -> Option<Vec<u8>> {
    let bytes = unhex(text)?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    cipher(key).decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: about }).ok()
}

fn cipher(key: &SecretKey) -> XChaCha20Poly1305 {
    // The derived key's signature of a fixed text: 32 bytes that are used for nothing else.
    XChaCha20Poly1305::new(&Key::from(key.sign(b"webhook secrets, sealed")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_for_its_endpoint_only() {
        let (key, random) = (SecretKey::from_bytes([1; 32]), Random::seeded(1));
        let sealed = seal(&key, &[7; 16], b"a secret", &random);
        assert!(!sealed.contains("61207365637265"), "not in the clear");
        assert_eq!(open(&key, &[7; 16], &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert_eq!(open(&key, &[8; 16], &sealed), None, "another endpoint's");
        let other = SecretKey::from_bytes([2; 32]);
        assert_eq!(open(&other, &[7; 16], &sealed), None, "another key");
        for at in [0, 60, sealed.len() - 1] {
            let mut bad = sealed.clone().into_bytes();
            bad[at] = if bad[at] == b'0' { b'1' } else { b'0' };
            let bad = String::from_utf8(bad).expect("ASCII");
            assert_eq!(open(&key, &[7; 16], &bad), None, "{at}");
        }
        for bad in ["", "zz", "é", "00"] {
            assert_eq!(open(&key, &[7; 16], bad), None, "{bad:?}");
        }
    }
}
