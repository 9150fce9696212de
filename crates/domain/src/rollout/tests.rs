//! The rules of a rollout, by example.

use kontor_base::id::{BuildId, RolloutId};
use kontor_base::{Country, Instant};

use super::*;
use crate::channel::Channel;

fn start() -> Instant {
    Instant::from_micros(0)
}

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

fn wave(percent: u32) -> Wave {
    Wave {
        share: percent * 10_000,
        audience: Audience::Everybody,
        countries: vec![],
        advance: Advance::After { seconds: 3_600 },
    }
}

fn rollout(waves: Vec<Wave>) -> Rollout {
    Rollout {
        id: RolloutId::from_bytes([1; 16]),
        model: "one".parse().expect("a codename"),
        channel: Channel::Stable,
        build: BuildId::from_bytes([2; 16]),
        salt: [9; 16],
        waves,
        gate: Gate { failures_max: 50_000, reports_min: 20, trip: Trip::Halt },
        pace: Pace::default(),
        population: 10_000,
        standing: Standing {
            state: RolloutState::Running,
            cause: Cause::Hand,
            since: start(),
            wave: 0,
            wave_since: start(),
            wave_from: 0,
            wave_tally: Tally::default(),
            forgiven: Tally::default(),
            note: None,
        },
    }
}

fn asker(hundredth: u32) -> Asker {
    let point = Point::of_hundredth(hundredth).expect("a hundredth");
    Asker { point, country: None, own: false }
}

#[test]
fn who_is_in_stays_in_as_waves_go_by() {
    let mut plan = rollout(vec![wave(1), wave(10), wave(100)]);
    let mut inside = Vec::new();
    for place in 0..3 {
        plan.standing.wave = place;
        let share = plan.wave().share;
        let now: Vec<u32> = (0..100).filter(|h| admits(&plan, share, &asker(*h)).is_ok()).collect();
        assert!(inside.iter().all(|h| now.contains(h)));
        inside = now;
        assert_eq!(inside.len(), [1, 10, 100][place]);
    }
    assert_eq!(admits(&plan, 0, &asker(50)), Err(NotYet::Share));
}

#[test]
fn each_state_has_its_answer_and_a_halt_takes_everybody_out() {
    let mut plan = rollout(vec![wave(100)]);
    let cases = [
        (RolloutState::Planned, Err(NotYet::Planned)),
        (RolloutState::Running, Ok(())),
        (RolloutState::Paused, Ok(())),
        (RolloutState::Halted, Err(NotYet::Halted)),
        (RolloutState::Done, Ok(())),
        (RolloutState::Abandoned, Err(NotYet::Abandoned)),
    ];
    for (state, answer) in cases {
        plan.standing.state = state;
        assert_eq!(admits(&plan, WHOLE, &asker(0)), answer, "{state:?}");
        let own = Asker { own: true, ..asker(0) };
        assert_eq!(admits(&plan, WHOLE, &own), answer, "{state:?}, an own device");
    }
    plan.standing.state = RolloutState::Paused;
    assert_eq!(admits(&plan, 500_000, &asker(80)), Err(NotYet::Paused));
}

#[test]
fn own_devices_first_then_countries_then_all() {
    let own = Wave { audience: Audience::OwnDevices, ..wave(100) };
    let germany = Wave { countries: vec![country("DE")], ..wave(50) };
    let mut plan = rollout(vec![own, germany, wave(10), wave(100)]);
    assert_eq!(plan.check(), Ok(()));
    let from = |code: &str, hundredth| Asker { country: Some(country(code)), ..asker(hundredth) };
    let cases = [
        (0, from("DE", 0), Err(NotYet::OwnFirst)),
        (0, Asker { own: true, ..asker(99) }, Ok(())),
        (1, from("DE", 49), Ok(())),
        (1, from("DE", 50), Err(NotYet::Share)),
        (1, from("FR", 0), Err(NotYet::Country)),
        (1, asker(0), Err(NotYet::Country)),
        // The narrower wave is over but stays open to those it had let in.
        (2, from("DE", 49), Ok(())),
        (2, from("FR", 9), Ok(())),
        (2, from("FR", 10), Err(NotYet::Share)),
    ];
    for (place, who, answer) in cases {
        plan.standing.wave = place;
        let share = plan.wave().share;
        assert_eq!(admits(&plan, share, &who), answer, "{place} {who:?}");
    }
}

#[test]
fn failures_trip_the_gate_before_anything_else() {
    let mut plan = rollout(vec![wave(1), wave(100)]);
    let bad = Tally { downloaded: 40, installed: 18, failed: 2, rolled_back: 0 };
    let later = start().plus_seconds(3_600);
    assert_eq!(turn(&plan, &bad, true, later), Turn::Step(Step::Halt, Cause::Failures));
    let few = Tally { installed: 10, failed: 9, ..Tally::default() };
    assert_eq!(verdict(&plan, &few), Verdict::TooFew);
    assert_eq!(turn(&plan, &few, true, later), Turn::Next(1));
    let good = Tally { installed: 95, failed: 5, ..Tally::default() };
    assert_eq!(verdict(&plan, &good), Verdict::Good, "the bound itself is not too much");
    let gone_back = Tally { installed: 30, rolled_back: 3, ..Tally::default() };
    assert_eq!(verdict(&plan, &gone_back), Verdict::Bad);
    for state in [RolloutState::Paused, RolloutState::Done] {
        plan.standing.state = state;
        assert_eq!(turn(&plan, &bad, true, later), Turn::Step(Step::Halt, Cause::Failures));
    }
    plan.gate.trip = Trip::Pause;
    plan.standing.state = RolloutState::Running;
    assert_eq!(turn(&plan, &bad, true, later), Turn::Step(Step::Pause, Cause::Failures));
}

#[test]
fn a_resume_forgives_what_was_known_and_nothing_more() {
    let mut plan = rollout(vec![wave(1), wave(100)]);
    let bad = Tally { installed: 18, failed: 2, ..Tally::default() };
    plan.standing.forgiven = bad;
    assert_eq!(turn(&plan, &bad, true, start()), Turn::Stay);
    let worse = Tally { installed: 36, failed: 4, ..Tally::default() };
    assert_eq!(turn(&plan, &worse, true, start()), Turn::Step(Step::Halt, Cause::Failures));
}

#[test]
fn waves_go_on_by_time_by_successes_or_by_hand_and_never_before_the_pace() {
    let mut plan = rollout(vec![wave(1), wave(100)]);
    let none = Tally::default();
    assert_eq!(turn(&plan, &none, true, start().plus_seconds(3_599)), Turn::Stay);
    assert_eq!(turn(&plan, &none, true, start().plus_seconds(3_600)), Turn::Next(1));
    assert_eq!(turn(&plan, &none, false, start().plus_seconds(3_600)), Turn::Stay);
    plan.standing.wave = 1;
    let end = Turn::Step(Step::Finish, Cause::Plan);
    assert_eq!(turn(&plan, &none, true, start().plus_seconds(3_600)), end);
    plan.standing.wave = 0;
    plan.waves[0].advance = Advance::ByHand;
    assert_eq!(turn(&plan, &none, true, start().plus_seconds(999_999)), Turn::Stay);
    plan.waves[0].advance = Advance::Succeeded { devices_min: 10, share_min: 900_000 };
    let few = Tally { installed: 9, ..none };
    assert_eq!(turn(&plan, &few, true, start()), Turn::Stay);
    let good = Tally { installed: 10, ..none };
    assert_eq!(turn(&plan, &good, true, start()), Turn::Next(1));
}

#[test]
fn a_wave_is_over_by_its_own_successes_and_not_by_those_of_an_earlier_one() {
    let mut plan = rollout(vec![wave(1), wave(10), wave(100)]);
    for wave in &mut plan.waves {
        wave.advance = Advance::Succeeded { devices_min: 10, share_min: 900_000 };
    }
    let first = Tally { installed: 10, ..Tally::default() };
    assert_eq!(turn(&plan, &first, true, start()), Turn::Next(1));
    (plan.standing.wave, plan.standing.wave_tally) = (1, first);
    assert_eq!(
        turn(&plan, &first, true, start()),
        Turn::Stay,
        "nobody of this wave has said a word"
    );
    let worse = Tally { installed: 20, failed: 2, ..first };
    plan.gate.failures_max = 500_000;
    assert_eq!(turn(&plan, &worse, true, start()), Turn::Stay, "ten of twelve are too few");
    let second = Tally { installed: 20, failed: 1, ..first };
    assert_eq!(turn(&plan, &second, true, start()), Turn::Next(2));
    // What was known when it was resumed does not count for the wave either.
    plan.standing.forgiven = Tally { installed: 15, ..first };
    assert_eq!(turn(&plan, &second, true, start()), Turn::Stay);
}

#[test]
fn the_pace_counts_from_where_the_wave_began_and_stands_still_in_a_pause() {
    let mut plan = rollout(vec![wave(50), wave(100)]);
    plan.pace = Pace { devices_per_hour: Some(1_000), megabits_per_second: None };
    // 1,000 of 10,000 devices an hour: 10 %.
    assert_eq!(plan.share_at(1, start()), 0);
    assert_eq!(plan.share_at(1, start().plus_seconds(3_600)), 100_000);
    assert_eq!(plan.share_at(1, start().plus_seconds(36_000)), 500_000, "never above the wave");
    plan.standing.wave_from = 200_000;
    assert_eq!(plan.share_at(1, start().plus_seconds(3_600)), 300_000);
    plan.standing.state = RolloutState::Paused;
    plan.standing.since = start().plus_seconds(1_800);
    assert_eq!(plan.share_at(1, start().plus_seconds(99_999)), 250_000);
    // 80 megabits a second are 36 GB an hour: 36 packages of a gigabyte.
    let traffic = Pace { devices_per_hour: None, megabits_per_second: Some(80) };
    assert_eq!(traffic.devices_per_hour(1_000_000_000), Some(36));
    assert_eq!(traffic.devices_per_hour(u64::MAX), Some(1));
}

#[test]
fn plans_that_cannot_work_are_refused() {
    let change = |change: fn(&mut Rollout)| {
        let mut plan = rollout(vec![wave(1), wave(100)]);
        change(&mut plan);
        plan.check()
    };
    let cases = [
        (change(|_| ()), Ok(())),
        (change(|p| p.waves.clear()), Err(PlanError::Waves)),
        (change(|p| p.waves = vec![wave(100); 21]), Err(PlanError::Waves)),
        (change(|p| p.waves[0].share = 0), Err(PlanError::Share)),
        (change(|p| p.waves[0].share = WHOLE + 1), Err(PlanError::Share)),
        (change(|p| p.waves.insert(1, wave(50))), Ok(())),
        (change(|p| p.waves = vec![wave(50), wave(10), wave(100)]), Err(PlanError::Falls)),
        (change(|p| p.waves[1].share = 500_000), Err(PlanError::Ends)),
        (change(|p| p.waves[1].countries = vec![country("DE")]), Err(PlanError::Ends)),
        (change(|p| p.gate.reports_min = 0), Err(PlanError::Gate)),
        (change(|p| p.pace.devices_per_hour = Some(0)), Err(PlanError::Pace)),
        (
            change(|p| p.waves[0].advance = Advance::Succeeded { devices_min: 0, share_min: 1 }),
            Err(PlanError::Advance),
        ),
    ];
    for (index, (found, wanted)) in cases.into_iter().enumerate() {
        assert_eq!(found, wanted, "case {index}");
    }
}

#[test]
fn a_rehearsal_adds_up() {
    let own = Wave { audience: Audience::OwnDevices, ..wave(100) };
    let germany = Wave { countries: vec![country("DE")], ..wave(100) };
    let mut plan = rollout(vec![own, wave(10), germany, wave(100)]);
    plan.pace.devices_per_hour = Some(100_000);
    let group =
        |code: Option<&str>, own, devices| Group { country: code.map(country), own, devices };
    let groups = [
        group(Some("DE"), false, 1_000_000),
        group(Some("IN"), false, 8_000_000),
        group(None, false, 1_000_000),
        group(Some("DE"), true, 50),
    ];
    let rehearsal = rehearse(&plan, &groups, 1_000, start());
    let devices: Vec<u64> = rehearsal.waves.iter().map(|wave| wave.devices).collect();
    assert_eq!(devices, [50, 1_000_050, 1_900_050, 10_000_050]);
    assert_eq!(rehearsal.waves.iter().map(|wave| wave.added).sum::<u64>(), rehearsal.devices);
    assert_eq!(rehearsal.waves[1].bytes, 1_000_000_000);
    assert_eq!(rehearsal.waves[1].pace_s, 36_000);
    let seconds: u64 = 3_600 + 36_000 + 32_400 + 291_600;
    assert_eq!(rehearsal.waves[3].ends_after_s, Some(seconds));
    plan.waves[1].advance = Advance::ByHand;
    assert_eq!(rehearse(&plan, &groups, 1_000, start()).done_at, None);
}

/// Whom the census counts is whom a check lets in, wave by wave.
#[test]
fn the_census_counts_whom_checks_let_in() {
    let own = Wave { audience: Audience::OwnDevices, ..wave(100) };
    let germany = Wave { countries: vec![country("DE")], ..wave(40) };
    let mut plan = rollout(vec![own, germany, wave(10), wave(100)]);
    let key = kontor_base::SecretKey::from_bytes([4; 32]);
    let devices: Vec<Seen> = (0..5_000_u32)
        .map(|i| Seen {
            key: DeviceKey(key.hash(&i.to_le_bytes())),
            country: [None, Some(country("DE")), Some(country("IN"))][i as usize % 3],
            own: i < 7,
        })
        .collect();
    let counted = census(&plan, devices.iter().copied());
    for (place, found) in counted.iter().enumerate() {
        plan.standing.wave = place;
        let share = plan.wave().share;
        let let_in = devices.iter().filter(|device| {
            let point = Point::of(device.key, plan.salt);
            admits(&plan, share, &Asker { point, country: device.country, own: device.own }).is_ok()
        });
        assert_eq!(*found, let_in.count() as u64, "wave {place}");
    }
    assert_eq!(counted[0], 7);
    assert_eq!(counted[3], 5_000);
    let (left, right) = devices.split_at(1_234);
    let parts = [left, right].map(|part| census(&plan, part.iter().copied()));
    let sum: Vec<u64> = parts[0].iter().zip(&parts[1]).map(|(a, b)| a + b).collect();
    assert_eq!(sum, counted, "parts add up");
}

#[test]
fn waves_are_read_as_they_are_written_and_nonsense_is_not() {
    let succeeded = Advance::Succeeded { devices_min: 50, share_min: 950_000 };
    let ends = Ends { unsaid: Advance::ByHand, succeeded };
    let read = |text: &str| Wave::read(text, ends);
    let own = read("own").expect("a wave");
    assert_eq!((own.share, own.audience), (WHOLE, Audience::OwnDevices));
    let part = read("2.5@IN+ID").expect("a wave");
    assert_eq!((part.share, part.countries.len()), (25_000, 2));
    for text in ["own", "own@DE", "0.01", "10", "2.5@IN+ID", "100"] {
        assert_eq!(read(text).expect("a wave").to_string(), text);
    }
    for (text, advance) in [
        ("10", Advance::ByHand),
        ("own:24h", Advance::After { seconds: 86_400 }),
        ("5@IN+ID:success", succeeded),
        ("100:hand", Advance::ByHand),
    ] {
        assert_eq!(read(text).expect("a wave").advance, advance, "{text}");
    }
    for bad in ["", "all", "5@", "5@India", "5@IN+", "-1", "5@IN,DE", "@IN", "1 0"] {
        assert_eq!(read(bad), None, "{bad:?}");
    }
    for bad in ["10:", "10:24", "10:0h", "10:9000h", "10:-1h", "10:never", "10:hand:hand", ":hand"]
    {
        assert_eq!(read(bad), None, "{bad:?}");
    }
}

#[test]
fn what_the_next_wave_adds_is_known_before_it_begins() {
    let own = Wave { audience: Audience::OwnDevices, ..wave(100) };
    let germany = Wave { countries: vec![country("DE")], ..wave(50) };
    let mut plan = rollout(vec![own, wave(10), germany, wave(100)]);
    let mut added = Vec::new();
    for place in 0..4 {
        plan.standing.wave = place;
        added.push(next_adds(&plan));
    }
    // All of the 10,000 may be in Germany, or none: then the last wave adds what is left of all.
    assert_eq!(added, [Some(1_000), Some(4_000), Some(9_000), None]);
}
