//! A campaign: rollouts of several models that are planned, started, halted and go on as one.
//!
//! Each model keeps a rollout of its own, with its own build and order of devices; waves, gate and
//! pace are the campaign's, and so is every step. The gate is asked twice: for each model alone, so
//! that the failures of a small one do not drown in the successes of a large one, and for all
//! together, because what they share may fail on each of them a few times. Whichever trips stops all.

use kontor_base::Instant;

use super::gate::{Tally, Turn, Verdict, goes_on, in_wave, verdict};
use super::plan::{Pace, Rollout};
use super::state::{Cause, RolloutState, transition};

/// The most models of a campaign.
pub const MEMBERS_MAX: usize = 50;

/// A rollout of a campaign with what is known of it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The rollout.
    pub rollout: Rollout,
    /// Its reports.
    pub tally: Tally,
    /// Whether the pace has let the whole share of the present wave in.
    pub reached: bool,
}

impl Member {
    /// The reports since somebody last resumed it in spite of them.
    fn fresh(&self) -> Tally {
        self.tally.since(&self.rollout.standing.forgiven)
    }
}

/// What is to happen to all members at `now`; those that cannot take the step stay as they are.
/// Members that were given up, as their build was withdrawn, have no say.
#[must_use]
pub fn turn(members: &[Member], now: Instant) -> Turn {
    let left: Vec<&Member> = members
        .iter()
        .filter(|member| member.rollout.standing.state != RolloutState::Abandoned)
        .collect();
    let Some(first) = left.first() else { return Turn::Stay };
    let fresh = left.iter().fold(Tally::default(), |sum, member| sum.and(&member.fresh()));
    let bad = |member: &&Member| verdict(&member.rollout, &member.tally) == Verdict::Bad;
    if left.iter().any(bad) || first.rollout.gate.judge(&fresh) == Verdict::Bad {
        let step = first.rollout.gate.trip.step();
        let possible = |m: &&Member| transition(m.rollout.standing.state, step).is_some();
        if left.iter().any(possible) {
            return Turn::Step(step, Cause::Failures);
        }
    }
    let ready = |m: &&Member| m.rollout.standing.state == RolloutState::Running && m.reached;
    if !left.iter().all(ready) {
        return Turn::Stay;
    }
    let of_wave = left.iter().map(|member| in_wave(&member.rollout, &member.tally));
    goes_on(&first.rollout, &of_wave.fold(Tally::default(), |sum, own| sum.and(&own)), now)
}

/// Whether a turn of its campaign changes this rollout.
#[must_use]
pub fn takes(rollout: &Rollout, turn: Turn) -> bool {
    match turn {
        Turn::Stay => false,
        Turn::Next(_) => rollout.standing.state == RolloutState::Running,
        Turn::Step(step, _) => transition(rollout.standing.state, step).is_some(),
    }
}

/// The part of a campaign's pace that is a member's, by its part of the devices: together they let no
/// more in than the whole, but for at least one device an hour each.
#[must_use]
pub fn pace_of(whole: &Pace, devices: u64, of: u64) -> Pace {
    let part = |limit: u64| {
        let part = u128::from(limit) * u128::from(devices) / u128::from(of.max(1));
        u64::try_from(part).unwrap_or(u64::MAX).max(1)
    };
    Pace {
        devices_per_hour: whole.devices_per_hour.map(part),
        megabits_per_second: whole.megabits_per_second.map(part),
    }
}

#[cfg(test)]
mod tests {
    use kontor_base::id::{BuildId, RolloutId};
    use proptest::prelude::*;

    use super::*;
    use crate::channel::Channel;
    use crate::rollout::{Advance, Audience, Gate, Standing, Step, Trip, WHOLE, Wave};

    fn start() -> Instant {
        Instant::from_micros(0)
    }

    fn wave(share: u32) -> Wave {
        let advance = Advance::Succeeded { devices_min: 30, share_min: 900_000 };
        Wave { share, audience: Audience::Everybody, countries: vec![], advance }
    }

    fn member(number: u8, state: RolloutState, installed: u64, failed: u64) -> Member {
        let rollout = Rollout {
            id: RolloutId::from_bytes([number; 16]),
            model: format!("model{number}").parse().expect("a codename"),
            channel: Channel::Stable,
            build: BuildId::from_bytes([number; 16]),
            salt: [number; 16],
            waves: vec![wave(10_000), wave(WHOLE)],
            gate: Gate { failures_max: 50_000, reports_min: 20, trip: Trip::Halt },
            pace: Pace::default(),
            population: 1_000,
            standing: Standing {
                state,
                cause: Cause::Hand,
                since: start(),
                wave: 0,
                wave_since: start(),
                wave_from: 0,
                wave_tally: Tally::default(),
                forgiven: Tally::default(),
                note: None,
            },
        };
        let tally = Tally { installed, failed, ..Tally::default() };
        Member { rollout, tally, reached: true }
    }

    const RUNNING: RolloutState = RolloutState::Running;
    const HALT: Turn = Turn::Step(Step::Halt, Cause::Failures);

    #[test]
    fn a_wave_is_over_by_the_successes_of_all_and_only_where_all_are_in() {
        let mut members = [member(1, RUNNING, 20, 0), member(2, RUNNING, 9, 0)];
        assert_eq!(turn(&members, start()), Turn::Stay, "29 of 30");
        members[1].tally.installed = 10;
        assert_eq!(turn(&members, start()), Turn::Next(1));
        members[0].reached = false;
        assert_eq!(turn(&members, start()), Turn::Stay, "the pace holds one back");
        members[0].reached = true;
        for member in &mut members {
            member.rollout.standing.wave = 1;
        }
        assert_eq!(turn(&members, start()), Turn::Step(Step::Finish, Cause::Plan));
        members[0].rollout.standing.state = RolloutState::Paused;
        assert_eq!(turn(&members, start()), Turn::Stay);
        assert_eq!(turn(&[], start()), Turn::Stay);
    }

    #[test]
    fn a_small_models_failures_do_not_drown_and_a_few_on_each_add_up() {
        let small = [member(1, RUNNING, 10_000, 0), member(2, RUNNING, 15, 5)];
        assert_eq!(turn(&small, start()), HALT, "one model alone is bad");
        let spread: Vec<Member> = (1..=4).map(|n| member(n, RUNNING, 5, 1)).collect();
        assert!(spread.iter().all(|m| verdict(&m.rollout, &m.tally) == Verdict::TooFew));
        assert_eq!(turn(&spread, start()), HALT, "each has too few reports, together they tell");
        let forgiven: Vec<Member> = spread
            .into_iter()
            .map(|mut member| {
                member.rollout.standing.forgiven = member.tally;
                member
            })
            .collect();
        assert_eq!(turn(&forgiven, start()), Turn::Stay, "somebody has resumed in spite of them");
    }

    #[test]
    fn a_halt_reaches_also_what_is_done_and_what_was_given_up_has_no_say() {
        let mut members = [member(1, RolloutState::Done, 100, 0), member(2, RUNNING, 10, 90)];
        assert_eq!(turn(&members, start()), HALT);
        assert!(members.iter().all(|member| takes(&member.rollout, HALT)));
        members[1].rollout.standing.state = RolloutState::Abandoned;
        assert_eq!(turn(&members, start()), Turn::Stay, "its reports do not halt the others");
        assert!(!takes(&members[1].rollout, HALT));
        assert!(!takes(&members[0].rollout, Turn::Next(1)), "it is done");
        members[0].rollout.standing.state = RolloutState::Halted;
        members[1].rollout.standing.state = RolloutState::Halted;
        assert_eq!(turn(&members, start()), Turn::Stay, "there is nothing left to halt");
    }

    proptest! {
        /// A campaign of one is its rollout.
        #[test]
        fn a_campaign_of_one_goes_as_its_rollout(
            state in 0_usize..5, wave in 0_usize..2, installed in 0_u64..60, failed in 0_u64..30,
            reached: bool, seconds in 0_i64..10,
        ) {
            // Not the last of the states: what is given up takes no turns in either.
            let mut one = member(1, RolloutState::ALL[state], installed, failed);
            one.rollout.standing.wave = wave;
            one.reached = reached;
            let now = start().plus_seconds(seconds);
            let alone = crate::rollout::turn(&one.rollout, &one.tally, reached, now);
            prop_assert_eq!(turn(&[one], now), alone);
        }

        /// Members never let more in together than the campaign may, but for one device each.
        #[test]
        fn the_parts_of_a_pace_do_not_exceed_it(
            limit in 1_u64..1_000_000, devices in proptest::collection::vec(0_u64..1_000_000, 1..8),
        ) {
            let whole = Pace { devices_per_hour: Some(limit), megabits_per_second: None };
            let of: u64 = devices.iter().sum();
            let parts = devices.iter().map(|own| pace_of(&whole, *own, of).devices_per_hour);
            let parts: Vec<u64> = parts.map(|part| part.expect("limited")).collect();
            let ones = u64::try_from(parts.iter().filter(|part| **part == 1).count()).expect("few");
            prop_assert!(parts.iter().sum::<u64>() <= limit + ones);
            prop_assert_eq!(pace_of(&whole, of.max(1), of.max(1)), whole);
        }
    }
}
