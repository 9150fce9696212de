//! Why a command could not be carried out: one clear line each.

use crate::config::ConfigError;
use crate::secret::SecretError;
use crate::server::ServerError;
use kontor_store::{BackupError, StoreError};

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A copy of the database.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The secret key.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// Anything else, in a sentence.
    #[error("{0}")]
    Other(String),
}

impl CommandError {
    /// Something that was attempted and failed.
    pub fn other(what: &str, error: impl std::fmt::Display) -> Self {
        Self::Other(format!("could not {what}: {error}"))
    }
}
