//! Writes small zip files, byte by byte: what the demo publishes, and what tests make wrong.

use flate2::Crc;

/// A zip file with these members, stored, and a comment.
///
/// # Panics
///
/// When members or names are larger than the fields of a plain zip file.
#[must_use]
pub fn zip(members: &[(&str, &[u8])], comment: &[u8]) -> Vec<u8> {
    let size = |bytes: usize| u32::try_from(bytes).expect("members are small").to_le_bytes();
    let short = |bytes: usize| u16::try_from(bytes).expect("names are short").to_le_bytes();
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut crc = Crc::new();
        crc.update(bytes);
        // Version 2.0, no flags, stored, 1 January 1980.
        let mut shared = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        shared.extend(crc.sum().to_le_bytes());
        shared.extend([size(bytes.len()), size(bytes.len())].concat());
        shared.extend([short(name.len()), [0, 0]].concat());
        let at = size(file.len());
        file.extend(b"PK\x03\x04");
        file.extend(&shared);
        file.extend(name.as_bytes());
        file.extend(*bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend(at);
        directory.extend(name.as_bytes());
    }
    let (count, at) = (short(members.len()), size(file.len()));
    let bytes = size(directory.len());
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count, count].concat());
    file.extend([bytes, at].concat());
    file.extend(short(comment.len()));
    file.extend(comment);
    file
}

/// Bytes in base 64 with `=` at the end (RFC 4648, section 4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
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
