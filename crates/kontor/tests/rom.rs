//! The commands of the ROM as its release manager runs them, with the real binary: a build from the package
//! to devices, deltas on the command line, and the ceremony of the keys.

mod binary;
#[path = "../../rom/tests/package/mod.rs"]
mod package;

use binary::{Kontor, Running};
use kontor_ota::image::{Plan, generate};

fn put(kontor: &Kontor, name: &str, bytes: &[u8]) {
    std::fs::write(kontor.path(name), bytes).expect("writes");
}

fn image(build: u32) -> Vec<u8> {
    generate(&Plan { seed: 21, build, bytes: 1 << 20 })
}

fn has(kontor: &Kontor, arguments: &[&str], parts: &[&str]) -> String {
    let run = kontor.ok(arguments);
    for part in parts {
        assert!(run.out.contains(part), "{arguments:?} lacks {part:?}: {}", run.out);
    }
    run.out
}

fn refused(kontor: &Kontor, arguments: &[&str], part: &str) {
    let run = kontor.run(arguments);
    assert!(run.code != 0 && run.err.contains(part), "{arguments:?}: {}{}", run.out, run.err);
}

/// A shop with one model.
fn shop() -> Kontor {
    let kontor = Kontor::new();
    kontor.ok(&["init", "--market", "de"]);
    let model =
        ["rom", "model", "one", "--name", "One", "--brand", "Example", "--revision", "p2=c"];
    has(&kontor, &model, &["one is there"]);
    kontor
}

#[test]
fn a_build_is_published_planned_and_let_on_by_hand() {
    let kontor = shop();
    put(&kontor, "rom-1.0-a1.zip", &package::good("one", "a1", 1_700_000_000));
    let publish = ["rom", "publish", "rom-1.0-a1.zip", "--model", "one", "--notes", "The first"];
    has(&kontor, &publish, &["1.0 a1 for one is published"]);
    refused(&kontor, &publish, "");
    has(&kontor, &["rom", "promote", "one", "a1", "stable"], &["it is in stable"]);
    refused(&kontor, &["rom", "promote", "one", "a1", "beta"], "only moves up");
    has(&kontor, &["rom", "list"], &["one", "a1", "stable"]);

    let plan = ["rom", "rollout", "plan", "one", "a1", "stable", "--devices", "1000"];
    let with = |more: &[&'static str]| [&plan[..], more].concat();
    let waves = ["--waves", "own:24h,10:hand,50:success,100"];
    let shown =
        has(&kontor, &with(&waves), &["wave 2: 100 devices (100 more", "Nothing was written"]);
    for (wave, ends) in
        [(1, "24 h"), (2, "somebody lets it go on"), (3, "report success"), (4, "report success")]
    {
        let line = shown.lines().find(|line| line.starts_with(&format!("wave {wave}:")));
        assert!(line.is_some_and(|line| line.contains(ends)), "{wave}: {shown}");
    }
    refused(&kontor, &with(&["--by-hand", "--hours", "3"]), "cannot be used with");
    refused(&kontor, &with(&["--waves", "10:never,100"]), "is no wave");
    let write = with(&["--waves", "10,50,100", "--by-hand", "--on-failures", "pause", "--write"]);
    let written = has(&kontor, &write, &["is planned"]);
    let line = written.lines().find(|line| line.contains("is planned")).expect("it is told");
    let id = line.split(' ').next().expect("its first word");
    let why = ["rom", "why", "one", "stable", "a0"];
    has(&kontor, &why, &["rollout.planned"]);
    has(&kontor, &["rom", "rollout", "start", id], &["is running"]);
    has(&kontor, &["rom", "rollout", "next", id, "--wave", "2"], &["wave 2 of 3: 50"]);
    refused(&kontor, &["rom", "rollout", "next", id, "--wave", "2"], "wave 3 is the next one");
    has(&kontor, &["rom", "rollout", "status"], &["running", "wave 2 of 3"]);
    has(&kontor, &["rom", "rollout", "next", id], &["wave 3 of 3: 100"]);
    refused(&kontor, &["rom", "rollout", "next", id], "the last wave has begun");
    has(&kontor, &why, &["\"incremental\":\"a1\""]);
    has(&kontor, &["rom", "rollout", "halt", id, "--note", "it burns"], &["is halted"]);
    has(&kontor, &why, &["rollout.halted"]);
    has(&kontor, &["rom", "rollout", "resume", id], &["is running"]);
    has(&kontor, &["rom", "rollout", "finish", id], &["is done"]);
    let withdraw = ["rom", "withdraw", "one", "a1", "--reason", "breaks the camera"];
    has(&kontor, &withdraw, &["it is withdrawn"]);
}

#[test]
fn a_build_is_published_from_another_machine() {
    let kontor = shop();
    let token = kontor.ok(&["rom", "token", "build-server"]).out.trim().to_owned();
    let server = Running::serve(&kontor);
    put(&kontor, "rom-1.0-a1.zip", &package::good("one", "a1", 1_700_000_000));
    let url = format!("http://{}", server.address());
    let publish = ["rom", "publish", "rom-1.0-a1.zip", "--model", "one", "--server", &url];
    let without = kontor.run(&publish);
    assert!(without.code != 0 && without.err.contains("KONTOR_TOKEN"), "{}", without.err);
    let wrong = kontor.run_in(&[("KONTOR_TOKEN", "1.me.nonsense")], &publish);
    assert!(wrong.code != 0, "{}", wrong.out);
    let run = kontor.run_in(&[("KONTOR_TOKEN", &token)], &publish);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    server.until("/rom/en/device/one/a1", |page| page.contains("rom-1.0-a1.zip"));
    server.stop();
    has(&kontor, &["rom", "list"], &["a1"]);
}

#[test]
fn a_delta_is_made_and_applied_on_the_command_line() {
    let kontor = Kontor::new();
    put(&kontor, "a1.img", &image(1));
    put(&kontor, "a2.img", &image(2));
    kontor.ok(&["rom", "delta", "a1.img", "a2.img", "--out", "a.delta"]);
    let length = |name: &str| std::fs::metadata(kontor.path(name)).expect("it is there").len();
    assert!(length("a.delta") * 2 < length("a2.img"));
    kontor.ok(&["rom", "apply", "a1.img", "a.delta", "--out", "again.img"]);
    assert!(std::fs::read(kontor.path("again.img")).expect("an image") == image(2));
    refused(&kontor, &["rom", "apply", "a2.img", "a.delta", "--out", "no.img"], "");
    assert!(!kontor.path("no.img").exists(), "half an image is of no use");
}

#[test]
fn the_keys_are_made_sign_and_bring_a_build_to_a_mirror() {
    let kontor = shop();
    let word = ["--passphrase-file", "word"];
    put(&kontor, "word", b"correct horse\n");
    let names = ["root1.key", "root2.key", "targets.key", "one.key"];
    for name in names {
        let made = kontor.ok(&[&["rom", "key", "new", name][..], &word].concat()).out;
        let public = has(&kontor, &["rom", "key", "public", name], &[]);
        assert_eq!(made.lines().next(), public.lines().next());
    }
    refused(&kontor, &[&["rom", "key", "new", "data/x.key"][..], &word].concat(), "data folder");
    let init =
        ["rom", "key", "init", "--root", "root1.key", "root2.key", "--targets", "targets.key"];
    has(&kontor, &init, &["The server has its keys"]);
    has(&kontor, &["rom", "key", "delegate", "one", "--key", "one.key"], &["one may be signed"]);

    put(&kontor, "rom-1.0-a1.zip", &package::good("one", "a1", 1_700_000_000));
    put(&kontor, "a1.img", &image(1));
    kontor.ok(&["rom", "publish", "rom-1.0-a1.zip", "--model", "one"]);
    kontor.ok(&["rom", "image", "a1.img", "--model", "one", "--build", "a1"]);
    kontor.ok(&["rom", "promote", "one", "a1", "stable"]);

    // An afternoon with the keys: what waits is written, signed by each, and taken in, until nothing waits.
    for round in 0.. {
        assert!(round < 4, "{}", kontor.ok(&["rom", "key", "list"]).out);
        let out = format!("bundles{round}");
        std::fs::create_dir(kontor.path(&out)).expect("a folder");
        kontor.run(&["rom", "key", "export", "--out", &out]);
        let bundles = std::fs::read_dir(kontor.path(&out)).expect("a folder").flatten();
        let bundles: Vec<String> =
            bundles.map(|entry| format!("{out}/{}", entry.file_name().display())).collect();
        if bundles.is_empty() {
            assert!(round > 0, "nothing waited");
            break;
        }
        let all = |words: &[&str]| -> Vec<String> {
            let words = words.iter().map(|word| (*word).to_owned());
            ["rom", "key"].iter().map(|word| (*word).to_owned()).chain(words).collect()
        };
        for name in names {
            let mut sign = all(&["sign"]);
            sign.extend(bundles.clone());
            sign.extend(["--key", name, "--yes"].map(str::to_owned));
            sign.extend(word.map(str::to_owned));
            // Bundles that ask for none of this key are refused, which is right.
            kontor.run(&sign.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let mut import = all(&["import"]);
        import.extend(bundles);
        kontor.ok(&import.iter().map(String::as_str).collect::<Vec<_>>());
    }
    kontor.ok(&["rom", "key", "root", "--out", "root.json"]);
    has(&kontor, &["rom", "key", "mirror", "mirror"], &["mirror has the metadata and"]);
    let root = std::fs::read(kontor.path("root.json")).expect("the root");
    assert!(std::fs::read(kontor.path("mirror/metadata/1.root.json")).expect("a root") == root);
    assert!(kontor.path("mirror/metadata/timestamp.json").exists());
    let targets = std::fs::read_dir(kontor.path("mirror/targets")).expect("a folder").flatten();
    let of_image =
        targets.filter(|entry| entry.file_name().display().to_string().ends_with(".img"));
    let of_image: Vec<_> =
        of_image.map(|entry| std::fs::read(entry.path()).expect("a file")).collect();
    assert!(of_image == [image(1)], "the image that the keys vouch for");
}
