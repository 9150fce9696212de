//! A build's whole way: published, rolled out to a few, halted by failures, resumed, done; and what
//! devices are told on each step.

mod package;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use kontor_base::{Clock, Instant, Line, Random, SecretKey};
use kontor_domain::channel::Channel;
use kontor_domain::device::{DeviceModel, Maker};
use kontor_domain::rollout::{
    Advance, Audience, Event, Gate, Pace, Rollout, RolloutState, Step, Trip, Wave,
};
use kontor_rom::build::{PublishCommand, Published, Refusal, publish};
use kontor_rom::channel::{PromoteCommand, promote};
use kontor_rom::core::{Question, Source, Who};
use kontor_rom::rollout::{
    PlanCommand, ReportCommand, WithdrawCommand, keep_rollouts, plan, report, steer, withdraw,
};
use kontor_rom::{Failure, Files, Rom, Settings, device};
use kontor_scratch::Scratch;

struct House {
    rom: Arc<Rom>,
    folder: Scratch,
}

const MODEL: &str = "one";

impl House {
    async fn open() -> Self {
        let folder = Scratch::chosen();
        let db = folder.open();
        let files = Files::open(folder.path("files")).expect("opens");
        let clock = Clock::fixed(Instant::from_micros(1_790_900_000_000_000));
        let settings = Settings { origin: "https://rom.example".to_owned(), ..Settings::default() };
        let secret = SecretKey::from_bytes([7; 32]);
        let rom = Rom::open(db, clock, Random::seeded(5), &secret, files, settings).await;
        let rom = Arc::new(rom.expect("opens"));
        let model = DeviceModel {
            codename: MODEL.parse().expect("a codename"),
            name: Line::parse("One").expect("a line"),
            brand: Line::parse("Example").expect("a line"),
            maker: Maker::Own,
            also: vec![],
            revisions: vec![],
            product: None,
        };
        device::save_model(&rom, model).await.expect("a model");
        Self { rom, folder }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path(name);
        std::fs::write(&path, bytes).expect("writes");
        path
    }

    async fn publish(&self, name: &str, bytes: &[u8]) -> Result<Published, Failure<Refusal>> {
        let command = PublishCommand {
            path: self.file(name, bytes),
            model: MODEL.parse().expect("a codename"),
            version: None,
            kind: "nightly".parse().expect("a kind"),
            notes: BTreeMap::new(),
        };
        publish(&self.rom, command, Arc::new(|_| true)).await
    }

    /// Publishes a build, puts it into the channel and plans a rollout.
    async fn planned(&self, incremental: &str, seconds: i64, percents: &[u32]) -> Rollout {
        let bytes = package::good(MODEL, incremental, seconds);
        self.publish(&format!("rom-1.0-{incremental}.zip"), &bytes).await.expect("published");
        let model = || MODEL.parse().expect("a codename");
        let command = PromoteCommand {
            model: model(),
            incremental: incremental.to_owned(),
            channel: Channel::Stable,
            floor: false,
        };
        promote(&self.rom, command).await.expect("promoted");
        let wave = |percent: &u32| Wave {
            share: percent * 10_000,
            audience: Audience::Everybody,
            countries: vec![],
            advance: Advance::After { seconds: 3_600 },
        };
        let command = PlanCommand {
            model: model(),
            channel: Channel::Stable,
            incremental: incremental.to_owned(),
            waves: percents.iter().map(wave).collect(),
            gate: Gate { failures_max: 100_000, reports_min: 10, trip: Trip::Halt },
            pace: Pace::default(),
            population: 1_000,
        };
        let rollout = plan(&self.rom, command).await.expect("planned");
        self.rom.refresh().await.expect("refreshed, as the keeper does");
        rollout
    }

    async fn step(&self, rollout: &Rollout, step: Step) -> RolloutState {
        steer(&self.rom, rollout.id, step, None).await.expect("possible").standing.state
    }

    /// An hour goes by and the keeper comes.
    async fn hour(&self) -> usize {
        self.rom.clock.advance_seconds(3_600);
        keep_rollouts(&self.rom).await.expect("looked through")
    }

    fn check(&self, device: u32, source: &str) -> serde_json::Value {
        let who = Who::Device(self.rom.keys.device(&format!("device-{device}")).expect("an id"));
        let source = Source { incremental: source, built_s: None };
        let question =
            Question { model: MODEL, channel: Channel::Stable, source, who, country: None };
        let snapshot = self.rom.snapshots.now();
        let answers = snapshot.answer(&question, self.rom.now()).expect("a model");
        serde_json::from_slice(&answers.check.body).expect("JSON")
    }

    /// Of a thousand devices with `source`, those that are offered `wanted`.
    fn offered(&self, source: &str, wanted: &str) -> Vec<u32> {
        (0..1_000)
            .filter(|device| self.check(*device, source)["install"]["incremental"] == wanted)
            .collect()
    }

    async fn report(&self, device: u32, build: &str, event: Event) -> bool {
        let command = ReportCommand {
            device: self.rom.keys.device(&format!("device-{device}")).expect("an id"),
            model: MODEL.to_owned(),
            channel: Channel::Stable,
            incremental: build.to_owned(),
            event,
            code: "kPayload\nMismatch\u{0}".to_owned(),
        };
        report(&self.rom, command).await.expect("taken in").repeated
    }
}

#[tokio::test]
async fn a_build_goes_out_in_waves_and_failures_halt_it() {
    let house = House::open().await;
    let first = house.planned("a1", 1_000, &[100]).await;
    assert_eq!(house.offered("", "a1").len(), 0, "a plan gives nobody the build");
    house.step(&first, Step::Start).await;
    assert_eq!(house.hour().await, 1);
    assert_eq!(house.offered("", "a1").len(), 1_000);

    let second = house.planned("a2", 2_000, &[1, 10, 100]).await;
    assert_eq!(house.check(1, "a1")["reason"], "rollout.planned");
    house.step(&second, Step::Start).await;
    let few = house.offered("a1", "a2");
    assert!((3..25).contains(&few.len()), "about 10 of 1,000: {}", few.len());
    assert_eq!(house.offered("", "a1").len(), 1_000 - few.len(), "the others get the one before");

    assert_eq!(house.hour().await, 1);
    let more = house.offered("a1", "a2");
    assert!((70..130).contains(&more.len()), "about 100 of 1,000: {}", more.len());
    assert!(few.iter().all(|device| more.contains(device)), "who is in stays in");
    let outside = (0..1_000).find(|device| !more.contains(device)).expect("somebody waits");
    assert_eq!(house.check(outside, "a1")["held"]["reason"], "rollout.not_your_turn_yet");

    for device in &more[..10] {
        let event = if device % 2 == 0 { Event::Failed } else { Event::Installed };
        assert!(!house.report(*device, "a2", event).await);
        assert!(house.report(*device, "a2", event).await, "the same report twice counts once");
    }
    assert_eq!(keep_rollouts(&house.rom).await.expect("looked through"), 1);
    assert_eq!(house.offered("a1", "a2").len(), 0, "halted: nobody is offered it");
    assert_eq!(house.check(more[0], "a1")["reason"], "rollout.halted");

    assert_eq!(house.step(&second, Step::Resume).await, RolloutState::Running);
    assert_eq!(keep_rollouts(&house.rom).await.expect("looked through"), 0, "forgiven");
    assert_eq!(house.offered("a1", "a2"), more, "the same devices as before");
    assert_eq!(house.hour().await, 1);
    assert_eq!(house.offered("a1", "a2").len(), 1_000);

    let command = WithdrawCommand {
        model: MODEL.parse().expect("a codename"),
        incremental: "a2".to_owned(),
        reason: Line::parse("breaks the camera").expect("a line"),
    };
    withdraw(&house.rom, command).await.expect("withdrawn");
    house.rom.refresh().await.expect("refreshed");
    assert_eq!(house.offered("a1", "a2").len(), 0);
    assert_eq!(house.check(1, "a1")["reason"], "channel.up_to_date");
    let resumed = steer(&house.rom, second.id, Step::Resume, None).await;
    assert!(
        matches!(resumed, Err(Failure::Refused(refusal)) if refusal.code() == "build.withdrawn")
    );
}

#[tokio::test]
async fn lists_have_the_form_that_clients_read_byte_by_byte() {
    let house = House::open().await;
    let rollout = house.planned("a1", 1_000, &[100]).await;
    house.step(&rollout, Step::Start).await;
    let snapshot = house.rom.snapshots.now();
    let question = Question {
        model: MODEL,
        channel: Channel::Stable,
        source: Source { incremental: "old", built_s: None },
        who: Who::Device(house.rom.keys.device("device-1").expect("an id")),
        country: None,
    };
    let answers = snapshot.answer(&question, house.rom.now()).expect("a model");
    let build = snapshot.model(MODEL).and_then(|m| m.build("a1").cloned()).expect("a1");
    let file = &build.whole().expect("a package").file;
    let (sha256, bytes) = (file.sha256, file.bytes);
    let url = format!("https://rom.example/rom/files/{sha256}/rom-1.0-a1.zip");
    assert_eq!(
        std::str::from_utf8(&answers.lineage_v1.body),
        Ok(&*format!(
            "{{\"response\":[{{\"datetime\":1000,\"filename\":\"rom-1.0-a1.zip\",\"id\":\"{sha256}\",\
             \"romtype\":\"nightly\",\"size\":{bytes},\"url\":\"{url}\",\"version\":\"1.0\"}}]}}"
        ))
    );
    assert_eq!(
        std::str::from_utf8(&answers.lineage_v2.body),
        Ok(&*format!(
            "[{{\"datetime\":1000,\"type\":\"nightly\",\"version\":\"1.0\",\"files\":[{{\
             \"filename\":\"rom-1.0-a1.zip\",\"os_patch_level\":\"2026-10-01\",\"os_sdk_level\":36,\
             \"ota_property_files\":\"payload.bin:41:604\",\"sha256\":\"{sha256}\",\
             \"size\":{bytes},\"url\":\"{url}\"}}]}}]"
        ))
    );
    let line = answers.line.as_ref().map(|line| line.body.to_vec());
    assert_eq!(line.as_deref(), Some(&b"a1 1000 one stable\n"[..]));
}

#[tokio::test]
async fn packages_that_do_not_fit_are_refused_by_name_and_leave_nothing() {
    use package::{Member, good, members, signature, zip};
    let house = House::open().await;
    let change = |at: usize, edit: fn(&mut Member)| {
        let mut members = members(MODEL, "a1", 1_000);
        edit(&mut members[at]);
        zip(&members, &signature())
    };
    let again = |name: &str| {
        let mut members = members(MODEL, "a1", 1_000);
        members.push(Member { name: name.to_owned(), bytes: vec![1] });
        zip(&members, &signature())
    };
    let whole = good(MODEL, "a1", 1_000);
    let mut damaged = whole.clone();
    damaged[100] ^= 1;
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("build.not_a_zip", b"not a zip file at all, but long enough to be one".to_vec()),
        ("build.not_a_zip", whole[..whole.len() - 1].to_vec()),
        ("build.not_a_zip", [whole.clone(), vec![0]].concat()),
        ("build.not_signed", zip(&members(MODEL, "a1", 1_000), b"")),
        ("build.other_device", good("two", "a1", 1_000)),
        ("build.payload_hash", damaged),
        ("build.zip_member", again("payload.bin")),
        ("build.zip_member", again("../../etc/passwd")),
        ("build.zip_member", again("/etc/passwd")),
        ("build.payload", change(0, |member| member.bytes[0] = b'X')),
        ("build.payload", change(0, |member| member.name = "other.bin".to_owned())),
        ("build.payload", change(1, |member| member.bytes = b"FILE_SIZE=1\n".to_vec())),
        ("build.zip_member", change(2, |member| member.bytes = vec![b'x'; 70_000])),
        ("build.metadata_missing", change(2, |member| member.bytes = b"ota-type=AB\n".to_vec())),
    ];
    for (at, (code, bytes)) in cases.into_iter().enumerate() {
        match house.publish("rom-1.0-a1.zip", &bytes).await {
            Err(Failure::Refused(refusal)) => assert_eq!(refusal.code(), code, "case {at}"),
            other => panic!("case {at}, {code}: {other:?}"),
        }
    }
    let left = std::fs::read_dir(house.folder.path("files/incoming")).expect("is there");
    assert_eq!(left.count(), 0);
    house.publish("rom-1.0-a1.zip", &whole).await.expect("the good one");
    match house.publish("rom-1.0-a1.zip", &whole).await {
        Err(Failure::Refused(refusal)) => assert_eq!(refusal.code(), "build.duplicate"),
        other => panic!("{other:?}"),
    }
}
