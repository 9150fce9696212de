//! The append-only log: segments of checksummed frames, one frame per group of reports.
//!
//! A frame that was being written when the power went is found by its checksum and cut off: its
//! reports were not answered. Anything else that is wrong is damage and is said, never skipped.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::error::CountError;
use crate::present::Position;
use crate::record::{EVENT_BYTES, Event};

/// A frame's head: length of the body (4 bytes), day received (2), names (2), checksum (8).
const HEAD: usize = 16;
/// No frame's body is longer.
pub(crate) const BODY_MAX: usize = 1 << 20;
/// The names of one frame: each at most 66 bytes, so that a frame has room for its events.
pub(crate) const EVENTS_MAX: usize = 8_192;

/// One frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The day on which its reports came.
    pub(crate) received: u16,
    /// Names that are used from here on: 0 a model or 1 a version, and the name.
    pub(crate) names: Vec<(u8, String)>,
    /// What was counted.
    pub(crate) events: Vec<Event>,
}

impl Frame {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; HEAD]);
        for (which, name) in &self.names {
            out.extend_from_slice(&[
                *which,
                u8::try_from(name.len()).expect("names have 64 bytes"),
            ]);
            out.extend_from_slice(name.as_bytes());
        }
        for event in &self.events {
            out.extend_from_slice(&event.bytes());
        }
        let length = u32::try_from(out.len() - start - HEAD).expect("frames are bounded");
        let names = u16::try_from(self.names.len()).expect("frames are bounded");
        out[start..start + 4].copy_from_slice(&length.to_le_bytes());
        out[start + 4..start + 6].copy_from_slice(&self.received.to_le_bytes());
        out[start + 6..start + 8].copy_from_slice(&names.to_le_bytes());
        let sum = checksum(&out[start..start + 8], &out[start + HEAD..]);
        out[start + 8..start + HEAD].copy_from_slice(&sum);
    }

    /// The frame at the start of `bytes` and its length; None if these are no whole frame.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let body = rest.get(..length).filter(|_| length <= BODY_MAX)?;
        if checksum(&head[..8], body) != head[8..] {
            return None;
        }
        let received = u16::from_le_bytes([head[4], head[5]]);
        let (mut names, mut at) = (Vec::new(), 0);
        for _ in 0..u16::from_le_bytes([head[6], head[7]]) {
            let (which, length) = (*body.get(at)?, usize::from(*body.get(at + 1)?));
            let name = std::str::from_utf8(body.get(at + 2..at + 2 + length)?).ok()?;
            names.push((which, name.to_owned()));
            at += 2 + length;
        }
        let (events, rest) = body[at..].as_chunks::<EVENT_BYTES>();
        let events: Option<Vec<Event>> = events.iter().map(Event::read).collect();
        rest.is_empty().then_some((Self { received, names, events: events? }, HEAD + length))
    }
}

fn checksum(head: &[u8], body: &[u8]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(head).update(body);
    let mut out = [0; 8];
    out.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    out
}

/// Where a segment lies.
pub(crate) fn segment(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:010}.log"))
}

/// The numbers of the segments that are there, in order.
pub(crate) fn segments(folder: &Path) -> Result<Vec<u64>, CountError> {
    let read = std::fs::read_dir(folder).map_err(CountError::io("list", folder))?;
    let mut numbers: Vec<u64> = read
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".log")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Which segment is read, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A segment that is not written to any more.
    Whole,
    /// The newest segment: an unfinished frame may follow what is whole.
    Newest,
    /// The first bytes of a segment, up to the end of a frame.
    UpTo(u64),
}

/// Reads a segment's frames into `take` and says how many bytes are whole.
pub(crate) fn read_segment(
    path: &Path,
    part: Part,
    mut take: impl FnMut(Frame),
) -> Result<u64, CountError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| match part {
            Part::UpTo(length) => file.take(length).read_to_end(&mut bytes),
            Part::Whole | Part::Newest => file.read_to_end(&mut bytes),
        })
        .map_err(CountError::io("read", path))?;
    let newest = part == Part::Newest;
    let mut at = 0;
    while at < bytes.len() {
        let Some((frame, length)) = Frame::read(&bytes[at..]) else {
            let left = bytes.len() - at;
            // A frame follows a torn one only if the torn one was answered: then it is damage.
            let follows = (1..left).any(|skip| {
                left - skip >= HEAD
                    && Frame::read(&bytes[at + skip..])
                        .is_some_and(|(frame, _)| !frame.events.is_empty())
            });
            if newest && left <= HEAD + BODY_MAX && !follows {
                break;
            }
            let (path, at) = (path.to_owned(), at as u64);
            return Err(CountError::Damaged { path, at, why: "a frame's checksum is wrong" });
        };
        take(frame);
        at += length;
    }
    Ok(at as u64)
}

/// What of the log in `folder` is to be read, in order: everything, or what is before a place.
pub(crate) fn parts(
    folder: &Path,
    until: Option<Position>,
) -> Result<Vec<(PathBuf, Part)>, CountError> {
    let mut numbers = segments(folder)?;
    if let Some(until) = until {
        numbers.retain(|number| *number <= until.segment);
    }
    let last = numbers.last().copied();
    let part = |number: u64| match until {
        Some(until) if number == until.segment => Part::UpTo(until.bytes),
        None if last == Some(number) => Part::Newest,
        _ => Part::Whole,
    };
    Ok(numbers.into_iter().map(|number| (segment(folder, number), part(number))).collect())
}

/// Says when a place in the log lies before what is kept of it.
pub(crate) fn reaches(first: u64, until: Option<Position>) -> Result<(), CountError> {
    match until {
        Some(until) if until.segment < first => Err(CountError::LetGo { until, first }),
        _ => Ok(()),
    }
}

/// Says when segments are missing behind the one that a snapshot precedes: without them the count
/// would be too low and nobody would know.
pub(crate) fn complete(folder: &Path, first: u64, segments: &[u64]) -> Result<(), CountError> {
    for (expected, number) in (first..).zip(segments) {
        if expected != *number {
            let path = segment(folder, expected);
            return Err(CountError::Damaged { path, at: 0, why: "the segment is missing" });
        }
    }
    Ok(())
}

/// Copies the log and the newest snapshot while the count goes on; gives the bytes. What is
/// written meanwhile may be cut in the middle of a frame, which the next start cuts off.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<u64, CountError> {
    std::fs::create_dir_all(to).map_err(CountError::io("make", to))?;
    let mut files: Vec<PathBuf> = Vec::new();
    let base = std::fs::read_dir(from).map_err(CountError::io("list", from))?;
    files.extend(base.filter_map(|entry| {
        let name = PathBuf::from(entry.ok()?.file_name());
        (name.extension()? == "base").then_some(name)
    }));
    // The snapshot first: the log must reach at least as far as what precedes it says.
    if let Some(newest) = crate::snapshot::numbers(from)?.pop() {
        files.push(PathBuf::from(format!("{newest:010}.snapshot")));
    }
    files.extend(segments(from)?.into_iter().map(|n| PathBuf::from(format!("{n:010}.log"))));
    files.push(PathBuf::from(crate::counter::IDENTITY));
    let mut bytes = 0;
    for name in files {
        let (source, target) = (from.join(&name), to.join(&name));
        let copied = std::fs::copy(&source, &target)
            .and_then(|length| File::open(&target)?.sync_all().map(|()| length));
        bytes += copied.map_err(CountError::io("copy", &source))?;
    }
    File::open(to).and_then(|folder| folder.sync_all()).map_err(CountError::io("sync", to))?;
    Ok(bytes)
}

/// The segment that is written to.
#[derive(Debug)]
pub(crate) struct Writer {
    file: File,
    path: PathBuf,
}

impl Writer {
    /// Opens a segment for writing after its first `length` bytes; what follows them is cut off.
    pub(crate) fn open(folder: &Path, number: u64, length: u64) -> Result<Self, CountError> {
        let path = segment(folder, number);
        let open = || {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
            file.set_len(length)?;
            file.sync_all()?;
            drop(file);
            File::open(folder)?.sync_all()?;
            OpenOptions::new().append(true).open(&path)
        };
        let file = open().map_err(CountError::io("open", &path))?;
        Ok(Self { file, path })
    }

    /// Writes frames and waits until they are on disk.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), CountError> {
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        written.map_err(CountError::io("append to", &self.path))
    }
}
