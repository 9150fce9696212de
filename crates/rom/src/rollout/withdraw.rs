//! Withdraws a build: from that moment no device is offered it, and what rolls it out is halted.

use std::sync::Arc;

use kontor_base::{Instant, Line};
use kontor_domain::build::{Build, Withdrawal};
use kontor_domain::device::Codename;
use kontor_domain::rollout::{Cause, Step};
use kontor_store::{Tx, build as builds, rollout as rollouts};

use super::steer::{step_in, together};
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
    let build = rom.db.write("build.withdraw", move |tx| withdraw_in(tx, &command, at)).await?;
    tracing::warn!(model = %build.model, build = %build.incremental, "build withdrawn");
    Ok(build)
}

/// Withdraws a build in the caller's transaction. A campaign that it is part of halts whole: what made
/// one build unfit puts what was planned with it in question, and somebody can resume the others.
///
/// # Errors
///
/// See [`withdraw`].
pub fn withdraw_in(
    tx: &mut Tx<'_>,
    command: &WithdrawCommand,
    at: Instant,
) -> Outcome<Build, WithdrawRefusal> {
    let mut build = withdrawable_in(tx, command)?;
    let reason = command.reason.as_str();
    build.withdrawn = Some(Withdrawal { at, reason: reason.to_owned() });
    builds::save(tx, &build)?;
    for own in rollouts::of_build(tx, build.id)? {
        for mut rollout in together(tx, &own)? {
            // Those that gave nobody the build have nothing to halt.
            let _ = step_in(tx, &mut rollout, Step::Halt, Cause::Withdrawn, Some(reason), at)?;
        }
    }
    Ok(build)
}

/// The build, if it can be withdrawn; nothing is changed.
///
/// # Errors
///
/// See [`withdraw`].
pub fn withdrawable_in(
    tx: &mut Tx<'_>,
    command: &WithdrawCommand,
) -> Outcome<Build, WithdrawRefusal> {
    let found = builds::of_model(tx, command.model.as_str())?
        .into_iter()
        .find(|build| build.incremental.as_str() == command.incremental);
    match found {
        None => Err(Failure::Refused(WithdrawRefusal::UnknownBuild)),
        Some(build) if build.withdrawn.is_some() => Err(Failure::Refused(WithdrawRefusal::Already)),
        Some(build) => Ok(build),
    }
}
