//! A build's whole way: published, rolled out to a few, halted by failures, resumed, done; and what
//! devices are told on each step.

mod house;
mod package;

use house::{House, MODEL};
use kontor_base::Line;
use kontor_base::id::CampaignId;
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{Advance, Cause, Event, Pace, Rollout, RolloutState, Step};
use kontor_rom::build::check_files;
use kontor_rom::core::{Question, Shown, Source, Who};
use kontor_rom::rollout::{
    PlanCommand, PlanRefusal, PlannedBuild, SteerRefusal, WithdrawCommand, campaign_status,
    keep_rollouts, next_wave, plan, receipt_of, status_of, steer, withdraw,
};
use kontor_rom::{Failure, Outcome};

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

/// A wave that ends by hand waits for somebody, who cannot let two begin by asking twice.
#[tokio::test]
async fn a_wave_by_hand_waits_for_the_hand() {
    let house = House::open().await;
    let by_hand = house.by_hand("a1", &[10, 50, 100]).await;
    let next = async |wave| next_wave(&house.rom, by_hand.id, wave, None).await;
    let refused = |outcome: Outcome<Rollout, SteerRefusal>| match outcome {
        Err(Failure::Refused(refusal)) => refusal.code(),
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(refused(next(None).await), "rollout.state", "it has not begun");
    house.step(&by_hand, Step::Start).await;
    let few = house.offered("", "a1").len();
    assert!((70..130).contains(&few), "about 100 of 1,000: {few}");
    for _ in 0..100 {
        assert_eq!(house.hour().await, 0, "no time and no success ends it");
    }
    let begun = next(Some(2)).await.expect("the next one");
    assert_eq!((begun.standing.wave, begun.standing.cause), (1, Cause::Hand));
    assert!(house.offered("", "a1").len() > 400, "devices know at once");
    assert_eq!(refused(next(Some(2)).await), "rollout.other_wave", "asked twice, begun once");
    assert_eq!(next(None).await.expect("the last one").standing.wave, 2);
    assert_eq!(house.offered("", "a1").len(), 1_000);
    assert_eq!(refused(next(None).await), "rollout.last_wave");
    assert_eq!(refused(next(Some(3)).await), "rollout.last_wave");
    assert_eq!(house.step(&by_hand, Step::Finish).await, RolloutState::Done);
    assert_eq!(refused(next(None).await), "rollout.state");
    let status = status_of(&house.rom, by_hand.id).await.expect("reads").expect("is there");
    let steps: Vec<_> = status.steps.iter().map(|step| (step.wave, step.cause)).collect();
    let hand = Cause::Hand;
    assert_eq!(steps, [(0, hand), (0, hand), (1, hand), (2, hand), (2, hand)]);
}

/// The pace goes on from what it has let in: whoever is impatient does not let everybody in at once.
#[tokio::test]
async fn a_wave_that_begins_early_keeps_the_pace() {
    let house = House::open().await;
    house.add(MODEL, "a1", 1_000).await;
    let pace = Pace { devices_per_hour: Some(50), megabits_per_second: None };
    let paced = house.plan_at(&[(MODEL, "a1")], &[10, 100], Advance::ByHand, pace).await.remove(0);
    house.step(&paced, Step::Start).await;
    house.rom.clock.advance_seconds(3_600);
    next_wave(&house.rom, paced.id, None, None).await.expect("the next one");
    let status = status_of(&house.rom, paced.id).await.expect("reads").expect("is there");
    assert_eq!(status.share, 50_000, "50 of 1,000 in the first hour");
    house.rom.clock.advance_seconds(3_600);
    let status = status_of(&house.rom, paced.id).await.expect("reads").expect("is there");
    assert_eq!(status.share, 100_000);
}

/// All of a campaign begin the next wave, whichever is asked.
#[tokio::test]
async fn the_next_wave_of_a_campaign_begins_on_all_its_models() {
    let house = House::open().await;
    house.add("one", "a1", 1_000).await;
    house.add("two", "b1", 2_000).await;
    let builds = [("one", "a1"), ("two", "b1")];
    let planned = house.plan_at(&builds, &[50, 100], Advance::ByHand, Pace::default()).await;
    let [one, two] = &planned[..] else { panic!("two rollouts") };
    house.step(one, Step::Start).await;
    next_wave(&house.rom, two.id, Some(2), None).await.expect("the next one");
    for rollout in [one, two] {
        let status = status_of(&house.rom, rollout.id).await.expect("reads").expect("is there");
        assert_eq!(status.rollout.standing.wave, 1, "{}", rollout.model);
    }
    let again = next_wave(&house.rom, one.id, Some(2), None).await;
    assert!(matches!(again, Err(Failure::Refused(SteerRefusal::LastWave))), "{again:?}");
}

/// Two models of one campaign: they go on together, and what is too bad on one halts both.
#[tokio::test]
async fn a_campaign_goes_on_and_halts_as_one() {
    let house = House::open().await;
    house.add("one", "a1", 1_000).await;
    house.add("two", "b1", 2_000).await;
    let planned = house.plan(&[("one", "a1"), ("two", "b1")], &[50, 100]).await;
    let [one, two] = &planned[..] else { panic!("two rollouts") };
    house.step(two, Step::Start).await;
    let standing = async |rollout: &Rollout| {
        let status = status_of(&house.rom, rollout.id).await.expect("reads").expect("is there");
        (status.rollout.standing.state, status.rollout.standing.wave)
    };
    assert_eq!(standing(one).await, (RolloutState::Running, 0), "started with the other");
    assert_eq!(house.hour().await, 2);
    assert_eq!(
        (standing(one).await, standing(two).await),
        ((RolloutState::Running, 1), (RolloutState::Running, 1))
    );

    for device in 0..200 {
        assert!(house.tell("one", device, "a1", Event::Installed).await);
    }
    for device in 0..10 {
        let event = if device < 2 { Event::Failed } else { Event::Installed };
        assert!(house.tell("two", device, "b1", event).await);
    }
    assert_eq!(keep_rollouts(&house.rom).await.expect("looked through"), 2, "2 of 10, not of 210");
    assert_eq!(standing(one).await.0, RolloutState::Halted);
    assert_eq!(standing(two).await.0, RolloutState::Halted);
    assert_eq!(house.offered("", "a1").len(), 0, "nobody is offered either");

    // Resumed from the other end; the campaign ends as one, too.
    house.step(one, Step::Resume).await;
    assert_eq!(house.hour().await, 2);
    let all = campaign_status(&house.rom, status_campaign(&house, one).await).await.expect("reads");
    assert!(all.iter().all(|status| status.rollout.standing.state == RolloutState::Done));
    assert_eq!(keep_rollouts(&house.rom).await.expect("looked through"), 0);

    let again = PlanCommand {
        channel: Channel::Stable,
        builds: vec![],
        waves: one.waves.clone(),
        gate: one.gate,
        pace: one.pace,
    };
    let nothing = plan(&house.rom, again.clone()).await;
    assert!(matches!(nothing, Err(Failure::Refused(PlanRefusal::Builds))));
    let twice = PlannedBuild {
        model: "one".parse().expect("a codename"),
        incremental: "a1".to_owned(),
        population: 1,
    };
    let command = PlanCommand { builds: vec![twice.clone(), twice], ..again };
    let twice = plan(&house.rom, command).await;
    assert!(matches!(twice, Err(Failure::Refused(PlanRefusal::Builds))));
}

async fn status_campaign(house: &House, rollout: &Rollout) -> CampaignId {
    let status = status_of(&house.rom, rollout.id).await.expect("reads").expect("is there");
    status.campaign.expect("it belongs to one")
}

/// Anybody can invent devices. What they report is counted apart, and halts nothing.
#[tokio::test]
async fn reports_of_invented_devices_halt_nothing() {
    let house = House::open().await;
    let first = house.planned("a1", 1_000, &[100]).await;
    house.step(&first, Step::Start).await;
    house.hour().await;
    let second = house.planned("a2", 2_000, &[10, 100]).await;
    house.step(&second, Step::Start).await;
    let inside = house.offered("a1", "a2");
    let outside: Vec<u32> = (0..1_000).filter(|device| !inside.contains(device)).collect();

    // Without a receipt, with a made-up one, and with the genuine one of another device.
    let stolen = house.receipt(inside[0], "a1").expect("it is offered a2");
    for (device, receipt) in [
        (outside[0], String::new()),
        (outside[1], "00".repeat(16)),
        (outside[2], stolen.clone()),
        (outside[3], "\u{1}".to_owned()),
    ] {
        let taken = house.report_with(device, "a2", Event::Failed, receipt.clone()).await;
        assert!(!taken.counted && !taken.repeated);
        let again = house.report_with(device, "a2", Event::Failed, receipt).await;
        assert!(again.repeated, "bounded: the same is kept once");
    }
    // A device that is offered the build before gets no receipt for this one.
    let for_a1 = house.receipt(outside[5], "").expect("it is offered a1");
    assert!(!house.report_with(outside[5], "a2", Event::Failed, for_a1).await.counted);
    for device in &outside[10..60] {
        house.report_with(*device, "a2", Event::RolledBack, String::new()).await;
    }
    assert_eq!(keep_rollouts(&house.rom).await.expect("looked through"), 0, "nothing halts");
    let status = status_of(&house.rom, second.id).await.expect("reads").expect("is there");
    assert_eq!((status.tally.failed, status.tally.rolled_back), (0, 0));
    assert_eq!((status.apart.failed, status.apart.rolled_back), (5, 50));

    // Inside, but nobody has seen it before today: it gets no receipt.
    let invented = house.rom.keys.device(&format!("device-{}", inside[1])).expect("an id");
    let question = Question {
        model: MODEL,
        channel: Channel::Stable,
        source: Source { incremental: "a1", built_s: None },
        who: Who::Device(invented),
        country: None,
    };
    let snapshot = house.rom.snapshots.now();
    let decided = snapshot.decide(&question, house.rom.now()).expect("a model");
    assert_eq!(receipt_of(&house.rom, invented, Shown::Nothing, &decided), None);
    assert!(receipt_of(&house.rom, invented, Shown::Credential, &decided).is_some());

    // The same device with its own receipt moves over, and counts once.
    let key = inside[0];
    house.report_with(key, "a2", Event::Failed, String::new()).await;
    assert!(house.report_with(key, "a2", Event::Failed, stolen.clone()).await.counted);
    assert!(house.report_with(key, "a2", Event::Failed, stolen).await.repeated);
    let status = status_of(&house.rom, second.id).await.expect("reads").expect("is there");
    assert_eq!((status.tally.failed, status.apart.failed), (1, 5));
}

/// Clients behind a proxy that tells nothing of them would all be in or all be out.
/// A report with its receipt is sent again, by the device that lost the answer or by somebody who has
/// listened: it counts once, for that device, build and rollout only.
#[tokio::test]
async fn replay_of_a_device_report() {
    let house = House::open().await;
    let first = house.planned("a1", 1_000, &[100]).await;
    house.step(&first, Step::Start).await;
    house.hour().await;
    let second = house.planned("a2", 2_000, &[100]).await;
    house.step(&second, Step::Start).await;
    let receipt = house.receipt(1, "a1").expect("it is offered a build");
    let counted = house.report_with(1, "a2", Event::Failed, receipt.clone()).await;
    assert!(counted.counted && !counted.repeated);
    for _ in 0..50 {
        let again = house.report_with(1, "a2", Event::Failed, receipt.clone()).await;
        assert!(again.repeated, "{again:?}");
    }
    // For another device it proves nothing, and neither for another build.
    for device in 2..60 {
        let other = house.report_with(device, "a2", Event::Failed, receipt.clone()).await;
        assert!(!other.counted, "{other:?}");
    }
    let other = house.report_with(1, "a1", Event::Failed, receipt).await;
    assert!(!other.counted, "{other:?}");
    let status = status_of(&house.rom, second.id).await.expect("reads").expect("is there");
    assert_eq!((status.tally.failed, status.apart.failed), (1, 58));
    assert_eq!(
        keep_rollouts(&house.rom).await.expect("looked through"),
        0,
        "one is too few to halt"
    );
}

/// A file that is damaged leaves every answer, and comes back when it is good again.
#[tokio::test]
async fn a_damaged_file_leaves_every_answer_and_comes_back() {
    let house = House::open().await;
    for (build, seconds) in [("a1", 1_000), ("a2", 2_000)] {
        let rollout = house.planned(build, seconds, &[100]).await;
        house.step(&rollout, Step::Start).await;
        house.hour().await;
    }
    let file = {
        let snapshot = house.rom.snapshots.now();
        let build = snapshot.model(MODEL).and_then(|m| m.build("a2").cloned()).expect("a2");
        build.whole().expect("a package").file.clone()
    };
    let answers = |source: &str| {
        let snapshot = house.rom.snapshots.now();
        let (channel, who) = (Channel::Stable, Who::Cohort { cohort: 1, device: None });
        let source = Source { incremental: source, built_s: None };
        let question = Question { model: MODEL, channel, source, who, country: None };
        let answers = snapshot.answer(&question, house.rom.now()).expect("a model");
        let all = &snapshot.model(MODEL).expect("a model").all_builds;
        let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
        let line = answers.line.as_ref().map(|line| text(&line.body));
        [
            text(&answers.check.body),
            text(&answers.lineage_v1.body),
            text(&answers.lineage_v2.body),
            line.unwrap_or_default(),
            text(&all.body),
        ]
    };
    let names = |wanted: &str| answers("old").iter().filter(|body| body.contains(wanted)).count();
    let sha256 = file.sha256.to_string();
    assert_eq!((names(&sha256), names("a2 2000")), (4, 1), "{:?}", answers("old"));
    let path = house.rom.files.path(&file.sha256);
    let good = std::fs::read(&path).expect("it is there");

    let mut bad = good.clone();
    bad[20] ^= 1;
    for wrong in [Some(bad), None] {
        match &wrong {
            Some(bytes) => std::fs::write(&path, bytes).expect("writes"),
            None => std::fs::remove_file(&path).expect("it was there"),
        }
        house.rom.clock.advance_seconds(90_000);
        let checked = check_files(&house.rom, 100).await.expect("looked at");
        assert_eq!((checked.good, checked.bad), (1, 1), "{wrong:?}");
        house.rom.refresh().await.expect("read anew");
        assert_eq!((names(&sha256), names("a2 2000")), (0, 0), "{:?}", answers("old"));
        assert!(house.rom.snapshots.now().file(&file.sha256).is_none(), "nobody can fetch it");
        assert_eq!(house.check(1, "old")["install"]["incremental"], "a1", "the one before stays");
        assert_eq!(house.check(1, "a1")["reason"], "channel.up_to_date");

        std::fs::write(&path, &good).expect("writes");
        assert_eq!(check_files(&house.rom, 100).await.expect("looked at").good, 0, "within a day");
        house.rom.clock.advance_seconds(90_000);
        let checked = check_files(&house.rom, 100).await.expect("looked at");
        assert_eq!((checked.good, checked.bad), (2, 0));
        house.rom.refresh().await.expect("read anew");
        assert_eq!((names(&sha256), names("a2 2000")), (4, 1), "{:?}", answers("old"));
    }
}

/// Devices go by way of the floor, in every form of answer; and wait where it is not there for them.
#[tokio::test]
async fn devices_go_by_way_of_the_floor_in_every_answer() {
    let house = House::open().await;
    for (build, seconds) in [("a1", 1_000), ("a2", 2_000), ("a3", 3_000)] {
        house.published(build, seconds).await;
        house.promote_as(build, Channel::Stable, build == "a2").await.expect("promoted");
        let rollout = house.plan(&[(MODEL, build)], &[100]).await.remove(0);
        house.step(&rollout, Step::Start).await;
        house.hour().await;
    }
    let check = |source: &str| house.check(1, source);
    assert_eq!(check("a1")["reason"], "channel.floor_first");
    assert_eq!(check("a1")["install"]["incremental"], "a2");
    assert_eq!(check("a1")["install"]["floor"], true);
    assert_eq!(check("a2")["install"]["incremental"], "a3", "past the floor");
    let lists = |source: &str| {
        let snapshot = house.rom.snapshots.now();
        let who = Who::Cohort { cohort: 1, device: None };
        let source = Source { incremental: source, built_s: None };
        let channel = Channel::Stable;
        let question = Question { model: MODEL, channel, source, who, country: None };
        let answers = snapshot.answer(&question, house.rom.now()).expect("a model");
        let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
        let line = answers.line.as_ref().map(|line| text(&line.body));
        [text(&answers.lineage_v1.body), text(&answers.lineage_v2.body), line.unwrap_or_default()]
    };
    let [v1, v2, line] = lists("a1");
    for list in [&v1, &v2] {
        assert!(list.contains("rom-1.0-a2.zip") && !list.contains("rom-1.0-a3.zip"), "{list}");
    }
    assert!(line.starts_with("a2 "), "{line}");
    let [v1, v2, line] = lists("a2");
    for list in [&v1, &v2] {
        assert!(list.contains("rom-1.0-a3.zip"), "{list}");
    }
    assert!(line.starts_with("a3 "), "{line}");

    // The floor's rollout is halted: devices before it are offered nothing beyond it either.
    let rollouts = kontor_rom::rollout::status(&house.rom).await.expect("reads");
    let floor = rollouts[1].rollout.clone();
    house.step(&floor, Step::Halt).await;
    assert_eq!(check("a1")["reason"], "channel.floor_closed");
    assert_eq!(check("a1")["install"], serde_json::Value::Null);
    assert_eq!(check("a2")["install"]["incremental"], "a3", "who is past it goes on");
    for list in lists("a1") {
        assert!(!list.contains("a3"), "{list}");
    }
}

/// The list of all builds is as long as its readers take, 32 KiB, and loses the oldest first.
#[tokio::test]
async fn the_list_of_all_builds_ends_before_its_readers_stop_reading() {
    const BUILDS: i64 = 16;
    let house = House::open().await;
    for number in 1..=BUILDS {
        let build = format!("a{number:02}");
        house.published(&build, number * 1_000).await;
        // As long as real packages have them: about 2.7 KB each.
        let pad = move |tx: &mut kontor_store::Tx<'_>| {
            let all = kontor_store::build::of_model(tx, MODEL)?;
            let mut build = all.into_iter().max_by_key(|build| build.built_at).expect("a build");
            let property_files =
                build.packages[0].property_files.take().expect("of an A/B package");
            build.packages[0].property_files = Some(format!("{property_files:2700}"));
            kontor_store::build::save(tx, &build)
        };
        house.rom.db.write("test.pad", pad).await.expect("is written");
        let rollout = house.enter(&build, &[100]).await;
        house.step(&rollout, Step::Start).await;
        house.hour().await;
    }
    let snapshot = house.rom.snapshots.now();
    let body = snapshot.model(MODEL).expect("a model").all_builds.body.clone();
    assert!(body.len() <= 32 * 1_024, "{}", body.len());
    let list: Vec<serde_json::Value> = serde_json::from_slice(&body).expect("a list");
    let dates: Vec<i64> = list.iter().filter_map(|build| build["datetime"].as_i64()).collect();
    let length = i64::try_from(dates.len()).expect("few");
    let newest: Vec<i64> = (1..=BUILDS).rev().map(|number| number * 1_000).collect();
    assert!((9..BUILDS).contains(&length), "as many as fit: {length}");
    assert_eq!(dates, newest[..dates.len()], "the newest, in order");
    let each = i64::try_from(body.len()).expect("short") / length;
    assert!((length + 1) * each > 32 * 1_024, "one more would be too long");
}

/// Builds move up, and a channel never goes back to an older one.
#[tokio::test]
async fn promotion_goes_up_and_never_back() {
    let house = House::open().await;
    house.published("a1", 1_000).await;
    house.published("a2", 2_000).await;
    let code = |outcome: Outcome<_, kontor_rom::channel::Refusal>| match outcome {
        Err(Failure::Refused(refusal)) => refusal.code(),
        Ok(()) => "entered",
        Err(other) => panic!("a fault: {other}"),
    };
    assert_eq!(code(house.promote_as("a2", Channel::Beta, false).await), "entered");
    assert_eq!(code(house.promote_as("a2", Channel::Nightly, false).await), "channel.calmer");
    assert_eq!(code(house.promote_as("a1", Channel::Beta, false).await), "channel.older");
    assert_eq!(code(house.promote_as("a2", Channel::Stable, false).await), "entered");
    assert_eq!(code(house.promote_as("a1", Channel::Stable, false).await), "channel.older");
    assert_eq!(code(house.promote_as("zz", Channel::Stable, false).await), "build.unknown");
}

#[tokio::test]
async fn clients_that_cannot_be_told_apart_come_last() {
    let house = House::open().await;
    let rollout = house.planned("a1", 1_000, &[99, 100]).await;
    house.step(&rollout, Step::Start).await;
    let offered = |house: &House| {
        let source = Source { incremental: "", built_s: None };
        let (channel, who) = (Channel::Stable, Who::Unplaced);
        let question = Question { model: MODEL, channel, source, who, country: None };
        let snapshot = house.rom.snapshots.now();
        snapshot.answer(&question, house.rom.now()).expect("a model").install.is_some()
    };
    assert!(!offered(&house), "at 99 % they wait");
    house.hour().await;
    assert!(offered(&house));
}

/// A cohort's place follows from the rollout alone, and a share takes in exactly its part of them.
#[tokio::test]
async fn shares_of_cohorts_are_exact() {
    let house = House::open().await;
    let rollout = house.planned("a1", 1_000, &[1, 10, 100]).await;
    house.step(&rollout, Step::Start).await;
    let inside = |house: &House| -> Vec<u16> {
        let snapshot = house.rom.snapshots.now();
        let offered = |cohort: &u16| {
            let source = Source { incremental: "", built_s: None };
            let who = Who::Cohort { cohort: *cohort, device: None };
            let channel = Channel::Stable;
            let question = Question { model: MODEL, channel, source, who, country: None };
            snapshot.answer(&question, house.rom.now()).expect("a model").install.is_some()
        };
        (0..10_000).filter(offered).collect()
    };
    let few = inside(&house);
    assert_eq!(few.len(), 100);
    house.hour().await;
    let more = inside(&house);
    assert_eq!(more.len(), 1_000);
    assert!(few.iter().all(|cohort| more.contains(cohort)), "who is in stays in");
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
    // What the first clients of 2026 read of a list, and not a byte more.
    assert!(answers.lineage_v1.body.len() <= 4 * 1_024);
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
    let left = std::fs::read_dir(house.folder.join("files/incoming")).expect("is there");
    assert_eq!(left.count(), 0);
    house.publish("rom-1.0-a1.zip", &whole).await.expect("the good one");
    match house.publish("rom-1.0-a1.zip", &whole).await {
        Err(Failure::Refused(refusal)) => assert_eq!(refusal.code(), "build.duplicate"),
        other => panic!("{other:?}"),
    }
}
