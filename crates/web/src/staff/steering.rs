//! The ROM's builds and rollouts as the shop's staff area steers them: the two halves meet in this crate.

use kontor_base::id::RolloutId;
use kontor_base::{Instant, Line, Random, Wrong};
use kontor_domain::channel::Channel;
use kontor_domain::device::Codename;
use kontor_domain::rollout::{Advance, Ends, Gate, Pace, Step, Trip, WHOLE, Wave};
use kontor_rom::channel::{PromoteCommand, promotable_in, promote_in};
use kontor_rom::core::Keys;
use kontor_rom::rollout::{
    PlanCommand, PlannedBuild, WithdrawCommand, next_wave_in, plan_in, propose_in, steer_in,
    withdraw_in, withdrawable_in,
};
use kontor_rom::signing::{NewSignatures, bring_in, bringable_in};
use kontor_rom::{Failure, Outcome};
use kontor_shop::staff::Objection;
use kontor_shop::staff::goods::{
    RolloutAct, RolloutStep, Rollouts, RomAct, RomBuild, RomPlan, RomSignatures, RomTrip, Said,
};
use kontor_store::{StoreError, Tx};
use serde_json::json;

use super::refusal::{RomRefused, objection};

/// What was decided in the staff area says so in the rollout's history.
const NOTE: &str = "in the staff area";

/// The builds and rollouts of the database that both halves share.
#[derive(Clone, Debug)]
pub(crate) struct Steering {
    /// Where ids and salts of new rollouts come from.
    pub(crate) random: Random,
    /// By which the server's signing keys are read.
    pub(crate) keys: Keys,
}

fn new_of(signed: &RomSignatures) -> NewSignatures {
    NewSignatures {
        role: signed.role.clone(),
        version: signed.version,
        says: signed.says.clone(),
        signatures: signed.signatures.clone(),
    }
}

/// The step as the ROM knows it.
pub(super) const fn step_of(step: RolloutStep) -> Step {
    match step {
        RolloutStep::Start => Step::Start,
        RolloutStep::Resume => Step::Resume,
        RolloutStep::Next => Step::Next,
        RolloutStep::Finish => Step::Finish,
        RolloutStep::Abandon => Step::Abandon,
        RolloutStep::Pause => Step::Pause,
        RolloutStep::Halt => Step::Halt,
    }
}

/// The plan as the ROM knows it, or what in it is no word of the ROM's.
pub(super) fn plan_of(plan: &RomPlan) -> Result<PlanCommand, Wrong> {
    let builds = plan.targets.iter().map(|target| {
        let model = model_of(&target.build)?;
        let (incremental, population) = (target.build.incremental.clone(), target.devices);
        Ok(PlannedBuild { model, incremental, population })
    });
    let succeeded = Advance::Succeeded {
        devices_min: plan.reports_min,
        share_min: WHOLE.saturating_sub(plan.failures_max),
    };
    let ends = Ends { unsaid: plan.hours.map_or(succeeded, Advance::after_hours), succeeded };
    let wave =
        |text: &String| Wave::read(text, ends).ok_or_else(|| Wrong::NotWave { cell: text.clone() });
    Ok(PlanCommand {
        channel: channel_of(&plan.channel)?,
        builds: builds.collect::<Result<_, Wrong>>()?,
        waves: plan.waves.iter().map(wave).collect::<Result<_, _>>()?,
        gate: Gate {
            failures_max: plan.failures_max,
            reports_min: plan.reports_min,
            trip: match plan.trip {
                RomTrip::Pause => Trip::Pause,
                RomTrip::Halt => Trip::Halt,
            },
        },
        pace: Pace {
            devices_per_hour: plan.devices_per_hour,
            megabits_per_second: plan.megabits_per_second,
        },
    })
}

fn model_of(build: &RomBuild) -> Result<Codename, Wrong> {
    build.model.parse().map_err(|_| Wrong::NotBuild { cell: build.model.clone() })
}

fn channel_of(word: &str) -> Result<Channel, Wrong> {
    let known = || Channel::ALL.map(Channel::word).join(", ");
    Channel::from_word(word).ok_or_else(|| Wrong::NoneOf { cell: word.to_owned(), known: known() })
}

fn promotion_of(build: &RomBuild, channel: &str, floor: bool) -> Result<PromoteCommand, Wrong> {
    let (model, channel) = (model_of(build)?, channel_of(channel)?);
    Ok(PromoteCommand { model, incremental: build.incremental.clone(), channel, floor })
}

fn withdrawal_of(build: &RomBuild, reason: &str) -> Result<WithdrawCommand, Wrong> {
    let reason = Line::parse(reason).map_err(Wrong::from)?;
    Ok(WithdrawCommand { model: model_of(build)?, incremental: build.incremental.clone(), reason })
}

/// What a use case of the ROM has come to, with its refusals as the shop's half takes them.
fn said<T, R: RomRefused>(outcome: Outcome<T, R>) -> Result<Said, StoreError> {
    match outcome {
        Ok(_) => Ok(Ok(())),
        Err(Failure::Refused(refusal)) => Ok(Err(objection(&refusal))),
        Err(Failure::Fault(fault)) => Err(fault),
        Err(Failure::Files(error)) => Err(StoreError::Fault {
            what: "an act of the ROM".into(),
            problem: error.to_string().into(),
        }),
    }
}

/// What the ROM has no word for.
fn no_word(wrong: Wrong) -> Result<Said, StoreError> {
    Ok(Err(Objection::of_wrong("rom.no_word", wrong)))
}

/// Where a build is: in which channels, where it is a floor, and whether it was withdrawn.
fn standing(tx: &mut Tx<'_>, named: &RomBuild) -> Result<serde_json::Value, StoreError> {
    let builds = kontor_store::build::of_model(tx, &named.model)?;
    let found = builds.iter().find(|build| build.incremental.as_str() == named.incremental);
    let Some(build) = found else { return Ok(json!({})) };
    let entries = kontor_store::channel::of_model(tx, &named.model)?;
    let own: Vec<_> = entries.iter().filter(|entry| entry.build == build.id).collect();
    let channels: Vec<&str> = own.iter().map(|entry| entry.channel.word()).collect();
    Ok(json!({
        "build": named.to_string(),
        "channel": channels.join(", "),
        "floor": own.iter().any(|entry| entry.floor),
        "withdrawn": build.withdrawn.is_some(),
    }))
}

impl Rollouts for Steering {
    fn state_in(&self, tx: &mut Tx<'_>, rollout: RolloutId) -> Result<Option<String>, StoreError> {
        let found = kontor_store::rollout::get(tx, rollout)?;
        Ok(found.map(|rollout| rollout.standing.state.word().to_owned()))
    }

    fn step_in(&self, tx: &mut Tx<'_>, act: &RolloutAct, at: Instant) -> Result<Said, StoreError> {
        let taken = match (&act.next, act.step) {
            (Some(next), RolloutStep::Next) => {
                next_wave_in(tx, act.rollout, Some(next.wave), Some(NOTE), at)
            }
            (_, step) => steer_in(tx, act.rollout, step_of(step), Some(NOTE), at),
        };
        said(taken)
    }

    fn check_in(&self, tx: &mut Tx<'_>, act: &RomAct, at: Instant) -> Result<Said, StoreError> {
        match act {
            RomAct::Promote { build, channel, floor } => match promotion_of(build, channel, *floor)
            {
                Ok(command) => said(promotable_in(tx, &command, at)),
                Err(wrong) => no_word(wrong),
            },
            RomAct::Plan(plan) => match plan_of(plan) {
                Ok(command) => said(propose_in(tx, &self.random, &command, at)),
                Err(wrong) => no_word(wrong),
            },
            RomAct::Withdraw { build, reason } => match withdrawal_of(build, reason) {
                Ok(command) => said(withdrawable_in(tx, &command)),
                Err(wrong) => no_word(wrong),
            },
            RomAct::Sign(signed) => said(bringable_in(tx, &self.keys, &new_of(signed))),
        }
    }

    fn now_in(&self, tx: &mut Tx<'_>, act: &RomAct) -> Result<String, StoreError> {
        Ok(match act {
            RomAct::Promote { build, .. } | RomAct::Withdraw { build, .. } => {
                standing(tx, build)?.to_string()
            }
            RomAct::Plan(plan) => {
                let mut builds = serde_json::Map::new();
                for target in &plan.targets {
                    let now = standing(tx, &target.build)?;
                    builds.insert(target.build.to_string(), now["channel"].clone());
                }
                serde_json::Value::Object(builds).to_string()
            }
            RomAct::Sign(signed) => {
                let (whole, end) =
                    (format!("{}.json", signed.role), format!(".{}.json", signed.role));
                let files = kontor_store::signing::files(tx)?;
                let own =
                    files.iter().filter(|file| file.name == whole || file.name.ends_with(&end));
                let document = own.map(|file| file.version).max();
                let document = document.map(|version| format!("{} {version}", signed.role));
                json!({ "document": document }).to_string()
            }
        })
    }

    fn act_in(&self, tx: &mut Tx<'_>, act: &RomAct, at: Instant) -> Result<Said, StoreError> {
        match act {
            RomAct::Promote { build, channel, floor } => match promotion_of(build, channel, *floor)
            {
                Ok(command) => said(promote_in(tx, &command, at)),
                Err(wrong) => no_word(wrong),
            },
            RomAct::Plan(plan) => match plan_of(plan) {
                Ok(command) => said(plan_in(tx, &self.random, &command, at)),
                Err(wrong) => no_word(wrong),
            },
            RomAct::Withdraw { build, reason } => match withdrawal_of(build, reason) {
                Ok(command) => said(withdraw_in(tx, &command, at)),
                Err(wrong) => no_word(wrong),
            },
            RomAct::Sign(signed) => said(bring_in(tx, &self.keys, &new_of(signed), at)),
        }
    }
}
