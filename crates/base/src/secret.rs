//! Keys that never show themselves, and keyed hashes made with them.

use std::fmt;

/// A 32-byte key. `Debug` does not print it.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

/// A keyed hash of a person's or a request's text: equal inputs give equal hashes, and without the
/// key nobody can go back or test a guess.
pub type KeyedHash = [u8; 16];

impl SecretKey {
    /// The key with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key for one purpose, derived from this one, so that one file of 32 bytes is all that an
    /// operator has to guard.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self(*blake3::keyed_hash(&self.0, purpose.as_bytes()).as_bytes())
    }

    /// The full keyed hash (BLAKE3) of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.0, message).as_bytes()
    }

    /// Whether `signature` is [`SecretKey::sign`] of `message`; compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8; 32]) -> bool {
        // `blake3::Hash` compares in constant time.
        blake3::keyed_hash(&self.0, message) == blake3::Hash::from_bytes(*signature)
    }

    /// The first 16 bytes of the keyed hash, for indexes and links.
    #[must_use]
    pub fn hash(&self, message: &[u8]) -> KeyedHash {
        let mut out = [0; 16];
        out.copy_from_slice(&self.sign(message)[..16]);
        out
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// The plain hash (BLAKE3) of some bytes: whoever has them can work it out.
#[must_use]
pub fn content_digest(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// The plain hash (BLAKE3) of a file's bytes in hexadecimal: 64 characters.
#[must_use]
pub fn content_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Whether two hashes are equal, in constant time.
#[must_use]
pub fn equal(a: &KeyedHash, b: &KeyedHash) -> bool {
    a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_purpose_and_never_print() {
        let key = SecretKey::from_bytes([7; 32]);
        assert_ne!(key.derive("a").hash(b"x"), key.derive("b").hash(b"x"));
        assert!(key.verify(b"x", &key.sign(b"x")));
        assert!(!key.verify(b"y", &key.sign(b"x")));
        assert_eq!(format!("{key:?}"), "SecretKey(…)");
    }
}
