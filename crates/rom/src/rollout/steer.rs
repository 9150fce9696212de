//! Steps of a rollout: by hand, by its gate, by a withdrawal. One function takes them all.

use std::sync::Arc;

use kontor_base::id::{HookEventId, RolloutId};
use kontor_base::{Instant, Line};
use kontor_domain::build::Build;
use kontor_domain::hook::EventKind;
use kontor_domain::rollout::{Cause, Rollout, RolloutState, Step, transition};
use kontor_store::hook::{self, Event};
use kontor_store::rollout::{StepTaken, add_step, campaign_of, get, in_campaign, save, tally};
use kontor_store::{StoreError, Tx, build as builds};

use crate::core::{Failure, Outcome, Rom};

/// Why a step was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SteerRefusal {
    /// There is no such rollout.
    #[error("there is no such rollout")]
    Unknown,
    /// The step is not possible from where the rollout stands.
    #[error("that is not possible: the rollout is {}", .0.word())]
    State(RolloutState),
    /// The build was withdrawn: its rollout does not go on.
    #[error("the build was withdrawn")]
    Withdrawn,
    /// Another rollout of the model and channel is not finished.
    #[error("another rollout of this model and channel is not finished")]
    Busy,
    /// There is no wave after the present one.
    #[error("the last wave has begun; finish the rollout, or wait for its end")]
    LastWave,
    /// The wave that was to begin is not the next one: somebody or the plan was faster.
    #[error("wave {0} is the next one")]
    OtherWave(usize),
}

impl SteerRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "rollout.unknown",
            Self::State(_) => "rollout.state",
            Self::Withdrawn => "build.withdrawn",
            Self::Busy => "rollout.busy",
            Self::LastWave => "rollout.last_wave",
            Self::OtherWave(_) => "rollout.other_wave",
        }
    }
}

/// Takes a step by hand. The snapshot is made anew before this answers: whoever halts a rollout
/// knows that this node offers the build to nobody any more, and the others follow within a second.
///
/// # Errors
///
/// A [`SteerRefusal`], or a fault.
pub async fn steer(
    rom: &Arc<Rom>,
    id: RolloutId,
    step: Step,
    note: Option<Line<200>>,
) -> Outcome<Rollout, SteerRefusal> {
    let at = rom.now();
    let rollout = rom
        .db
        .write("rollout.step", move |tx| {
            steer_in(tx, id, step, note.as_ref().map(Line::as_str), at)
        })
        .await?;
    rom.refresh().await?;
    Ok(rollout)
}

/// Lets the next wave begin by hand, whatever the present one waits for. Where `wave` is given,
/// counted from 1, only that one: whoever asks twice, or is overtaken by the plan, does not let two
/// waves begin.
///
/// # Errors
///
/// A [`SteerRefusal`], or a fault.
pub async fn next_wave(
    rom: &Arc<Rom>,
    id: RolloutId,
    wave: Option<usize>,
    note: Option<Line<200>>,
) -> Outcome<Rollout, SteerRefusal> {
    let at = rom.now();
    let rollout = rom
        .db
        .write("rollout.next", move |tx| {
            next_wave_in(tx, id, wave, note.as_ref().map(Line::as_str), at)
        })
        .await?;
    rom.refresh().await?;
    Ok(rollout)
}

/// Lets the next wave begin in the caller's transaction.
///
/// # Errors
///
/// See [`next_wave`].
pub fn next_wave_in(
    tx: &mut Tx<'_>,
    id: RolloutId,
    wave: Option<usize>,
    note: Option<&str>,
    at: Instant,
) -> Outcome<Rollout, SteerRefusal> {
    if let Some(asked) = get(tx, id)?
        && let Some(wave) = wave
        && transition(asked.standing.state, Step::Next).is_some()
        && asked.next_wave().is_some()
        && asked.standing.wave + 2 != wave
    {
        return Err(Failure::Refused(SteerRefusal::OtherWave(asked.standing.wave + 2)));
    }
    steer_in(tx, id, Step::Next, note, at)
}

/// Takes a step by hand in the caller's transaction; devices hear of it when the snapshot is made anew.
/// A rollout of a campaign takes it together with the others, wherever it is asked for.
///
/// # Errors
///
/// See [`steer`].
pub fn steer_in(
    tx: &mut Tx<'_>,
    id: RolloutId,
    step: Step,
    note: Option<&str>,
    at: Instant,
) -> Outcome<Rollout, SteerRefusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let Some(asked) = get(tx, id)? else { return refuse(SteerRefusal::Unknown) };
    let goes_on = matches!(step, Step::Start | Step::Resume | Step::Next);
    let on = transition(asked.standing.state, step).is_some();
    if on && step == Step::Next && asked.next_wave().is_none() {
        return refuse(SteerRefusal::LastWave);
    }
    let mut stepped = None;
    for mut rollout in together(tx, &asked)? {
        let possible = transition(rollout.standing.state, step).is_some();
        if goes_on && possible {
            if build_of(tx, &rollout)?.is_none_or(|build| build.withdrawn.is_some()) {
                // The others go on without it, but never a plan that has nothing left.
                let gone = Some("the build was withdrawn");
                step_in(tx, &mut rollout, Step::Abandon, Cause::Withdrawn, gone, at)?;
                continue;
            }
            if busy(tx, &rollout)? {
                return refuse(SteerRefusal::Busy);
            }
        }
        if possible {
            step_in(tx, &mut rollout, step, Cause::Hand, note, at)?;
            if stepped.is_none() || rollout.id == id {
                stepped = Some(rollout);
            }
        }
    }
    match stepped {
        Some(rollout) => Ok(rollout),
        // Whatever was given up above is taken back with the transaction.
        None if goes_on && on => refuse(SteerRefusal::Withdrawn),
        None => refuse(SteerRefusal::State(asked.standing.state)),
    }
}

/// The rollouts that take a step together: all of a campaign, else the one alone.
pub(super) fn together(tx: &mut Tx<'_>, rollout: &Rollout) -> Result<Vec<Rollout>, StoreError> {
    match campaign_of(tx, rollout.id)? {
        Some(campaign) => in_campaign(tx, campaign),
        None => Ok(vec![rollout.clone()]),
    }
}

/// A rollout that was done and halted later may meet the next one.
fn busy(tx: &mut Tx<'_>, rollout: &Rollout) -> Result<bool, StoreError> {
    let others = kontor_store::rollout::in_channel(tx, rollout.model.as_str(), rollout.channel)?;
    Ok(others.iter().any(|other| other.id != rollout.id && other.standing.state.unfinished()))
}

/// The build that a rollout is about.
pub(super) fn build_of(tx: &mut Tx<'_>, rollout: &Rollout) -> Result<Option<Build>, StoreError> {
    builds::get(tx, rollout.build)
}

/// Takes a step in the caller's transaction; `false` where it is not possible.
pub(super) fn step_in(
    tx: &mut Tx<'_>,
    rollout: &mut Rollout,
    step: Step,
    cause: Cause,
    note: Option<&str>,
    at: Instant,
) -> Result<bool, StoreError> {
    let Some(state) = transition(rollout.standing.state, step) else { return Ok(false) };
    let tally = tally(tx, rollout.build, rollout.channel)?;
    let bytes = build_of(tx, rollout)?.and_then(|b| b.whole().map(|package| package.file.bytes));
    let share = rollout.share_at(bytes.unwrap_or(0), at);
    let standing = &mut rollout.standing;
    match step {
        Step::Start => {
            (standing.wave_since, standing.wave_from, standing.wave_tally) = (at, 0, tally);
        }
        Step::Resume => {
            // The pace goes on from what was reached, and the gate looks at what comes now.
            (standing.wave_since, standing.wave_from) = (at, share);
            standing.forgiven = tally;
        }
        Step::Next if standing.wave + 1 == rollout.waves.len() => return Ok(false),
        // The pace goes on from what it has let in, which may be less than the wave's share.
        Step::Next => {
            (standing.wave, standing.wave_since, standing.wave_from) =
                (standing.wave + 1, at, share);
            standing.wave_tally = tally;
        }
        Step::Pause | Step::Halt | Step::Finish | Step::Abandon => {}
    }
    if standing.state != state {
        standing.since = at;
    }
    (standing.state, standing.cause) = (state, cause);
    standing.note = note.map(str::to_owned);
    record(tx, rollout, at)?;
    Ok(true)
}

/// Writes a rollout as it is now, and the step to its history.
pub(super) fn record(tx: &mut Tx<'_>, rollout: &Rollout, at: Instant) -> Result<(), StoreError> {
    let step = StepTaken {
        at,
        state: rollout.standing.state,
        wave: rollout.standing.wave,
        cause: rollout.standing.cause,
        tally: tally(tx, rollout.build, rollout.channel)?,
        note: rollout.standing.note.clone(),
    };
    save(tx, rollout)?;
    add_step(tx, rollout.id, &step)?;
    if rollout.standing.state == RolloutState::Halted && rollout.standing.since == at {
        tell_halted(tx, rollout, at)?;
    }
    Ok(())
}

/// Writes a halt down for those who are told of it by webhooks.
fn tell_halted(tx: &mut Tx<'_>, rollout: &Rollout, at: Instant) -> Result<(), StoreError> {
    // One event for one halt: the rollout's id, moved by the moment.
    let mut id = *rollout.id.bytes();
    for (slot, byte) in id[8..].iter_mut().zip(at.micros().to_be_bytes()) {
        *slot ^= byte;
    }
    let data = serde_json::json!({
        "rollout": rollout.id.to_string(),
        "campaign": campaign_of(tx, rollout.id)?.map(|campaign| campaign.to_string()),
        "model": rollout.model.as_str(),
        "build": rollout.build.to_string(),
        "note": rollout.standing.note,
    });
    let event = Event {
        id: HookEventId::from_bytes(id),
        kind: EventKind::RolloutHalted,
        market: None,
        at,
        data: data.to_string(),
    };
    hook::emit(tx, &event)
}
