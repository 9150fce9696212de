//! Ed25519 keys: the public half as TUF writes it, the secret half that only ever signs.

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use kontor_base::{Random, hex, unhex};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::canonical;
use super::rejected::Rejected;

/// The name of a key: the SHA-256 of its canonical public form, in hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// The id in hex.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The public half of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireKey", into = "WireKey")]
pub struct PublicKey(VerifyingKey);

#[derive(Clone, Serialize, Deserialize)]
struct WireKey {
    keytype: String,
    keyval: WireValue,
    scheme: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct WireValue {
    public: String,
}

impl TryFrom<WireKey> for PublicKey {
    type Error = Rejected;

    fn try_from(wire: WireKey) -> Result<Self, Rejected> {
        if wire.keytype != "ed25519" || wire.scheme != "ed25519" {
            return Err(Rejected::malformed("a key is not ed25519"));
        }
        Self::parse(&wire.keyval.public)
    }
}

impl From<PublicKey> for WireKey {
    fn from(key: PublicKey) -> Self {
        let public = hex(key.0.as_bytes());
        Self { keytype: "ed25519".into(), keyval: WireValue { public }, scheme: "ed25519".into() }
    }
}

impl PublicKey {
    /// Reads the 64 hex digits of a public key.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`]: not 32 bytes, not on the curve, or a point for which forged
    /// signatures exist.
    pub fn parse(text: &str) -> Result<Self, Rejected> {
        let bytes = unhex(text).ok_or_else(|| Rejected::malformed("a public key is not hex"))?;
        let key = VerifyingKey::from_bytes(&bytes)
            .map_err(|_| Rejected::malformed("a public key is not on the curve"))?;
        if key.is_weak() {
            return Err(Rejected::malformed("a public key is weak"));
        }
        Ok(Self(key))
    }

    /// The key in hex, as a person passes it on.
    #[must_use]
    pub fn to_text(&self) -> String {
        hex(self.0.as_bytes())
    }

    /// The key's name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let value = json!({
            "keytype": "ed25519", "scheme": "ed25519", "keyval": { "public": self.to_text() },
        });
        let bytes = canonical::to_bytes(&value).expect("a key has no numbers");
        KeyId(hex(&Sha256::digest(bytes)))
    }

    /// Whether `signature` is this key's over `message`, by the strict rules (no malleability).
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// The secret half of a key. Wiped from memory when dropped; prints nothing of itself.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public().id())
    }
}

impl SecretKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(SigningKey::from_bytes(&random.bytes32()))
    }

    /// The key of these bytes, for [`super::sealed`].
    pub(super) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&bytes))
    }

    /// Its bytes, for [`super::sealed`].
    pub(super) fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let key = SecretKey::generate(&Random::seeded(1));
        assert!(!format!("{key:?}").contains(&hex(&key.to_bytes())));
    }

    #[test]
    fn the_key_id_is_the_one_other_programs_work_out() {
        // From the first test vector of RFC 8032; the id was worked out with securesystemslib.
        let key =
            PublicKey::parse("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
                .expect("a vector of RFC 8032");
        assert_eq!(
            key.id().as_str(),
            "74c181c7ad8a0855d4b55e44d2ba87aabdddb196832571f15f92fece332e4916"
        );
    }

    #[test]
    fn weak_and_foreign_keys_are_refused() {
        assert!(PublicKey::parse(&"00".repeat(32)).is_err());
        assert!(PublicKey::parse("AB").is_err());
        let rsa = r#"{"keytype":"rsa","scheme":"rsassa-pss-sha256","keyval":{"public":""}}"#;
        assert!(serde_json::from_str::<PublicKey>(rsa).is_err());
    }
}
