//! The keeper of files: reads each once in a while and compares it with its name. A file that is
//! damaged or gone is offered to nobody from then on; one that is good again comes back.

use std::sync::Arc;

use kontor_store::StoreError;
use kontor_store::build::{FileState, KnownFile, files_to_check, save_file};

use crate::core::{FilesError, Rom};

/// Every file is read once in so many seconds.
const CHECK_EVERY_S: i64 = 24 * 60 * 60;

/// What a round found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Files that are as they should be.
    pub good: usize,
    /// Files that are damaged or gone.
    pub bad: usize,
}

/// Looks at up to `limit` files that were not looked at for a day.
///
/// # Errors
///
/// A fault of the database.
pub async fn check_files(rom: &Arc<Rom>, limit: i64) -> Result<Checked, StoreError> {
    let before = rom.now().plus_seconds(-CHECK_EVERY_S);
    let due = rom.db.read("build.check", move |tx| files_to_check(tx, before, limit)).await?;
    let mut checked = Checked::default();
    for file in due {
        let files = rom.files.clone();
        let look = move || files.verify(&file.sha256, file.bytes);
        let state = match tokio::task::spawn_blocking(look).await {
            Ok(Ok(())) => FileState::Good,
            Ok(Err(FilesError::Damaged(_))) => FileState::Damaged,
            Ok(Err(FilesError::Disk { source, .. }))
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                FileState::Missing
            }
            Ok(Err(FilesError::Gone(_))) => FileState::Missing,
            // The disk or the bucket failed, or the process is ending: that says nothing about the file.
            Ok(Err(_)) | Err(_) => continue,
        };
        if state == FileState::Good {
            checked.good += 1;
        } else {
            checked.bad += 1;
            tracing::error!(file = %file.sha256, state = state.word(), "a published file is not good");
        }
        let at = rom.now();
        let seen = KnownFile { state, ..file };
        rom.db.write("build.check", move |tx| save_file(tx, &seen, at)).await?;
    }
    Ok(checked)
}
