//! Adds the whole image of a build: what devices of the service's own client run, and what deltas
//! lead between. Without one, the build's package stands in for it.

use std::path::PathBuf;
use std::sync::Arc;

use kontor_base::{id, limits};
use kontor_domain::build::BuildFile;
use kontor_domain::device::Codename;
use kontor_store::build::{FileState, KnownFile};
use kontor_store::{build as builds, delta};

use crate::build::Progress;
use crate::core::{Failure, FilesError, Outcome, Rom};
use crate::signing::image_name;

/// An image to add.
#[derive(Clone, Debug)]
pub struct AddImageCommand {
    /// The file.
    pub path: PathBuf,
    /// The model.
    pub model: Codename,
    /// The build's incremental.
    pub incremental: String,
}

/// Why an image was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddImageRefusal {
    /// The file cannot be opened.
    #[error("could not open the image: {0}")]
    Open(std::io::Error),
    /// It is empty or larger than files may be.
    #[error("an image has between 1 and {} bytes", limits::PACKAGE_BYTES_MAX)]
    Size,
    /// There is no such build.
    #[error("there is no such build")]
    UnknownBuild,
    /// The build has an image.
    #[error("the build has an image already; what was published does not change")]
    Already,
}

impl AddImageRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open(_) => "build.unreadable",
            Self::Size => "build.too_large",
            Self::UnknownBuild => "build.unknown",
            Self::Already => "build.duplicate",
        }
    }
}

/// Adds an image.
///
/// # Errors
///
/// An [`AddImageRefusal`], or a fault of the database or the store of files.
pub async fn add_image(
    rom: &Arc<Rom>,
    command: AddImageCommand,
    progress: Progress,
) -> Outcome<BuildFile, AddImageRefusal> {
    let refuse = |refusal| Failure::Refused(refusal);
    let (model, incremental) = (command.model, command.incremental);
    let build = rom
        .db
        .read("build.image", move |tx| {
            let found = builds::of_model(tx, model.as_str())?;
            Ok::<_, Failure<AddImageRefusal>>(
                found.into_iter().find(|build| build.incremental.as_str() == incremental),
            )
        })
        .await?;
    let build = build.ok_or_else(|| refuse(AddImageRefusal::UnknownBuild))?;
    let (files, unique) = (rom.files.clone(), id::encode(rom.random.bytes16()));
    let name = image_name(&build);
    let work = move || {
        let open = |error| refuse(AddImageRefusal::Open(error));
        let mut source = std::fs::File::open(&command.path).map_err(open)?;
        let length = source.metadata().map_err(open)?.len();
        if length == 0 || length > limits::PACKAGE_BYTES_MAX {
            return Err(refuse(AddImageRefusal::Size));
        }
        let incoming = files.take_in(&mut source, &unique, &*progress)?;
        let file = BuildFile { name, bytes: incoming.bytes, sha256: incoming.sha256 };
        files.keep(incoming)?;
        Ok(file)
    };
    let file = tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Failure::Files(FilesError::Stopped))??;
    let (at, written) = (rom.now(), file.clone());
    rom.db
        .write("build.image", move |tx| {
            let known =
                KnownFile { sha256: written.sha256, bytes: written.bytes, state: FileState::Good };
            builds::save_file(tx, &known, at)?;
            if delta::add_image(tx, build.id, &written)? {
                Ok(())
            } else {
                Err(Failure::Refused(AddImageRefusal::Already))
            }
        })
        .await?;
    tracing::info!(file = %file.sha256, bytes = file.bytes, "image added");
    Ok(file)
}
