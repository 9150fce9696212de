//! Secret keys at rest: sealed by a passphrase for a file on a medium, or by another secret for a
//! row in a database.
//!
//! A file's passphrase is stretched by Argon2id, so that guessing costs memory and time; both kinds
//! are sealed by XChaCha20-Poly1305, whose long nonce may be drawn at random. The public half stays
//! readable and is bound to the sealed one: a file whose public half was swapped does not open.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kontor_base::{Random, hex, unhex};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::key::{PublicKey, SecretKey};

/// The most memory that a key file may ask for, in KiB: a file from a stranger must not fill the
/// machine that opens it.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
/// The most rounds that a key file may ask for.
const ROUNDS_MAX: u32 = 32;
/// A key file is shorter than this, in bytes.
pub const KEY_FILE_BYTES_MAX: usize = 8 * 1024;
/// The shortest passphrase for a new key file, in characters.
pub const PASSPHRASE_MIN: usize = 12;

/// Why a sealed key was not made or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealedError {
    /// Not a key file of ours.
    #[error("this is not a key file")]
    Malformed,
    /// The passphrase is another one, or the file was changed.
    #[error("the passphrase does not open this key")]
    Wrong,
    /// Too short to withstand guessing.
    #[error("a passphrase has at least {PASSPHRASE_MIN} characters; several words are best")]
    Short,
    /// It asks for more memory or time than any file of ours.
    #[error("this key file asks for more memory or time than any that was made here")]
    Costly,
}

/// How much guessing a passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Rounds over it.
    pub rounds: u32,
}

impl Default for Cost {
    /// 64 MiB and three rounds: about a third of a second on a laptop.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, rounds: 3 }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    kontor_key: u32,
    public: String,
    kdf: String,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    cipher: String,
    nonce: String,
    sealed: String,
}

/// The text of a key file that only the passphrase opens.
///
/// # Errors
///
/// [`SealedError::Short`].
pub fn to_file(
    key: &SecretKey,
    passphrase: &str,
    cost: Cost,
    random: &Random,
) -> Result<String, SealedError> {
    if passphrase.chars().count() < PASSPHRASE_MIN {
        return Err(SealedError::Short);
    }
    let salt = random.bytes16();
    let stretched = stretch(passphrase, &salt, cost)?;
    let public = key.public().to_text();
    let (nonce, sealed) = seal(&stretched, key, random);
    let file = KeyFile {
        kontor_key: 1,
        public,
        kdf: "argon2id".into(),
        cost,
        salt: hex(&salt),
        cipher: "xchacha20poly1305".into(),
        nonce: hex(&nonce),
        sealed: hex(&sealed),
    };
    let mut text = serde_json::to_string_pretty(&file).map_err(|_| SealedError::Malformed)?;
    text.push('\n');
    Ok(text)
}

/// The public half of a key file, without its passphrase.
///
/// # Errors
///
/// [`SealedError::Malformed`].
pub fn public_of(text: &str) -> Result<PublicKey, SealedError> {
    PublicKey::parse(&parse(text)?.public).map_err(|_| SealedError::Malformed)
}

/// Opens a key file.
///
/// # Errors
///
/// [`SealedError`].
pub fn from_file(text: &str, passphrase: &str) -> Result<SecretKey, SealedError> {
    let file = parse(text)?;
    if file.cost.memory_kib > MEMORY_KIB_MAX || file.cost.rounds > ROUNDS_MAX {
        return Err(SealedError::Costly);
    }
    let salt = unhex::<16>(&file.salt).ok_or(SealedError::Malformed)?;
    let nonce = unhex::<24>(&file.nonce).ok_or(SealedError::Malformed)?;
    let sealed = unhex::<SEALED_BYTES>(&file.sealed).ok_or(SealedError::Malformed)?;
    let stretched = stretch(passphrase, &salt, file.cost)?;
    open(&stretched, &file.public, &nonce, &sealed)
}

fn parse(text: &str) -> Result<KeyFile, SealedError> {
    if text.len() > KEY_FILE_BYTES_MAX {
        return Err(SealedError::Malformed);
    }
    let file: KeyFile = serde_json::from_str(text).map_err(|_| SealedError::Malformed)?;
    let ours = file.kontor_key == 1 && file.kdf == "argon2id" && file.cipher == "xchacha20poly1305";
    if ours { Ok(file) } else { Err(SealedError::Malformed) }
}

fn stretch(passphrase: &str, salt: &[u8; 16], cost: Cost) -> Result<[u8; 32], SealedError> {
    let params = Params::new(cost.memory_kib, cost.rounds, 1, Some(32));
    let params = params.map_err(|_| SealedError::Malformed)?;
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut out)
        .map_err(|_| SealedError::Malformed)?;
    Ok(out)
}

/// The length of a sealed key: 32 bytes and the tag.
const SEALED_BYTES: usize = 48;

/// A key for a row of a database: `{nonce}.{sealed}` in hex, opened by `secret` alone.
#[must_use]
pub fn to_row(key: &SecretKey, secret: &[u8; 32], random: &Random) -> String {
    let (nonce, sealed) = seal(secret, key, random);
    format!("{}.{}", hex(&nonce), hex(&sealed))
}

/// Opens what [`to_row`] has made for the key with this public half.
///
/// # Errors
///
/// [`SealedError::Malformed`], or [`SealedError::Wrong`] when the secret is another one.
pub fn from_row(
    row: &str,
    public: &PublicKey,
    secret: &[u8; 32],
) -> Result<SecretKey, SealedError> {
    let (nonce, sealed) = row.split_once('.').ok_or(SealedError::Malformed)?;
    let nonce = unhex::<24>(nonce).ok_or(SealedError::Malformed)?;
    let sealed = unhex::<SEALED_BYTES>(sealed).ok_or(SealedError::Malformed)?;
    open(secret, &public.to_text(), &nonce, &sealed)
}

fn seal(secret: &[u8; 32], key: &SecretKey, random: &Random) -> ([u8; 24], Vec<u8>) {
    let mut nonce = [0; 24];
    nonce.copy_from_slice(&random.bytes32()[..24]);
    let public = key.public().to_text();
    let payload = Payload { msg: &key.to_bytes(), aad: public.as_bytes() };
    let sealed = XChaCha20Poly1305::new(&Key::from(*secret))
        .encrypt(&XNonce::from(nonce), payload)
        .expect("32 bytes are far below the cipher's limit");
    (nonce, sealed)
}

fn open(
    secret: &[u8; 32],
    public: &str,
    nonce: &[u8; 24],
    sealed: &[u8],
) -> Result<SecretKey, SealedError> {
    let payload = Payload { msg: sealed, aad: public.as_bytes() };
    let opened = XChaCha20Poly1305::new(&Key::from(*secret))
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| SealedError::Wrong)?;
    let bytes: [u8; 32] = opened.try_into().map_err(|_| SealedError::Malformed)?;
    let key = SecretKey::from_bytes(bytes);
    if key.public().to_text() == public { Ok(key) } else { Err(SealedError::Wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, rounds: 1 };

    #[test]
    fn only_the_passphrase_opens_a_key_file_and_nothing_in_it_can_be_changed() {
        let random = Random::seeded(3);
        let key = SecretKey::generate(&random);
        let text = to_file(&key, "correct horse battery", CHEAP, &random).expect("long enough");
        let digits = hex(&key.to_bytes());
        assert!(!text.contains(&digits), "the secret does not stand in the file");
        assert_eq!(public_of(&text), Ok(key.public()));
        let back = from_file(&text, "correct horse battery").expect("the same passphrase");
        assert_eq!(back.public(), key.public());
        assert!(matches!(from_file(&text, "correct horse batterz"), Err(SealedError::Wrong)));
        let other = SecretKey::generate(&random).public().to_text();
        let swapped = text.replace(&key.public().to_text(), &other);
        assert!(matches!(from_file(&swapped, "correct horse battery"), Err(SealedError::Wrong)));
        let costly = text.replace("\"memory_kib\": 64", "\"memory_kib\": 4000000000");
        assert!(matches!(from_file(&costly, "correct horse battery"), Err(SealedError::Costly)));
        assert_eq!(to_file(&key, "short", CHEAP, &random), Err(SealedError::Short));
        for nonsense in ["", "{}", "kontor-ed25519-secret:00", &"x".repeat(9_000)] {
            assert!(matches!(from_file(nonsense, "x"), Err(SealedError::Malformed)), "{nonsense}");
        }
    }

    #[test]
    fn a_row_opens_with_the_server_s_secret_for_its_own_public_half_only() {
        let random = Random::seeded(4);
        let (key, other) = (SecretKey::generate(&random), SecretKey::generate(&random));
        let row = to_row(&key, &[7; 32], &random);
        let back = from_row(&row, &key.public(), &[7; 32]).expect("the same secret");
        assert_eq!(back.public(), key.public());
        assert!(matches!(from_row(&row, &key.public(), &[8; 32]), Err(SealedError::Wrong)));
        assert!(matches!(from_row(&row, &other.public(), &[7; 32]), Err(SealedError::Wrong)));
        assert!(matches!(from_row("12.34", &key.public(), &[7; 32]), Err(SealedError::Malformed)));
    }
}
