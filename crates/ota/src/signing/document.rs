//! A signed document: a value, and signatures over its canonical bytes.
//!
//! A document travels between the machines of its signers: each adds a signature, [`Document::merge`]
//! brings them together. Reading a document says nothing about whether to believe it; that is
//! [`Document::check`], always with the keys of the role.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::{hex, unhex};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical;
use super::key::{KeyId, PublicKey, SecretKey};
use super::limits::SIGNATURES_MAX;
use super::metadata::Body;
use super::rejected::Rejected;

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Whose.
    pub keyid: KeyId,
    /// 64 bytes in hex.
    pub sig: String,
}

impl Signature {
    /// Whether it is by this key and of these bytes.
    #[must_use]
    pub fn is_by(&self, key: &PublicKey, message: &[u8]) -> bool {
        self.keyid == key.id() && unhex(&self.sig).is_some_and(|sig| key.verifies(message, &sig))
    }
}

/// A document as it is stored: what is signed, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    signatures: Vec<Signature>,
    signed: Value,
}

impl Document {
    /// An unsigned document.
    ///
    /// # Panics
    ///
    /// Never: the bodies of this crate have string keys and whole numbers only.
    #[must_use]
    pub fn new<B: Body>(body: &B) -> Self {
        let signed = serde_json::to_value(body).expect("a body is plain data");
        Self { signatures: Vec::new(), signed }
    }

    /// Reads a document of at most `bytes_max` bytes.
    ///
    /// # Errors
    ///
    /// [`Rejected::Length`], or [`Rejected::Malformed`] when it is not a signed document.
    pub fn parse(name: &str, bytes: &[u8], bytes_max: u64) -> Result<Self, Rejected> {
        if bytes.len() as u64 > bytes_max {
            return Err(Rejected::Length { name: name.to_owned(), expected: bytes_max });
        }
        let document: Self = serde_json::from_slice(bytes)
            .map_err(|error| Rejected::malformed(format!("{name}: {error}")))?;
        if document.signatures.len() > SIGNATURES_MAX {
            return Err(Rejected::malformed(format!("{name} has too many signatures")));
        }
        Ok(document)
    }

    /// The file: stable bytes, the same for the same signatures.
    ///
    /// # Panics
    ///
    /// Never: what was parsed or serialised has whole numbers only, or [`Document::message`] has
    /// refused it before.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("JSON values are JSON");
        bytes.push(b'\n');
        bytes
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] for numbers that are not whole.
    pub fn message(&self) -> Result<Vec<u8>, Rejected> {
        canonical::to_bytes(&self.signed)
    }

    /// Whose signatures it carries, valid or not.
    pub fn signers(&self) -> impl Iterator<Item = &KeyId> {
        self.signatures.iter().map(|signature| &signature.keyid)
    }

    /// The signatures that it carries, valid or not.
    pub fn signatures(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter()
    }

    /// Adds a signature; signing twice with one key changes nothing.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] for numbers that are not whole.
    pub fn sign(&mut self, key: &SecretKey) -> Result<(), Rejected> {
        let signature =
            Signature { keyid: key.public().id(), sig: hex(&key.sign(&self.message()?)) };
        self.put(signature);
        Ok(())
    }

    /// Takes the signatures of another copy of the same document.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] when the other copy says something else.
    pub fn merge(&mut self, other: &Self) -> Result<(), Rejected> {
        if self.message()? != other.message()? {
            return Err(Rejected::malformed("the two copies do not say the same"));
        }
        for signature in &other.signatures {
            self.put(signature.clone());
        }
        Ok(())
    }

    /// Puts a signature on it, in the place of another one by the same key.
    pub fn put(&mut self, signature: Signature) {
        self.signatures.retain(|old| old.keyid != signature.keyid);
        self.signatures.push(signature);
        self.signatures.sort_by(|left, right| left.keyid.cmp(&right.keyid));
    }

    /// Demands valid signatures by at least `threshold` different keys out of `keyids`.
    ///
    /// # Errors
    ///
    /// [`Rejected::Threshold`], [`Rejected::Malformed`].
    pub fn check(
        &self,
        role: &str,
        keys: &BTreeMap<KeyId, PublicKey>,
        keyids: &[KeyId],
        threshold: usize,
    ) -> Result<(), Rejected> {
        let message = self.message()?;
        let mut good = BTreeSet::new();
        for signature in &self.signatures {
            let Some(key) = keys.get(&signature.keyid) else { continue };
            let named = keyids.contains(&signature.keyid);
            let valid = || unhex(&signature.sig).is_some_and(|sig| key.verifies(&message, &sig));
            if named && valid() {
                // By the key itself, not by its name: one key under two names counts once.
                good.insert(key.to_text());
            }
        }
        if threshold == 0 || good.len() < threshold {
            return Err(Rejected::Threshold {
                role: role.to_owned(),
                have: good.len(),
                need: threshold.max(1),
            });
        }
        Ok(())
    }

    /// What the document says. Ask [`Document::check`] before believing it.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`]: another type of document, or values out of bounds.
    pub fn body<B: Body + DeserializeOwned>(&self) -> Result<B, Rejected> {
        let kind = self.signed.get("_type").and_then(Value::as_str).unwrap_or_default();
        if kind != B::TYPE {
            return Err(Rejected::malformed(format!("a {kind:?} where a {} belongs", B::TYPE)));
        }
        let body: B = serde_json::from_value(self.signed.clone())
            .map_err(|error| Rejected::malformed(format!("{}: {error}", B::TYPE)))?;
        body.check()?;
        Ok(body)
    }
}
