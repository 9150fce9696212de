//! Zip files made to hurt: ones that unpack to far more than they say, whose members share bytes, or
//! whose sizes lie.

mod package;

use std::fs::File;
use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use kontor_rom::build::{PackageError, read_package};
use package::{members, signature, zip};

const METADATA: &str = "META-INF/com/android/metadata";

/// Reads a file with these bytes; gives the code of the refusal and its words.
fn refusal(bytes: &[u8]) -> (&'static str, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("package.zip");
    std::fs::write(&path, bytes).expect("writes");
    let error: PackageError =
        read_package(&mut File::open(&path).expect("opens")).expect_err("is refused");
    (error.code(), error.to_string())
}

/// A package whose metadata is ten megabytes of the same letter, packed to ten kilobytes, and whose
/// directory says that it has `says` bytes.
fn bomb(says: u32) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b'a'; 10_000_000]).expect("packs");
    let packed = encoder.finish().expect("packs");
    let mut list = members("one", "a1", 1_000);
    let last = list.last_mut().expect("there are members");
    last.bytes = packed.clone();
    let mut bytes = zip(&list, &signature());
    let size = u32::try_from(packed.len()).expect("small").to_le_bytes();
    // The method and the unpacked size, in the member's own header and in the directory.
    for (magic, name_at, method_at, sizes_at) in
        [(b"PK\x03\x04", 30, 8, 18), (b"PK\x01\x02", 46, 10, 20)]
    {
        let starts = (0..bytes.len() - 4).filter(|at| &bytes[*at..at + 4] == magic);
        let named = |at: &usize| bytes[at + name_at..].starts_with(METADATA.as_bytes());
        let at = starts.rev().find(named).expect("the header is there");
        bytes[at + method_at] = 8;
        assert_eq!(bytes[at + sizes_at..at + sizes_at + 4], size);
        bytes[at + sizes_at + 4..at + sizes_at + 8].copy_from_slice(&says.to_le_bytes());
    }
    bytes
}

#[test]
fn what_unpacks_to_more_than_it_may_is_not_unpacked() {
    let (code, words) = refusal(&bomb(10_000_000));
    assert_eq!((code, words.contains("larger than it may be")), ("build.zip_member", true));
    let (code, words) = refusal(&bomb(100));
    assert_eq!((code, words.contains("other bytes than")), ("build.zip_member", true), "{words}");
}

#[test]
fn members_do_not_share_bytes() {
    let mut bytes = zip(&members("one", "a1", 1_000), &signature());
    // The payload claims to go on over the members behind it.
    let directory = (0..bytes.len() - 4).find(|at| &bytes[*at..at + 4] == b"PK\x01\x02");
    for (at, sizes_at) in [(0, 18), (directory.expect("a directory"), 20)] {
        for place in [at + sizes_at, at + sizes_at + 4] {
            let size = u32::from_le_bytes(bytes[place..place + 4].try_into().expect("four"));
            bytes[place..place + 4].copy_from_slice(&(size + 60).to_le_bytes());
        }
    }
    let (code, words) = refusal(&bytes);
    assert_eq!((code, words.contains("shares bytes")), ("build.zip_member", true), "{words}");
}

#[test]
fn sizes_that_reach_beyond_the_file_are_refused() {
    let mut bytes = zip(&members("one", "a1", 1_000), &signature());
    let directory = (0..bytes.len() - 4).find(|at| &bytes[*at..at + 4] == b"PK\x01\x02");
    for (at, sizes_at) in [(0, 18), (directory.expect("a directory"), 20)] {
        for place in [at + sizes_at, at + sizes_at + 4] {
            bytes[place..place + 4].copy_from_slice(&0x7FFF_FFFF_u32.to_le_bytes());
        }
    }
    let (code, words) = refusal(&bytes);
    assert_eq!((code, words.contains("directory")), ("build.zip_member", true), "{words}");
}
