//! Files that come in piece by piece over a network that may break: what has come lies under the
//! hash that it is to have, and the sender goes on from there.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::time::UNIX_EPOCH;

use kontor_base::{Instant, limits};
use kontor_domain::build::Digest;

use super::{Files, FilesError, Incoming, disk, hash_range};

/// The most files that come in at the same time.
const UPLOADS_MAX: usize = 32;

/// Why a piece was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The piece does not follow what is there; go on from here.
    #[error("go on from byte {0}")]
    Elsewhere(u64),
    /// It would be larger than packages may be.
    #[error("the package is larger than {} bytes", limits::PACKAGE_BYTES_MAX)]
    TooLarge,
    /// Too many files are coming in.
    #[error("{UPLOADS_MAX} files are coming in already")]
    TooMany,
    /// The disk.
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl Files {
    fn upload_path(&self, sha256: &Digest) -> std::path::PathBuf {
        self.folder.join("uploads").join(sha256.to_string())
    }

    /// How many bytes of an upload are there.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn upload_held(&self, sha256: &Digest) -> Result<u64, FilesError> {
        let path = self.upload_path(sha256);
        match fs::metadata(&path) {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(disk("look at", &path)(error)),
        }
    }

    /// Adds the piece that begins at byte `at`; gives how many bytes are there. A piece that is
    /// there already changes nothing, so that it can be sent again when its answer was lost.
    ///
    /// # Errors
    ///
    /// See [`UploadError`].
    pub fn upload_piece(&self, sha256: &Digest, at: u64, piece: &[u8]) -> Result<u64, UploadError> {
        // One piece at a time: two senders of the same file must not write into each other.
        let _turn = self.uploading.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (path, length) = (self.upload_path(sha256), piece.len() as u64);
        let folder = self.folder.join("uploads");
        fs::create_dir_all(&folder).map_err(disk("make", &folder))?;
        let held = self.upload_held(sha256)?;
        let end = at.checked_add(length).filter(|end| *end <= limits::PACKAGE_BYTES_MAX);
        let Some(end) = end else { return Err(UploadError::TooLarge) };
        if end <= held {
            return Ok(held);
        }
        if at != held {
            return Err(UploadError::Elsewhere(held));
        }
        if held == 0 {
            let there = fs::read_dir(&folder).map_err(disk("look into", &folder))?.count();
            if there >= UPLOADS_MAX && !path.exists() {
                return Err(UploadError::TooMany);
            }
        }
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(disk("open", &path))?;
        let written = file
            .seek(SeekFrom::Start(held))
            .and_then(|_| file.write_all(piece))
            .and_then(|()| file.sync_data());
        if let Err(error) = written {
            // A disk that is full keeps half a piece; what is not whole is taken away again.
            let _ = file.set_len(held);
            return Err(disk("write", &path)(error).into());
        }
        Ok(end)
    }

    /// Takes an upload that is whole: its bytes are those that its name says, or it is gone.
    ///
    /// # Errors
    ///
    /// [`FilesError::Damaged`], or when the disk fails or somebody stopped it.
    pub fn take_upload(
        &self,
        sha256: &Digest,
        unique: &str,
        progress: &dyn Fn(u64) -> bool,
    ) -> Result<Incoming, FilesError> {
        let _turn = self.uploading.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let path = self.upload_path(sha256);
        let mut file = File::open(&path).map_err(disk("open", &path))?;
        let bytes = file.metadata().map_err(disk("look at", &path))?.len();
        if hash_range(&mut file, 0, bytes, &path)? != *sha256 {
            fs::remove_file(&path).map_err(disk("remove", &path))?;
            return Err(FilesError::Damaged(path));
        }
        if !progress(bytes) {
            return Err(FilesError::Stopped);
        }
        let aside = self.folder.join("incoming").join(unique);
        fs::rename(&path, &aside).map_err(disk("name", &path))?;
        Ok(Incoming { path: aside, bytes, sha256: *sha256, named: false })
    }

    /// Removes uploads to which nothing was added since `before`; gives how many.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn forget_uploads(&self, before: Instant) -> Result<usize, FilesError> {
        let folder = self.folder.join("uploads");
        let Ok(list) = fs::read_dir(&folder) else { return Ok(0) };
        let mut gone = 0;
        for entry in list.flatten() {
            let changed = entry.metadata().and_then(|found| found.modified());
            let changed = changed.map_err(disk("look at", &entry.path()))?;
            let since = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
            let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
            if Instant::from_micros(micros) < before {
                fs::remove_file(entry.path()).map_err(disk("remove", &entry.path()))?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn pieces_follow_each_other_and_can_come_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opens");
        let bytes: Vec<u8> = (0..1_000_u32).flat_map(u32::to_le_bytes).collect();
        let sha256 = Digest::from_bytes(Sha256::digest(&bytes).into());
        assert_eq!(files.upload_held(&sha256).expect("is looked at"), 0);
        assert_eq!(files.upload_piece(&sha256, 0, &bytes[..1_500]).expect("fits"), 1_500);
        // Its answer was lost: the same again.
        assert_eq!(files.upload_piece(&sha256, 0, &bytes[..1_500]).expect("is there"), 1_500);
        for at in [1_499, 1_501, 3_000] {
            let piece = files.upload_piece(&sha256, at, &bytes[2_000..]);
            assert!(matches!(piece, Err(UploadError::Elsewhere(1_500))), "{at}");
        }
        let beyond = files.upload_piece(&sha256, u64::MAX - 1, &bytes);
        assert!(matches!(beyond, Err(UploadError::TooLarge)));
        assert_eq!(files.upload_piece(&sha256, 1_500, &bytes[1_500..]).expect("fits"), 4_000);
        let incoming = files.take_upload(&sha256, "u", &|_| true).expect("is whole");
        assert_eq!((incoming.bytes, incoming.sha256), (4_000, sha256));
        files.keep(incoming).expect("is kept");
        files.verify(&sha256, 4_000).expect("is what it was");
        assert_eq!(files.upload_held(&sha256).expect("is looked at"), 0);
    }

    #[test]
    fn other_bytes_than_the_name_says_are_thrown_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opens");
        let sha256 = Digest::from_bytes([1; 32]);
        files.upload_piece(&sha256, 0, b"something else").expect("fits");
        let taken = files.take_upload(&sha256, "u", &|_| true);
        assert!(matches!(taken, Err(FilesError::Damaged(_))));
        assert_eq!(files.upload_held(&sha256).expect("is looked at"), 0);
    }

    #[test]
    fn what_nobody_goes_on_with_is_forgotten_and_there_is_a_bound() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opens");
        for i in 0..32 {
            files.upload_piece(&Digest::from_bytes([i; 32]), 0, b"begun").expect("fits");
        }
        let more = files.upload_piece(&Digest::from_bytes([99; 32]), 0, b"begun");
        assert!(matches!(more, Err(UploadError::TooMany)));
        let long_ago = Instant::from_micros(0);
        assert_eq!(files.forget_uploads(long_ago).expect("looks"), 0);
        let far = Instant::from_micros(i64::MAX / 2);
        assert_eq!(files.forget_uploads(far).expect("looks"), 32);
    }
}
