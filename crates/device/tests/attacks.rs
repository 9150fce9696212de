//! Every attack that a device must withstand, by its name, against a server that carries it out.
//!
//! The attacker is the mirror, alone or with some stolen keys. After each refusal the device still
//! runs the image it ran before.

mod support;

use std::io::Read;

use kontor_base::{Clock, Random};
use kontor_device::{Client, Fetch, Http, Memory, Outcome, Refused, fetch::Answer};
use kontor_ota::signing::demo::DemoKeys;
use kontor_ota::signing::metadata::{FileMeta, Snapshot, Timestamp};
use kontor_ota::signing::publish::State;
use kontor_ota::signing::{Document, Rejected, SecretKey};
use support::{World, custom, image, target_of};

const DAY: i64 = 86_400;
const TIMESTAMP: &str = "metadata/timestamp.json";

fn installed(outcome: &Result<Outcome, Refused>, target: &str) -> bool {
    matches!(outcome, Ok(Outcome::Installed(installed)) if installed.target == target)
}

/// The refusal, after looking that the device runs what it ran.
fn refusal<F: Fetch>(device: &Client<F>, build: u32) -> Refused {
    let before = device.memory.identity().expect("it was set up");
    let refused = device.update().expect_err("the attack is noticed");
    assert_eq!(device.memory.identity().expect("it was set up"), before);
    assert!(std::fs::read(&device.image).expect("it has an image") == image(build));
    refused
}

fn untrusted<F: Fetch>(device: &Client<F>, build: u32) -> Rejected {
    match refusal(device, build) {
        Refused::Untrusted(rejected) => rejected,
        other => panic!("refused for another reason: {other}"),
    }
}

fn target_path(world: &World, name: &str) -> String {
    let files = world.mirror.with();
    let ending = format!(".{name}");
    files.files.keys().find(|path| path.ends_with(&ending)).expect("it is published").clone()
}

/// Signs snapshot and timestamp as a thief of the online keys would.
fn forge_online(world: &World, state: &State, versions: u64, change: impl FnOnce(&mut Snapshot)) {
    let mut snapshot = state.snapshot.clone().expect("published");
    let mut timestamp = state.timestamp.clone().expect("published");
    snapshot.version = versions;
    timestamp.version = versions;
    change(&mut snapshot);
    let snapshot = signed(Document::new(&snapshot), &world.keys.online.snapshot[0]);
    timestamp.meta.insert("snapshot.json".into(), FileMeta::of(versions, &snapshot));
    let timestamp = signed(Document::new(&timestamp), &world.keys.online.timestamp[0]);
    let files = &mut world.mirror.with().files;
    files.insert(format!("metadata/{versions}.snapshot.json"), snapshot);
    files.insert(TIMESTAMP.into(), timestamp);
}

fn signed(mut document: Document, key: &SecretKey) -> Vec<u8> {
    document.sign(key).expect("plain numbers");
    document.to_bytes()
}

#[test]
fn arbitrary_software() {
    let world = World::new();
    world.publish(2);
    let path = target_path(&world, "one-2.img");
    for byte in world.mirror.with().files.get_mut(&path).expect("published") {
        *byte ^= 1;
    }
    let device = world.device();
    assert!(matches!(untrusted(&device, 1), Rejected::Hash { .. }));
    // With the genuine file back, the same device installs it.
    world.serve();
    assert!(installed(&device.update(), "one-2.img"));
}

#[test]
fn endless_data() {
    let world = World::new();
    world.publish(2);
    world.mirror.with().endless = 10 << 20;
    let device = world.device();
    assert!(matches!(refusal(&device, 1), Refused::EndlessData { .. }));
    // Nothing of it stays on the device.
    let folder = device.image.parent().expect("a folder");
    let parts = std::fs::read_dir(folder).expect("a folder").flatten();
    assert!(!parts.into_iter().any(|part| part.path().extension().is_some_and(|e| e == "part")));
}

#[test]
fn endless_metadata() {
    let world = World::new();
    world.mirror.with().files.insert(TIMESTAMP.into(), vec![b' '; 4 << 20]);
    assert!(matches!(untrusted(&world.device(), 1), Rejected::Length { .. }));
    world.serve();
    world.mirror.with().files.insert("metadata/2.root.json".into(), vec![b' '; 4 << 20]);
    assert!(matches!(untrusted(&world.device(), 1), Rejected::Length { .. }));
}

#[test]
fn rollback_of_everything() {
    let world = World::new();
    let yesterday = world.published();
    world.publish(2);
    let device = world.device();
    assert!(installed(&device.update(), "one-2.img"));
    world.mirror.with().files = yesterday;
    // Also after a restart: what it believed is kept.
    for device in [&device, &world.restarted(&device)] {
        assert!(matches!(untrusted(device, 2), Rejected::Rollback { .. }));
    }
}

/// With stolen online keys, new snapshots name old documents.
#[test]
fn rollback_of_targets_inside_a_new_snapshot() {
    let world = World::new();
    let old = world.folder.state().expect("sound").snapshot.expect("published");
    world.publish(2);
    let device = world.device();
    assert!(installed(&device.update(), "one-2.img"));
    let state = world.folder.state().expect("sound");
    forge_online(&world, &state, 50, |snapshot| snapshot.meta = old.meta);
    let rejected = untrusted(&device, 2);
    assert!(matches!(rejected, Rejected::Rollback { ref role, .. } if role == "one"));
    // Leaving the document out is no way round.
    forge_online(&world, &state, 51, |snapshot| {
        snapshot.meta.remove("one.json");
    });
    assert!(matches!(untrusted(&device, 2), Rejected::Vanished { .. }));
}

/// All metadata keys agree that an old build is the newest: the release counter does not.
#[test]
fn rollback_by_a_stolen_model_key() {
    let world = World::new();
    world.publish(2);
    let device = world.device();
    assert!(installed(&device.update(), "one-2.img"));
    let document = world.signed("one", |targets| {
        targets.remove("one-2.img");
    });
    world.release(vec![("one".into(), document)]);
    assert!(matches!(refusal(&device, 2), Refused::OlderRelease { offered: 1, installed: 2, .. }));
    let named = device.install_named("one-1.img");
    assert!(matches!(named, Err(Refused::OlderRelease { .. })));
}

#[test]
fn indefinite_freeze() {
    let world = World::new();
    let device = world.device();
    assert!(matches!(device.update(), Ok(Outcome::UpToDate)));
    // The mirror goes on serving what was true a day ago.
    world.clock.advance_seconds(DAY - 1);
    assert!(matches!(device.update(), Ok(Outcome::UpToDate)));
    world.clock.advance_seconds(1);
    let rejected = untrusted(&device, 1);
    assert!(matches!(rejected, Rejected::Expired { ref role, .. } if role == "timestamp"));
}

/// A root that has ended says nothing, even to somebody who holds the online keys.
#[test]
fn freeze_of_the_root() {
    let world = World::new();
    world.clock.advance_seconds(365 * DAY);
    let rejected = untrusted(&world.device(), 1);
    assert!(matches!(rejected, Rejected::Expired { ref role, .. } if role == "root"));
}

#[test]
fn mix_and_match() {
    let world = World::new();
    let before = world.published();
    world.publish(2);
    let state = world.folder.state().expect("sound");
    let version = state.snapshot.expect("published").meta["one.json"].version;
    // A document that was genuine in another version, under the present name.
    let old = before[&format!("metadata/{}.one.json", version - 1)].clone();
    world.mirror.with().files.insert(format!("metadata/{version}.one.json"), old);
    let rejected = untrusted(&world.device(), 1);
    assert!(matches!(rejected, Rejected::Hash { .. } | Rejected::Length { .. }), "{rejected}");
}

#[test]
fn key_compromise_below_the_threshold() {
    let world = World::new();
    let state = world.folder.state().expect("sound");
    // One of two targets keys and both online keys are stolen: the thief delegates to himself.
    let thief = DemoKeys::generate(&["one"], &Random::seeded(66));
    let forged = state
        .next_targets("targets", world.clock.now().plus_seconds(DAY), |targets| {
            targets.delegations = Some(thief.delegations());
        })
        .expect("in bounds");
    let forged = signed(forged, &world.keys.targets[0]);
    forge_online(&world, &state, 60, |snapshot| {
        snapshot.meta.insert("targets.json".into(), FileMeta::of(2, &forged));
    });
    world.mirror.with().files.insert("metadata/2.targets.json".into(), forged);
    let rejected = untrusted(&world.device(), 1);
    assert!(matches!(rejected, Rejected::Threshold { have: 1, need: 2, .. }), "{rejected}");
}

/// The key of another model signs a document for this one.
#[test]
fn a_model_key_for_another_model() {
    let world = World::new();
    let state = world.folder.state().expect("sound");
    let bytes = b"for two".to_vec();
    let forged = state
        .next_targets("one", world.clock.now().plus_seconds(DAY), |body| {
            body.targets.insert("one-9.img".into(), target_of(&bytes, custom(9)));
        })
        .expect("in bounds");
    let forged = signed(forged, &world.keys.models["two"]);
    forge_online(&world, &state, 60, |snapshot| {
        snapshot.meta.insert("one.json".into(), FileMeta::of(2, &forged));
    });
    world.mirror.with().files.insert("metadata/2.one.json".into(), forged);
    assert!(matches!(untrusted(&world.device(), 1), Rejected::Threshold { have: 0, .. }));
}

#[test]
fn tampered_metadata() {
    let world = World::new();
    let tampered = {
        let files = &world.mirror.with().files;
        let text = String::from_utf8(files[TIMESTAMP].clone()).expect("JSON is text");
        text.replacen("\"version\":", "\"version\":1", 1)
    };
    world.mirror.with().files.insert(TIMESTAMP.into(), tampered.into_bytes());
    assert!(matches!(untrusted(&world.device(), 1), Rejected::Threshold { .. }));
}

#[test]
fn root_replaced_by_foreign_keys() {
    let world = World::new();
    let foreign = DemoKeys::generate(&["one"], &Random::seeded(77));
    let present = world.folder.state().expect("sound").root;
    let expires = world.clock.now().plus_seconds(DAY);
    let mut root = foreign.plan().after(&present, expires).expect("sound");
    foreign.root.iter().for_each(|key| root.sign(key).expect("plain numbers"));
    world.mirror.with().files.insert("metadata/2.root.json".into(), root.to_bytes());
    let rejected = untrusted(&world.device(), 1);
    assert!(matches!(rejected, Rejected::Threshold { have: 0, need: 2, .. }), "{rejected}");
}

#[test]
fn withheld_metadata() {
    let world = World::new();
    world.mirror.with().files.remove(TIMESTAMP);
    assert!(matches!(refusal(&world.device(), 1), Refused::Withheld { status: 404, .. }));
}

/// A malicious mirror does not have the file that the metadata promises.
#[test]
fn withheld_software() {
    let world = World::new();
    world.publish(2);
    let path = target_path(&world, "one-2.img");
    world.mirror.with().files.remove(&path);
    assert!(matches!(refusal(&world.device(), 1), Refused::Withheld { status: 404, .. }));
}

/// A network that drips: 100 bytes a minute by the device's clock.
struct Dripping {
    http: Http,
    clock: Clock,
}

struct Drip {
    body: Box<dyn Read>,
    clock: Clock,
}

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.clock.advance_seconds(60);
        let length = buffer.len().min(100);
        self.body.read(&mut buffer[..length])
    }
}

impl Fetch for Dripping {
    fn get(&self, path: &str, from: u64) -> Option<Answer> {
        let answer = self.http.get(path, from)?;
        if !path.starts_with("targets/") {
            return Some(answer);
        }
        let body = Box::new(Drip { body: answer.body, clock: self.clock.clone() });
        Some(Answer { body, ..answer })
    }

    fn ask(&self, path: &str, credential: Option<&str>) -> Option<Answer> {
        self.http.ask(path, credential)
    }

    fn post(&self, path: &str, json: &str, credential: Option<&str>) -> Option<u16> {
        self.http.post(path, json, credential)
    }
}

#[test]
fn slow_retrieval() {
    let world = World::new();
    world.publish(2);
    let Client { memory, fetch, clock, random, image } = world.device();
    let fetch = Dripping { http: fetch, clock: world.clock.clone() };
    let device = Client { memory, fetch, clock, random, image };
    assert!(matches!(refusal(&device, 1), Refused::TooSlow { .. }));
}

/// Stolen online keys make the device believe in version 2^40; a new root heals it.
#[test]
fn fast_forward() {
    let world = World::new();
    let device = world.device();
    let state = world.folder.state().expect("sound");
    let mut timestamp: Timestamp = state.timestamp.clone().expect("published");
    timestamp.version = 1 << 40;
    let forged = signed(Document::new(&timestamp), &world.keys.online.timestamp[0]);
    world.mirror.with().files.insert(TIMESTAMP.into(), forged);
    assert!(matches!(device.update(), Ok(Outcome::UpToDate)));
    world.publish(2);
    assert!(matches!(untrusted(&device, 1), Rejected::Rollback { .. }));

    let mut keys = world.keys.clone();
    keys.online = DemoKeys::generate(&[], &Random::seeded(88)).online;
    let now = world.clock.now();
    let mut root = keys.plan().after(&state.root, now.plus_seconds(DAY)).expect("sound");
    root.sign(&keys.root[0]).expect("plain numbers");
    root.sign(&keys.root[1]).expect("plain numbers");
    world.folder.rotate(&root, &keys.online, &world.lives, now).expect("sound");
    world.serve();
    assert!(installed(&device.update(), "one-2.img"));
}

/// Genuine software for other hardware, in the list of the device's own model.
#[test]
fn wrong_hardware() {
    let world = World::new();
    world.publish(2);
    let device = world.device_with("one-pro");
    assert!(matches!(refusal(&device, 1), Refused::OtherHardware { .. }));
    let named = device.install_named("one-2.img");
    assert!(matches!(named, Err(Refused::OtherHardware { .. })));
}

/// Genuine software of another model, named by somebody who may send names.
#[test]
fn wrong_software() {
    let world = World::new();
    let bytes = b"an image for two".to_vec();
    let mut custom = custom(5);
    custom.hardware_ids = vec!["two".into()];
    world.add("two", vec![("two-5.img".into(), target_of(&bytes, custom), bytes)]);
    let device = world.device();
    let named = device.install_named("two-5.img");
    assert!(matches!(named, Err(Refused::OtherHardware { .. })));
    let unknown = device.install_named("three-1.img");
    assert!(matches!(unknown, Err(Refused::Untrusted(Rejected::UnknownTarget { .. }))));
}

/// Extraneous dependencies: a target may not bring others along, and a name that is not the
/// model's cannot get into its list.
#[test]
fn extraneous_targets() {
    let world = World::new();
    let bytes = b"brought along".to_vec();
    // The model's key is stolen and vouches for a name outside of its delegation.
    world.add("one", vec![("extra-9.img".into(), target_of(&bytes, custom(9)), bytes)]);
    let rejected = untrusted(&world.device(), 1);
    assert!(matches!(rejected, Rejected::UnknownTarget { .. }), "{rejected}");
}

/// A delta whose signed result is not what it makes, from a stolen model key or a broken build
/// server: the image in place is never touched.
#[test]
fn delta_to_another_image() {
    let world = World::new();
    world.publish_delta(1, 2);
    let document = world.signed("one", |targets| {
        let delta = &mut targets.get_mut("one-1-2.delta").expect("published").custom.delta;
        delta.as_mut().expect("it is a delta").to_sha256 = "00".repeat(32);
    });
    world.release(vec![("one".into(), document)]);
    assert!(matches!(refusal(&world.device(), 1), Refused::Delta(_)));
}

/// What the device believed is damaged: it refuses to go on as if nothing was known.
#[test]
fn damaged_memory() {
    let world = World::new();
    let device = world.device();
    let folder = device.image.parent().expect("a folder");
    std::fs::write(folder.join("root.json"), b"{}").expect("writable");
    assert!(matches!(untrusted(&device, 1), Rejected::Malformed { .. }));
    assert!(Memory::open(&folder.join("nowhere")).identity().is_err());
}

/// The device stopped between the two halves of an update: the new image is in place, what it says of
/// itself is still the old. It reports nothing as installed that it cannot vouch for, takes no delta for
/// an image that it does not have, and ends with both halves of one build.
#[test]
fn partial_bundle() {
    let world = World::new();
    world.publish(2);
    world.publish_delta(1, 2);
    let device = world.device();
    std::fs::write(&device.image, image(2)).expect("writable");
    let device = world.restarted(&device);
    assert_eq!(device.memory.identity().expect("readable").incremental, "b1");
    let outcome = device.update();
    assert!(installed(&outcome, "one-2.img"), "the delta leads from another image: {outcome:?}");
    let identity = device.memory.identity().expect("readable");
    let sha256 = kontor_ota::signing::Hashes::of(&image(2)).sha256;
    assert_eq!((identity.incremental.as_str(), identity.image_sha256), ("b2", sha256));
    assert!(std::fs::read(&device.image).expect("an image") == image(2));
    let reports = device.memory.reports().expect("readable");
    let done = reports.iter().filter(|report| report.event == kontor_device::Event::Installed);
    assert_eq!(done.count(), 1);

    // The other way round: what it says is new, and the image was never put in place.
    world.publish(3);
    world.publish_delta(2, 3);
    std::fs::write(&device.image, image(1)).expect("writable");
    let device = world.restarted(&device);
    assert!(installed(&device.update(), "one-3.img"));
    assert!(std::fs::read(&device.image).expect("an image") == image(3));
}
