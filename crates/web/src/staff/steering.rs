//! The ROM's builds and rollouts as the shop's staff area steers them: the two halves meet in this crate.

use std::fmt;

use kontor_base::id::RolloutId;
use kontor_base::{Instant, Line, Random};
use kontor_domain::channel::Channel;
use kontor_domain::rollout::Step;
use kontor_rom::channel::{PromoteCommand, Refusal as PromoteRefusal, promotable_in, promote_in};
use kontor_rom::rollout::{
    PlanCommand, PlanRefusal, PlannedBuild, WithdrawCommand, plan_in, propose_in, steer_in,
    withdraw_in, withdrawable_in,
};
use kontor_rom::{Failure, Outcome};
use kontor_shop::staff::goods::{RolloutStep, Rollouts, RomAct, RomBuild, RomPlan, Said};
use kontor_store::{StoreError, Tx};

/// What was decided in the staff area says so in the rollout's history.
const NOTE: &str = "in the staff area";

/// The builds and rollouts of the database that both halves share.
#[derive(Clone, Debug)]
pub(crate) struct Steering {
    /// Where ids and salts of new rollouts come from.
    pub(crate) random: Random,
}

/// The step as the ROM knows it.
pub(super) const fn step_of(step: RolloutStep) -> Step {
    match step {
        RolloutStep::Start => Step::Start,
        RolloutStep::Resume => Step::Resume,
        RolloutStep::Finish => Step::Finish,
        RolloutStep::Abandon => Step::Abandon,
        RolloutStep::Pause => Step::Pause,
        RolloutStep::Halt => Step::Halt,
    }
}

/// The plan as the ROM knows it.
pub(super) fn plan_of(plan: &RomPlan) -> PlanCommand {
    let builds = plan.targets.iter().map(|target| PlannedBuild {
        model: target.build.model.clone(),
        incremental: target.build.incremental.clone(),
        population: target.devices,
    });
    PlanCommand {
        channel: plan.channel,
        builds: builds.collect(),
        waves: plan.waves.clone(),
        gate: plan.gate,
        pace: plan.pace,
    }
}

fn promotion_of(build: &RomBuild, channel: Channel, floor: bool) -> PromoteCommand {
    let (model, incremental) = (build.model.clone(), build.incremental.clone());
    PromoteCommand { model, incremental, channel, floor }
}

fn withdrawal_of(build: &RomBuild, reason: &str) -> Result<WithdrawCommand, &'static str> {
    let reason = Line::parse(reason).map_err(|_| "say why, in up to 200 characters")?;
    let (model, incremental) = (build.model.clone(), build.incremental.clone());
    Ok(WithdrawCommand { model, incremental, reason })
}

/// What a use case of the ROM has come to, with its refusals as the shop's half takes them.
fn said<T, R: fmt::Display>(
    outcome: Outcome<T, R>,
    code: impl FnOnce(&R) -> &'static str,
) -> Result<Said, StoreError> {
    match outcome {
        Ok(_) => Ok(Ok(())),
        Err(Failure::Refused(refusal)) => Ok(Err((code(&refusal), refusal.to_string()))),
        Err(Failure::Fault(fault)) => Err(fault),
        Err(Failure::Files(error)) => Err(StoreError::Fault {
            what: "an act of the ROM".into(),
            problem: error.to_string().into(),
        }),
    }
}

/// What is no reason.
fn no_reason(words: &'static str) -> Result<Said, StoreError> {
    Ok(Err(("build.reason", words.to_owned())))
}

impl Rollouts for Steering {
    fn state_in(&self, tx: &mut Tx<'_>, rollout: RolloutId) -> Result<Option<String>, StoreError> {
        let found = kontor_store::rollout::get(tx, rollout)?;
        Ok(found.map(|rollout| rollout.standing.state.word().to_owned()))
    }

    fn step_in(
        &self,
        tx: &mut Tx<'_>,
        rollout: RolloutId,
        step: RolloutStep,
        at: Instant,
    ) -> Result<Said, StoreError> {
        said(steer_in(tx, rollout, step_of(step), Some(NOTE), at), |refusal| refusal.code())
    }

    fn check_in(&self, tx: &mut Tx<'_>, act: &RomAct, at: Instant) -> Result<Said, StoreError> {
        match act {
            RomAct::Promote { build, channel, floor } => {
                let command = promotion_of(build, *channel, *floor);
                said(promotable_in(tx, &command, at), PromoteRefusal::code)
            }
            RomAct::Plan(plan) => {
                said(propose_in(tx, &self.random, &plan_of(plan), at), PlanRefusal::code)
            }
            RomAct::Withdraw { build, reason } => match withdrawal_of(build, reason) {
                Ok(command) => said(withdrawable_in(tx, &command), |refusal| refusal.code()),
                Err(words) => no_reason(words),
            },
        }
    }

    fn act_in(&self, tx: &mut Tx<'_>, act: &RomAct, at: Instant) -> Result<Said, StoreError> {
        match act {
            RomAct::Promote { build, channel, floor } => {
                let command = promotion_of(build, *channel, *floor);
                said(promote_in(tx, &command, at), PromoteRefusal::code)
            }
            RomAct::Plan(plan) => {
                said(plan_in(tx, &self.random, &plan_of(plan), at), PlanRefusal::code)
            }
            RomAct::Withdraw { build, reason } => match withdrawal_of(build, reason) {
                Ok(command) => said(withdraw_in(tx, &command, at), |refusal| refusal.code()),
                Err(words) => no_reason(words),
            },
        }
    }
}
