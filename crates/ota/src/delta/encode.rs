//! Makes a delta.
//!
//! The old image is in memory, the new one is read piece by piece. Memory beside the old image:
//! the index of `find` (at most 133 MiB), the model (28 MiB), one piece, the compressors (about
//! 150 MiB) and the delta itself: for a pair of 500 MB below 1 GB.

use std::io::Write;
use std::ops::ControlFlow;

use sha2::{Digest, Sha256};
use zstd::stream::raw::CParameter;

use super::find::{Finder, Match};
use super::format::{DeltaError, HEADER_BYTES, Header, WINDOW_LOG};
use super::model::{BitWriter, Model, Situation};
use super::number::{put, put_signed};
use super::source::ReadAt;

/// The largest old image that is taken on: places in it are kept in 32 bits.
pub const OLD_BYTES_MAX: u64 = u32::MAX as u64 - 64;

/// Bytes of the new image that are looked at together.
const PIECE: usize = 8 * 1024 * 1024;

/// Equal bytes in a row that are left out of the code of changed bytes. Below, the model needs
/// fewer bits to say that nothing changed than a step needs to say how long.
const SAME_MIN: usize = 192;

/// What a delta consists of, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The delta.
    pub delta_bytes: u64,
    /// Of it the compressed steps.
    pub steps_bytes: u64,
    /// Of it the changed bytes.
    pub changed_bytes: u64,
    /// Of it the compressed new bytes.
    pub new_bytes: u64,
    /// New bytes before compression.
    pub new_raw_bytes: u64,
}

/// Writes the delta from `old` to `new`.
///
/// `progress` is told how many of how many bytes of the new image are done; it stops the work by
/// answering [`ControlFlow::Break`].
///
/// # Errors
///
/// [`DeltaError::TooLarge`], [`DeltaError::Cancelled`], [`DeltaError::Disk`].
pub fn encode(
    old: &[u8],
    new: &(impl ReadAt + ?Sized),
    out: &mut impl Write,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Summary, DeltaError> {
    if old.len() as u64 > OLD_BYTES_MAX {
        return Err(DeltaError::TooLarge { bytes_max: OLD_BYTES_MAX });
    }
    let new_length = new.length()?;
    let mut finder = Finder::new(old);
    let mut writer = Writer::new(old)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE.min(usize::try_from(new_length).unwrap_or(PIECE))];
    let (mut at, mut expected) = (0, Some(0));
    while at < new_length {
        if progress(at, new_length).is_break() {
            return Err(DeltaError::Cancelled);
        }
        let length = usize::try_from(new_length - at).map_or(PIECE, |left| left.min(PIECE));
        let bytes = &mut piece[..length];
        new.read_at(at, bytes)?;
        hash.update(&*bytes);
        writer.piece(bytes, at, &finder.matches(bytes, &mut expected))?;
        at += length as u64;
    }
    let header = Header {
        old_sha256: Sha256::digest(old).into(),
        new_sha256: hash.finalize().into(),
        old_length: old.len() as u64,
        new_length,
        streams: [0; 3],
    };
    let summary = writer.finish(header, out)?;
    let _ = progress(new_length, new_length);
    Ok(summary)
}

type Compressor = zstd::stream::write::Encoder<'static, Vec<u8>>;

fn compressor() -> Result<Compressor, DeltaError> {
    let mut compressor = zstd::stream::write::Encoder::new(Vec::new(), 19)?;
    compressor.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
    Ok(compressor)
}

/// The three streams while they grow.
struct Writer<'old> {
    old: &'old [u8],
    model: Model,
    changed: BitWriter,
    steps: Compressor,
    fresh: Compressor,
    fresh_raw: u64,
    /// New bytes that no step has announced yet.
    pending: u64,
    /// Where the last step's part ended in the old image.
    old_at: u64,
}

impl<'old> Writer<'old> {
    fn new(old: &'old [u8]) -> Result<Self, DeltaError> {
        Ok(Self {
            old,
            model: Model::new(),
            changed: BitWriter::new(),
            steps: compressor()?,
            fresh: compressor()?,
            fresh_raw: 0,
            pending: 0,
            old_at: 0,
        })
    }

    fn piece(&mut self, new: &[u8], offset: u64, matches: &[Match]) -> Result<(), DeltaError> {
        let mut at = 0;
        for part in matches {
            self.fresh(&new[at..part.new])?;
            self.step(new, offset, part)?;
            at = part.new + part.length;
        }
        self.fresh(&new[at..])
    }

    fn fresh(&mut self, bytes: &[u8]) -> Result<(), DeltaError> {
        self.fresh.write_all(bytes)?;
        self.fresh_raw += bytes.len() as u64;
        self.pending += bytes.len() as u64;
        Ok(())
    }

    fn step(&mut self, new: &[u8], offset: u64, part: &Match) -> Result<(), DeltaError> {
        let mut step = Vec::with_capacity(32);
        put(&mut step, std::mem::take(&mut self.pending));
        put_signed(&mut step, part.old as i64 - self.old_at as i64);
        put(&mut step, part.length as u64);
        self.old_at = (part.old + part.length) as u64;
        let mut at = 0;
        while at < part.length {
            let pairs =
                new[part.new + at..part.new + part.length].iter().zip(&self.old[part.old + at..]);
            let same = pairs.take_while(|(new, old)| new == old).count();
            let same = if same >= SAME_MIN || at + same == part.length { same } else { 0 };
            put(&mut step, same as u64);
            at += same;
            if at == part.length {
                break;
            }
            let changed = changed_run(
                &new[part.new + at..part.new + part.length],
                &self.old[part.old + at..],
            );
            put(&mut step, changed as u64);
            let shift = (offset + part.new as u64) as i64 - part.old as i64;
            for index in at..at + changed {
                let (new_at, old_at) = (part.new + index, part.old + index);
                let difference = new[new_at].wrapping_sub(self.old[old_at]);
                let new_offset = offset + new_at as u64;
                let situation = Situation { old: self.old, at: old_at, new_offset, shift };
                self.model.code(&mut self.changed, difference, &situation)?;
            }
            at += changed;
        }
        self.steps.write_all(&step)?;
        Ok(())
    }

    fn finish(mut self, header: Header, out: &mut impl Write) -> Result<Summary, DeltaError> {
        if self.pending > 0 {
            let mut step = Vec::new();
            put(&mut step, self.pending);
            self.steps.write_all(&step)?;
        }
        let (steps, fresh) = (self.steps.finish()?, self.fresh.finish()?);
        let changed = self.changed.finish();
        let streams = [steps.len() as u64, changed.len() as u64, fresh.len() as u64];
        out.write_all(&Header { streams, ..header }.to_bytes())?;
        for stream in [steps, changed, fresh] {
            out.write_all(&stream)?;
        }
        Ok(Summary {
            delta_bytes: HEADER_BYTES as u64 + streams.iter().sum::<u64>(),
            steps_bytes: streams[0],
            changed_bytes: streams[1],
            new_bytes: streams[2],
            new_raw_bytes: self.fresh_raw,
        })
    }
}

/// How far it is until [`SAME_MIN`] bytes in a row are equal, or to the end.
fn changed_run(new: &[u8], old: &[u8]) -> usize {
    let mut same = 0;
    for (index, (new_byte, old_byte)) in new.iter().zip(old).enumerate() {
        same = if new_byte == old_byte { same + 1 } else { 0 };
        if same == SAME_MIN {
            return index + 1 - SAME_MIN;
        }
    }
    new.len()
}
