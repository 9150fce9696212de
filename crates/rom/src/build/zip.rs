//! The directory of a zip file, read with suspicion.
//!
//! Two readers of the same zip must not see two different things: devices read packages with three
//! programs (recovery, update engine, updater), so everything on which readers differ is refused.
//! That are names twice, names that leave their folder, local headers that disagree with the
//! directory, members that overlap (the trick of small files that unpack to petabytes), a directory
//! that does not end where the file ends. Sizes come from the directory and are checked while
//! reading; nothing is ever unpacked beyond the bound that the caller states.
//!
//! Written for this because general readers are made to be lenient. Follows PKWARE's APPNOTE
//! (sections 4.3 to 4.5): end record, zip64 end record, central headers, local headers.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};

use flate2::{Crc, read::DeflateDecoder};

/// The largest directory that is read, in bytes.
const DIRECTORY_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// The most members.
const MEMBERS_MAX: u64 = 10_000;
/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 255;
/// An end record without its comment.
const END_BYTES: usize = 22;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// The disk failed.
    #[error("could not read the file: {0}")]
    Disk(#[from] io::Error),
    /// It is not a zip file, or cut off.
    #[error("this is not a whole zip file: {0}")]
    NotZip(&'static str),
    /// A member is not acceptable.
    #[error("{name} in the zip file: {problem}")]
    Member {
        /// The member, shortened and printable.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// More than what is read.
    #[error("the zip file is beyond the bounds: {0}")]
    Bounds(&'static str),
}

impl ZipError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Disk(_) => "build.unreadable",
            Self::NotZip(_) => "build.not_a_zip",
            Self::Member { .. } => "build.zip_member",
            Self::Bounds(_) => "build.zip_bounds",
        }
    }
}

/// How a member is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Not at all.
    Stored,
    /// Deflate.
    Deflate,
    /// Something else: it may be there, but is not read.
    Other,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// How it is packed.
    pub method: Method,
    /// Where its packed bytes begin.
    pub offset: u64,
    /// How many those are.
    pub packed: u64,
    /// How many bytes it unpacks to, as the directory says.
    pub bytes: u64,
    crc: u32,
    header: u64,
}

/// A zip file's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The members, in the order of the file.
    pub members: Vec<Member>,
    /// The comment at the end: where packages carry their signature.
    pub comment: Vec<u8>,
}

fn member(name: &[u8], problem: &'static str) -> ZipError {
    let text = String::from_utf8_lossy(&name[..name.len().min(60)]);
    let name = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    ZipError::Member { name, problem }
}

/// Little-endian numbers at places that were checked to be there.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let field = bytes.get(at..at + 2).and_then(|field| field.try_into().ok());
    field.map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let field = bytes.get(at..at + 4).and_then(|field| field.try_into().ok());
    field.map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let field = bytes.get(at..at + 8).and_then(|field| field.try_into().ok());
    field.map_or(0, u64::from_le_bytes)
}

fn read_at(file: &mut (impl Read + Seek), offset: u64, bytes: usize) -> Result<Vec<u8>, ZipError> {
    file.seek(SeekFrom::Start(offset))?;
    let mut buffer = vec![0; bytes];
    file.read_exact(&mut buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ZipError::NotZip("it ends too early"),
        _ => ZipError::Disk(error),
    })?;
    Ok(buffer)
}

/// What the end of the file says about the directory.
struct End {
    offset: u64,
    bytes: u64,
    members: u64,
    /// Where what follows the directory begins.
    after: u64,
    comment: Vec<u8>,
}

impl End {
    fn read(file: &mut (impl Read + Seek), length: u64) -> Result<Self, ZipError> {
        let tail_bytes = length.min((END_BYTES + usize::from(u16::MAX)) as u64);
        let tail_at = length - tail_bytes;
        let tail = read_at(file, tail_at, usize::try_from(tail_bytes).unwrap_or(0))?;
        // The record whose comment ends exactly where the file ends. A second one inside the comment
        // would give another reader another directory; the same bytes inside a member before it are
        // only its contents.
        let marks: Vec<usize> = (0..tail.len().saturating_sub(END_BYTES - 1))
            .filter(|at| u32_at(&tail, *at) == 0x0605_4b50)
            .collect();
        let reaches_the_end = |at: &usize| {
            let comment = usize::from(u16::from_le_bytes([tail[at + 20], tail[at + 21]]));
            at + END_BYTES + comment == tail.len()
        };
        let found: Vec<usize> = marks.iter().copied().filter(reaches_the_end).collect();
        let found = if found.last() == marks.last() { found } else { Vec::new() };
        let [at] = found[..] else {
            return Err(ZipError::NotZip("it has no end record, or more than one"));
        };
        let comment = tail[at + END_BYTES..].to_vec();
        if usize::from(u16_at(&tail, at + 20)) != comment.len() {
            return Err(ZipError::NotZip("something follows its end"));
        }
        if u16_at(&tail, at + 4) != 0 || u16_at(&tail, at + 6) != 0 {
            return Err(ZipError::NotZip("it is one of several parts"));
        }
        let end = Self {
            offset: u64::from(u32_at(&tail, at + 16)),
            bytes: u64::from(u32_at(&tail, at + 12)),
            members: u64::from(u16_at(&tail, at + 10)),
            after: tail_at + at as u64,
            comment,
        };
        let large = end.offset == u64::from(u32::MAX)
            || end.bytes == u64::from(u32::MAX)
            || end.members == u64::from(u16::MAX);
        if large { end.zip64(file) } else { Ok(end) }
    }

    /// The same numbers from the records for large files, which lie directly before.
    fn zip64(self, file: &mut (impl Read + Seek)) -> Result<Self, ZipError> {
        let wrong = ZipError::NotZip("its records for large files are not where they belong");
        let Some(locator_at) = self.after.checked_sub(20) else { return Err(wrong) };
        let locator = read_at(file, locator_at, 20)?;
        let record_at = u64_at(&locator, 8);
        if u32_at(&locator, 0) != 0x0706_4b50 || record_at.checked_add(56) != Some(locator_at) {
            return Err(wrong);
        }
        let record = read_at(file, record_at, 56)?;
        if u32_at(&record, 0) != 0x0606_4b50 || u64_at(&record, 4) != 44 {
            return Err(wrong);
        }
        Ok(Self {
            offset: u64_at(&record, 48),
            bytes: u64_at(&record, 40),
            members: u64_at(&record, 32),
            after: record_at,
            comment: self.comment,
        })
    }
}

impl Directory {
    /// Reads the directory of a zip file of `length` bytes.
    ///
    /// # Errors
    ///
    /// See [`ZipError`].
    pub fn read(file: &mut (impl Read + Seek), length: u64) -> Result<Self, ZipError> {
        let end = End::read(file, length)?;
        if end.bytes > DIRECTORY_BYTES_MAX {
            return Err(ZipError::Bounds("its directory has more than 4 MiB"));
        }
        if end.members > MEMBERS_MAX {
            return Err(ZipError::Bounds("it has more than 10,000 members"));
        }
        if end.offset.checked_add(end.bytes) != Some(end.after) {
            return Err(ZipError::NotZip("its directory does not end where its end begins"));
        }
        let bytes = read_at(file, end.offset, usize::try_from(end.bytes).unwrap_or(0))?;
        let mut members = Vec::new();
        let mut names = HashSet::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (found, after) = central(rest)?;
            if !names.insert(found.name.clone()) {
                return Err(member(found.name.as_bytes(), "is there twice"));
            }
            members.push(found);
            rest = after;
        }
        if members.len() as u64 != end.members {
            return Err(ZipError::NotZip(
                "its directory has another number of members than it says",
            ));
        }
        for found in &mut members {
            if found.header >= end.offset {
                return Err(member(found.name.as_bytes(), "is not where the directory says"));
            }
            local(file, found)?;
        }
        overlaps(&members, end.offset)?;
        Ok(Self { members, comment: end.comment })
    }

    /// The member with this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// The bytes of a member of at most `bytes_max`, compared with their checksum.
    ///
    /// # Errors
    ///
    /// See [`ZipError`].
    pub fn unpack(
        &self,
        file: &mut (impl Read + Seek),
        name: &'static str,
        bytes_max: u64,
    ) -> Result<Vec<u8>, ZipError> {
        let wrong = |problem| member(name.as_bytes(), problem);
        let found = self.member(name).ok_or_else(|| wrong("is missing"))?;
        if found.bytes > bytes_max {
            return Err(wrong("is larger than it may be"));
        }
        file.seek(SeekFrom::Start(found.offset))?;
        let packed = file.take(found.packed);
        let mut bytes = Vec::new();
        // One byte more than it says: a member that unpacks to more is seen without unpacking it.
        match found.method {
            Method::Stored => packed.take(found.bytes + 1).read_to_end(&mut bytes)?,
            Method::Deflate => DeflateDecoder::new(packed)
                .take(found.bytes + 1)
                .read_to_end(&mut bytes)
                .map_err(|_| wrong("cannot be unpacked"))?,
            Method::Other => return Err(wrong("is packed in a way that is not read")),
        };
        let mut crc = Crc::new();
        crc.update(&bytes);
        if bytes.len() as u64 != found.bytes || crc.sum() != found.crc {
            return Err(wrong("has other bytes than the directory says"));
        }
        Ok(bytes)
    }
}

/// One header of the directory, and what follows it.
fn central(bytes: &[u8]) -> Result<(Member, &[u8]), ZipError> {
    let cut = ZipError::NotZip("its directory is cut off");
    if bytes.len() < 46 || u32_at(bytes, 0) != 0x0201_4b50 {
        return Err(cut);
    }
    let lengths = [28, 30, 32].map(|at| usize::from(u16_at(bytes, at)));
    let [name_bytes, extra_bytes, comment_bytes] = lengths;
    let name_end = 46 + name_bytes;
    let extra_end = name_end + extra_bytes;
    let Some(rest) = bytes.get(extra_end + comment_bytes..) else { return Err(cut) };
    let name = &bytes[46..name_end];
    let text = checked_name(name)?;
    if u16_at(bytes, 8) & 0x2041 != 0 {
        return Err(member(name, "is encrypted"));
    }
    let mut sizes = [24, 20, 42].map(|at| u64::from(u32_at(bytes, at)));
    large_sizes(&bytes[name_end..extra_end], &mut sizes)
        .ok_or_else(|| member(name, "lacks its sizes for large files"))?;
    let [unpacked, packed, header] = sizes;
    let method = match u16_at(bytes, 10) {
        0 => Method::Stored,
        8 => Method::Deflate,
        _ => Method::Other,
    };
    if method == Method::Stored && packed != unpacked {
        return Err(member(name, "is not packed, but has two sizes"));
    }
    let crc = u32_at(bytes, 16);
    Ok((Member { name: text, method, offset: 0, packed, bytes: unpacked, crc, header }, rest))
}

/// Names as they may stand in a package: relative, plain, without tricks.
fn checked_name(name: &[u8]) -> Result<String, ZipError> {
    let text =
        std::str::from_utf8(name).map_err(|_| member(name, "has a name that is not text"))?;
    let plain = !text.is_empty()
        && text.len() <= NAME_BYTES_MAX
        && !text.starts_with('/')
        && !text.contains(['\\', ':'])
        && !text.chars().any(char::is_control)
        && !text.split('/').any(|part| part == ".." || part == ".");
    if plain { Ok(text.to_owned()) } else { Err(member(name, "has a name that leaves its folder")) }
}

/// Replaces sizes that say "see the extra field" by what that says; `None` when it does not.
fn large_sizes(extra: &[u8], sizes: &mut [u64; 3]) -> Option<()> {
    if sizes.iter().all(|size| *size != u64::from(u32::MAX)) {
        return Some(());
    }
    let mut rest = extra;
    while rest.len() >= 4 {
        let (kind, bytes) = (u16_at(rest, 0), usize::from(u16_at(rest, 2)));
        let field = rest.get(4..4 + bytes)?;
        if kind == 1 {
            let mut at = 0;
            for size in sizes.iter_mut().filter(|size| **size == u64::from(u32::MAX)) {
                field.get(at..at + 8)?;
                *size = u64_at(field, at);
                at += 8;
            }
            return Some(());
        }
        rest = &rest[4 + bytes..];
    }
    None
}

/// Finds where a member's bytes begin, and that its own header agrees with the directory.
fn local(file: &mut (impl Read + Seek), found: &mut Member) -> Result<(), ZipError> {
    let wrong = |found: &Member, problem| member(found.name.as_bytes(), problem);
    let header = read_at(file, found.header, 30)?;
    if u32_at(&header, 0) != 0x0403_4b50 {
        return Err(wrong(found, "is not where the directory says"));
    }
    let name_bytes = usize::from(u16_at(&header, 26));
    let extra_bytes = u64::from(u16_at(&header, 28));
    let name = read_at(file, found.header + 30, name_bytes)?;
    let method = match u16_at(&header, 8) {
        0 => Method::Stored,
        8 => Method::Deflate,
        _ => Method::Other,
    };
    if name != found.name.as_bytes() || method != found.method {
        return Err(wrong(found, "has a header that disagrees with the directory"));
    }
    // Bit 3: sizes and checksum follow the bytes. Otherwise they stand here and must be the same.
    if u16_at(&header, 6) & 8 == 0 {
        let here = [(14, u64::from(found.crc)), (18, found.packed), (22, found.bytes)];
        let differs = here.iter().any(|(at, wanted)| {
            let value = u64::from(u32_at(&header, *at));
            value != *wanted && value != u64::from(u32::MAX)
        });
        if differs {
            return Err(wrong(found, "has a header that disagrees with the directory"));
        }
    }
    found.offset = found.header + 30 + name_bytes as u64 + extra_bytes;
    Ok(())
}

/// No byte belongs to two members, and none to the directory.
fn overlaps(members: &[Member], directory_at: u64) -> Result<(), ZipError> {
    let mut spans: Vec<&Member> = members.iter().collect();
    spans.sort_by_key(|found| found.header);
    let mut free_from = 0;
    for found in spans {
        let wrong = |problem| member(found.name.as_bytes(), problem);
        let end = found.offset.checked_add(found.packed).filter(|end| *end <= directory_at);
        let end = end.ok_or_else(|| wrong("reaches into the directory"))?;
        if found.header < free_from {
            return Err(wrong("shares bytes with another member"));
        }
        free_from = end;
    }
    Ok(())
}
