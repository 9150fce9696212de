//! What a plan would do to a population, before it runs.

use kontor_base::{Country, Instant};
use serde::Serialize;

use super::plan::{Advance, Audience, Rollout, WHOLE};

/// Devices that are alike for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Where they are.
    pub country: Option<Country>,
    /// Whether they are the company's own.
    pub own: bool,
    /// How many.
    pub devices: u64,
}

/// One wave as it would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RehearsedWave {
    /// Its place, from 1.
    pub wave: usize,
    /// The share, in millionths.
    pub share: u32,
    /// How many devices have the build at its end.
    pub devices: u64,
    /// How many of those it adds.
    pub added: u64,
    /// Bytes that those fetch.
    pub bytes: u64,
    /// How long the pace takes to let them in, in seconds.
    pub pace_s: u64,
    /// The earliest end, counted from the start; `None` from where a person or the reports decide.
    pub ends_after_s: Option<u64>,
}

/// A plan as it would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// All devices.
    pub devices: u64,
    /// The waves.
    pub waves: Vec<RehearsedWave>,
    /// The day on which it would be done if it began at the given moment.
    pub done_at: Option<Instant>,
}

/// Rehearses a plan: expected numbers, rounded down per group and wave. `bytes` is the size of the
/// whole package, so the traffic is an upper bound where smaller packages exist.
#[must_use]
pub fn rehearse(rollout: &Rollout, groups: &[Group], bytes: u64, start: Instant) -> Rehearsal {
    let total: u64 = groups.iter().map(|group| group.devices).sum();
    let per_hour = rollout.pace.devices_per_hour(bytes);
    let mut waves = Vec::new();
    let (mut before, mut clock) = (0_u64, Some(0_u64));
    for place in 0..rollout.waves.len() {
        let wave = &rollout.waves[place];
        let devices: u64 = groups.iter().map(|group| inside(rollout, place, group)).sum();
        let added = devices.saturating_sub(before);
        let pace_s = per_hour.map_or(0, |per_hour| {
            let seconds = (u128::from(added) * 3_600).div_ceil(u128::from(per_hour));
            u64::try_from(seconds).unwrap_or(u64::MAX)
        });
        clock = match wave.advance {
            Advance::After { seconds } => {
                clock.map(|clock| clock.saturating_add(pace_s.max(u64::from(seconds))))
            }
            Advance::ByHand | Advance::Succeeded { .. } => None,
        };
        waves.push(RehearsedWave {
            wave: place + 1,
            share: wave.share,
            devices,
            added,
            bytes: added.saturating_mul(bytes),
            pace_s,
            ends_after_s: clock,
        });
        before = devices;
    }
    let done_at = clock.and_then(|s| i64::try_from(s).ok()).map(|s| start.plus_seconds(s));
    Rehearsal { devices: total, waves, done_at }
}

/// Rehearses rollouts that run as one: the numbers of each wave added up, its end when that of the
/// slowest is reached. Each part is a plan with its population and the size of its package; all have
/// the same waves.
#[must_use]
pub fn rehearse_together(parts: &[(&Rollout, &[Group], u64)], start: Instant) -> Rehearsal {
    let mut together = Rehearsal { devices: 0, waves: Vec::new(), done_at: None };
    for (number, (rollout, groups, bytes)) in parts.iter().enumerate() {
        let one = rehearse(rollout, groups, *bytes, start);
        together.devices += one.devices;
        if number == 0 {
            (together.waves, together.done_at) = (one.waves, one.done_at);
            continue;
        }
        together.done_at = together.done_at.zip(one.done_at).map(|(all, own)| all.max(own));
        for (all, own) in together.waves.iter_mut().zip(one.waves) {
            all.devices += own.devices;
            all.added += own.added;
            all.bytes = all.bytes.saturating_add(own.bytes);
            all.pace_s = all.pace_s.max(own.pace_s);
            all.ends_after_s =
                all.ends_after_s.zip(own.ends_after_s).map(|(all, own)| all.max(own));
        }
    }
    together
}

/// How many devices the next wave adds at most, as far as the plan knows: the population, wherever
/// it may be, without the company's own devices. None in the last wave.
#[must_use]
pub fn next_adds(rollout: &Rollout) -> Option<u64> {
    let (place, next) = (rollout.standing.wave, rollout.next_wave()?);
    // Nobody has told the plan where its devices are: the number is that of the country, named or
    // not, of which most come in.
    let countries = next.countries.iter().copied().map(Some).chain([None]);
    let added = countries.map(|country| {
        let group = Group { country, own: false, devices: rollout.population };
        inside(rollout, place + 1, &group).saturating_sub(inside(rollout, place, &group))
    });
    added.max()
}

/// How many of a group are in when the wave at `place` is at its end.
fn inside(rollout: &Rollout, place: usize, group: &Group) -> u64 {
    if group.own {
        return group.devices;
    }
    let open = rollout.waves.iter().take(place + 1).filter(|wave| {
        wave.audience == Audience::Everybody
            && (wave.countries.is_empty()
                || group.country.is_some_and(|country| wave.countries.contains(&country)))
    });
    let share = open.map(|wave| wave.share).max().unwrap_or(0);
    let devices = u128::from(group.devices) * u128::from(share) / u128::from(WHOLE);
    u64::try_from(devices).expect("a part of a 64-bit number")
}
