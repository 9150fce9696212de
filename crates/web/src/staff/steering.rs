//! The ROM's rollouts as the shop's staff area steers them: the two halves meet in this crate.

use kontor_base::Instant;
use kontor_base::id::RolloutId;
use kontor_domain::rollout::Step;
use kontor_rom::Failure;
use kontor_rom::rollout::steer_in;
use kontor_shop::staff::goods::{RolloutStep, Rollouts};
use kontor_store::{StoreError, Tx};

/// What was decided in the staff area says so in the rollout's history.
const NOTE: &str = "in the staff area";

/// The rollouts of the database that both halves share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steering;

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
    ) -> Result<Result<(), (&'static str, String)>, StoreError> {
        match steer_in(tx, rollout, step_of(step), Some(NOTE), at) {
            Ok(_) => Ok(Ok(())),
            Err(Failure::Refused(refusal)) => Ok(Err((refusal.code(), refusal.to_string()))),
            Err(Failure::Fault(fault)) => Err(fault),
            Err(Failure::Files(error)) => Err(StoreError::Fault {
                what: "a step of a rollout".into(),
                problem: error.to_string().into(),
            }),
        }
    }
}
