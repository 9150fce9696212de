//! Small update packages, made by hand so that each of their bytes can be made wrong.

#![allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]

use std::fmt::Write;

use kontor_rom::demo::base64;
use sha2::{Digest, Sha256};

/// A member of a zip file, stored.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A zip file with these members and a comment.
pub(crate) fn zip(members: &[Member], comment: &[u8]) -> Vec<u8> {
    let members: Vec<(&str, &[u8])> =
        members.iter().map(|member| (member.name.as_str(), member.bytes.as_slice())).collect();
    kontor_rom::demo::zip(&members, comment)
}

/// A comment as a whole-file signature leaves it.
pub(crate) fn signature() -> Vec<u8> {
    let mut comment = b"signed\0".to_vec();
    comment.extend([0x30, 2, 1, 1]);
    let length = u8::try_from(comment.len() + 6).expect("short");
    comment.extend([10, 0, 0xFF, 0xFF, length, 0]);
    comment
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
