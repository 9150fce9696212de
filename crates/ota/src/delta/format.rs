//! The file: a header of fixed size, then three streams one behind the other.
//!
//! ```text
//! 8   magic "KNTDELT" and the version, 1
//! 32  SHA-256 of the old image
//! 32  SHA-256 of the new image
//! 8   length of the old image          (all numbers little-endian)
//! 8   length of the new image
//! 8   length of the steps              zstd
//! 8   length of the changed bytes      arithmetic code of `model`
//! 8   length of the new bytes          zstd
//! 8   SHA-256 of the 104 bytes before, its first 8 bytes
//! ```
//!
//! A step is: how many new bytes come first; then from where in the old image (relative to the end
//! of the last step's part) how many bytes follow; those alternate between runs that are the same
//! and runs of which some bytes have changed. The image ends where its length says.

use std::io;

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Bytes of the header.
pub const HEADER_BYTES: usize = 120;

/// The largest image: 64 GiB. Encoding has a smaller limit of its own.
pub const IMAGE_BYTES_MAX: u64 = 64 << 30;

/// The zstd window of the streams, as a power of two: bounds what applying needs in memory.
pub(super) const WINDOW_LOG: u32 = 24;

const MAGIC: [u8; 8] = *b"KNTDELT\x01";

/// Why a delta could not be made or applied.
#[derive(Debug, Error)]
pub enum DeltaError {
    /// Not a delta, of another version, or damaged.
    #[error("this is not a sound delta: {0}")]
    Malformed(&'static str),
    /// The old image is not the one that the delta was made from.
    #[error("the delta belongs to another old image")]
    WrongOld,
    /// What came out is not the new image. Nothing of it may be used.
    #[error("the result is not the announced image")]
    WrongResult,
    /// More than the encoder takes on.
    #[error("the images are too large: at most {bytes_max} bytes")]
    TooLarge {
        /// The limit in bytes.
        bytes_max: u64,
    },
    /// The caller said stop.
    #[error("cancelled")]
    Cancelled,
    /// Reading or writing failed.
    #[error("could not read or write")]
    Disk(#[from] io::Error),
}

/// What stands at the beginning of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// SHA-256 of the old image.
    pub old_sha256: [u8; 32],
    /// SHA-256 of the new image.
    pub new_sha256: [u8; 32],
    /// Length of the old image in bytes.
    pub old_length: u64,
    /// Length of the new image in bytes.
    pub new_length: u64,
    /// Lengths of the three streams in bytes.
    pub streams: [u64; 3],
}

impl Header {
    /// The header's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&self.old_sha256);
        out.extend_from_slice(&self.new_sha256);
        for number in [self.old_length, self.new_length].iter().chain(&self.streams) {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let sum = Sha256::digest(&out);
        out.extend_from_slice(&sum[..8]);
        out.try_into().expect("8 + 2 * 32 + 5 * 8 + 8 = 120")
    }

    /// Reads a header; `delta_length` is the length of the whole file in bytes.
    ///
    /// # Errors
    ///
    /// [`DeltaError::Malformed`].
    pub fn parse(bytes: &[u8; HEADER_BYTES], delta_length: u64) -> Result<Self, DeltaError> {
        let (body, sum) = bytes.split_at(HEADER_BYTES - 8);
        if bytes[..8] != MAGIC {
            return Err(DeltaError::Malformed("another format or version"));
        }
        if Sha256::digest(body)[..8] != *sum {
            return Err(DeltaError::Malformed("the header is damaged"));
        }
        let hash = |at: usize| -> [u8; 32] {
            bytes[at..at + 32].try_into().expect("32 bytes are 32 bytes")
        };
        let number = |index: usize| {
            let at = 72 + index * 8;
            u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes are 8 bytes"))
        };
        let header = Self {
            old_sha256: hash(8),
            new_sha256: hash(40),
            old_length: number(0),
            new_length: number(1),
            streams: [number(2), number(3), number(4)],
        };
        let total = header
            .streams
            .iter()
            .try_fold(HEADER_BYTES as u64, |sum, length| sum.checked_add(*length));
        if total != Some(delta_length) {
            return Err(DeltaError::Malformed("the file is longer or shorter than it says"));
        }
        if header.old_length > IMAGE_BYTES_MAX || header.new_length > IMAGE_BYTES_MAX {
            return Err(DeltaError::Malformed("an image is out of bounds"));
        }
        Ok(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_back_and_any_other_bit_refused() {
        let header = Header {
            old_sha256: [1; 32],
            new_sha256: [2; 32],
            old_length: 3,
            new_length: 4,
            streams: [5, 6, 7],
        };
        let bytes = header.to_bytes();
        assert_eq!(Header::parse(&bytes, 138).ok(), Some(header));
        assert!(Header::parse(&bytes, 137).is_err());
        for bit in 0..HEADER_BYTES * 8 {
            let mut damaged = bytes;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(Header::parse(&damaged, 138).is_err(), "bit {bit}");
        }
    }
}
