//! An archive as applications come in: deflated entries, pictures stored as they are, a directory
//! at the end. A revision changes some entries; a change inside a deflated entry changes all bytes
//! behind it.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::stream::Stream;
use super::{program, text};

/// Out of 100 entries, how many a revision of the archive changes.
const ENTRIES_CHANGED: u64 = 20;

/// Makes an archive of about `size` bytes.
pub(super) fn package(identity: &[u64; 3], size: usize, revisions: &[u64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(size + (64 << 10));
    let mut directory = Vec::new();
    let mut number = 0_u64;
    while out.len() < size {
        let own = [identity[0], identity[1] ^ identity[2] << 20, number];
        let mut choice = Stream::new(&[own[0], own[1], own[2], 30]);
        let changed: Vec<u64> = revisions
            .iter()
            .copied()
            .filter(|revision| {
                Stream::new(&[own[0], own[1], number, 31, *revision]).below(100) < ENTRIES_CHANGED
            })
            .collect();
        let raw_size = (2 << 10) << choice.below(8);
        let raw_size = raw_size.min(size * 2).max(1024);
        let (raw, stored) = match choice.below(10) {
            0..5 => (program::program(&own, raw_size, &changed), false),
            5..8 => (text::table(&own, raw_size, &changed), false),
            8 => (text::lines(&own, raw_size, &changed), false),
            _ => (text::media(&own, raw_size, &changed), true),
        };
        let name = format!("entry/{number:05}");
        let crc = {
            let mut crc = flate2::Crc::new();
            crc.update(&raw);
            crc.sum()
        };
        let body = if stored { raw.clone() } else { deflate(&raw) };
        let method: u16 = if stored { 0 } else { 8 };
        let at = out.len() as u32;
        let fields = fields(method, crc, body.len() as u32, raw.len() as u32, &name);
        out.extend_from_slice(b"PK\x03\x04\x14\x00");
        out.extend_from_slice(&fields);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&body);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00\x14\x00");
        directory.extend_from_slice(&fields);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        number += 1;
    }
    let (at, length) = (out.len() as u32, directory.len() as u32);
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for count in [number as u16, number as u16] {
        out.extend_from_slice(&count.to_le_bytes());
    }
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

fn fields(method: u16, crc: u32, packed: u32, raw: u32, name: &str) -> Vec<u8> {
    let mut out = vec![0, 0];
    out.extend_from_slice(&method.to_le_bytes());
    out.extend_from_slice(&[0, 0, 0x21, 0x4a]);
    for number in [crc, packed, raw] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

fn deflate(raw: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder
        .write_all(raw)
        .and_then(|()| encoder.finish())
        .expect("memory takes all that is written")
}
