//! Withdraws a build: from that moment no device is offered it, and what rolls it out is halted.

use std::sync::Arc;

use kontor_base::Line;
use kontor_domain::build::{Build, Withdrawal};
use kontor_domain::device::Codename;
use kontor_domain::rollout::{Cause, Step};
use kontor_store::{build as builds, rollout as rollouts};

use super::steer::step_in;
use crate::core::{Failure, Outcome, Rom};

/// A build to withdraw.
#[derive(Clone, Debug)]
pub struct WithdrawCommand {
    /// Its model.
    pub model: Codename,
    /// Its incremental.
    pub incremental: String,
    /// Why, for people.
    pub reason: Line<200>,
}

/// Why a build was not withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawRefusal {
    /// There is no such build.
    #[error("there is no such build")]
    UnknownBuild,
    /// It was withdrawn before.
    #[error("the build was withdrawn before")]
    Already,
}

impl WithdrawRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownBuild => "build.unknown",
            Self::Already => "build.withdrawn",
        }
    }
}

/// Withdraws a build.
///
/// # Errors
///
/// A [`WithdrawRefusal`], or a fault.
pub async fn withdraw(rom: &Arc<Rom>, command: WithdrawCommand) -> Outcome<Build, WithdrawRefusal> {
    let at = rom.now();
    let build = rom
        .db
        .write("build.withdraw", move |tx| {
            let found = builds::of_model(tx, command.model.as_str())?
                .into_iter()
                .find(|build| build.incremental.as_str() == command.incremental);
            let Some(mut build) = found else {
                return Err(Failure::Refused(WithdrawRefusal::UnknownBuild));
            };
            if build.withdrawn.is_some() {
                return Err(Failure::Refused(WithdrawRefusal::Already));
            }
            let reason = command.reason.as_str().to_owned();
            build.withdrawn = Some(Withdrawal { at, reason: reason.clone() });
            builds::save(tx, &build)?;
            for mut rollout in rollouts::all(tx)?.into_iter().filter(|own| own.build == build.id) {
                // Those that gave nobody the build have nothing to halt.
                let _ = step_in(tx, &mut rollout, Step::Halt, Cause::Withdrawn, Some(&reason), at)?;
            }
            Ok(build)
        })
        .await?;
    tracing::warn!(model = %build.model, build = %build.incremental, "build withdrawn");
    Ok(build)
}
