//! A small ROM: one model, one build that everybody may have, and its file.

use std::path::Path;
use std::sync::Arc;

use kontor_base::id::{BuildId, RolloutId};
use kontor_base::{Clock, Instant, Line, Random, SecretKey};
use kontor_domain::build::{Build, BuildFile, Digest, Package};
use kontor_domain::channel::{Channel, Entry};
use kontor_domain::device::{DeviceModel, Maker};
use kontor_domain::rollout::{
    Advance, Audience, Cause, Gate, Pace, Rollout, RolloutState, Standing, Tally, Trip, WHOLE, Wave,
};
use kontor_rom::{Files, Rom, Settings};
use kontor_store::build::{FileState, KnownFile};
use kontor_store::{Db, StoreError, Tx, build, channel, device, rollout};

/// The build.
pub(crate) const BUILD: BuildId = BuildId::from_bytes([1; 16]);
/// Its rollout, which is done.
pub(crate) const ROLLOUT: RolloutId = RolloutId::from_bytes([2; 16]);

/// The bytes of a file of this size.
pub(crate) fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|i| u8::try_from(i * 7 % 251).expect("small")).collect()
}

/// Publishes the build with a file of `size` bytes and opens the service.
pub(crate) async fn open(db: &Db, clock: &Clock, folder: &Path, size: usize) -> (Arc<Rom>, Digest) {
    let at = clock.now();
    let files = Files::open(folder.join("files")).expect("a store of files");
    let incoming = files.take_in(&mut bytes(size).as_slice(), "one", &|_| true).expect("comes in");
    let sha256 = incoming.sha256;
    files.keep(incoming).expect("is kept");
    let fill = move |tx: &mut Tx<'_>| {
        let (model, built) = published(BUILD, sha256, at, size as u64);
        device::save(tx, &model)?;
        build::save(tx, &built)?;
        let known = KnownFile { sha256, bytes: size as u64, state: FileState::Good };
        build::save_file(tx, &known, at)?;
        let codename = model.codename.clone();
        let entry = Entry {
            model: codename,
            channel: Channel::Stable,
            build: BUILD,
            since: at,
            floor: false,
        };
        channel::save(tx, &entry)?;
        rollout::save(tx, &done(model, BUILD, at))?;
        Ok::<_, StoreError>(())
    };
    db.write("test.rom", fill).await.expect("is written");
    let settings = Settings { origin: "https://rom.example".to_owned(), ..Settings::default() };
    let secret = SecretKey::from_bytes([7; 32]);
    let rom = Rom::open(db.clone(), clock.clone(), Random::System, &secret, files, settings).await;
    (Arc::new(rom.expect("opens")), sha256)
}

/// Publishes another build of a model with the bytes of the first one, in a channel.
pub(crate) async fn add(rom: &Rom, codename: &str, incremental: &str, number: u8, into: Channel) {
    let snapshot = rom.snapshots.now();
    let first = &snapshot.model("one").expect("a model").builds[0];
    let package = &first.whole().expect("a package").file;
    let (sha256, file) = (package.sha256, package.bytes);
    let (codename, incremental) = (codename.to_owned(), incremental.to_owned());
    let at = rom.now();
    let fill = move |tx: &mut Tx<'_>| {
        let (model, built) = published(BUILD, sha256, at.plus_seconds(i64::from(number)), file);
        let codename: kontor_domain::device::Codename = codename.parse().expect("a codename");
        let id = BuildId::from_bytes([100 + number; 16]);
        let incremental = incremental.parse().expect("an incremental");
        let built = Build { id, model: codename.clone(), incremental, ..built };
        device::save(tx, &DeviceModel { codename: codename.clone(), ..model })?;
        build::save(tx, &built)?;
        let entry = Entry { model: codename, channel: into, build: id, since: at, floor: false };
        channel::save(tx, &entry)
    };
    rom.db.write("test.build", fill).await.expect("is written");
    rom.refresh().await.expect("is read");
}

fn published(id: BuildId, sha256: Digest, at: Instant, bytes: u64) -> (DeviceModel, Build) {
    let model = DeviceModel {
        codename: "one".parse().expect("a codename"),
        name: Line::parse("One").expect("a line"),
        brand: Line::parse("Example").expect("a line"),
        maker: Maker::Own,
        also: vec![],
        revisions: vec![],
        product: None,
        picture: None,
    };
    let file = BuildFile { name: "one.zip".to_owned(), bytes, sha256 };
    let package = Package {
        file,
        source: None,
        payload: None,
        property_files: None,
        parts: vec![],
        csig: None,
    };
    let built = Build {
        id,
        model: model.codename.clone(),
        version: "1.0".parse().expect("a version"),
        incremental: "a1".parse().expect("an incremental"),
        built_at: at,
        kind: "nightly".parse().expect("a kind"),
        sdk: 36,
        patch_level: None,
        fingerprint: None,
        vbmeta: None,
        release_counter: 1,
        notes: std::collections::BTreeMap::new(),
        packages: vec![package],
        published_at: at,
        withdrawn: None,
    };
    (model, built)
}

fn done(model: DeviceModel, build: BuildId, at: Instant) -> Rollout {
    let wave = Wave {
        share: WHOLE,
        audience: Audience::Everybody,
        countries: vec![],
        advance: Advance::ByHand,
    };
    Rollout {
        id: ROLLOUT,
        model: model.codename,
        channel: Channel::Stable,
        build,
        salt: [3; 16],
        waves: vec![wave],
        gate: Gate { failures_max: 50_000, reports_min: 10, trip: Trip::Halt },
        pace: Pace::default(),
        population: 1,
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
