//! The step to a rollout's next wave: what it would do is shown first, approved as it was shown, and done
//! only as long as that is still the next wave.

use std::sync::Arc;

use axum::http::{StatusCode, Uri};
use kontor_base::id::RolloutId;
use kontor_domain::rollout::{Advance, RolloutState, next_adds};
use kontor_rom::Rom;
use kontor_rom::rollout::{Status, campaign_status, status_of};
use kontor_shop::staff::goods::{NextWave, RolloutAct, RolloutStep};
use kontor_shop::staff::{Act, Person};
use kontor_store::StoreError;

use super::desk::nothing;
use super::rom::number;
use super::work::Trouble;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::text::Text;

/// The rollouts of the campaign; none where it is alone.
pub(super) async fn members(rom: &Arc<Rom>, found: &Status) -> Result<Vec<Status>, StoreError> {
    match found.campaign {
        Some(campaign) => campaign_status(rom, campaign).await,
        None => Ok(Vec::new()),
    }
}

/// What the next wave would do; none where there is no next one or it cannot begin now. Those of a
/// campaign begin together.
pub(super) fn next_of(found: &Status, members: &[Status]) -> Option<NextWave> {
    let rollout = &found.rollout;
    if rollout.standing.state != RolloutState::Running {
        return None;
    }
    let after = rollout.next_wave()?.to_string();
    let all = if members.is_empty() { std::slice::from_ref(found) } else { members };
    let running = all.iter().filter(|own| own.rollout.standing.state == RolloutState::Running);
    Some(NextWave {
        wave: rollout.standing.wave + 2,
        waves: rollout.waves.len(),
        before: rollout.wave().to_string(),
        after,
        devices: running.filter_map(|own| next_adds(&own.rollout)).sum(),
    })
}

/// When the wave ends.
pub(super) fn end_words(t: &Text, advance: Advance) -> String {
    match advance {
        Advance::ByHand => t.get("rollout-plan-ends-by-hand").into_owned(),
        Advance::After { seconds } => {
            t.one("rollout-plan-ends-wave", "hours", seconds.div_ceil(3_600)).into_owned()
        }
        Advance::Succeeded { .. } => t.get("rollout-plan-ends-by-reports").into_owned(),
    }
}

/// What the next wave would do, in words.
pub(super) fn next_words(t: &Text, next: &NextWave) -> String {
    let values = [
        ("wave", next.wave.to_string()),
        ("before", next.before.clone()),
        ("after", next.after.clone()),
        ("devices", number(t, next.devices)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    t.with("rom-desk-next-says", &values).into_owned()
}

/// The act that takes the step, with what it does where that is the next wave: the one that the page
/// showed, or nothing.
pub(super) async fn act_of(
    app: &App,
    uri: &Uri,
    person: &Person,
    rollout: RolloutId,
    step: RolloutStep,
    wave: &str,
) -> Result<Act, Trouble> {
    if step != RolloutStep::Next {
        return Ok(Act::Rollout(RolloutAct { rollout, step, next: None }));
    }
    let Some(rom) = &app.rom else { return Err(Trouble::Answer(nothing(app, uri))) };
    let fault =
        |fault: StoreError| Trouble::Answer(Problem::fault(&fault).respond(app, uri.path(), None));
    let found = status_of(rom, rollout).await.map_err(fault)?;
    let Some(found) = found else { return Err(Trouble::Answer(nothing(app, uri))) };
    let members = members(rom, &found).await.map_err(fault)?;
    match next_of(&found, &members).filter(|next| next.wave.to_string() == wave) {
        Some(next) => Ok(Act::Rollout(RolloutAct { rollout, step, next: Some(next) })),
        None => {
            let words = Text::new(person.language, None).get("rom-desk-next-gone");
            Err(Trouble::Wrong(StatusCode::CONFLICT, vec![(String::new(), words.into())]))
        }
    }
}
