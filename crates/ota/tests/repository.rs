//! The publisher's side: what is written is what clients believe, also after interruptions,
//! rotations and stolen online keys.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kontor_base::{Instant, Random};
use kontor_ota::signing::demo::DemoKeys;
use kontor_ota::signing::metadata::Body;
use kontor_ota::signing::publish::{Lives, refresh, release, rotate};
use kontor_ota::signing::trusted::{Found, Source, Step};
use kontor_ota::signing::{
    Custom, Document, Folder, FolderError, Hashes, Refreshed, Rejected, Snapshot, Target,
    Timestamp, Trusted, ceremony,
};
use proptest::prelude::*;

const DAY: i64 = 86_400;

fn now() -> Instant {
    Instant::from_micros(1_790_812_800_000_000)
}

fn keys() -> DemoKeys {
    DemoKeys::generate(&["one", "two"], &Random::seeded(4))
}

fn target(counter: u64) -> Target {
    let bytes = format!("image {counter}");
    let custom =
        Custom { hardware_ids: vec!["one".into()], release_counter: counter, ..Custom::default() };
    Target { custom, hashes: Hashes::of(bytes.as_bytes()), length: bytes.len() as u64 }
}

fn model_document(folder: &Folder, keys: &DemoKeys, counter: u64, at: Instant) -> Document {
    let state = folder.state().expect("the folder is sound");
    let mut document = state
        .next_targets("one", at.plus_seconds(90 * DAY), |targets| {
            targets.targets.insert(format!("one-{counter}.img"), target(counter));
        })
        .expect("the change is within bounds");
    document.sign(&keys.models["one"]).expect("plain numbers");
    document
}

fn founded(keys: &DemoKeys) -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().expect("a temporary folder");
    let root = keys.first_root(&Lives::default(), now()).expect("sound keys");
    let folder = Folder::create(place.path().join("tuf"), &root).expect("an empty place");
    let targets = keys.first_targets(&Lives::default(), now()).expect("sound keys");
    let documents = [("targets".to_owned(), targets)];
    folder.release(&documents, &keys.online, &Lives::default(), now()).expect("sound documents");
    (place, folder)
}

fn publish(folder: &Folder, keys: &DemoKeys, counter: u64, at: Instant) {
    let documents = [("one".to_owned(), model_document(folder, keys, counter, at))];
    folder.release(&documents, &keys.online, &Lives::default(), at).expect("sound documents");
}

fn file(folder: &Folder, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join("metadata").join(name)).expect("a published file")
}

/// Does what a client does with files as they lie in the folder.
fn walk(
    folder: &Folder,
    client: &mut Trusted,
    name: &str,
    at: Instant,
) -> Result<Target, Rejected> {
    loop {
        let next = format!("{}.root.json", client.present_root().version + 1);
        match std::fs::read(folder.path().join("metadata").join(next)) {
            Ok(bytes) => client.root(&bytes)?,
            Err(_) => break,
        }
    }
    client.root_is_fresh(at)?;
    client.timestamp(&file(folder, "timestamp.json"), Source::Fetched, at)?;
    let version = client.snapshot_meta()?.version;
    client.snapshot(&file(folder, &format!("{version}.snapshot.json")), Source::Fetched, at)?;
    let version = client.targets_meta("targets")?.version;
    client.targets(&file(folder, &format!("{version}.targets.json")), at)?;
    loop {
        match client.find(name)? {
            Found::Target(target) => return Ok(target),
            Found::Needs(needed) => {
                let name = format!("{}.{}.json", needed.meta.version, needed.role);
                client.delegated(&needed, &file(folder, &name), at)?;
            }
        }
    }
}

fn client(folder: &Folder) -> Trusted {
    Trusted::start(&file(folder, "1.root.json")).expect("the first root")
}

#[test]
fn a_client_finds_what_was_released_and_nothing_else() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    publish(&folder, &keys, 1, now());
    publish(&folder, &keys, 2, now());
    let found = walk(&folder, &mut client(&folder), "one-2.img", now());
    assert_eq!(found, Ok(target(2)));
    let unknown = walk(&folder, &mut client(&folder), "one-3.img", now());
    assert!(matches!(unknown, Err(Rejected::UnknownTarget { .. })));
    let nobody = walk(&folder, &mut client(&folder), "three-1.img", now());
    assert!(matches!(nobody, Err(Rejected::UnknownTarget { .. })));
}

#[test]
fn a_model_key_speaks_for_its_model_only() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    let state = folder.state().expect("sound");
    let mut document = state
        .next_targets("two", now().plus_seconds(DAY), |targets| {
            targets.targets.insert("one-9.img".into(), target(9));
        })
        .expect("within bounds");
    document.sign(&keys.models["two"]).expect("plain numbers");
    let documents = [("two".to_owned(), document)];
    folder.release(&documents, &keys.online, &Lives::default(), now()).expect("two may publish");
    let found = walk(&folder, &mut client(&folder), "one-9.img", now());
    // `one` has published nothing yet, so that nobody can vouch for it.
    assert!(matches!(found, Err(Rejected::Vanished { .. })), "{found:?}");
}

#[test]
fn nothing_is_published_that_clients_would_refuse() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    let before = file(&folder, "timestamp.json");
    let unsigned = folder
        .state()
        .and_then(|state| Ok(state.next_targets("one", now().plus_seconds(DAY), |_| {})?))
        .expect("within bounds");
    let mut by_wrong_key = unsigned.clone();
    by_wrong_key.sign(&keys.models["two"]).expect("plain numbers");
    let mut stranger = unsigned.clone();
    stranger.sign(&keys.models["one"]).expect("plain numbers");
    for (role, document) in [
        ("one", unsigned),
        ("one", by_wrong_key),
        ("three", stranger.clone()),
        ("targets", stranger),
    ] {
        let outcome =
            folder.release(&[(role.to_owned(), document)], &keys.online, &Lives::default(), now());
        assert!(matches!(outcome, Err(FolderError::Rejected(_))), "{role}: {outcome:?}");
    }
    let strange = DemoKeys::generate(&[], &Random::seeded(5));
    let documents = [("one".to_owned(), model_document(&folder, &keys, 1, now()))];
    let outcome = folder.release(&documents, &strange.online, &Lives::default(), now());
    assert!(matches!(outcome, Err(FolderError::Rejected(Rejected::Threshold { .. }))));
    assert_eq!(file(&folder, "timestamp.json"), before);
}

#[test]
fn the_keeper_renews_in_time_and_not_earlier() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    publish(&folder, &keys, 1, now());
    let lives = Lives::default();
    let after = |hours: i64| now().plus_seconds(hours * 3600);
    let refresh_at = |at| folder.refresh(&keys.online, &lives, at).expect("sound");
    assert_eq!(refresh_at(after(11)), Refreshed::NotDue);
    assert_eq!(refresh_at(after(12)), Refreshed::Renewed);
    let state = folder.state().expect("sound");
    assert_eq!(state.timestamp.map(|timestamp| timestamp.version), Some(3));
    assert_eq!(state.snapshot.map(|snapshot| snapshot.version), Some(2));
    // Kept up for two months, it never ends; then the offline keys are due.
    for hours in (12..90 * 24).step_by(6) {
        refresh_at(after(hours));
        let found = walk(&folder, &mut client(&folder), "one-1.img", after(hours));
        assert_eq!(found, Ok(target(1)), "after {hours} hours");
    }
    let outcome = folder.refresh(&keys.online, &lives, after(90 * 24));
    assert!(matches!(outcome, Err(FolderError::Rejected(Rejected::Expired { .. }))));
}

#[test]
fn a_root_is_rotated_and_old_devices_follow() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    publish(&folder, &keys, 1, now());
    let mut old_device = client(&folder);
    walk(&folder, &mut old_device, "one-1.img", now()).expect("sound");

    // Root key 0 is lost, the timestamp key was stolen: both are replaced.
    let fresh = DemoKeys::generate(&[], &Random::seeded(6));
    let mut changed = keys.clone();
    changed.root[0] = fresh.root[0].clone();
    changed.online.timestamp = fresh.online.timestamp.clone();
    let present = folder.state().expect("sound").root;
    let mut root = changed.plan().after(&present, now().plus_seconds(365 * DAY)).expect("sound");
    root.sign(&keys.root[1]).expect("plain numbers");
    assert!(matches!(
        ceremony::ready(&root, Some(&present)),
        Err(Rejected::Threshold { have: 1, need: 2, .. })
    ));
    // The second signature is made on another machine, on its own copy.
    let mut copy = changed.plan().after(&present, now().plus_seconds(365 * DAY)).expect("sound");
    copy.sign(&keys.root[2]).expect("plain numbers");
    root.merge(&copy).expect("the copies say the same");
    assert!(ceremony::ready(&root, Some(&present)).is_ok());
    folder.rotate(&root, &changed.online, &Lives::default(), now()).expect("sound");
    // Interrupted before the timestamp and done again: the same.
    folder.rotate(&root, &changed.online, &Lives::default(), now()).expect("sound");

    assert_eq!(walk(&folder, &mut old_device, "one-1.img", now()), Ok(target(1)));
    assert_eq!(walk(&folder, &mut client(&folder), "one-1.img", now()), Ok(target(1)));
}

/// Stolen online keys have made devices believe version 2^40. A root with other online keys makes
/// them believe the publisher's small numbers again.
#[test]
fn devices_recover_from_a_fast_forward() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    publish(&folder, &keys, 1, now());
    let state = folder.state().expect("sound");
    let mut device = client(&folder);
    let high = 1 << 40;
    let genuine = state.timestamp.clone().expect("published");
    let mut forged = Document::new(&Timestamp::new(high, genuine.expires, genuine.meta.clone()));
    forged.sign(&keys.online.timestamp[0]).expect("plain numbers");
    device.timestamp(&forged.to_bytes(), Source::Fetched, now()).expect("signed by the stolen key");
    let refused = walk(&folder, &mut device, "one-1.img", now());
    assert!(matches!(refused, Err(Rejected::Rollback { .. })));

    let mut changed = keys.clone();
    changed.online = DemoKeys::generate(&[], &Random::seeded(7)).online;
    let mut root = changed.plan().after(&state.root, now().plus_seconds(DAY)).expect("sound");
    root.sign(&keys.root[0]).expect("plain numbers");
    root.sign(&keys.root[1]).expect("plain numbers");
    folder.rotate(&root, &changed.online, &Lives::default(), now()).expect("sound");
    assert_eq!(walk(&folder, &mut device, "one-1.img", now()), Ok(target(1)));
}

#[test]
fn an_interrupted_release_is_finished_by_the_next() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    publish(&folder, &keys, 1, now());
    let before = file(&folder, "timestamp.json");
    // The files of version 2 are there, the timestamp is not: power was lost in between.
    publish(&folder, &keys, 2, now());
    std::fs::write(folder.path().join("metadata/timestamp.json"), &before).expect("writable");
    assert_eq!(walk(&folder, &mut client(&folder), "one-1.img", now()), Ok(target(1)));
    // Something else is released instead of it.
    publish(&folder, &keys, 3, now());
    assert_eq!(walk(&folder, &mut client(&folder), "one-3.img", now()), Ok(target(3)));
}

#[test]
fn a_repository_is_founded_once() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    let other = DemoKeys::generate(&[], &Random::seeded(9));
    let root = other.first_root(&Lives::default(), now()).expect("sound");
    let outcome = Folder::create(folder.path(), &root);
    assert!(matches!(outcome, Err(FolderError::Occupied { .. })));
}

#[test]
fn no_key_is_offline_and_online_at_once() {
    let mut keys = keys();
    keys.online.timestamp = vec![keys.root[0].clone()];
    assert!(keys.plan().first(now()).is_err());
}

#[test]
fn the_same_timestamp_twice_says_nothing_new_and_still_ends() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    let mut device = client(&folder);
    let bytes = file(&folder, "timestamp.json");
    assert_eq!(device.timestamp(&bytes, Source::Fetched, now()), Ok(Step::Newer));
    assert_eq!(device.timestamp(&bytes, Source::Fetched, now()), Ok(Step::Same));
    let later = now().plus_seconds(DAY);
    assert!(matches!(
        device.timestamp(&bytes, Source::Fetched, later),
        Err(Rejected::Expired { .. })
    ));
}

#[test]
fn pure_rules_do_not_touch_the_state() {
    let keys = keys();
    let (_place, folder) = founded(&keys);
    let state = folder.state().expect("sound");
    let lives = Lives::default();
    assert!(matches!(refresh(&state, &keys.online, &lives, now()), Ok(None)));
    let documents = [("one".to_owned(), model_document(&folder, &keys, 1, now()))];
    let next = release(&state, &documents, &keys.online, &lives, now()).expect("sound");
    let names: Vec<_> = next.immutable.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["1.one.json", "2.snapshot.json"]);
    assert!(rotate(&state, &documents[0].1, &[], &keys.online, &lives, now()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever happens to a document on its way, the client refuses it or reads the same thing.
    #[test]
    fn damage_is_never_believed(which in 0..4_usize, at in 0..10_000_usize, to in any::<u8>()) {
        static PUBLISHED: LazyLock<(tempfile::TempDir, Folder)> = LazyLock::new(|| {
            let (place, folder) = founded(&keys());
            publish(&folder, &keys(), 1, now());
            (place, folder)
        });
        let folder = &PUBLISHED.1;
        let names = ["2.snapshot.json", "1.targets.json", "1.one.json", "timestamp.json"];
        let path = folder.path().join("metadata").join(names[which]);
        let genuine = std::fs::read(&path).expect("published");
        let mut bytes = genuine.clone();
        let at = at % bytes.len();
        bytes[at] = to;
        std::fs::write(&path, &bytes).expect("writable");
        let found = walk(folder, &mut client(folder), "one-1.img", now());
        std::fs::write(&path, &genuine).expect("writable");
        if let Ok(found) = found {
            prop_assert_eq!(found, target(1));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Trusted::start(&bytes).is_err());
        let _ = Document::parse("x", &bytes, 1000).and_then(|document| document.body::<Snapshot>());
    }

    /// Bodies are read back as they were written.
    #[test]
    fn bodies_survive_the_file(version in 1..1_u64 << 53, seconds in 0..4_000_000_000_i64) {
        let expires = Instant::from_micros(seconds * 1_000_000);
        let snapshot = Snapshot::new(version, expires, BTreeMap::from([(
            "targets.json".to_owned(),
            kontor_ota::signing::FileMeta::of(version, b"x"),
        )]));
        let bytes = Document::new(&snapshot).to_bytes();
        let back: Snapshot = Document::parse("snapshot", &bytes, 10_000)
            .and_then(|document| document.body())
            .expect("it was written a moment ago");
        prop_assert_eq!(back.version(), version);
        prop_assert_eq!(back, snapshot);
    }
}
