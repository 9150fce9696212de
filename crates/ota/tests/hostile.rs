//! Documents made to hurt: whatever is done to what a device reads, it refuses it or reads what was
//! meant. Also by somebody who has stolen the server's keys.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kontor_base::{Instant, Random};
use kontor_ota::signing::demo::DemoKeys;
use kontor_ota::signing::limits::VERSION_MAX;
use kontor_ota::signing::metadata::check_target_name;
use kontor_ota::signing::offer::{Audience, Hearer, Install};
use kontor_ota::signing::publish::Lives;
use kontor_ota::signing::trusted::{Found, Source};
use kontor_ota::signing::{
    Custom, Document, Folder, Hashes, Offer, Rejected, SecretKey, Target, Trusted,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const DAY: i64 = 86_400;
/// The version of the offer that the device has believed before.
const SEEN: u64 = 5;

fn now() -> Instant {
    Instant::from_micros(1_790_812_800_000_000)
}

/// What lies on the server, by name, and the keys that made it.
struct Served {
    keys: DemoKeys,
    files: BTreeMap<String, Vec<u8>>,
}

fn target() -> Target {
    let custom =
        Custom { hardware_ids: vec!["one".into()], release_counter: 1, ..Custom::default() };
    Target { custom, hashes: Hashes::of(b"image 1"), length: 7 }
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let keys = DemoKeys::generate(&["one", "two"], &Random::seeded(4));
    let place = tempfile::tempdir().expect("a temporary folder");
    let lives = Lives::default();
    let root = keys.first_root(&lives, now()).expect("sound keys");
    let folder = Folder::create(place.path().join("tuf"), &root).expect("an empty place");
    let targets = keys.first_targets(&lives, now()).expect("sound keys");
    let documents = [("targets".to_owned(), targets)];
    folder.release(&documents, &keys.online, &lives, now()).expect("sound documents");
    let state = folder.state().expect("the folder is sound");
    let mut one = state
        .next_targets("one", now().plus_seconds(90 * DAY), |targets| {
            targets.targets.insert("one-1.img".into(), target());
        })
        .expect("within bounds");
    one.sign(&keys.models["one"]).expect("plain numbers");
    let documents = [("one".to_owned(), one)];
    folder.release(&documents, &keys.online, &lives, now()).expect("sound documents");
    let files = std::fs::read_dir(folder.path().join("metadata")).expect("a folder");
    let files = files.map(|entry| {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("plain names");
        (name, std::fs::read(entry.path()).expect("a file"))
    });
    Served { keys, files: files.collect() }
});

/// What a client finds who has only its first root. `None`: it refuses something.
fn walk(files: &BTreeMap<String, Vec<u8>>) -> Option<(Trusted, Target)> {
    let file = |name: &str| files.get(name).map(Vec::as_slice);
    let mut client = Trusted::start(&SERVED.files["1.root.json"]).expect("the factory's root");
    while let Some(next) = file(&format!("{}.root.json", client.present_root().version + 1)) {
        client.root(next).ok()?;
    }
    client.root_is_fresh(now()).ok()?;
    client.timestamp(file("timestamp.json")?, Source::Fetched, now()).ok()?;
    let version = client.snapshot_meta().ok()?.version;
    client.snapshot(file(&format!("{version}.snapshot.json"))?, Source::Fetched, now()).ok()?;
    let version = client.targets_meta("targets").ok()?.version;
    client.targets(file(&format!("{version}.targets.json"))?, now()).ok()?;
    loop {
        match client.find("one-1.img").ok()? {
            Found::Target(target) => return Some((client, target)),
            Found::Needs(needed) => {
                let name = format!("{}.{}.json", needed.meta.version, needed.role);
                client.delegated(&needed, file(&name)?, now()).ok()?;
            }
        }
    }
}

/// A value as only somebody hostile puts it there.
fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(true)),
        Just(json!([])),
        Just(json!({})),
        Just(json!(1.5)),
        Just(json!(1e300)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
        (0..4_u64).prop_map(|number| json!(number)),
        Just(json!((0..60).fold(json!(1), |deep, _| json!([deep])))),
        Just(json!("x".repeat(5_000))),
        Just(json!("../../../etc/passwd")),
        Just(json!("9999-12-31T23:59:59Z")),
        Just(json!("1970-01-01T00:00:00Z")),
        Just(json!("one\u{1b}[2Jtwo\n")),
        "\\PC{0,20}".prop_map(|text| json!(text)),
        "[0-9a-f]{64}".prop_map(|text| json!(text)),
    ]
}

/// What is done to one place of a document.
#[derive(Clone, Debug)]
enum Change {
    Put(Value),
    Remove,
    Rename(String),
}

fn change() -> impl Strategy<Value = (Vec<usize>, Change)> {
    let what = prop_oneof![
        4 => hostile().prop_map(Change::Put),
        1 => Just(Change::Remove),
        1 => "[a-z_]{0,8}".prop_map(Change::Rename),
    ];
    (prop::collection::vec(0..16_usize, 1..6), what)
}

/// Walks down `steps` and changes what is there.
fn alter(value: &mut Value, steps: &[usize], change: &Change) {
    let (step, deeper) = steps.split_first().map_or((0, &[][..]), |(step, rest)| (*step, rest));
    let leaf = |child: &Value| match child {
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => true,
    };
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let key = entries.keys().nth(step % entries.len()).cloned().unwrap_or_default();
            if !deeper.is_empty() && !leaf(&entries[&key]) {
                return alter(&mut entries[&key], deeper, change);
            }
            match change {
                Change::Put(new) => drop(entries.insert(key, new.clone())),
                Change::Remove => drop(entries.remove(&key)),
                Change::Rename(name) => {
                    let old = entries.remove(&key).unwrap_or_default();
                    entries.insert(name.clone(), old);
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = step % items.len();
            if !deeper.is_empty() && !leaf(&items[at]) {
                return alter(&mut items[at], deeper, change);
            }
            match change {
                Change::Put(new) => items[at] = new.clone(),
                Change::Remove => drop(items.remove(at)),
                Change::Rename(_) => items.push(items[at].clone()),
            }
        }
        whole => {
            if let Change::Put(new) = change {
                *whole = new.clone();
            }
        }
    }
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("what was published is JSON")
}

/// The document that says `signed`, with these keys' signatures; `None` where it cannot be signed.
fn sign(signed: &Value, keys: &[&SecretKey]) -> Option<Vec<u8>> {
    let bytes = serde_json::to_vec(&json!({ "signatures": [], "signed": signed })).ok()?;
    let mut document = Document::parse("forged", &bytes, u64::MAX).ok()?;
    keys.iter().try_for_each(|key| document.sign(key)).ok()?;
    Some(document.to_bytes())
}

fn hearer() -> Hearer<'static> {
    Hearer {
        model: "one",
        channel: "stable",
        source: "b1",
        cohort: 17,
        country: Some("IN"),
        own: false,
    }
}

fn genuine_offer() -> Offer {
    let audience = Audience {
        model: "one".into(),
        channel: "stable".into(),
        source: "b1".into(),
        countries: vec!["IN".into(), "ID".into()],
        ..Audience::default()
    };
    let install = Install {
        incremental: "b2".into(),
        release_counter: 2,
        targets: vec!["one-b1-b2.delta".into(), "one-b2.img".into()],
    };
    let expires = now().plus_seconds(3_600);
    Offer::new(SEEN + 1, expires, audience, Some(install), "channel.install", 14_400)
}

/// The signed offer as JSON.
fn offer_document() -> Value {
    let mut document = Document::new(&genuine_offer());
    document.sign(&SERVED.keys.offers).expect("plain numbers");
    parsed(&document.to_bytes())
}

fn read_offer(bytes: &[u8]) -> Result<Offer, Rejected> {
    static TRUSTED: LazyLock<Trusted> =
        LazyLock::new(|| walk(&SERVED.files).expect("what was published is sound").0);
    Offer::read(bytes, &TRUSTED, &hearer(), SEEN, now())
}

fn plain(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b))
}

#[test]
fn what_was_published_is_found() {
    assert_eq!(walk(&SERVED.files).map(|(_, target)| target), Some(target()));
    let bytes = serde_json::to_vec(&offer_document()).expect("JSON");
    assert_eq!(read_offer(&bytes), Ok(genuine_offer()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Somebody between server and device, without any key.
    #[test]
    fn an_altered_offer_is_refused_or_says_the_same(
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut document = offer_document();
        changes.iter().for_each(|(steps, change)| alter(&mut document, steps, change));
        if let Ok(offer) = read_offer(&serde_json::to_vec(&document).expect("JSON")) {
            prop_assert_eq!(offer, genuine_offer());
        }
    }

    /// Somebody with the server's key for offers: may lie, within bounds.
    #[test]
    fn a_stolen_offers_key_cannot_leave_the_bounds(
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut signed = offer_document()["signed"].take();
        changes.iter().for_each(|(steps, change)| alter(&mut signed, steps, change));
        let Some(bytes) = sign(&signed, &[&SERVED.keys.offers]) else { return Ok(()) };
        let Ok(offer) = read_offer(&bytes) else { return Ok(()) };
        prop_assert!((SEEN..=VERSION_MAX).contains(&offer.version));
        prop_assert!(offer.audience.includes(&hearer()));
        prop_assert!(offer.expires > now());
        prop_assert!((60..=30 * 86_400).contains(&offer.poll_s));
        prop_assert!(plain(&offer.reason), "{:?}", offer.reason);
        if let Some(install) = &offer.install {
            prop_assert!(install.targets.len() <= 8);
            prop_assert!(install.targets.iter().all(|name| check_target_name(name).is_ok()));
            prop_assert!(plain(&install.incremental), "{:?}", install.incremental);
        }
    }

    /// Somebody between server and device: any file of the repository, changed in any way and
    /// perhaps signed with a key that is somebody else's.
    #[test]
    fn altered_metadata_is_refused_or_says_the_same(
        which in 0..5_usize,
        changes in prop::collection::vec(change(), 1..4),
        signer in prop::option::of(0..3_usize),
    ) {
        let served = &*SERVED;
        let names =
            ["timestamp.json", "2.snapshot.json", "1.targets.json", "1.one.json", "2.root.json"];
        let mut files = served.files.clone();
        let known = files.get(names[which]).unwrap_or(&files["1.root.json"]);
        let mut document = parsed(known);
        changes.iter().for_each(|(steps, change)| alter(&mut document, steps, change));
        let stranger = [&served.keys.models["two"], &served.keys.offers, &served.keys.root[1]];
        let signed = signer.and_then(|at| sign(&document["signed"], &[stranger[at]]));
        let bytes = signed.unwrap_or_else(|| serde_json::to_vec(&document).expect("JSON"));
        files.insert(names[which].into(), bytes);
        if let Some((_, found)) = walk(&files) {
            prop_assert_eq!(found, target());
        }
    }

    /// Somebody with the server's keys for timestamp and snapshot: may hold things back, never put
    /// something else in their place.
    #[test]
    fn stolen_online_keys_cannot_bring_anything_else(
        of_snapshot in prop::collection::vec(change(), 0..3),
        of_timestamp in prop::collection::vec(change(), 0..3),
    ) {
        let served = &*SERVED;
        let mut files = served.files.clone();
        let mut snapshot = parsed(&files["2.snapshot.json"])["signed"].take();
        of_snapshot.iter().for_each(|(steps, change)| alter(&mut snapshot, steps, change));
        let Some(snapshot) = sign(&snapshot, &[&served.keys.online.snapshot[0]]) else {
            return Ok(());
        };
        let mut timestamp = parsed(&files["timestamp.json"])["signed"].take();
        let meta = &mut timestamp["meta"]["snapshot.json"];
        meta["hashes"]["sha256"] = json!(Hashes::of(&snapshot).sha256);
        meta["length"] = json!(snapshot.len());
        of_timestamp.iter().for_each(|(steps, change)| alter(&mut timestamp, steps, change));
        let Some(timestamp) = sign(&timestamp, &[&served.keys.online.timestamp[0]]) else {
            return Ok(());
        };
        files.insert("2.snapshot.json".into(), snapshot);
        files.insert("timestamp.json".into(), timestamp);
        if let Some((_, found)) = walk(&files) {
            prop_assert_eq!(found, target());
        }
    }
}
