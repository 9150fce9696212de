//! The command `kontor-device` as a maker of a ROM runs it first: set up, brought up to date, shown.

#[allow(dead_code, reason = "the devices here are other processes")]
mod support;

use std::path::PathBuf;
use std::process::Command;

use support::{World, image};

/// Runs it in a folder; answers whether it worked and what it said.
fn run(world: &World, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kontor-device"));
    let output = command
        .current_dir(world.place.path())
        .args(["--folder", "phone"])
        .args(arguments)
        .output()
        .expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("text"))
}

fn file(world: &World, name: &str, bytes: &[u8]) -> PathBuf {
    let path = world.place.path().join(name);
    std::fs::write(&path, bytes).expect("writable");
    path
}

/// The machine's clock is asked here, so what the device trusts must not have ended by it.
#[test]
fn a_device_is_set_up_updated_and_shown() {
    let world = World::at_the_machines_time();
    world.publish(2);
    world.publish_delta(1, 2);
    let root = std::fs::read(world.folder.path().join("metadata/1.root.json")).expect("a root");
    file(&world, "root.json", &root);
    file(&world, "b1.img", &image(1));
    let set_up = [
        "set-up",
        "--root",
        "root.json",
        "--image",
        "b1.img",
        "--model",
        "one",
        "--incremental",
        "b1",
        "--release-counter",
        "1",
        "--cohort",
        "42",
    ];
    let (worked, said) = run(&world, &set_up);
    assert!(worked && said.contains("a one with build b1"), "{said}");

    world.mirror.with().post_status = 204;
    let update = ["update", "--url", world.mirror.url.as_str()];
    let (worked, said) = run(&world, &update);
    assert!(worked && said.contains("runs b2 now, by one-1-2.delta"), "{said}");
    assert!(std::fs::read(world.place.path().join("phone/image")).expect("an image") == image(2));
    let posted = world.mirror.with().posted.clone();
    assert_eq!(posted.len(), 2, "downloaded and installed: {posted:?}");
    let (worked, said) = run(&world, &update);
    assert!(worked && said.contains("up to date"), "{said}");
    let (worked, said) = run(&world, &["show"]);
    assert!(worked && said.contains("one (one), build b2, release 2"), "{said}");
    assert!(said.contains("cohort 42"), "{said}");

    let (worked, said) = run(&world, &["rolled-back", "b2", "--code", "boot.loop"]);
    assert!(worked, "{said}");
    run(&world, &update);
    let posted = world.mirror.with().posted.clone();
    assert!(posted.last().is_some_and(|report| report.contains("boot.loop")), "{posted:?}");

    // What it is refused for is said with its code, and the command fails.
    world.mirror.with().files.clear();
    let (worked, said) = run(&world, &update);
    assert!(!worked && said.contains("[device."), "{said}");
}
