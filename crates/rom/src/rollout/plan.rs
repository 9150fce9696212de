//! Plans a rollout, or a campaign of several. The plan is a value: shown and rehearsed first
//! ([`proposed`]), then written.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::id::{CampaignId, RolloutId};
use kontor_base::{Instant, Random};
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_domain::device::Codename;
use kontor_domain::rollout::campaign::{MEMBERS_MAX, pace_of};
use kontor_domain::rollout::{
    Cause, Gate, Pace, PlanError, Rollout, RolloutState, Standing, Tally, Wave,
};
use kontor_store::rollout::{StepTaken, add_step, in_channel, join, save};
use kontor_store::{Tx, build as builds, channel as channels};

use crate::core::{Failure, Outcome, Rom};

/// A build that is to be rolled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedBuild {
    /// The model.
    pub model: Codename,
    /// The build's incremental.
    pub incremental: String,
    /// How many devices it is expected to reach.
    pub population: u64,
}

/// A rollout to plan; with several builds, a campaign.
#[derive(Clone, Debug)]
pub struct PlanCommand {
    /// The channel.
    pub channel: Channel,
    /// The builds, each of another model.
    pub builds: Vec<PlannedBuild>,
    /// The waves in order.
    pub waves: Vec<Wave>,
    /// What watches it.
    pub gate: Gate,
    /// How fast it may go, all models together.
    pub pace: Pace,
}

/// What comes of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The campaign, where there are several.
    pub campaign: Option<CampaignId>,
    /// The rollouts with their builds, in the order of the command; at least one.
    pub rollouts: Vec<(Rollout, Build)>,
}

/// Why a rollout was not planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    /// There is no such build.
    #[error("there is no such build: {0}")]
    UnknownBuild(String),
    /// It was withdrawn.
    #[error("the build {0} was withdrawn")]
    Withdrawn(String),
    /// It is not in the channel.
    #[error("the build {0} is not in this channel; promote it first")]
    NotInChannel(String),
    /// Another rollout of the model and channel is not finished.
    #[error("rollout {0} of this model and channel is not finished")]
    Busy(RolloutId),
    /// The build has been rolled out there already.
    #[error("the build {0} has been rolled out in this channel already")]
    Already(String),
    /// No build, too many, or two of one model.
    #[error("a plan has 1 to {MEMBERS_MAX} builds, each of another model")]
    Builds,
    /// The plan cannot work.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl PlanRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownBuild(_) => "build.unknown",
            Self::Withdrawn(_) => "build.withdrawn",
            Self::NotInChannel(_) => "rollout.not_in_channel",
            Self::Busy(_) => "rollout.busy",
            Self::Already(_) => "rollout.already",
            Self::Builds => "rollout.builds",
            Self::Plan(error) => error.code(),
        }
    }
}

/// The plan as it would be written, with the builds that it is about; nothing is changed.
///
/// # Errors
///
/// A [`PlanRefusal`], or a fault.
pub async fn proposed(rom: &Arc<Rom>, command: PlanCommand) -> Outcome<Planned, PlanRefusal> {
    let (at, random) = (rom.now(), rom.random.clone());
    rom.db.read("rollout.propose", move |tx| propose_in(tx, &random, &command, at)).await
}

/// Writes the plan. It gives nobody a build until it is started.
///
/// # Errors
///
/// A [`PlanRefusal`], or a fault.
pub async fn plan(rom: &Arc<Rom>, command: PlanCommand) -> Outcome<Planned, PlanRefusal> {
    let (at, random) = (rom.now(), rom.random.clone());
    rom.db.write("rollout.plan", move |tx| plan_in(tx, &random, &command, at)).await
}

/// Writes the plan in the caller's transaction.
///
/// # Errors
///
/// See [`plan`].
pub fn plan_in(
    tx: &mut Tx<'_>,
    random: &Random,
    command: &PlanCommand,
    at: Instant,
) -> Outcome<Planned, PlanRefusal> {
    let planned = propose_in(tx, random, command, at)?;
    for (rollout, _) in &planned.rollouts {
        save(tx, rollout)?;
        let step = StepTaken {
            at,
            state: RolloutState::Planned,
            wave: 0,
            cause: Cause::Hand,
            tally: Tally::default(),
            note: None,
        };
        add_step(tx, rollout.id, &step)?;
        if let Some(campaign) = planned.campaign {
            join(tx, rollout.id, campaign)?;
        }
    }
    Ok(planned)
}

/// The plan as it would be written in the caller's transaction; nothing is changed.
///
/// # Errors
///
/// See [`plan`].
pub fn propose_in(
    tx: &mut Tx<'_>,
    random: &Random,
    command: &PlanCommand,
    at: Instant,
) -> Outcome<Planned, PlanRefusal> {
    let models: BTreeSet<&Codename> = command.builds.iter().map(|planned| &planned.model).collect();
    let count = command.builds.len();
    if !(1..=MEMBERS_MAX).contains(&count) || models.len() != count {
        return Err(Failure::Refused(PlanRefusal::Builds));
    }
    let devices = command.builds.iter().map(|planned| planned.population).sum();
    let mut rollouts = Vec::with_capacity(count);
    for planned in &command.builds {
        let build = free(tx, &planned.model, &planned.incremental, command.channel)?;
        let pace = match count {
            1 => command.pace,
            _ => pace_of(&command.pace, planned.population, devices),
        };
        let rollout = Rollout {
            id: RolloutId::new(at, random),
            model: planned.model.clone(),
            channel: command.channel,
            build: build.id,
            salt: random.bytes16(),
            waves: command.waves.clone(),
            gate: command.gate,
            pace,
            population: planned.population,
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
        };
        rollout.check().map_err(|error| Failure::Refused(error.into()))?;
        rollouts.push((rollout, build));
    }
    // What the whole asks for is refused before it is divided into parts that look sound.
    if let Some((rollout, _)) = rollouts.first() {
        let whole = Rollout { pace: command.pace, ..rollout.clone() };
        whole.check().map_err(|error| Failure::Refused(error.into()))?;
    }
    let campaign = (count > 1).then(|| CampaignId::new(at, random));
    Ok(Planned { campaign, rollouts })
}

/// The build, if a rollout of it may be planned in the channel.
fn free(
    tx: &mut Tx<'_>,
    model: &Codename,
    incremental: &str,
    channel: Channel,
) -> Outcome<Build, PlanRefusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let named = || incremental.to_owned();
    let found = builds::of_model(tx, model.as_str())?
        .into_iter()
        .find(|build| build.incremental.as_str() == incremental);
    let Some(build) = found else {
        return refuse(PlanRefusal::UnknownBuild(format!("{incremental} of {model}")));
    };
    if build.withdrawn.is_some() {
        return refuse(PlanRefusal::Withdrawn(named()));
    }
    let own =
        |entry: &kontor_domain::channel::Entry| entry.build == build.id && entry.channel == channel;
    if !channels::of_model(tx, model.as_str())?.iter().any(own) {
        return refuse(PlanRefusal::NotInChannel(named()));
    }
    for other in in_channel(tx, model.as_str(), channel)? {
        if other.standing.state.unfinished() {
            return refuse(PlanRefusal::Busy(other.id));
        }
        if other.build == build.id && other.standing.state == RolloutState::Done {
            return refuse(PlanRefusal::Already(named()));
        }
    }
    Ok(build)
}
