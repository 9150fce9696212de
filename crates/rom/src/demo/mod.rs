//! The demo's ROM: three models with three builds each, invented from a seed, and the rollouts that
//! brought them to devices. Nothing here was ever on a device, and nothing is fetched.
//!
//! The packages are published as every package is; what lies in the past (rollouts that are over,
//! reports that have come in) is written as it would have been.

mod package;
mod past;
mod zip;

pub use zip::{base64, zip};

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Instant, Language, Line};
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_domain::device::{DeviceError, DeviceModel, Maker, Revision};
use kontor_domain::rollout::RolloutState;
use kontor_store::StoreError;

use crate::build::{PublishCommand, Refusal, Source, publish};
use crate::channel::{self, PromoteCommand, promote};
use crate::core::{Failure, FilesError, Rom};
use crate::device::save_model;

/// What kept the demo from being published.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A model.
    #[error("a model was not saved: {0}")]
    Model(DeviceError),
    /// A package.
    #[error("a package was not published: {0}")]
    Publish(Refusal),
    /// A channel.
    #[error("a build did not enter its channel: {0}")]
    Promote(channel::Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store of files.
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// An update package as build systems make it, around an invented image: for tests and for trying
/// a server out.
#[must_use]
pub fn invented_package(
    device: &'static str,
    version: &'static str,
    incremental: &str,
    built_s: i64,
) -> Vec<u8> {
    let incremental = incremental.to_owned();
    package::package(&package::Plan { device, version, incremental, built_s, seed: 9, build: 0 })
}

/// The hash under which the store of files knows some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> kontor_domain::build::Digest {
    package::sha256(bytes)
}

fn failure<R>(refused: fn(R) -> DemoError) -> impl Fn(Failure<R>) -> DemoError {
    move |failure| match failure {
        Failure::Refused(refusal) => refused(refusal),
        Failure::Fault(fault) => DemoError::Store(fault),
        Failure::Files(fault) => DemoError::Files(fault),
    }
}

/// A model of the demo.
struct DemoModel {
    codename: &'static str,
    name: &'static str,
    brand: &'static str,
    maker: Maker,
    also: &'static [&'static str],
    product: Option<&'static str>,
    picture: &'static str,
    revision: Option<(&'static str, &'static str)>,
    seed: u64,
}

const MODELS: [DemoModel; 3] = [
    DemoModel {
        codename: "virgo",
        name: "Mi Note",
        brand: "Xiaomi",
        maker: Maker::Own,
        also: &["virgo_in"],
        product: Some("mi-note"),
        picture: "phone-large",
        revision: Some(("p2", "Second camera module, from March 2015")),
        seed: 1,
    },
    DemoModel {
        codename: "wt88047",
        name: "Redmi 2",
        brand: "Xiaomi",
        maker: Maker::Own,
        also: &["wt86047"],
        product: Some("redmi-2"),
        picture: "phone-small",
        revision: None,
        seed: 2,
    },
    DemoModel {
        codename: "hammerhead",
        name: "Nexus 5",
        brand: "LG",
        maker: Maker::Other,
        also: &[],
        product: None,
        picture: "phone-other",
        revision: None,
        seed: 3,
    },
];

/// A build of the demo: version, day (in days since 1970), what is new in English and German.
struct DemoBuild {
    version: &'static str,
    day: i64,
    english: &'static str,
    german: &'static str,
}

const BUILDS: [DemoBuild; 3] = [
    DemoBuild {
        version: "6.3.20",
        day: 16_514,
        english: "The first build for this demonstration. Its bytes are invented.\n\
                  - Notifications are grouped by app\n- Calls can be recorded where the law allows it",
        german: "Der erste Build für diese Vorführung. Seine Bytes sind erfunden.\n\
                 - Benachrichtigungen stehen nach Apps zusammen\n\
                 - Anrufe lassen sich aufnehmen, wo das Gesetz es erlaubt",
    },
    DemoBuild {
        version: "6.4.24",
        day: 16_549,
        english: "A calmer month: fewer new things, more that work.\n\
                  - The camera opens in half the time\n- The battery page names what it is spent on\n\
                  - Fixed: an alarm that did not ring after midnight",
        german: "Ein ruhiger Monat: weniger Neues, mehr, das funktioniert.\n\
                 - Die Kamera öffnet in der halben Zeit\n\
                 - Die Akkuseite nennt, wofür er verbraucht wird\n\
                 - Behoben: ein Wecker, der nach Mitternacht nicht klingelte",
    },
    DemoBuild {
        version: "6.5.28",
        day: 16_583,
        english: "Ready for new countries.\n\
                  - Hindi, German and Portuguese are complete\n\
                  - Two SIM cards can be named\n- Security fixes of May",
        german: "Bereit für neue Länder.\n\
                 - Hindi, Deutsch und Portugiesisch sind vollständig\n\
                 - Zwei SIM-Karten lassen sich benennen\n- Sicherheitskorrekturen vom Mai",
    },
];

/// Publishes the demo's ROM, unless there is one already.
///
/// # Errors
///
/// See [`DemoError`].
pub async fn publish_demo(rom: &Arc<Rom>) -> Result<(), DemoError> {
    if !rom.snapshots.now().models.is_empty() {
        return Ok(());
    }
    for (place, model) in MODELS.iter().enumerate() {
        save_model(rom, described(model)).await.map_err(failure(DemoError::Model))?;
        let mut builds = Vec::new();
        for number in 0..BUILDS.len() {
            builds.push(published(rom, model, number).await?);
        }
        let [first, second, third] = &builds[..] else { continue };
        for (build, channels) in [
            (first, &[Channel::Nightly, Channel::Beta, Channel::Stable][..]),
            (second, &[Channel::Nightly, Channel::Beta, Channel::Stable]),
            (third, &[Channel::Nightly, Channel::Beta]),
        ] {
            for channel in channels {
                let floor = place == 0 && build.id == second.id && *channel == Channel::Stable;
                enter(rom, build, *channel, floor).await?;
            }
        }
        for build in [first, second] {
            for channel in [Channel::Stable, Channel::Beta] {
                past::done(rom, build, channel).await?;
            }
        }
        // The newest build: on its way on the first model, halted on the second, planned on the third.
        let state =
            [RolloutState::Running, RolloutState::Halted, RolloutState::Planned][place.min(2)];
        past::under_way(rom, third, state).await?;
        if place == 0 {
            past::done(rom, third, Channel::Nightly).await?;
        }
        rom.refresh().await?;
    }
    Ok(())
}

fn described(model: &DemoModel) -> DeviceModel {
    let name = |text: &str| text.parse().expect("the demo's names are names");
    DeviceModel {
        codename: name(model.codename),
        name: Line::parse(model.name).expect("a short line"),
        brand: Line::parse(model.brand).expect("a short line"),
        maker: model.maker,
        also: model.also.iter().map(|also| name(also)).collect(),
        revisions: model
            .revision
            .iter()
            .map(|(code, note)| Revision { code: name(code), note: Line::parse(note).ok() })
            .collect(),
        product: model.product.and_then(|slug| slug.parse().ok()),
        picture: model.picture.parse().ok(),
    }
}

async fn published(rom: &Arc<Rom>, model: &DemoModel, number: usize) -> Result<Build, DemoError> {
    let build = &BUILDS[number];
    let built_at = Instant::from_micros(0).plus_seconds(build.day * 24 * 60 * 60 + 12 * 60 * 60);
    let plan = package::Plan {
        device: model.codename,
        version: build.version,
        incremental: format!("{}.{}", build.version, model.codename),
        built_s: built_at.millis() / 1_000,
        seed: model.seed,
        build: u32::try_from(number).unwrap_or(0),
    };
    let (files, name) = (rom.files.clone(), plan.file_name());
    let stored = tokio::task::spawn_blocking(move || {
        let bytes = package::package(&plan);
        let sha256 = package::sha256(&bytes);
        // In pieces, as a package comes in from elsewhere.
        for (place, piece) in bytes.chunks(1 << 20).enumerate() {
            files.upload_piece(&sha256, (place as u64) << 20, piece)?;
        }
        Ok::<_, crate::core::UploadError>(sha256)
    });
    let sha256 = match stored.await {
        Ok(Ok(sha256)) => sha256,
        Ok(Err(crate::core::UploadError::Files(error))) => return Err(error.into()),
        Ok(Err(_)) | Err(_) => return Err(FilesError::Stopped.into()),
    };
    let command = PublishCommand {
        source: Source::Upload { sha256, name },
        model: model.codename.parse().expect("the demo's names are names"),
        version: build.version.parse().ok(),
        kind: "nightly".parse().expect("a word"),
        notes: BTreeMap::from([
            (Language::En, build.english.to_owned()),
            (Language::De, build.german.to_owned()),
        ]),
        csig: None,
    };
    let published = publish(rom, command, Arc::new(|_| true)).await;
    Ok(published.map_err(failure(DemoError::Publish))?.build)
}

async fn enter(
    rom: &Arc<Rom>,
    build: &Build,
    channel: Channel,
    floor: bool,
) -> Result<(), DemoError> {
    let command = PromoteCommand {
        model: build.model.clone(),
        incremental: build.incremental.to_string(),
        channel,
        floor,
    };
    promote(rom, command).await.map(|_| ()).map_err(failure(DemoError::Promote))
}
