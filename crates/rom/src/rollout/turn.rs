//! The keeper of rollouts: asks the rule every second and does what it says.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::CampaignId;
use kontor_domain::rollout::campaign::{self, Member};
use kontor_domain::rollout::{Rollout, Turn, turn};
use kontor_store::rollout::{campaigns, in_campaign, tally, watched};
use kontor_store::{StoreError, Tx};

use super::steer::{build_of, record, step_in};
use crate::core::Rom;

/// One round over all rollouts that can change by themselves; gives how many did.
///
/// # Errors
///
/// A fault of the database.
pub async fn keep_rollouts(rom: &Arc<Rom>) -> Result<usize, StoreError> {
    let at = rom.now();
    // Looked at in a reading transaction first: most seconds nothing is due, and then nothing
    // waits for the writer.
    let waiting =
        rom.db.read("rollout.look", move |tx| Ok::<_, StoreError>(due(tx, at)?.len())).await?;
    if waiting == 0 {
        return Ok(0);
    }
    let done = rom
        .db
        .write("rollout.turn", move |tx| {
            let due = due(tx, at)?;
            for (mut rollout, turn) in due.iter().cloned() {
                take(tx, &mut rollout, turn, at)?;
            }
            Ok::<_, StoreError>(due.len())
        })
        .await?;
    rom.refresh().await?;
    Ok(done)
}

fn due(tx: &mut Tx<'_>, at: Instant) -> Result<Vec<(Rollout, Turn)>, StoreError> {
    let campaigns = campaigns(tx)?;
    let mut moving: BTreeSet<CampaignId> = BTreeSet::new();
    let mut due = Vec::new();
    for rollout in watched(tx)? {
        if let Some(campaign) = campaigns.get(&rollout.id) {
            moving.insert(*campaign);
            continue;
        }
        let member = look(tx, rollout, at)?;
        match turn(&member.rollout, &member.tally, member.reached, at) {
            Turn::Stay => {}
            other => due.push((member.rollout, other)),
        }
    }
    for campaign in moving {
        let members = in_campaign(tx, campaign)?;
        let members = members.into_iter().map(|rollout| look(tx, rollout, at));
        let members = members.collect::<Result<Vec<Member>, StoreError>>()?;
        let turn = campaign::turn(&members, at);
        let taking = members.into_iter().map(|member| member.rollout);
        due.extend(taking.filter(|own| campaign::takes(own, turn)).map(|own| (own, turn)));
    }
    Ok(due)
}

/// A rollout with its reports, and whether its pace has let the whole share of the wave in.
fn look(tx: &mut Tx<'_>, rollout: Rollout, at: Instant) -> Result<Member, StoreError> {
    let tally = tally(tx, rollout.build, rollout.channel)?;
    let reached = match rollout.pace.devices_per_hour(1) {
        None => true,
        Some(_) => {
            let build = build_of(tx, &rollout)?;
            let bytes = build.and_then(|b| b.whole().map(|package| package.file.bytes));
            rollout.share_at(bytes.unwrap_or(0), at) >= rollout.wave().share
        }
    };
    Ok(Member { rollout, tally, reached })
}

fn take(tx: &mut Tx<'_>, rollout: &mut Rollout, turn: Turn, at: Instant) -> Result<(), StoreError> {
    match turn {
        Turn::Stay => Ok(()),
        Turn::Step(step, cause) => {
            step_in(tx, rollout, step, cause, None, at)?;
            tracing::warn!(
                rollout = %rollout.id, state = rollout.standing.state.word(), "rollout stepped by itself"
            );
            Ok(())
        }
        Turn::Next(wave) => {
            let from = rollout.wave().share;
            let known = tally(tx, rollout.build, rollout.channel)?;
            let standing = &mut rollout.standing;
            (standing.wave, standing.wave_since, standing.wave_from) = (wave, at, from);
            standing.wave_tally = known;
            standing.cause = kontor_domain::rollout::Cause::Plan;
            standing.note = None;
            tracing::info!(rollout = %rollout.id, wave = wave + 1, "rollout went on");
            record(tx, rollout, at)
        }
    }
}
