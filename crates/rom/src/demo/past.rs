//! What happened to the demo's builds before it was started: rollouts that are over, one that is on
//! its way, one that its gate has halted, and the reports of the devices.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::RolloutId;
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{
    Advance, Audience, Cause, Event, Gate, Pace, Rollout, RolloutState, Standing, Tally, Trip,
    WHOLE, Wave,
};
use kontor_store::rollout::{Report, StepTaken, add_step, report, save, tally};
use kontor_store::{StoreError, Tx};

use crate::core::Rom;

const HOUR_S: i64 = 60 * 60;
/// How many devices the demo pretends to have of each model.
const POPULATION: u64 = 9_600;

fn wave(share: u32, audience: Audience, advance: Advance) -> Wave {
    Wave { share, audience, countries: Vec::new(), advance }
}

fn rollout(rom: &Rom, build: &Build, channel: Channel, at: Instant) -> Rollout {
    let day = Advance::After { seconds: 24 * 3_600 };
    Rollout {
        id: RolloutId::new(at, &rom.random),
        model: build.model.clone(),
        channel,
        build: build.id,
        salt: rom.random.bytes16(),
        waves: vec![
            wave(WHOLE, Audience::OwnDevices, day),
            wave(10_000, Audience::Everybody, day),
            wave(100_000, Audience::Everybody, Advance::ByHand),
            wave(WHOLE, Audience::Everybody, day),
        ],
        gate: Gate { failures_max: 50_000, reports_min: 50, trip: Trip::Halt },
        pace: Pace::default(),
        population: POPULATION,
        standing: Standing {
            state: RolloutState::Planned,
            cause: Cause::Hand,
            since: at,
            wave: 0,
            wave_since: at,
            wave_from: 0,
            wave_tally: Tally::default(),
            forgiven: Tally::default(),
            note: None,
        },
    }
}

/// Takes the rollout to a state and a wave, and writes that down.
fn step(
    tx: &mut Tx<'_>,
    rollout: &mut Rollout,
    (state, wave, cause): (RolloutState, usize, Cause),
    note: Option<&str>,
    at: Instant,
) -> Result<(), StoreError> {
    let standing = &mut rollout.standing;
    standing.wave_from = if wave > standing.wave { rollout.waves[standing.wave].share } else { 0 };
    if wave != standing.wave || state != standing.state {
        standing.wave_since = at;
    }
    (standing.state, standing.wave, standing.cause, standing.since) = (state, wave, cause, at);
    standing.note = note.map(str::to_owned);
    save(tx, rollout)?;
    let taken = StepTaken {
        at,
        state,
        wave,
        cause,
        tally: tally(tx, rollout.build, rollout.channel)?,
        note: note.map(str::to_owned),
    };
    add_step(tx, rollout.id, &taken)
}

/// A rollout that everybody has got by now.
pub(super) async fn done(
    rom: &Arc<Rom>,
    build: &Build,
    channel: Channel,
) -> Result<(), StoreError> {
    // The days on which it ran: before those of the newest build.
    let at = rom.now().plus_seconds(-20 * 24 * HOUR_S);
    let mut rollout = rollout(rom, build, channel, at);
    rom.db
        .write("demo.rollout", move |tx| {
            step(tx, &mut rollout, (RolloutState::Planned, 0, Cause::Hand), None, at)?;
            let running = RolloutState::Running;
            for (wave, cause) in
                [(0, Cause::Hand), (1, Cause::Plan), (2, Cause::Plan), (3, Cause::Hand)]
            {
                let at = at.plus_seconds(i64::try_from(wave).unwrap_or(0) * 24 * HOUR_S);
                step(tx, &mut rollout, (running, wave, cause), None, at)?;
            }
            let end = at.plus_seconds(4 * 24 * HOUR_S);
            step(tx, &mut rollout, (RolloutState::Done, 3, Cause::Plan), None, end)
        })
        .await
}

/// A step of a rollout that is over: at which hour, to where and why, and what was said of it.
type PastStep<'a> = (i64, (RolloutState, usize, Cause), Option<&'a str>);

/// The newest build's rollout in the beta channel, as far as it has come.
pub(super) async fn under_way(
    rom: &Arc<Rom>,
    build: &Build,
    state: RolloutState,
) -> Result<(), StoreError> {
    let channel = Channel::Beta;
    let start = rom.now().plus_seconds(-60 * HOUR_S);
    let mut rollout = rollout(rom, build, channel, start);
    let reports = reports(rom, build, channel, state);
    rom.db
        .write("demo.rollout", move |tx| {
            step(tx, &mut rollout, (RolloutState::Planned, 0, Cause::Hand), None, start)?;
            if state == RolloutState::Planned {
                return Ok(());
            }
            let at = |hours: i64| start.plus_seconds(hours * HOUR_S);
            let steps: &[PastStep<'_>] = &[
                (1, (RolloutState::Running, 0, Cause::Hand), Some("Our own devices first.")),
                (25, (RolloutState::Running, 1, Cause::Plan), None),
                (49, (RolloutState::Running, 2, Cause::Plan), None),
            ];
            let mut reports = reports.as_slice();
            for (hour, step_to, note) in steps {
                let due =
                    reports.iter().take_while(|(seconds, _)| *seconds <= hour * HOUR_S).count();
                let (now, later) = reports.split_at(due);
                for (seconds, one) in now {
                    report(tx, one, start.plus_seconds(*seconds))?;
                }
                reports = later;
                if state == RolloutState::Halted && step_to.1 == 2 {
                    let halted = (RolloutState::Halted, 1, Cause::Failures);
                    return step(tx, &mut rollout, halted, None, at(*hour - 6));
                }
                step(tx, &mut rollout, *step_to, *note, at(*hour))?;
            }
            for (seconds, one) in reports {
                report(tx, one, start.plus_seconds(*seconds))?;
            }
            Ok(())
        })
        .await
}

/// Reports with the seconds after the start at which they came, in that order. More devices come as
/// the waves let them in; on a build that is halted, one in eight fails.
fn reports(rom: &Rom, build: &Build, channel: Channel, state: RolloutState) -> Vec<(i64, Report)> {
    // Devices that come in during each wave, and the hours in which they do.
    const WAVES: [(i64, i64, u32); 3] = [(1, 25, 40), (25, 49, 96), (49, 60, 610)];
    let failing = if state == RolloutState::Halted { 8 } else { 90 };
    let mut reports = Vec::new();
    let mut number = 0_u32;
    for (from, to, devices) in WAVES {
        let last = if state == RolloutState::Halted { 43 } else { i64::MAX };
        for place in 0..devices {
            number += 1;
            let span = (to - from) * HOUR_S;
            // Most come soon after the wave has opened: the square of an even spread.
            let (i, n) = (i64::from(place), i64::from(devices));
            let at = from * HOUR_S + span * i * i / (n * n);
            let Some(key) = rom.keys.device(&format!("demo-{}-{number:05}", build.model)) else {
                continue;
            };
            let failed = number.is_multiple_of(failing);
            let events: &[Event] = if failed {
                &[Event::Downloaded, Event::Failed]
            } else {
                &[Event::Downloaded, Event::Installed]
            };
            for (later, event) in (0..).zip(events) {
                let at = at + later * 1_200;
                if at > last.saturating_mul(HOUR_S) {
                    continue;
                }
                let code = match (event, number % 3) {
                    (Event::Failed, 0) => "kDownloadTransferError",
                    (Event::Failed, _) => "kPayloadHashMismatchError",
                    _ => "",
                };
                let one = Report {
                    proven: true,
                    build: build.id,
                    channel,
                    device: key.0,
                    event: *event,
                    code: code.to_owned(),
                };
                reports.push((at, one));
            }
        }
    }
    reports.sort_by_key(|(at, _)| *at);
    reports
}
