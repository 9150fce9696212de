//! Publishes a whole maker's ROM straight into a database, for benches: many models, each with
//! the same builds in every channel, rolled out to everybody.
//!
//! Update checks read what this writes exactly as if each package had come in through
//! `kontor rom publish`; only the files are not there. One file with bytes can be asked for.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use kontor_base::id::{BuildId, RolloutId};
use kontor_base::{Instant, Line, SecretKey};
use kontor_domain::build::{Build, BuildFile, Digest, Package};
use kontor_domain::channel::{Channel, Entry};
use kontor_domain::device::{DeviceModel, Maker};
use kontor_domain::rollout::{
    Advance, Audience, Cause, Gate, Pace, Rollout, RolloutState, Standing, Tally, Trip, WHOLE, Wave,
};
use kontor_rom::{FilesError, Rom};
use kontor_store::build::{FileState, KnownFile};
use kontor_store::{StoreError, Tx, build as builds, channel, device, rollout};

/// Between two builds.
const DAY_S: i64 = 24 * 60 * 60;
/// How much of a file is made at once, in bytes.
const CHUNK: usize = 1024 * 1024;

/// How much is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many models.
    pub models: u32,
    /// How many builds each.
    pub builds: u32,
}

/// A published file with bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its address, from `/rom/files/` on.
    pub address: String,
}

fn key() -> SecretKey {
    SecretKey::from_bytes([5; 32])
}

/// 16 bytes that are the model's, the build's or the rollout's own.
fn id(words: &[u32]) -> [u8; 16] {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    key().hash(&bytes)
}

fn digest(words: [u32; 2]) -> Digest {
    let (low, high) = (id(&[words[0], words[1], 1]), id(&[words[0], words[1], 2]));
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&low);
    bytes[16..].copy_from_slice(&high);
    Digest::from_bytes(bytes)
}

/// The codename of a model.
#[must_use]
pub fn codename(model: u32) -> String {
    format!("model{model:03}")
}

/// The incremental of a build.
#[must_use]
pub fn incremental(build: u32) -> String {
    format!("eng.{}", 20_260_101 + build)
}

fn model(number: u32) -> DeviceModel {
    DeviceModel {
        codename: codename(number).parse().expect("letters and digits"),
        name: Line::parse(&format!("Model {number}")).expect("a short line"),
        brand: Line::parse("Bench").expect("a short line"),
        maker: Maker::Own,
        also: vec![],
        revisions: vec![],
        product: None,
        picture: None,
    }
}

fn build(of: u32, number: u32, file: BuildFile, at: Instant) -> Build {
    let built_at =
        Instant::from_micros(1_767_225_600_000_000).plus_seconds(i64::from(number) * DAY_S);
    let package = Package {
        file,
        source: None,
        payload: None,
        property_files: Some(
            "payload_metadata.bin:4662:187245,payload.bin:4662:1926274191,\
             payload_properties.txt:1926278911:156   "
                .to_owned(),
        ),
        parts: vec![],
        csig: None,
    };
    Build {
        id: BuildId::from_bytes(id(&[1, of, number])),
        model: codename(of).parse().expect("letters and digits"),
        version: "23.2".parse().expect("a version"),
        incremental: incremental(number).parse().expect("letters, digits and a dot"),
        built_at,
        kind: "nightly".parse().expect("a word"),
        sdk: 36,
        patch_level: "2026-10-01".parse().ok(),
        fingerprint: None,
        vbmeta: None,
        release_counter: u64::from(number) + 1,
        notes: std::collections::BTreeMap::new(),
        packages: vec![package],
        published_at: at,
        withdrawn: None,
    }
}

fn done(build: &Build, channel: Channel, id: [u8; 16], at: Instant) -> Rollout {
    let wave = Wave {
        share: WHOLE,
        audience: Audience::Everybody,
        countries: vec![],
        advance: Advance::ByHand,
    };
    Rollout {
        id: RolloutId::from_bytes(id),
        model: build.model.clone(),
        channel,
        build: build.id,
        salt: id,
        waves: vec![wave],
        gate: Gate { failures_max: 50_000, reports_min: 10, trip: Trip::Halt },
        pace: Pace::default(),
        population: 1_000,
        standing: Standing {
            state: RolloutState::Done,
            cause: Cause::Hand,
            since: at,
            wave: 0,
            wave_since: at,
            wave_from: 0,
            wave_tally: Tally::default(),
            forgiven: Tally::default(),
            note: None,
        },
    }
}

fn write(tx: &mut Tx<'_>, build: &Build, at: Instant, number: [u32; 2]) -> Result<(), StoreError> {
    builds::save(tx, build)?;
    for package in &build.packages {
        let (sha256, bytes) = (package.file.sha256, package.file.bytes);
        builds::save_file(tx, &KnownFile { sha256, bytes, state: FileState::Good }, at)?;
    }
    for channel in Channel::ALL {
        let (model, build_id) = (build.model.clone(), build.id);
        channel::save(tx, &Entry { model, channel, build: build_id, since: at, floor: false })?;
        let id = id(&[3, number[0], number[1], channel as u32]);
        rollout::save(tx, &done(build, channel, id, at))?;
    }
    Ok(())
}

/// Publishes everything, each model in a transaction of its own.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn publish_many(rom: &Rom, size: Size) -> Result<(), StoreError> {
    let at = rom.now();
    for of in 0..size.models {
        rom.db
            .write("publish.many", move |tx| {
                device::save(tx, &model(of))?;
                for number in 0..size.builds {
                    let name = format!(
                        "lineage-23.2-{}-nightly-{}.zip",
                        incremental(number),
                        codename(of)
                    );
                    let sha256 = digest([of, number]);
                    let file = BuildFile { name, bytes: 1_926_282_058, sha256 };
                    write(tx, &build(of, number, file, at), at, [of, number])?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    Ok(())
}

/// Publishes one build of a model of its own, with a file of `bytes` that no packing shrinks.
///
/// # Errors
///
/// When the disk or the database refuses.
pub async fn publish_file(rom: &Rom, bytes: u64) -> Result<PublishedFile, PublishError> {
    const MODEL: u32 = 999;
    let at = rom.now();
    let mut source = Noise { left: bytes, block: noise() };
    let incoming = rom.files.take_in(&mut source, "bench", &|_| true)?;
    let sha256 = incoming.sha256;
    rom.files.keep(incoming)?;
    let file = BuildFile { name: "bench.zip".to_owned(), bytes, sha256 };
    let address = format!("/rom/files/{sha256}/{}", file.name);
    rom.db
        .write("publish.file", move |tx| {
            device::save(tx, &model(MODEL))?;
            write(tx, &build(MODEL, 0, file.clone(), at), at, [MODEL, 0])
        })
        .await?;
    Ok(PublishedFile { path: rom.files.path(&sha256), address })
}

/// Why the file was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The disk.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A block of noise, the same on every machine.
fn noise() -> Vec<u8> {
    (0..CHUNK as u64 / 16).flat_map(|i| key().hash(&i.to_le_bytes())).collect()
}

/// So many bytes of noise.
struct Noise {
    left: u64,
    block: Vec<u8>,
}

impl std::io::Read for Noise {
    fn read(&mut self, mut into: &mut [u8]) -> std::io::Result<usize> {
        let length = self.left.min(self.block.len() as u64).min(into.len() as u64);
        let length = usize::try_from(length).unwrap_or(0);
        into.write_all(&self.block[..length])?;
        self.left -= length as u64;
        Ok(length)
    }
}

/// Makes sure that what was written is read from memory, as in a warm server.
///
/// # Errors
///
/// When the file cannot be read.
pub fn warm(file: &PublishedFile) -> std::io::Result<u64> {
    std::io::copy(&mut File::open(&file.path)?, &mut std::io::sink())
}
