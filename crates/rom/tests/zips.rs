//! Zip files made to hurt: ones that unpack to far more than they say, whose members share bytes, or
//! whose sizes lie.

mod package;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use kontor_rom::build::zip::{Directory, Method, ZipError};
use kontor_rom::build::{PackageError, read_package};
use package::{Member, members, signature, zip};
use proptest::prelude::*;

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

/// Where a zip file's structures begin: local headers, directory, end.
fn marks(bytes: &[u8]) -> Vec<usize> {
    let kinds: [&[u8]; 4] = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"];
    (0..bytes.len().saturating_sub(4)).filter(|at| kinds.contains(&&bytes[*at..at + 4])).collect()
}

fn read(bytes: &[u8]) -> Result<Directory, ZipError> {
    Directory::read(&mut Cursor::new(bytes), bytes.len() as u64)
}

/// What must be true of every file that is accepted.
fn sound(bytes: &[u8], directory: &Directory) -> Result<(), TestCaseError> {
    let mut names = std::collections::BTreeSet::new();
    let mut spans = Vec::new();
    for member in &directory.members {
        prop_assert!(names.insert(&member.name), "{} is there twice", member.name);
        let inside = std::path::Path::new(&member.name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        prop_assert!(inside && !member.name.contains(['\\', ':', '\0']), "{:?}", member.name);
        spans.push((member.offset, member.offset.checked_add(member.packed)));
    }
    spans.sort_unstable();
    let mut free_from = 0;
    for (from, to) in spans {
        prop_assert!(free_from <= from && to.is_some_and(|to| to <= bytes.len() as u64));
        free_from = to.unwrap_or_default();
    }
    prop_assert!(bytes.ends_with(&directory.comment));
    Ok(())
}

/// A number that sizes, counts and offsets are made wrong with.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(0xFFFF),
        Just(0xFFFF_FFFE),
        Just(0xFFFF_FFFF),
        Just(u64::MAX),
        Just(u64::MAX - 30),
        0..2_000_u64,
        any::<u64>(),
    ]
}

/// The records for large files put before the end record, which points at them.
fn with_large_records(small: &[u8], offset: u64, size: u64, count: u64) -> Vec<u8> {
    let end = *marks(small).last().expect("an end record");
    let mut bytes = small[..end].to_vec();
    let record_at = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, size, offset] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(record_at.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    let mut last = small[end..].to_vec();
    last[8..12].fill(0xFF);
    last[12..20].fill(0xFF);
    bytes.extend(last);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whole_files_are_read_as_they_were_written(
        list in prop::collection::btree_map(
            "[a-z0-9]{1,12}(/[a-z.]{0,3}[a-z]){0,2}",
            prop::collection::vec(any::<u8>(), 0..200),
            0..6,
        ),
        comment in "[ -~]{0,80}",
    ) {
        let list: BTreeMap<String, Vec<u8>> = list;
        let parts: Vec<Member> = list
            .iter()
            .map(|(name, bytes)| Member { name: name.clone(), bytes: bytes.clone() })
            .collect();
        let bytes = zip(&parts, comment.as_bytes());
        let directory = read(&bytes).expect("is read");
        sound(&bytes, &directory)?;
        prop_assert_eq!(&directory.comment, comment.as_bytes());
        prop_assert_eq!(directory.members.len(), list.len());
        for member in &directory.members {
            let at = usize::try_from(member.offset).expect("small");
            let length = usize::try_from(member.packed).expect("small");
            prop_assert_eq!(&bytes[at..at + length], list[&member.name].as_slice());
            prop_assert_eq!((member.method, member.bytes), (Method::Stored, member.packed));
        }
    }

    /// Fields of headers are overwritten, bytes are cut off, added and repeated: the file is refused
    /// for what it is, or still means one thing.
    #[test]
    fn damaged_files_are_refused_or_sound(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 4..46_usize, 1..9_usize, number()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        tail in prop_oneof![Just(Vec::new()), prop::collection::vec(any::<u8>(), 0..30), Just(b"PK\x05\x06".to_vec())],
    ) {
        let mut bytes = zip(&members("one", "a1", 1_000), &signature());
        let marks = marks(&bytes);
        for (which, field, width, value) in edits {
            let at = marks[which.index(marks.len())] + field;
            for (place, byte) in bytes.iter_mut().skip(at).take(width).zip(value.to_le_bytes()) {
                *place = byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes.extend(tail);
        match read(&bytes) {
            Ok(directory) => {
                sound(&bytes, &directory)?;
                for name in ["payload.bin", "payload_properties.txt", METADATA] {
                    let unpacked = directory.unpack(&mut Cursor::new(&bytes), name, 5_000);
                    prop_assert!(unpacked.map_or(0, |bytes| bytes.len()) <= 5_000);
                }
            }
            // A disk that failed would be somebody else's fault.
            Err(error) => prop_assert!(!matches!(error, ZipError::Disk(_)), "{}", error),
        }
    }

    /// The records for large files say anything.
    #[test]
    fn records_for_large_files_are_believed_only_where_they_fit(
        offset in number(),
        size in number(),
        count in number(),
    ) {
        let small = zip(&members("one", "a1", 1_000), &signature());
        let end = *marks(&small).last().expect("an end record");
        let field = |at: usize| {
            u64::from(u32::from_le_bytes(small[end + at..end + at + 4].try_into().expect("four")))
        };
        let right = with_large_records(&small, field(16), field(12), 3);
        sound(&right, &read(&right).expect("is read"))?;
        let bytes = with_large_records(&small, offset, size, count);
        if (offset, size, count) != (field(16), field(12), 3) {
            let error = read(&bytes).expect_err("is refused");
            prop_assert!(!matches!(error, ZipError::Disk(_)), "{}", error);
        }
    }

    /// Packed members of every length against every announced one and every bound.
    #[test]
    fn nothing_is_unpacked_beyond_its_bound(
        length in 0..200_000_usize,
        lie in prop_oneof![Just(0_i64), -3..3_i64, -200_000..200_000_i64],
        bound in 0..400_000_u64,
    ) {
        let says = u32::try_from((length as i64 + lie).max(0)).expect("small");
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&vec![b'a'; length]).expect("packs");
        let part = Member { name: "x".to_owned(), bytes: encoder.finish().expect("packs") };
        let mut bytes = zip(&[part], b"");
        let mut crc = Crc::new();
        crc.update(&vec![b'a'; length]);
        let marks = marks(&bytes);
        for (mark, method_at) in [(marks[0], 8), (marks[1], 10)] {
            let (crc_at, size_at) = (mark + method_at + 6, mark + method_at + 14);
            bytes[mark + method_at] = 8;
            bytes[crc_at..crc_at + 4].copy_from_slice(&crc.sum().to_le_bytes());
            bytes[size_at..size_at + 4].copy_from_slice(&says.to_le_bytes());
        }
        let directory = read(&bytes).expect("is read");
        let unpacked = directory.unpack(&mut Cursor::new(&bytes), "x", bound);
        let fits = length as u64 == u64::from(says) && u64::from(says) <= bound;
        prop_assert_eq!(unpacked.is_ok(), fits);
    }

    /// Sizes and place of a member for large files say anything.
    #[test]
    fn members_for_large_files_are_believed_only_where_they_fit(
        unpacked in number(),
        packed in number(),
        header in number(),
    ) {
        let small = zip(&members("one", "a1", 1_000)[..1], b"");
        let [_, central, end] = marks(&small)[..] else { panic!("one member") };
        let right = [u64::from(u32::from_le_bytes(
            small[central + 24..central + 28].try_into().expect("four"),
        )); 2];
        let large = |sizes: [u64; 3]| {
            let mut bytes = small[..end].to_vec();
            for place in [central + 20, central + 24, central + 42] {
                bytes[place..place + 4].fill(0xFF);
            }
            bytes[central + 30] = 28;
            bytes.extend([1, 0, 24, 0]);
            sizes.iter().for_each(|size| bytes.extend(size.to_le_bytes()));
            let mut last = small[end..].to_vec();
            last[12] += 28;
            bytes.extend(last);
            bytes
        };
        let bytes = large([right[0], right[1], 0]);
        sound(&bytes, &read(&bytes).expect("is read"))?;
        let bytes = large([unpacked, packed, header]);
        match read(&bytes) {
            Ok(directory) => sound(&bytes, &directory)?,
            Err(error) => prop_assert!(!matches!(error, ZipError::Disk(_)), "{}", error),
        }
    }
}
