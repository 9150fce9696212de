//! Plans a rollout. The plan is a value: shown and rehearsed first ([`proposed`]), then written.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::RolloutId;
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_domain::device::Codename;
use kontor_domain::rollout::{
    Cause, Gate, Pace, PlanError, Rollout, RolloutState, Standing, Tally, Wave,
};
use kontor_store::rollout::{StepTaken, add_step, in_channel, save};
use kontor_store::{Tx, build as builds, channel as channels};

use crate::core::{Failure, Outcome, Rom};

/// A rollout to plan.
#[derive(Clone, Debug)]
pub struct PlanCommand {
    /// The model.
    pub model: Codename,
    /// The channel.
    pub channel: Channel,
    /// The build's incremental.
    pub incremental: String,
    /// The waves in order.
    pub waves: Vec<Wave>,
    /// What watches it.
    pub gate: Gate,
    /// How fast it may go.
    pub pace: Pace,
    /// How many devices it is expected to reach.
    pub population: u64,
}

/// Why a rollout was not planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    /// There is no such build.
    #[error("there is no such build")]
    UnknownBuild,
    /// It was withdrawn.
    #[error("the build was withdrawn")]
    Withdrawn,
    /// It is not in the channel.
    #[error("the build is not in this channel; promote it first")]
    NotInChannel,
    /// Another rollout of the model and channel is not finished.
    #[error("rollout {0} of this model and channel is not finished")]
    Busy(RolloutId),
    /// The build has been rolled out there already.
    #[error("the build has been rolled out in this channel already")]
    Already,
    /// The plan cannot work.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl PlanRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownBuild => "build.unknown",
            Self::Withdrawn => "build.withdrawn",
            Self::NotInChannel => "rollout.not_in_channel",
            Self::Busy(_) => "rollout.busy",
            Self::Already => "rollout.already",
            Self::Plan(error) => error.code(),
        }
    }
}

/// The plan as it would be written, with the build that it is about; nothing is changed.
///
/// # Errors
///
/// A [`PlanRefusal`], or a fault.
pub async fn proposed(
    rom: &Arc<Rom>,
    command: PlanCommand,
) -> Outcome<(Rollout, Build), PlanRefusal> {
    let at = rom.now();
    let (id, salt) = (RolloutId::new(at, &rom.random), rom.random.bytes16());
    rom.db.read("rollout.propose", move |tx| decide(tx, &command, id, salt, at)).await
}

/// Writes the plan. It gives nobody the build until it is started.
///
/// # Errors
///
/// A [`PlanRefusal`], or a fault.
pub async fn plan(rom: &Arc<Rom>, command: PlanCommand) -> Outcome<Rollout, PlanRefusal> {
    let at = rom.now();
    let (id, salt) = (RolloutId::new(at, &rom.random), rom.random.bytes16());
    rom.db
        .write("rollout.plan", move |tx| {
            let (rollout, _) = decide(tx, &command, id, salt, at)?;
            save(tx, &rollout)?;
            let step = StepTaken {
                at,
                state: RolloutState::Planned,
                wave: 0,
                cause: Cause::Hand,
                tally: Tally::default(),
                note: None,
            };
            add_step(tx, rollout.id, &step)?;
            Ok(rollout)
        })
        .await
}

fn decide(
    tx: &mut Tx<'_>,
    command: &PlanCommand,
    id: RolloutId,
    salt: [u8; 16],
    at: Instant,
) -> Outcome<(Rollout, Build), PlanRefusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let model = command.model.as_str();
    let found = builds::of_model(tx, model)?
        .into_iter()
        .find(|build| build.incremental.as_str() == command.incremental);
    let Some(build) = found else { return refuse(PlanRefusal::UnknownBuild) };
    if build.withdrawn.is_some() {
        return refuse(PlanRefusal::Withdrawn);
    }
    let own = |entry: &kontor_domain::channel::Entry| {
        entry.build == build.id && entry.channel == command.channel
    };
    if !channels::of_model(tx, model)?.iter().any(own) {
        return refuse(PlanRefusal::NotInChannel);
    }
    for other in in_channel(tx, model, command.channel)? {
        if other.standing.state.unfinished() {
            return refuse(PlanRefusal::Busy(other.id));
        }
        if other.build == build.id && other.standing.state == RolloutState::Done {
            return refuse(PlanRefusal::Already);
        }
    }
    let rollout = Rollout {
        id,
        model: command.model.clone(),
        channel: command.channel,
        build: build.id,
        salt,
        waves: command.waves.clone(),
        gate: command.gate,
        pace: command.pace,
        population: command.population,
        standing: Standing {
            state: RolloutState::Planned,
            cause: Cause::Hand,
            since: at,
            wave: 0,
            wave_since: at,
            wave_from: 0,
            forgiven: Tally::default(),
            note: None,
        },
    };
    rollout.check().map_err(|error| Failure::Refused(error.into()))?;
    Ok((rollout, build))
}
