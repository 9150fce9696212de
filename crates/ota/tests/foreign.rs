//! A client that we did not write reads our repository.

use std::process::Command;

use kontor_base::{Clock, Random};
use kontor_ota::signing::demo::DemoKeys;
use kontor_ota::signing::publish::Lives;
use kontor_ota::signing::{Custom, Folder, Hashes, Target};

#[test]
#[ignore = "needs python-tuf 7; `cargo xtask test --only foreign` runs it where that is installed"]
fn python_tuf_fetches_a_delegated_target_through_a_rotated_root() {
    let (keys, lives) = (DemoKeys::generate(&["one"], &Random::System), Lives::default());
    // The foreign client asks the machine for the time, so that it is used here too.
    let now = Clock::System.now();
    let place = tempfile::tempdir().expect("a temporary folder");
    let root = keys.first_root(&lives, now).expect("sound keys");
    let folder = Folder::create(place.path().join("tuf"), &root).expect("an empty place");
    let image = b"an image";
    folder.add_target("one-1.img", image).expect("writable");
    let top = keys.first_targets(&lives, now).expect("sound keys");
    let documents = [("targets".to_owned(), top)];
    let state = folder.release(&documents, &keys.online, &lives, now).expect("sound");
    let mut model = state
        .next_targets("one", now.plus_seconds(lives.targets_s), |targets| {
            let (hashes, length) = (Hashes::of(image), image.len() as u64);
            let target = Target { custom: Custom::default(), hashes, length };
            targets.targets.insert("one-1.img".into(), target);
        })
        .expect("within bounds");
    model.sign(&keys.models["one"]).expect("plain numbers");
    let documents = [("one".to_owned(), model)];
    let state = folder.release(&documents, &keys.online, &lives, now).expect("sound");
    let mut next = keys.plan().after(&state.root, now.plus_seconds(lives.root_s)).expect("sound");
    next.sign(&keys.root[0]).expect("plain numbers");
    next.sign(&keys.root[1]).expect("plain numbers");
    folder.rotate(&next, &keys.online, &lives, now).expect("sound");

    let work = place.path().join("work");
    std::fs::create_dir_all(work.join("metadata")).expect("writable");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign/client.py");
    let output = Command::new("python3")
        .arg(script)
        .args([folder.path(), &work])
        .arg("one-1.img")
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, image);
}
