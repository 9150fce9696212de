//! Small update packages, made by hand so that each of their bytes can be made wrong.

#![allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]

use std::fmt::Write;

use flate2::Crc;
use sha2::{Digest, Sha256};

/// A member of a zip file, stored.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A zip file with these members and a comment.
pub(crate) fn zip(members: &[Member], comment: &[u8]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let mut crc = Crc::new();
        crc.update(&member.bytes);
        let size = u32::try_from(member.bytes.len()).expect("small").to_le_bytes();
        let name_bytes = u16::try_from(member.name.len()).expect("short").to_le_bytes();
        let mut shared = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        shared.extend(crc.sum().to_le_bytes());
        shared.extend([size, size].concat());
        shared.extend(name_bytes);
        shared.extend([0, 0]);
        let header = u32::try_from(file.len()).expect("small").to_le_bytes();
        file.extend(b"PK\x03\x04");
        file.extend(&shared);
        file.extend(member.name.as_bytes());
        file.extend(&member.bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend(header);
        directory.extend(member.name.as_bytes());
    }
    let count = u16::try_from(members.len()).expect("few").to_le_bytes();
    let at = u32::try_from(file.len()).expect("small").to_le_bytes();
    let bytes = u32::try_from(directory.len()).expect("small").to_le_bytes();
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count, count].concat());
    file.extend([bytes, at].concat());
    file.extend(u16::try_from(comment.len()).expect("short").to_le_bytes());
    file.extend(comment);
    file
}

/// A comment as a whole-file signature leaves it.
pub(crate) fn signature() -> Vec<u8> {
    let mut comment = b"signed\0".to_vec();
    comment.extend([0x30, 2, 1, 1]);
    let length = u8::try_from(comment.len() + 6).expect("short");
    comment.extend([10, 0, 0xFF, 0xFF, length, 0]);
    comment
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut word = [0_u8; 4];
        word[1..=chunk.len()].copy_from_slice(chunk);
        let word = u32::from_be_bytes(word);
        for place in 0..4_u32 {
            if place as usize <= chunk.len() {
                let digit = (word >> (18 - 6 * place)) & 63;
                text.push(char::from(DIGITS[digit as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// The members of a good package for `device`, built at `seconds`.
pub(crate) fn members(device: &str, incremental: &str, seconds: i64) -> Vec<Member> {
    let mut payload = b"CrAU".to_vec();
    payload.extend(format!("{device} {incremental}").repeat(100).into_bytes());
    let mut metadata = String::new();
    let _ = write!(
        metadata,
        "ota-type=AB\npre-device={device}\npost-build-incremental={incremental}\n\
         post-sdk-level=36\npost-security-patch-level=2026-10-01\npost-timestamp={seconds}\n\
         ota-property-files=payload.bin:41:{}\n",
        payload.len()
    );
    let properties =
        format!("FILE_HASH={}\nFILE_SIZE={}\n", base64(&Sha256::digest(&payload)), payload.len());
    let member = |name: &str, bytes: Vec<u8>| Member { name: name.to_owned(), bytes };
    vec![
        // First, at 30 bytes of header and 11 of name.
        member("payload.bin", payload),
        member("payload_properties.txt", properties.into_bytes()),
        member("META-INF/com/android/metadata", metadata.into_bytes()),
    ]
}

/// A good package.
pub(crate) fn good(device: &str, incremental: &str, seconds: i64) -> Vec<u8> {
    zip(&members(device, incremental, seconds), &signature())
}
