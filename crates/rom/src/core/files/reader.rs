//! Reads parts of a stored file, wherever it lies.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::bucket::Bucket;

/// A stored file, opened for reading.
#[derive(Debug)]
pub struct FileReader(Place);

enum Place {
    Folder(File),
    Bucket { bucket: Arc<Bucket>, key: String, running: Option<Running> },
}

/// An answer of the bucket that is being read.
struct Running {
    at: u64,
    end: u64,
    body: Box<dyn Read + Send>,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Folder(_) => "Folder(…)",
            Self::Bucket { .. } => "Bucket(…)",
        })
    }
}

impl FileReader {
    pub(super) const fn folder(file: File) -> Self {
        Self(Place::Folder(file))
    }

    pub(super) const fn bucket(bucket: Arc<Bucket>, key: String) -> Self {
        Self(Place::Bucket { bucket, key, running: None })
    }

    /// Fills `buffer` with the bytes from `at` on. `end` says how far the caller is going to read
    /// (not included): a bucket is asked once for all of it, and read on as long as the calls
    /// follow each other.
    ///
    /// # Errors
    ///
    /// When the disk or the bucket fails, or the file is shorter.
    pub fn read_exact_at(&mut self, buffer: &mut [u8], at: u64, end: u64) -> io::Result<()> {
        match &mut self.0 {
            Place::Folder(file) => file.read_exact_at(buffer, at),
            Place::Bucket { bucket, key, running } => {
                let goes_on = running.as_ref().is_some_and(|r| r.at == at && r.end == end);
                if !goes_on {
                    let body = bucket.get(key, at, Some(end)).map_err(io::Error::other)?;
                    *running = Some(Running { at, end, body });
                }
                let Some(open) = running else { return Err(io::ErrorKind::Other.into()) };
                let read = open.body.read_exact(buffer);
                open.at += buffer.len() as u64;
                if read.is_err() {
                    *running = None;
                }
                read
            }
        }
    }
}
