//! Applies a delta: reads the steps, copies from the old image, writes the new one.
//!
//! Everything in a delta may be hostile. Every length is compared with what is left before
//! anything is read or reserved, the decompressors have a bounded window, and the work is bounded
//! by the announced length of the image, which the caller has compared with signed metadata
//! before. Memory beside the old image: below 80 MiB.

use std::io::{self, BufReader, Read, Write};
use std::ops::ControlFlow;

use sha2::{Digest, Sha256};

use super::format::{DeltaError, HEADER_BYTES, Header, WINDOW_LOG};
use super::model::{BitReader, Model, Situation};
use super::number::{ended, get, get_signed};
use super::source::{Part, ReadAt};

/// Bytes that are read from the old image at once.
const CHUNK: usize = 64 * 1024;
/// Bytes on each side of a chunk that the model may look at.
const MARGIN: u64 = 16;

/// Writes the image that `delta` makes of `old`. What was written is only to be used when this
/// answers `Ok`: then it is the announced image by its hash.
///
/// `progress` is told how many of how many bytes are written; it stops the work by answering
/// [`ControlFlow::Break`].
///
/// # Errors
///
/// [`DeltaError::WrongOld`], [`DeltaError::Malformed`], [`DeltaError::WrongResult`],
/// [`DeltaError::Cancelled`], [`DeltaError::Disk`].
pub fn apply(
    old: &(impl ReadAt + ?Sized),
    delta: &(impl ReadAt + ?Sized),
    out: &mut impl Write,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Header, DeltaError> {
    let header = read_header(delta)?;
    if old.length()? != header.old_length || hash_of(old)? != header.old_sha256 {
        return Err(DeltaError::WrongOld);
    }
    let mut at = HEADER_BYTES as u64;
    let [steps, changed, fresh] = header.streams.map(|length| {
        let part = BufReader::with_capacity(CHUNK, Part::new(delta, at, at + length));
        at += length;
        part
    });
    let mut result = Applier {
        old,
        old_length: header.old_length,
        out: Hashing { out, hash: Sha256::new(), written: 0 },
        model: Model::new(),
        changed: BitReader::new(changed)?,
        buffer: Vec::with_capacity(CHUNK + 2 * MARGIN as usize),
    };
    let (mut steps, mut fresh) = (decompressor(steps)?, decompressor(fresh)?);
    let mut old_at = 0_u64;
    while result.out.written < header.new_length {
        if progress(result.out.written, header.new_length).is_break() {
            return Err(DeltaError::Cancelled);
        }
        let left = header.new_length - result.out.written;
        let fresh_bytes = get(&mut steps)?;
        if fresh_bytes > left {
            return Err(DeltaError::Malformed("more new bytes than the image has"));
        }
        result.fresh(&mut fresh, fresh_bytes)?;
        let left = left - fresh_bytes;
        if left == 0 {
            break;
        }
        let moved = get_signed(&mut steps)?;
        let length = get(&mut steps)?;
        let start = old_at.checked_add_signed(moved);
        let end = start.and_then(|start| start.checked_add(length));
        let (Some(start), Some(end)) = (start, end) else {
            return Err(DeltaError::Malformed("a part lies nowhere"));
        };
        if length == 0 || length > left || end > header.old_length {
            return Err(DeltaError::Malformed("a part is out of bounds"));
        }
        result.part(&mut steps, start, end)?;
        old_at = end;
    }
    let Hashing { hash, written, .. } = result.out;
    if written != header.new_length || <[u8; 32]>::from(hash.finalize()) != header.new_sha256 {
        return Err(DeltaError::WrongResult);
    }
    let _ = progress(written, header.new_length);
    Ok(header)
}

/// Reads the header of a delta.
///
/// # Errors
///
/// [`DeltaError::Malformed`], [`DeltaError::Disk`].
pub fn read_header(delta: &(impl ReadAt + ?Sized)) -> Result<Header, DeltaError> {
    let length = delta.length()?;
    if length < HEADER_BYTES as u64 {
        return Err(DeltaError::Malformed("it is too short"));
    }
    let mut bytes = [0; HEADER_BYTES];
    delta.read_at(0, &mut bytes)?;
    Header::parse(&bytes, length)
}

/// SHA-256 of a whole image, read piece by piece.
///
/// # Errors
///
/// What the system says.
pub fn hash_of(source: &(impl ReadAt + ?Sized)) -> io::Result<[u8; 32]> {
    let mut part = Part::new(source, 0, source.length()?);
    let mut buffer = vec![0; 4 * CHUNK];
    let mut hash = Sha256::new();
    loop {
        let length = part.read(&mut buffer)?;
        if length == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(&buffer[..length]);
    }
}

fn decompressor<R: io::BufRead>(
    from: R,
) -> Result<zstd::stream::read::Decoder<'static, R>, DeltaError> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(from)?.single_frame();
    decoder.window_log_max(WINDOW_LOG)?;
    Ok(decoder)
}

struct Hashing<W> {
    out: W,
    hash: Sha256,
    written: u64,
}

impl<W: Write> Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), DeltaError> {
        self.out.write_all(bytes)?;
        self.hash.update(bytes);
        self.written += bytes.len() as u64;
        Ok(())
    }
}

struct Applier<'old, S: ?Sized, W, R> {
    old: &'old S,
    old_length: u64,
    out: Hashing<W>,
    model: Model,
    changed: BitReader<R>,
    buffer: Vec<u8>,
}

impl<S: ReadAt + ?Sized, W: Write, R: Read> Applier<'_, S, W, R> {
    fn fresh(&mut self, from: &mut impl Read, mut bytes: u64) -> Result<(), DeltaError> {
        while bytes > 0 {
            let length = bytes.min(CHUNK as u64);
            self.buffer.resize(length as usize, 0);
            from.read_exact(&mut self.buffer).map_err(ended)?;
            self.out.write(&self.buffer)?;
            bytes -= length;
        }
        Ok(())
    }

    /// A part of the old image: runs that are the same and runs that have changed, in turn.
    fn part(&mut self, steps: &mut impl Read, start: u64, end: u64) -> Result<(), DeltaError> {
        // How far the new image is ahead of the old one, as the encoder saw it.
        let shift = self.out.written as i64 - start as i64;
        let mut at = start;
        while at < end {
            let same = get(steps)?;
            if same > end - at {
                return Err(DeltaError::Malformed("an equal run is out of bounds"));
            }
            self.same(at, at + same)?;
            at += same;
            if at == end {
                break;
            }
            let changed = get(steps)?;
            if changed == 0 || changed > end - at {
                return Err(DeltaError::Malformed("a changed run is out of bounds"));
            }
            self.changed(at, at + changed, shift)?;
            at += changed;
        }
        Ok(())
    }

    fn same(&mut self, mut at: u64, end: u64) -> Result<(), DeltaError> {
        while at < end {
            let length = (end - at).min(CHUNK as u64);
            self.buffer.resize(length as usize, 0);
            self.old.read_at(at, &mut self.buffer)?;
            self.out.write(&self.buffer)?;
            at += length;
        }
        Ok(())
    }

    fn changed(&mut self, mut at: u64, end: u64, shift: i64) -> Result<(), DeltaError> {
        let mut made = Vec::with_capacity(CHUNK);
        while at < end {
            let length = (end - at).min(CHUNK as u64);
            let low = at.saturating_sub(MARGIN);
            let high = (at + length + MARGIN).min(self.old_length);
            self.buffer.resize((high - low) as usize, 0);
            self.old.read_at(low, &mut self.buffer)?;
            made.clear();
            for index in 0..length {
                let here = (at - low + index) as usize;
                let new_offset = self.out.written + index;
                let situation = Situation { old: &self.buffer, at: here, new_offset, shift };
                let difference = self.model.code(&mut self.changed, 0, &situation)?;
                made.push(self.buffer[here].wrapping_add(difference));
            }
            self.out.write(&made)?;
            at += length;
        }
        Ok(())
    }
}
