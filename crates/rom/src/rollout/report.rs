//! Takes a device's report in. The same report twice counts once; a code is cleaned, not refused:
//! a failure that cannot be spelled is still a failure.
//!
//! Anybody can invent a device and report that it failed. A gate therefore counts only reports that
//! bring along the receipt that the device was given with its offer; all others are counted apart.

use std::sync::Arc;

use kontor_base::secret::equal;
use kontor_base::unhex;
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{DeviceKey, Event, clean_code};
use kontor_store::rollout::{Report, Taken, report as write};

use crate::core::{Failure, Outcome, Rom};

/// A report.
#[derive(Clone, Debug)]
pub struct ReportCommand {
    /// Who reports.
    pub device: DeviceKey,
    /// Its model, as the device calls itself.
    pub model: String,
    /// Its channel.
    pub channel: Channel,
    /// The incremental of the build that the report is about.
    pub incremental: String,
    /// What happened.
    pub event: Event,
    /// A failure's code, as the device sent it.
    pub code: String,
    /// The receipt that it was given with the offer, as it sent it.
    pub receipt: String,
}

/// A report that was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The device had reported the same before: nothing was counted.
    pub repeated: bool,
    /// It counts for the rollout's gate: the device has shown that it was offered the build.
    pub counted: bool,
}

/// Why a report was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefusal {
    /// There is no such model.
    #[error("there is no such model")]
    UnknownModel,
    /// There is no such build in the channel.
    #[error("there is no such build in this channel")]
    UnknownBuild,
}

impl ReportRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownModel => "device.unknown_model",
            Self::UnknownBuild => "build.unknown",
        }
    }
}

/// Takes a report in.
///
/// # Errors
///
/// A [`ReportRefusal`], or a fault.
pub async fn report(rom: &Arc<Rom>, command: ReportCommand) -> Outcome<Reported, ReportRefusal> {
    let at = rom.now();
    // Builds are never removed, so a slightly old snapshot can only miss the newest.
    let snapshot = rom.snapshots.now();
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let Some(model) = snapshot.model(&command.model) else {
        return refuse(ReportRefusal::UnknownModel);
    };
    let channel = model.channel(command.channel);
    let found = channel.builds.iter().find(|b| b.incremental.as_str() == command.incremental);
    let Some(build) = found else { return refuse(ReportRefusal::UnknownBuild) };
    let proven = unhex::<16>(&command.receipt).is_some_and(|given| {
        let rollouts = channel.rollouts.iter().filter(|rollout| rollout.build == build.id);
        let due = |id| rom.keys.receipt(command.device, build.id, id);
        rollouts.fold(false, |proven, rollout| proven | equal(&due(rollout.id), &given))
    });
    let report = Report {
        build: build.id,
        channel: command.channel,
        device: command.device.0,
        event: command.event,
        code: clean_code(&command.code),
        proven,
    };
    let taken = rom
        .db
        .write("rollout.report", move |tx| Ok::<_, Failure<ReportRefusal>>(write(tx, &report, at)?))
        .await?;
    Ok(Reported {
        repeated: matches!(taken, Taken::Repeated | Taken::Full),
        counted: taken == Taken::Counted,
    })
}
