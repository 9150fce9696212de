//! One round of a device: believe, choose, download, apply, prove, report.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use kontor_base::{Clock, Random, hex, unhex};
use kontor_ota::delta::{self, DeltaError};
use kontor_ota::signing::{Rejected, Target, Trusted};

use crate::choose::{check, check_offered, choose, fits};
use crate::download::download;
use crate::fetch::Fetch;
use crate::memory::{Identity, Memory};
use crate::metadata;
use crate::offer::{self, Heard};
use crate::refused::Refused;
use crate::report::{self, Event, Report};

/// The receipt of the last offer, with the build that it was for.
const RECEIPT: &str = "receipt";
/// After so many seconds of downloading the offer is asked for again.
const ASK_AGAIN_AFTER_S: i64 = 600;

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
    /// There is something newer, or was, and the service says that it is not for this device now.
    Waiting {
        /// Why, as a stable code such as `rollout.not_your_turn_yet`.
        reason: String,
        /// When to ask again, in seconds: drawn for this device and this time.
        again_s: u64,
    },
    /// It runs a new build now.
    Installed(Installed),
}

impl<F: Fetch> Client<F> {
    /// Installs what the service offers to this device, if it follows a channel; else the newest
    /// build that the signed metadata has for it.
    ///
    /// # Errors
    ///
    /// [`Refused`]; the device runs what it ran before, and a failure of something that was about
    /// to be installed waits to be reported.
    pub fn update(&self) -> Result<Outcome, Refused> {
        let identity = self.memory.identity()?;
        let now = self.clock.now();
        let mut trusted = metadata::refresh(&self.memory, &self.fetch, now)?;
        if identity.channel.is_some() {
            return self.follow(&mut trusted, &identity);
        }
        metadata::model(&self.memory, &self.fetch, &mut trusted, &identity.model, now)?;
        let Some(targets) = trusted.delegated_targets(&identity.model) else {
            return Ok(Outcome::UpToDate);
        };
        let Some(choice) = choose(&identity, targets)? else { return Ok(Outcome::UpToDate) };
        let names = choice.candidates.iter().map(|(name, _)| name.as_str());
        self.first_that_works(&mut trusted, &identity, names, None)
    }

    /// Does what the offer says.
    fn follow(&self, trusted: &mut Trusted, identity: &Identity) -> Result<Outcome, Refused> {
        let now = self.clock.now();
        let heard = offer::ask(&self.memory, &self.fetch, trusted, identity, now)?;
        let Some(install) = &heard.offer.install else {
            return Ok(match heard.offer.reason.as_str() {
                "channel.up_to_date" => Outcome::UpToDate,
                reason => {
                    let again_s = offer::ask_again_s(heard.offer.poll_s, &self.random);
                    Outcome::Waiting { reason: reason.to_owned(), again_s }
                }
            });
        };
        if install.release_counter == identity.release_counter {
            return Ok(Outcome::UpToDate);
        }
        let names = install.targets.iter().map(String::as_str);
        self.first_that_works(trusted, identity, names, Some(&heard))
    }

    fn first_that_works<'n>(
        &self,
        trusted: &mut Trusted,
        identity: &Identity,
        names: impl Iterator<Item = &'n str>,
        heard: Option<&Heard>,
    ) -> Result<Outcome, Refused> {
        let mut refusal = None;
        for name in names {
            match self.install(trusted, identity, name, heard) {
                // A delta that fails leaves the whole image to be tried.
                Err(refused) => refusal = refusal.or(Some(refused)),
                Ok(None) => {}
                Ok(Some(done)) => return Ok(done),
            }
        }
        Err(refusal.unwrap_or_else(|| Rejected::malformed("the offer names no whole image").into()))
    }

    /// Tells that the device ran a build and went back to the one before: called by whatever watches
    /// the first start after an update.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub fn rolled_back(&self, build: &str, code: Option<&str>) -> Result<(), Refused> {
        let identity = self.memory.identity()?;
        let receipt =
            self.memory.kept(RECEIPT)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let receipt = receipt.and_then(|kept| {
            let (kept_build, receipt) = kept.split_once(' ')?;
            (kept_build == build).then(|| receipt.to_owned())
        });
        self.tell(&identity, build, Event::RolledBack, code, receipt)
    }

    /// Installs one target by name, for example what a signed offer names.
    ///
    /// # Errors
    ///
    /// [`Refused`], as [`Client::update`].
    pub fn install_named(&self, name: &str) -> Result<Outcome, Refused> {
        let identity = self.memory.identity()?;
        let mut trusted = metadata::refresh(&self.memory, &self.fetch, self.clock.now())?;
        self.first_that_works(&mut trusted, &identity, std::iter::once(name), None)
    }

    /// Sends the reports that wait; answers how many were taken.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub fn send_reports(&self, path: &str) -> Result<usize, Refused> {
        report::send(&self.memory, &self.fetch, path)
    }

    /// `None`: it is a delta from another image than the device's.
    fn install(
        &self,
        trusted: &mut Trusted,
        identity: &Identity,
        name: &str,
        heard: Option<&Heard>,
    ) -> Result<Option<Outcome>, Refused> {
        let now = self.clock.now();
        // By name from the root down, also when the model's list has named it: a role can only
        // speak for names that were delegated to it.
        let target = metadata::target(&self.memory, &self.fetch, trusted, name, now)?;
        if let Some(install) = heard.and_then(|heard| heard.offer.install.as_ref()) {
            check_offered(install, &target)?;
            if !fits(identity, &target) {
                return Ok(None);
            }
        }
        let incremental = target.custom.incremental.clone().unwrap_or_default();
        let receipt = heard.and_then(|heard| heard.receipt.clone());
        if let Some(receipt) = &receipt {
            // For the day on which the device goes back.
            self.memory.keep(RECEIPT, format!("{incremental} {receipt}").as_bytes())?;
        }
        match self.fetch_and_apply(trusted, identity, name, &target, heard) {
            Ok(()) => {
                self.tell(identity, &incremental, Event::Installed, None, receipt)?;
                let (target, bytes) = (name.to_owned(), target.length);
                Ok(Some(Outcome::Installed(Installed { target, incremental, bytes })))
            }
            // The service changed its mind meanwhile: nothing failed.
            Err(refused @ Refused::TakenBack { .. }) => Err(refused),
            Err(refused) => {
                self.tell(identity, &incremental, Event::Failed, Some(refused.code()), receipt)?;
                Err(refused)
            }
        }
    }

    fn fetch_and_apply(
        &self,
        trusted: &Trusted,
        identity: &Identity,
        name: &str,
        target: &Target,
        heard: Option<&Heard>,
    ) -> Result<(), Refused> {
        check(identity, name, target)?;
        let part = download(&self.memory, &self.fetch, name, target, &self.clock)?;
        let incremental = target.custom.incremental.clone().unwrap_or_default();
        let receipt = heard.and_then(|heard| heard.receipt.clone());
        self.tell(identity, &incremental, Event::Downloaded, None, receipt)?;
        self.still_offered(trusted, identity, name, heard)?;
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

    /// A download can take hours, in which a rollout may have been halted: then the offer is asked
    /// for again before anything is put in place.
    fn still_offered(
        &self,
        trusted: &Trusted,
        identity: &Identity,
        name: &str,
        heard: Option<&Heard>,
    ) -> Result<(), Refused> {
        let Some(heard) = heard else { return Ok(()) };
        let now = self.clock.now();
        if now.seconds_since(heard.at) < ASK_AGAIN_AFTER_S {
            return Ok(());
        }
        let again = offer::ask(&self.memory, &self.fetch, trusted, identity, now)?;
        let named =
            again.offer.install.as_ref().is_some_and(|i| i.targets.iter().any(|t| t == name));
        if named { Ok(()) } else { Err(Refused::TakenBack { name: name.to_owned() }) }
    }

    fn tell(
        &self,
        identity: &Identity,
        build: &str,
        event: Event,
        code: Option<&str>,
        receipt: Option<String>,
    ) -> Result<(), Refused> {
        let report = Report {
            id: hex(&self.random.bytes16()),
            model: identity.model.clone(),
            channel: identity.channel.clone().unwrap_or_default(),
            from: identity.incremental.clone(),
            build: build.to_owned(),
            event,
            code: code.map(str::to_owned),
            receipt,
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
    let delta_file = open(part)?;
    let header = delta::apply::read_header(&delta_file).map_err(Refused::Delta)?;
    let announced = unhex::<32>(&signed.to_sha256) == Some(header.new_sha256)
        && unhex::<32>(&signed.from_sha256) == Some(header.old_sha256)
        && header.new_length == signed.to_length;
    if !announced {
        return Err(Refused::Delta(DeltaError::WrongResult));
    }
    let file = File::create(ready).map_err(Refused::storage("create an image"))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let go_on = &mut |_, _| ControlFlow::Continue(());
    if signed.is_packed() {
        delta::apply(&[][..], &delta_file, &mut out, go_on).map_err(Refused::Delta)?;
    } else {
        delta::apply(&open(image)?, &delta_file, &mut out, go_on).map_err(Refused::Delta)?;
    }
    out.flush().map_err(Refused::storage("write an image"))?;
    out.get_ref().sync_all().map_err(Refused::storage("flush an image"))
}
