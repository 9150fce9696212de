//! One round of a device: believe, choose, download, apply, prove, report.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use kontor_base::{Clock, Random};
use kontor_ota::delta::{self, DeltaError};
use kontor_ota::signing::key::{hex, unhex};
use kontor_ota::signing::{Target, Trusted};

use crate::choose::{check, choose};
use crate::download::download;
use crate::fetch::Fetch;
use crate::memory::{Identity, Memory};
use crate::metadata;
use crate::refused::Refused;
use crate::report::{self, Event, Report};

/// A device.
pub struct Client<F> {
    /// What it keeps.
    pub memory: Memory,
    /// Its network.
    pub fetch: F,
    /// Its clock.
    pub clock: Clock,
    /// Its randomness, for the ids of reports.
    pub random: Random,
    /// The image that it runs.
    pub image: PathBuf,
}

/// What was installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The target that led to it.
    pub target: String,
    /// The build's incremental.
    pub incremental: String,
    /// Bytes that were downloaded for it.
    pub bytes: u64,
}

/// How a round ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The device runs the newest build for it.
    UpToDate,
    /// It runs a new build now.
    Installed(Installed),
}

impl<F: Fetch> Client<F> {
    /// Installs the newest build that the signed metadata has for this device, if it is newer.
    ///
    /// # Errors
    ///
    /// [`Refused`]; the device runs what it ran before, and a failure of something that was about
    /// to be installed waits to be reported.
    pub fn update(&self) -> Result<Outcome, Refused> {
        let identity = self.memory.identity()?;
        let now = self.clock.now();
        let mut trusted = metadata::refresh(&self.memory, &self.fetch, now)?;
        metadata::model(&self.memory, &self.fetch, &mut trusted, &identity.model, now)?;
        let Some(targets) = trusted.delegated_targets(&identity.model) else {
            return Ok(Outcome::UpToDate);
        };
        let Some(choice) = choose(&identity, targets)? else { return Ok(Outcome::UpToDate) };
        let mut refusal = None;
        for (name, _) in &choice.candidates {
            match self.install(&mut trusted, &identity, name) {
                // A delta that fails leaves the whole image to be tried.
                Err(refused) => refusal = refusal.or(Some(refused)),
                done => return done,
            }
        }
        Err(refusal.expect("a choice has at least one candidate, and none was installed"))
    }

    /// Installs one target by name, for example what a signed offer names.
    ///
    /// # Errors
    ///
    /// [`Refused`], as [`Client::update`].
    pub fn install_named(&self, name: &str) -> Result<Outcome, Refused> {
        let identity = self.memory.identity()?;
        let mut trusted = metadata::refresh(&self.memory, &self.fetch, self.clock.now())?;
        self.install(&mut trusted, &identity, name)
    }

    /// Sends the reports that wait; answers how many were taken.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub fn send_reports(&self, path: &str) -> Result<usize, Refused> {
        report::send(&self.memory, &self.fetch, path)
    }

    fn install(
        &self,
        trusted: &mut Trusted,
        identity: &Identity,
        name: &str,
    ) -> Result<Outcome, Refused> {
        let now = self.clock.now();
        // By name from the root down, also when the model's list has named it: a role can only
        // speak for names that were delegated to it.
        let target = metadata::target(&self.memory, &self.fetch, trusted, name, now)?;
        let incremental = target.custom.incremental.clone().unwrap_or_default();
        match self.fetch_and_apply(identity, name, &target) {
            Ok(()) => {
                self.tell(identity, &incremental, Event::Installed, None)?;
                let (target, bytes) = (name.to_owned(), target.length);
                Ok(Outcome::Installed(Installed { target, incremental, bytes }))
            }
            Err(refused) => {
                self.tell(identity, &incremental, Event::Failed, Some(refused.code()))?;
                Err(refused)
            }
        }
    }

    fn fetch_and_apply(
        &self,
        identity: &Identity,
        name: &str,
        target: &Target,
    ) -> Result<(), Refused> {
        check(identity, name, target)?;
        let part = download(&self.memory, &self.fetch, name, target, &self.clock)?;
        let incremental = target.custom.incremental.clone().unwrap_or_default();
        self.tell(identity, &incremental, Event::Downloaded, None)?;
        let (ready, sha256) = match &target.custom.delta {
            None => (part.clone(), target.hashes.sha256.clone()),
            Some(delta) => {
                let ready = self.memory.path("image.new");
                let applied = apply_delta(&self.image, &part, &ready, delta);
                if applied.is_err() {
                    // Half an image is of no use to anybody.
                    let _ = fs::remove_file(&ready);
                }
                applied?;
                (ready, delta.to_sha256.clone())
            }
        };
        fs::rename(&ready, &self.image).map_err(Refused::storage("put the image in place"))?;
        // Gone already when it became the image.
        let _ = fs::remove_file(&part);
        self.memory.keep_identity(&Identity {
            incremental,
            release_counter: target.custom.release_counter,
            image_sha256: sha256,
            ..identity.clone()
        })
    }

    fn tell(
        &self,
        identity: &Identity,
        to: &str,
        event: Event,
        code: Option<&str>,
    ) -> Result<(), Refused> {
        let report = Report {
            id: hex(&self.random.bytes16()),
            model: identity.model.clone(),
            from: identity.incremental.clone(),
            to: to.to_owned(),
            event,
            code: code.map(str::to_owned),
        };
        report::queue(&self.memory, report)
    }
}

/// Applies a delta whose own bytes are proven; its header must say what was signed.
fn apply_delta(
    image: &Path,
    part: &Path,
    ready: &Path,
    signed: &kontor_ota::signing::DeltaOf,
) -> Result<(), Refused> {
    let open = |path: &Path| File::open(path).map_err(Refused::storage("open an image"));
    let (old, delta_file) = (open(image)?, open(part)?);
    let header = delta::apply::read_header(&delta_file).map_err(Refused::Delta)?;
    let announced = unhex::<32>(&signed.to_sha256) == Some(header.new_sha256)
        && unhex::<32>(&signed.from_sha256) == Some(header.old_sha256)
        && header.new_length == signed.to_length;
    if !announced {
        return Err(Refused::Delta(DeltaError::WrongResult));
    }
    let file = File::create(ready).map_err(Refused::storage("create an image"))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    delta::apply(&old, &delta_file, &mut out, &mut |_, _| ControlFlow::Continue(()))
        .map_err(Refused::Delta)?;
    out.flush().map_err(Refused::storage("write an image"))?;
    out.get_ref().sync_all().map_err(Refused::storage("flush an image"))
}
