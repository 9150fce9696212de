//! What an authenticator's answer has to be (Web Authentication Level 3, sections 7.1 and 7.2): pure,
//! over bytes. Nobody's attestation is asked for, so none is believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;

use super::cbor::Reader;

/// The longest id of a credential, in bytes (section 7.1, step 25).
pub(super) const ID_BYTES_MAX: usize = 1_023;
/// The most bytes of any part of an answer.
const PART_BYTES_MAX: usize = 8 * 1024;

/// The person was there.
const PRESENT: u8 = 0x01;
/// The authenticator has made sure who it is.
const VERIFIED: u8 = 0x04;
/// The credential can be copied to other devices.
const COPYABLE: u8 = 0x08;
/// It has been.
const COPIED: u8 = 0x10;
/// A credential follows.
const CREDENTIAL: u8 = 0x40;
/// Extensions follow.
const EXTENSIONS: u8 = 0x80;

/// Why an answer is not believed. Never told to whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// It is not made as it should be.
    #[error("the answer cannot be read")]
    Malformed,
    /// It is the answer to something else.
    #[error("the answer is of another kind")]
    OtherKind,
    /// It answers another question.
    #[error("the answer is to another challenge")]
    OtherChallenge,
    /// It was made for another site.
    #[error("the answer was made for another site")]
    OtherSite,
    /// Nobody was there, or it is not known who.
    #[error("the person was not verified")]
    NotVerified,
    /// The key is of a kind that was not asked for.
    #[error("the key is of an unknown kind")]
    Algorithm,
    /// The signature is not the key's.
    #[error("the signature does not fit")]
    Signature,
    /// The counter stands still or goes back: the credential may have been copied.
    #[error("the counter has not risen")]
    Counter,
}

/// What is known of a site.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Scheme, host and port, as browsers say them.
    pub origin: &'a str,
    /// The host: what credentials are bound to.
    pub host: &'a str,
}

/// The kinds of keys that are taken, by their numbers in COSE (RFC 9053).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSA (PKCS #1 v1.5) with SHA-256: older Windows.
    Rs256,
}

impl Algorithm {
    /// Every kind, the preferred first.
    pub const ALL: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicKey {
    algorithm: Algorithm,
    /// The point, or the modulus.
    first: Vec<u8>,
    /// The exponent of RSA.
    second: Vec<u8>,
}

impl PublicKey {
    /// Reads a COSE key; gives what stands behind it too.
    fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Doubt> {
        let mut reader = Reader::new(bytes);
        let entries = reader.map().ok_or(Doubt::Malformed)?;
        let (mut kind, mut number, mut curve) = (None, None, None);
        let (mut minus1, mut minus2, mut minus3) = (None, None, None);
        let mut seen = Vec::new();
        for _ in 0..entries {
            let label = reader.number().ok_or(Doubt::Malformed)?;
            if seen.contains(&label) {
                return Err(Doubt::Malformed);
            }
            seen.push(label);
            match label {
                1 => kind = Some(reader.number().ok_or(Doubt::Malformed)?),
                3 => number = Some(reader.number().ok_or(Doubt::Malformed)?),
                // A curve's number, or a modulus.
                -1 if kind == Some(3) => minus1 = Some(reader.bytes().ok_or(Doubt::Malformed)?),
                -1 => curve = Some(reader.number().ok_or(Doubt::Malformed)?),
                -2 => minus2 = Some(reader.bytes().ok_or(Doubt::Malformed)?),
                -3 => minus3 = Some(reader.bytes().ok_or(Doubt::Malformed)?),
                _ => reader.skip().ok_or(Doubt::Malformed)?,
            }
        }
        let key = match (kind, number, curve, minus1, minus2, minus3) {
            (Some(2), Some(-7), Some(1), None, Some(x), Some(y))
                if x.len() == 32 && y.len() == 32 =>
            {
                let first = [&[4], x, y].concat();
                Self { algorithm: Algorithm::Es256, first, second: Vec::new() }
            }
            (Some(1), Some(-8), Some(6), None, Some(x), None) if x.len() == 32 => {
                Self { algorithm: Algorithm::EdDsa, first: x.to_vec(), second: Vec::new() }
            }
            (Some(3), Some(-257), None, Some(n), Some(e), None)
                if (256..=1_024).contains(&n.len()) && (1..=8).contains(&e.len()) =>
            {
                Self { algorithm: Algorithm::Rs256, first: n.to_vec(), second: e.to_vec() }
            }
            _ => return Err(Doubt::Algorithm),
        };
        Ok((key, reader.rest()))
    }

    /// Its text in the store.
    #[must_use]
    pub(super) fn to_text(&self) -> String {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        format!("{}.{}.{}", self.algorithm.number(), part(&self.first), part(&self.second))
    }

    /// The key with this text.
    #[must_use]
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let number: i64 = parts.next()?.parse().ok()?;
        let algorithm = Algorithm::ALL.into_iter().find(|one| one.number() == number)?;
        let first = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let second = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        parts.next().is_none().then_some(Self { algorithm, first, second })
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Doubt> {
        let verified =
            match self.algorithm {
                Algorithm::Es256 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.first)
                    .verify(message, signature),
                Algorithm::EdDsa => {
                    UnparsedPublicKey::new(&ED25519, &self.first).verify(message, signature)
                }
                Algorithm::Rs256 => RsaPublicKeyComponents { n: &self.first, e: &self.second }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
            };
        verified.map_err(|_| Doubt::Signature)
    }
}

/// A credential that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credential {
    /// Its id.
    pub id: Vec<u8>,
    /// Its public key.
    pub key: PublicKey,
    /// How often it has signed, where it counts.
    pub count: u32,
    /// It is copied to the person's other devices.
    pub copied: bool,
}

/// What a browser says that it asked for.
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(default, rename = "topOrigin")]
    top_origin: Option<String>,
}

fn check_client(site: Site<'_>, kind: &str, challenge: &[u8], json: &[u8]) -> Result<(), Doubt> {
    if json.len() > PART_BYTES_MAX {
        return Err(Doubt::Malformed);
    }
    let said: ClientData = serde_json::from_slice(json).map_err(|_| Doubt::Malformed)?;
    if said.r#type != kind {
        return Err(Doubt::OtherKind);
    }
    // Compared as text: any other way of writing the same bytes is refused as well.
    if said.challenge != URL_SAFE_NO_PAD.encode(challenge) {
        return Err(Doubt::OtherChallenge);
    }
    // A frame of another site is not this site, even if it asked by name.
    if said.origin != site.origin || said.cross_origin || said.top_origin.is_some() {
        return Err(Doubt::OtherSite);
    }
    Ok(())
}

/// The fixed part of an authenticator's data, checked.
struct Authenticator<'a> {
    flags: u8,
    count: u32,
    rest: &'a [u8],
}

fn check_authenticator<'a>(site: Site<'_>, data: &'a [u8]) -> Result<Authenticator<'a>, Doubt> {
    if data.len() > PART_BYTES_MAX {
        return Err(Doubt::Malformed);
    }
    let (hash, rest) = data.split_first_chunk::<32>().ok_or(Doubt::Malformed)?;
    let (fixed, rest) = rest.split_first_chunk::<5>().ok_or(Doubt::Malformed)?;
    if hash.as_slice() != digest(&SHA256, site.host.as_bytes()).as_ref() {
        return Err(Doubt::OtherSite);
    }
    let [flags, count @ ..] = *fixed;
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err(Doubt::NotVerified);
    }
    // What has been copied can be copied (section 7.1, step 17).
    if flags & COPIED != 0 && flags & COPYABLE == 0 {
        return Err(Doubt::Malformed);
    }
    Ok(Authenticator { flags, count: u32::from_be_bytes(count), rest })
}

/// Extensions, where they are said to follow, and nothing behind them.
fn check_end(flags: u8, rest: &[u8]) -> Result<(), Doubt> {
    let mut reader = Reader::new(rest);
    if flags & EXTENSIONS != 0 {
        reader.clone().map().ok_or(Doubt::Malformed)?;
        reader.skip().ok_or(Doubt::Malformed)?;
    }
    if reader.rest().is_empty() { Ok(()) } else { Err(Doubt::Malformed) }
}

/// The credential of an answer to "make one" (section 7.1).
///
/// # Errors
///
/// See [`Doubt`].
pub(super) fn registered(
    site: Site<'_>,
    challenge: &[u8],
    client_data: &[u8],
    attestation: &[u8],
) -> Result<Credential, Doubt> {
    check_client(site, "webauthn.create", challenge, client_data)?;
    let data = authenticator_data(attestation)?;
    let Authenticator { flags, count, rest } = check_authenticator(site, data)?;
    if flags & CREDENTIAL == 0 {
        return Err(Doubt::Malformed);
    }
    // Whose model it is is not looked at.
    let (_, rest) = rest.split_first_chunk::<16>().ok_or(Doubt::Malformed)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(Doubt::Malformed)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > ID_BYTES_MAX {
        return Err(Doubt::Malformed);
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(Doubt::Malformed)?;
    let (key, rest) = PublicKey::read(rest)?;
    check_end(flags, rest)?;
    Ok(Credential { id: id.to_vec(), key, count, copied: flags & COPIED != 0 })
}

/// The authenticator's data in an attestation. The statement itself is passed over: none was asked
/// for, so it proves nothing that anything here rests on.
fn authenticator_data(attestation: &[u8]) -> Result<&[u8], Doubt> {
    if attestation.len() > PART_BYTES_MAX {
        return Err(Doubt::Malformed);
    }
    let mut reader = Reader::new(attestation);
    let entries = reader.map().ok_or(Doubt::Malformed)?;
    let (mut data, mut format, mut statement) = (None, None, None);
    for _ in 0..entries {
        match reader.text().ok_or(Doubt::Malformed)? {
            "fmt" => format = Some(reader.text().ok_or(Doubt::Malformed)?),
            "authData" => data = Some(reader.bytes().ok_or(Doubt::Malformed)?),
            "attStmt" => statement = Some(reader.skip().ok_or(Doubt::Malformed)?),
            _ => return Err(Doubt::Malformed),
        }
    }
    match (data, format, statement) {
        (Some(data), Some(_), Some(())) if entries == 3 && reader.rest().is_empty() => Ok(data),
        _ => Err(Doubt::Malformed),
    }
}

/// Checks an answer to "who are you" against a credential (section 7.2); gives the counter now.
///
/// # Errors
///
/// See [`Doubt`].
pub(super) fn asserted(
    site: Site<'_>,
    challenge: &[u8],
    key: &PublicKey,
    count_before: u32,
    client_data: &[u8],
    data: &[u8],
    signature: &[u8],
) -> Result<u32, Doubt> {
    check_client(site, "webauthn.get", challenge, client_data)?;
    let Authenticator { flags, count, rest } = check_authenticator(site, data)?;
    if flags & CREDENTIAL != 0 {
        return Err(Doubt::Malformed);
    }
    check_end(flags, rest)?;
    let signed = [data, digest(&SHA256, client_data).as_ref()].concat();
    key.verify(&signed, signature)?;
    // Copied credentials do not count: both are zero for ever.
    if (count != 0 || count_before != 0) && count <= count_before {
        return Err(Doubt::Counter);
    }
    Ok(count)
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
