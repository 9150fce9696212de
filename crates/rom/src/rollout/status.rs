//! Where a rollout stands: for the command line and for its page with the curve.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::{CampaignId, RolloutId};
use kontor_domain::build::Build;
use kontor_domain::rollout::{Rollout, Tally, Verdict, verdict};
use kontor_store::rollout::{
    HourCount, StepTaken, all, before as before_in, campaign_of, campaigns, failures, get, hours,
    in_campaign, steps, tally, tally_apart,
};
use kontor_store::{StoreError, Tx};

use super::steer::build_of;
use crate::core::Rom;

/// Everything that is known of a rollout.
#[derive(Clone, Debug)]
pub struct Status {
    /// The rollout.
    pub rollout: Rollout,
    /// The campaign that it belongs to.
    pub campaign: Option<CampaignId>,
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
            let (all, campaigns) = (all(tx)?, campaigns(tx)?);
            let campaign = |rollout: &Rollout| campaigns.get(&rollout.id).copied();
            all.into_iter().map(|own| read(tx, campaign(&own), own, at)).collect()
        })
        .await
}

/// A rollout as a list shows it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The rollout.
    pub rollout: Rollout,
    /// The campaign that it belongs to.
    pub campaign: Option<CampaignId>,
    /// Its build.
    pub build: Option<Build>,
    /// The share of the present wave's audience that is in now, in millionths.
    pub share: u32,
    /// The reports.
    pub tally: Tally,
}

/// Rollouts, the newest first: up to `limit` before `before`.
///
/// # Errors
///
/// A fault of the database.
pub async fn listed(
    rom: &Arc<Rom>,
    before: Option<RolloutId>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let at = rom.now();
    let in_short = move |tx: &mut Tx<'_>, rollout: Rollout| {
        let build = build_of(tx, &rollout)?;
        let bytes = build.as_ref().and_then(|build| build.whole()).map_or(0, |p| p.file.bytes);
        Ok(Listed {
            share: rollout.share_at(bytes, at),
            campaign: campaign_of(tx, rollout.id)?,
            tally: tally(tx, rollout.build, rollout.channel)?,
            build,
            rollout,
        })
    };
    rom.db
        .read("rollout.list", move |tx| {
            let page = before_in(tx, before, limit)?;
            page.into_iter().map(|rollout| in_short(tx, rollout)).collect()
        })
        .await
}

/// The rollouts of a campaign, by model.
///
/// # Errors
///
/// A fault of the database.
pub async fn campaign_status(
    rom: &Arc<Rom>,
    campaign: CampaignId,
) -> Result<Vec<Status>, StoreError> {
    let at = rom.now();
    rom.db
        .read("rollout.campaign", move |tx| {
            let members = in_campaign(tx, campaign)?;
            members.into_iter().map(|own| read(tx, Some(campaign), own, at)).collect()
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
            Some(rollout) => {
                let campaign = campaign_of(tx, id)?;
                read(tx, campaign, rollout, at).map(Some)
            }
            None => Ok(None),
        })
        .await
}

fn read(
    tx: &mut Tx<'_>,
    campaign: Option<CampaignId>,
    rollout: Rollout,
    at: Instant,
) -> Result<Status, StoreError> {
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
        campaign,
        build,
        tally,
        rollout,
    })
}
