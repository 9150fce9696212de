//! Where a rollout stands: for the command line and for its page with the curve.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::RolloutId;
use kontor_domain::build::Build;
use kontor_domain::rollout::{Rollout, Tally, Verdict, verdict};
use kontor_store::rollout::{
    HourCount, StepTaken, all, failures, get, hours, steps, tally, tally_apart,
};
use kontor_store::{StoreError, Tx};

use super::steer::build_of;
use crate::core::Rom;

/// Everything that is known of a rollout.
#[derive(Clone, Debug)]
pub struct Status {
    /// The rollout.
    pub rollout: Rollout,
    /// Its build.
    pub build: Option<Build>,
    /// The share of the present wave's audience that is in now, in millionths.
    pub share: u32,
    /// The reports.
    pub tally: Tally,
    /// Reports without a proof that the device was offered the build; the gate ignores them.
    pub apart: Tally,
    /// What the gate says to them.
    pub verdict: Verdict,
    /// Every step that it took.
    pub steps: Vec<StepTaken>,
    /// The reports by the hour.
    pub hours: Vec<HourCount>,
    /// The most frequent failures.
    pub failures: Vec<(String, u64)>,
}

/// Every rollout with its reports, the oldest first.
///
/// # Errors
///
/// A fault of the database.
pub async fn status(rom: &Arc<Rom>) -> Result<Vec<Status>, StoreError> {
    let at = rom.now();
    rom.db
        .read("rollout.status", move |tx| {
            let all = all(tx)?;
            all.into_iter().map(|rollout| read(tx, rollout, at)).collect()
        })
        .await
}

/// One rollout.
///
/// # Errors
///
/// A fault of the database.
pub async fn status_of(rom: &Arc<Rom>, id: RolloutId) -> Result<Option<Status>, StoreError> {
    let at = rom.now();
    rom.db
        .read("rollout.status", move |tx| match get(tx, id)? {
            Some(rollout) => read(tx, rollout, at).map(Some),
            None => Ok(None),
        })
        .await
}

fn read(tx: &mut Tx<'_>, rollout: Rollout, at: Instant) -> Result<Status, StoreError> {
    let build = build_of(tx, &rollout)?;
    let bytes = build.as_ref().and_then(|build| build.whole()).map_or(0, |p| p.file.bytes);
    let tally = tally(tx, rollout.build, rollout.channel)?;
    Ok(Status {
        share: rollout.share_at(bytes, at),
        verdict: verdict(&rollout, &tally),
        steps: steps(tx, rollout.id)?,
        hours: hours(tx, rollout.build, rollout.channel)?,
        apart: tally_apart(tx, rollout.build, rollout.channel)?,
        failures: failures(tx, rollout.build, rollout.channel, 20)?,
        build,
        tally,
        rollout,
    })
}
