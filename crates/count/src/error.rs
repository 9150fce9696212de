//! What can fail while counting.

use std::path::{Path, PathBuf};

use crate::present::Position;

/// Why the count cannot go on. After a failed write nothing more is accepted until a restart.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// A file could not be read or written.
    #[error("could not {what} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is damaged where no interrupted write can have damaged it.
    #[error("{} is damaged at byte {at}: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        at: u64,
        /// How.
        why: &'static str,
    },
    /// A place in the log is asked for that is not kept any more.
    #[error("the log begins with segment {first}; what was before {until} was let go")]
    LetGo {
        /// The place.
        until: Position,
        /// The first segment that is kept.
        first: u64,
    },
    /// Another process counts in this folder.
    #[error("another process counts in {}", .0.display())]
    InUse(PathBuf),
    /// Too many reports wait, or the log has failed.
    #[error("the count takes no reports at the moment")]
    Unavailable,
}

impl CountError {
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}
