//! Counts equal a brute-force recount of the reports, and survive a restart and a kill.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use kontor_count::{
    Answer, Book, Counter, Options, Position, Slice, fold, read_only, recount, recount_until,
};
use kontor_domain::install::{Channel, Day, DeviceKey, Kind, Report, Standing, place};
use proptest::prelude::*;

fn report(device: u64, version: u8, day: Option<u16>, country: usize) -> Report {
    Report {
        device: DeviceKey(device),
        day: day.map(Day::from_number),
        country: ["CN", "IN", "US"].get(country).map(|code| code.parse().expect("a country")),
        model: ["cancro", "armani"][device as usize % 2].parse().expect("a name"),
        version: format!("V{version}").parse().expect("a name"),
        channel: Channel::Stable,
        standing: Standing::Anonymous,
        kind: if version.is_multiple_of(2) { Kind::Check } else { Kind::Install },
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Few keys, so that duplicates are many; a wipe is a key that was not there before. Claimed
    /// days lie before, on, and after the day of arrival.
    #[test]
    fn counts_equal_a_brute_force_recount(
        steps in prop::collection::vec(
            (0_u64..40, 0_u8..4, prop::option::of(900_u16..1_100), 0_usize..4, 0_u16..3), 1..120),
        restart_at in 0_usize..120,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options { new_per_source: 0, snapshot_every: 30, ..Options::new(folder.path()) };
        let mut counter = Counter::open(&options).expect("opened");
        let mut days: BTreeMap<u64, BTreeSet<u16>> = BTreeMap::new();
        let mut countries: BTreeMap<u64, (u16, &str)> = BTreeMap::new();
        let mut today = 1_000;
        for (at, (device, version, claimed, country, later)) in steps.into_iter().enumerate() {
            today += later;
            let report = report(device, version, claimed, country);
            let (day, _) = place(report.day, Day::from_number(today));
            days.entry(device).or_default().insert(day.number());
            let name = ["CN", "IN", "US", "unknown"][country];
            let seen = countries.entry(device).or_insert((day.number(), name));
            if day.number() >= seen.0 {
                // A report that names no country leaves the last one as it was.
                *seen = (day.number(), if name == "unknown" { seen.1 } else { name });
            }
            let looked = counter.is_repeat(&report, Day::from_number(today));
            let answer = wait(counter.submit(report.clone(), Day::from_number(today), 0));
            let answer = answer.expect("counted");
            prop_assert!(!looked || answer == Answer::Repeat, "a look never hides a report");
            prop_assert!(counter.is_repeat(&report, Day::from_number(today)));
            if at == restart_at {
                wait(counter.close());
                counter = Counter::open(&options).expect("opened again");
            }
        }
        let mut by_country = BTreeMap::new();
        for (_, name) in countries.values() {
            *by_country.entry((*name).to_owned()).or_insert(0) += 1;
        }
        {
            let book = counter.book();
            prop_assert_eq!(book.activations(), days.len() as u64);
            let now = book.today().number();
            prop_assert_eq!(now, today);
            for window in [1, 2, 7, 30, 90, 120] {
                let there = |set: &&BTreeSet<u16>| set.range(now + 1 - window..=now).next().is_some();
                prop_assert_eq!(book.active(window), days.values().filter(there).count() as u64);
            }
            prop_assert_eq!(book.breakdown(None, &[Slice::Country]).cells, by_country);
            let again = recount(folder.path()).expect("recounted");
            let none = Vec::<String>::new();
            prop_assert_eq!(&again.differences(&book), &none);
            // And what was true at an earlier place in the log is found again there.
            let place = Position { segment: 1, bytes: 0 };
            prop_assert_eq!(recount_until(folder.path(), Some(place)).expect("recounted").activations(), 0);
            let read = read_only(folder.path(), None).expect("read");
            prop_assert_eq!(&again.differences(&read), &none);
        }
        wait(counter.close());
    }
}

proptest! {
    /// Tables by several properties, in any order and also the same one twice, against a count of
    /// the devices one by one. The names are those in which joined texts are sorted differently
    /// from their parts.
    #[test]
    fn tables_by_several_properties_equal_a_count_one_by_one(
        devices in prop::collection::vec((0_usize..5, 0_usize..5, 0_usize..4, 0_usize..4), 0..60),
        by in prop::collection::vec(prop::sample::select(Slice::ALL.to_vec()), 1..7),
    ) {
        const NAMES: [&str; 5] = ["a", "a-", "a.b", "a1", "b"];
        let mut book = Book::default();
        let today = Day::from_number(1_000);
        let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
        for (number, (model, version, country, channel)) in devices.iter().enumerate() {
            let channel = Channel::ALL[*channel];
            let country = ["CN", "IN", "US", "unknown"][*country];
            let report = Report {
                model: NAMES[*model].parse().expect("a name"),
                version: NAMES[*version].parse().expect("a name"),
                country: country.parse().ok(),
                channel,
                ..report(number as u64, 0, None, 0)
            };
            book.apply(&report, today);
            let words: Vec<&str> = by
                .iter()
                .map(|slice| match slice {
                    Slice::Country => country,
                    Slice::Model => NAMES[*model],
                    Slice::Version => NAMES[*version],
                    Slice::Channel => channel.word(),
                    Slice::Standing => "anonymous",
                })
                .collect();
            *wanted.entry(words.join("/")).or_default() += 1;
        }
        let found = book.breakdown(Some(30), &by);
        prop_assert_eq!(found.total, devices.len() as u64);
        prop_assert_eq!(found.cells, wanted);
    }
}

/// Old segments are folded into a base: every number stays, and the log still proves it; a place
/// that is gone is said, and so is a segment that somebody has removed.
#[test]
fn old_segments_can_go_and_the_count_is_still_proved() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options { new_per_source: 0, snapshot_every: 40, ..Options::new(folder.path()) };
    let counter = Counter::open(&options).expect("opened");
    let send = |counter: &Counter, at: u64| {
        let report = report(at * 7 % 90, (at % 3) as u8, None, (at % 4) as usize);
        let day = Day::from_number(1_000 + (at / 20) as u16);
        wait(counter.submit(report, day, 0)).expect("counted");
    };
    (0..400).for_each(|at| send(&counter, at));
    let none = Vec::<String>::new();
    let proved = |counter: &Counter| {
        let again = recount(folder.path()).expect("recounted");
        assert_eq!(again.differences(&counter.book()), none);
    };
    proved(&counter);
    let folded = fold(folder.path(), Day::from_number(1_010)).expect("folded");
    assert!(folded.segments > 1 && folded.first > 2, "{folded:?}");
    proved(&counter);
    (400..800).for_each(|at| send(&counter, at));
    assert!(fold(folder.path(), Day::from_number(1_030)).expect("again").segments > 0);
    assert_eq!(fold(folder.path(), Day::from_number(1_030)).expect("nothing left").segments, 0);
    proved(&counter);
    let gone = recount_until(folder.path(), Some(Position { segment: 1, bytes: 0 }));
    assert!(gone.is_err_and(|error| error.to_string().contains("was let go")));
    wait(counter.close());
    let counter = Counter::open(&options).expect("opened");
    proved(&counter);
    (800..830).for_each(|at| send(&counter, at));
    wait(counter.close());
    // Without its snapshots it is counted from the base; without a segment it is not counted.
    let named = |end: &str| {
        let entries = std::fs::read_dir(folder.path()).expect("the folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let mut paths: Vec<_> =
            paths.filter(|path| path.extension().is_some_and(|e| e == end)).collect();
        paths.sort();
        paths
    };
    named("snapshot").iter().for_each(|path| std::fs::remove_file(path).expect("removed"));
    let counter = Counter::open(&options).expect("opened from the base");
    proved(&counter);
    wait(counter.close());
    named("snapshot").iter().for_each(|path| std::fs::remove_file(path).expect("removed"));
    std::fs::remove_file(&named("log")[0]).expect("removed");
    let damaged = Counter::open(&options).map(|_| ()).expect_err("a segment is missing");
    assert!(damaged.to_string().contains("is missing"), "{damaged}");
}

#[test]
fn a_flood_from_one_place_is_set_aside_then_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options { new_per_source: 2, ..Options::new(folder.path()) };
    let counter = Counter::open(&options).expect("opened");
    let send = |device| wait(counter.submit(report(device, 0, None, 0), Day::from_number(9), 7));
    let answers: Vec<Answer> = (0..21).map(|device| send(device).expect("answered")).collect();
    assert_eq!(answers[..2], [Answer::Counted; 2]);
    assert_eq!(answers[2..20], [Answer::SetAside; 18]);
    assert_eq!(answers[20], Answer::Refused);
    assert_eq!(send(0).expect("answered"), Answer::Repeat, "known devices are not held back");
    assert_eq!((counter.book().activations(), counter.book().set_aside()), (2, 18));
    wait(counter.close());
}

/// Run by the test below in a process of its own, which is killed while it counts.
#[test]
fn flood_until_killed() {
    let Ok(folder) = std::env::var("KONTOR_TEST_FLOOD") else { return };
    let counter =
        Counter::open(&Options { new_per_source: 0, ..Options::new(folder) }).expect("opened");
    let mut told = std::io::stderr().lock();
    for device in 0.. {
        wait(counter.submit(report(device, 0, None, 0), Day::from_number(9), 0)).expect("counted");
        writeln!(told, "answered {device}").expect("told");
    }
}

#[test]
fn a_kill_loses_no_answered_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "flood_until_killed", "--nocapture"])
        .env("KONTOR_TEST_FLOOD", folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let number = |line: String| line.strip_prefix("answered ").and_then(|n| n.parse::<u64>().ok());
    let mut last = None;
    while last.is_none_or(|last| last < 200) {
        last = lines.next().and_then(Result::ok).and_then(number).or(last);
    }
    child.kill().expect("killed"); // SIGKILL
    child.wait().expect("ended");
    last = lines.map_while(Result::ok).filter_map(number).last().or(last);
    // What was being written at that moment: half a frame.
    let mut log = std::fs::OpenOptions::new()
        .append(true)
        .open(folder.path().join("0000000001.log"))
        .expect("the log");
    log.write_all(&[16, 0, 0, 0, 9, 0, 0, 0, 1, 2, 3]).expect("written");
    let counter = Counter::open(&Options::new(folder.path())).expect("recovered");
    assert!(counter.book().activations() > last.expect("some were answered"));
    let none: [String; 0] = [];
    assert_eq!(recount(folder.path()).expect("recounted").differences(&counter.book()), none);
    wait(counter.close());
}
